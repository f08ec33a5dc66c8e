// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/velox_frames_p.h"

#include "core/io/hdf5_tree_p.h"

#include <limits>

namespace dispersa::velox {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t largestFrame = std::int64_t(1) << 28; ///< values

/// Frames of an image dataset as patterns, in the order they were taken.
class FrameScan final : public DiffractionScan {
  public:
    FrameScan(fs::path path, const FileItem& item, ScanShape scan, PatternShape pattern,
              std::shared_ptr<const FrameReader> reader)
        : m_path(std::move(path)), m_dataset(item.id), m_scan(scan), m_pattern(pattern), m_type(item.type),
          m_calibration(item.calibration), m_reader(std::move(reader))
    {
    }
    ScanShape scanShape() const override { return m_scan; }
    PatternShape patternShape() const override { return m_pattern; }
    ElementType elementType() const override { return m_type; }
    const fs::path& file() const override { return m_path; }
    const std::string& dataset() const override { return m_dataset; }
    const Calibration& calibration() const override { return m_calibration; }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        if (auto valid = checkBlock(block, out.size()); !valid)
            return valid;
        const std::size_t bytes = m_reader->frameBytes();
        std::size_t at = 0;
        for (int y = block.y; y < block.y + block.height; ++y)
            for (int x = block.x; x < block.x + block.width; ++x, at += bytes)
                if (auto read = m_reader->read(std::int64_t(y) * m_scan.width + x, out.subspan(at, bytes)); !read)
                    return read;
        return {};
    }

  private:
    fs::path m_path;
    std::string m_dataset;
    ScanShape m_scan;
    PatternShape m_pattern;
    ElementType m_type;
    Calibration m_calibration;
    std::shared_ptr<const FrameReader> m_reader;
};

} // namespace

Result<std::shared_ptr<const FrameReader>> FrameReader::open(const fs::path& path, const std::string& dataset,
                                                             PatternShape shape, ElementType type)
{
    auto opened = hdf5::OpenDataset::open(path, dataset);
    if (!opened)
        return fail(opened.error());
    hdf5::Extents extents;
    {
        const hdf5::Lock lock;
        extents = hdf5::shapeOf(opened->dataset.get());
    }
    if ((extents.size() != 2 && extents.size() != 3) || extents[0] != shape.height || extents[1] != shape.width ||
        shape.count() > largestFrame || shape.count() <= 0)
        return fail(ErrorCode::FormatInvalid,
                    "'" + dataset + "' in '" + path.string() + "' is no stack of images of " + toText(shape) + ".",
                    path, {dataset});
    auto blocks = hdf5::blocksOf(std::move(*opened), type, extents);
    if (!blocks)
        return fail(blocks.error());
    auto reader = std::shared_ptr<FrameReader>(new FrameReader);
    reader->m_path = path;
    reader->m_id = dataset;
    reader->m_shape = shape;
    reader->m_type = type;
    reader->m_rank = extents.size();
    reader->m_frames = extents.size() == 3 ? extents[2] : 1;
    reader->m_blocks = std::move(*blocks);
    return std::shared_ptr<const FrameReader>(std::move(reader));
}

Result<void> FrameReader::read(std::int64_t frame, std::span<std::byte> out) const
{
    if (frame < 0 || frame >= m_frames || out.size() != frameBytes())
        return fail(ErrorCode::InvalidArgument,
                    "'" + m_id + "' in '" + m_path.string() + "' has no frame " + std::to_string(frame) + ".", m_path);
    hdf5::Extents start = {0, 0, frame};
    hdf5::Extents extent = {m_shape.height, m_shape.width, 1};
    start.resize(m_rank);
    extent.resize(m_rank);
    return m_blocks->read(start, extent, out);
}

Result<ScanPtr> openFrames(const fs::path& path, const FileItem& item, std::optional<ScanShape> scanShape)
{
    for (const std::int64_t extent : item.shape)
        if (extent <= 0 || extent > std::numeric_limits<int>::max())
            return fail(ErrorCode::FormatInvalid,
                        "'" + item.id + "' in '" + path.string() + "' states an impossible extent of " +
                            std::to_string(extent) + ".",
                        path, {item.id});
    const std::string frames = std::to_string(item.shape[0]);
    if (!scanShape)
        return fail(ErrorCode::ScanShapeUnknown,
                    "'" + item.id + "' in '" + path.string() + "' is a flat stack of " + frames +
                        " images; give the rows and columns of its scan.",
                    path, {frames});
    if (scanShape->height <= 0 || scanShape->width <= 0 || scanShape->count() != item.shape[0])
        return fail(ErrorCode::ShapeMismatch,
                    "'" + item.id + "' in '" + path.string() + "' holds " + frames +
                        " images, which do not make a scan of " + toText(*scanShape) + ".",
                    path, {frames, toText(*scanShape)});
    const PatternShape pattern{static_cast<int>(item.shape[1]), static_cast<int>(item.shape[2])};
    auto reader = FrameReader::open(path, item.id, pattern, item.type);
    if (!reader)
        return fail(reader.error());
    return ScanPtr(std::make_shared<FrameScan>(path, item, *scanShape, pattern, std::move(*reader)));
}

} // namespace dispersa::velox
