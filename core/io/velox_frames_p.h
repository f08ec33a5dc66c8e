// SPDX-License-Identifier: GPL-3.0-or-later
// Velox stores images as (y, x, frame), each frame a chunk of its own: reading them frame by frame.
#pragma once

#include "core/io/format.h"
#include "core/io/hdf5_blocks_p.h"

namespace dispersa::velox {

/// An image dataset, opened. Immutable; may be called from any thread.
class FrameReader {
  public:
    /// `dataset` ends in "/Data"; `shape` is that of one image, `type` that of its values. Errors: those of opening and of
    /// hdf5::blocksOf(), DatasetMissing, FormatInvalid (other extents than `shape`, absurd ones).
    static Result<std::shared_ptr<const FrameReader>>
    open(const std::filesystem::path& path, const std::string& dataset, PatternShape shape, ElementType type);

    std::int64_t frames() const { return m_frames; }
    std::size_t frameBytes() const { return static_cast<std::size_t>(m_shape.count()) * elementSize(m_type); }
    /// The values of one frame in this machine's byte order. Errors: those of hdf5::BlockReader, InvalidArgument (no such
    /// frame).
    Result<void> read(std::int64_t frame, std::span<std::byte> out) const;

  private:
    FrameReader() = default;
    std::filesystem::path m_path;
    std::string m_id;
    PatternShape m_shape;
    ElementType m_type = ElementType::UInt8;
    std::int64_t m_frames = 0;
    std::size_t m_rank = 3;
    hdf5::BlocksPtr m_blocks;
};

/// A stack of camera images, `item.shape` = frames, y, x, as the patterns of a scan. Errors: those of open(),
/// ScanShapeUnknown, ShapeMismatch.
Result<ScanPtr> openFrames(const std::filesystem::path& path, const FileItem& item, std::optional<ScanShape> scanShape);

} // namespace dispersa::velox
