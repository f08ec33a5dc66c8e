// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_scan_p.h"

#include "core/io/hdf5_blocks_p.h"
#include "core/io/mapped_scan.h"

#include <algorithm>
#include <limits>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t largestPattern = std::int64_t(1) << 28; ///< values; 16384 x 16384

/// Chunked, compressed or otherwise not in one piece: put together from blocks.
class BlockScan final : public DiffractionScan {
  public:
    BlockScan(const fs::path& path, const FileItem& item, ScanShape scan, PatternShape pattern, BlocksPtr blocks)
        : m_path(path), m_dataset(item.id), m_scanShape(scan), m_patternShape(pattern), m_type(item.type),
          m_calibration(item.calibration), m_blocks(std::move(blocks)), m_flat(item.shape.size() == 3)
    {
    }
    ScanShape scanShape() const override { return m_scanShape; }
    PatternShape patternShape() const override { return m_patternShape; }
    ElementType elementType() const override { return m_type; }
    const fs::path& file() const override { return m_path; }
    const std::string& dataset() const override { return m_dataset; }
    const Calibration& calibration() const override { return m_calibration; }
    ScanShape readGrain() const override
    {
        const Extents chunk = m_blocks->chunk();
        if (chunk.empty())
            return {1, 1};
        if (m_flat)
            return grainOfFrames(chunk[0], m_scanShape);
        return {static_cast<int>(std::min<std::int64_t>(chunk[0], m_scanShape.height)),
                static_cast<int>(std::min<std::int64_t>(chunk[1], m_scanShape.width))};
    }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        return readWindow(block, {0, 0, m_patternShape.height, m_patternShape.width}, out);
    }

    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override
    {
        if (auto fits = checkWindow(block, window, out.size()); !fits)
            return fits;
        if (!m_flat)
            return m_blocks->read({block.y, block.x, window.y, window.x},
                                  {block.height, block.width, window.height, window.width}, out);
        const std::size_t rowBytes = out.size() / static_cast<std::size_t>(block.height);
        for (int row = 0; row < block.height; ++row) {
            const std::int64_t frame = (std::int64_t(block.y) + row) * m_scanShape.width + block.x;
            if (auto done = m_blocks->read({frame, window.y, window.x}, {block.width, window.height, window.width},
                                           out.subspan(static_cast<std::size_t>(row) * rowBytes, rowBytes));
                !done)
                return done;
        }
        return {};
    }

  private:
    fs::path m_path;
    std::string m_dataset;
    ScanShape m_scanShape;
    PatternShape m_patternShape;
    ElementType m_type;
    Calibration m_calibration;
    BlocksPtr m_blocks;
    bool m_flat;
};

Result<ScanShape> scanShapeOf(const fs::path& path, const FileItem& item, std::optional<ScanShape> wanted)
{
    const auto& shape = item.shape;
    const std::string where = "'" + item.id + "' in '" + path.string() + "'";
    if (shape.size() != 3 && shape.size() != 4)
        return fail(ErrorCode::FormatUnsupported,
                    where + " has " + std::to_string(shape.size()) + " dimensions; a scan of patterns has four.", path,
                    {item.id});
    for (const std::int64_t extent : shape)
        if (extent <= 0 || extent > std::numeric_limits<int>::max())
            return fail(ErrorCode::FormatInvalid,
                        where + " states an impossible extent of " + std::to_string(extent) + ".", path, {item.id});
    if (shape[shape.size() - 1] * shape[shape.size() - 2] > largestPattern)
        return fail(ErrorCode::FormatInvalid,
                    where + " states patterns of " + std::to_string(shape[shape.size() - 2]) + " x " +
                        std::to_string(shape[shape.size() - 1]) + " pixels, more than any detector has.",
                    path, {item.id});
    const std::int64_t patterns = shape.size() == 4 ? shape[0] * shape[1] : shape[0];
    if (patterns > std::int64_t(1) << 31)
        return fail(ErrorCode::FormatInvalid, where + " states " + std::to_string(patterns) + " patterns.", path,
                    {item.id});
    if (shape.size() == 4) {
        const ScanShape own{static_cast<int>(shape[0]), static_cast<int>(shape[1])};
        if (wanted && *wanted != own)
            return fail(ErrorCode::ShapeMismatch,
                        where + " is a scan of " + toText(own) + ", not of " + toText(*wanted) + ".", path,
                        {toText(own), toText(*wanted)});
        return own;
    }
    if (!wanted)
        return fail(ErrorCode::ScanShapeUnknown,
                    where + " is a flat stack of " + std::to_string(patterns) +
                        " patterns; give the rows and columns of its scan.",
                    path, {std::to_string(patterns)});
    if (wanted->height <= 0 || wanted->width <= 0 || wanted->count() != patterns)
        return fail(ErrorCode::ShapeMismatch,
                    where + " holds " + std::to_string(patterns) + " patterns, which do not make a scan of " +
                        toText(*wanted) + ".",
                    path, {std::to_string(patterns), toText(*wanted)});
    return *wanted;
}

} // namespace

Result<ScanPtr> openScan(const fs::path& path, const FileItem& item, std::optional<ScanShape> wanted)
{
    const auto scan = scanShapeOf(path, item, wanted);
    if (!scan)
        return fail(scan.error());
    const std::size_t rank = item.shape.size();
    const PatternShape pattern{static_cast<int>(item.shape[rank - 2]), static_cast<int>(item.shape[rank - 1])};

    auto opened = OpenDataset::open(path, item.id);
    if (!opened)
        return fail(opened.error());
    std::optional<ContiguousData> data;
    {
        const Lock lock;
        data = contiguousData(opened->dataset.get(), item.type);
    }
    if (!data) {
        auto blocks = blocksOf(std::move(*opened), item.type, item.shape);
        if (!blocks)
            return fail(blocks.error());
        return ScanPtr(std::make_shared<BlockScan>(path, item, *scan, pattern, std::move(*blocks)));
    }
    const std::uint64_t frameBytes = static_cast<std::uint64_t>(pattern.count()) * elementSize(item.type);
    if (auto fits = checkSize(*data, item.id, static_cast<std::uint64_t>(scan->count()) * frameBytes); !fits)
        return fail(fits.error());
    auto mapped = MappedFile::open(data->file);
    if (!mapped)
        return fail(mapped.error());
    const auto layout = FrameLayout::frames(data->offset, frameBytes, *scan, pattern, item.type, data->swapped);
    return mappedScan(std::move(*mapped), layout, {path, item.id, item.calibration});
}

} // namespace dispersa::hdf5
