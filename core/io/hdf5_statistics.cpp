// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_statistics_p.h"

#include "core/io/hdf5_blocks_p.h"
#include "core/io/statistics_sum.h"

#include <algorithm>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t blockValues = std::int64_t(1) << 20;

/// Blocks that follow each other in the file's order: the trailing dimensions whole, one dimension in slabs, those
/// before it one by one.
class BlockWalk {
  public:
    explicit BlockWalk(const std::vector<std::int64_t>& shape) : m_shape(shape), m_start(shape.size(), 0)
    {
        std::int64_t inner = 1;
        m_split = shape.size();
        while (m_split > 0 && inner <= blockValues / std::max<std::int64_t>(1, shape[m_split - 1]))
            inner *= shape[--m_split];
        m_splitWhole = m_split == 0;
        if (!m_splitWhole)
            m_slab = std::max<std::int64_t>(1, blockValues / inner), --m_split;
    }

    /// The next block; false at the end.
    bool next(Extents& start, Extents& extent)
    {
        if (m_done)
            return false;
        start.assign(m_start.begin(), m_start.end());
        extent.assign(m_shape.begin(), m_shape.end());
        if (m_splitWhole) {
            m_done = true;
            return true;
        }
        for (std::size_t i = 0; i < m_split; ++i)
            extent[i] = 1;
        extent[m_split] = std::min(m_slab, m_shape[m_split] - m_start[m_split]);
        m_start[m_split] += m_slab;
        for (std::size_t i = m_split; m_start[i] >= m_shape[i];) {
            m_start[i] = 0;
            if (i == 0) {
                m_done = true;
                break;
            }
            ++m_start[--i];
        }
        return true;
    }

  private:
    std::vector<std::int64_t> m_shape;
    std::vector<std::int64_t> m_start;
    std::size_t m_split = 0; ///< the dimension cut into slabs
    std::int64_t m_slab = 1;
    bool m_splitWhole = false;
    bool m_done = false;
};

/// Number of values; 0 when an extent is not positive or the product exceeds what a file can hold.
std::int64_t valueCount(const std::vector<std::int64_t>& shape)
{
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) {
        if (extent <= 0 || count > (std::int64_t(1) << 56) / extent)
            return 0;
        count *= extent;
    }
    return count;
}

Result<BlocksPtr> openBlocks(const fs::path& path, const FileItem& item)
{
    if (valueCount(item.shape) == 0)
        return fail(ErrorCode::FormatInvalid, "'" + item.id + "' in '" + path.string() + "' has no values.", path,
                    {item.id});
    auto dataset = OpenDataset::open(path, item.id);
    return dataset ? blocksOf(std::move(*dataset), item.type, item.shape) : fail(dataset.error());
}

} // namespace

Result<ItemStatistics> statisticsOf(const fs::path& path, const FileItem& item, const ProgressSink& progress,
                                    std::stop_token stop)
{
    const auto blocks = openBlocks(path, item);
    if (!blocks)
        return fail(blocks.error());

    StatisticsSum sum;
    const std::int64_t total = valueCount(item.shape);
    std::int64_t done = 0;
    std::vector<std::byte> raw;
    std::vector<double> values;
    Extents start, extent;
    for (BlockWalk walk(item.shape); walk.next(start, extent);) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled.");
        std::size_t count = 1;
        for (const std::int64_t n : extent)
            count *= static_cast<std::size_t>(n);
        raw.resize(count * elementSize(item.type));
        if (auto read = (*blocks)->read(start, extent, raw); !read)
            return fail(read.error());
        values.resize(count);
        convertToDouble(item.type, raw, values);
        sum.add(values);
        done += static_cast<std::int64_t>(count);
        report(progress, {"statistics", done, total});
    }
    return sum.result();
}

Result<std::vector<float>> readWhole(const fs::path& path, const FileItem& item)
{
    const auto blocks = openBlocks(path, item);
    if (!blocks)
        return fail(blocks.error());
    const std::int64_t total = valueCount(item.shape);
    std::vector<std::byte> raw(static_cast<std::size_t>(total) * elementSize(item.type));
    if (auto read = (*blocks)->read(Extents(item.shape.size(), 0), item.shape, raw); !read)
        return fail(read.error());
    std::vector<float> values(static_cast<std::size_t>(total));
    convertToFloat(item.type, raw, values);
    return values;
}

} // namespace dispersa::hdf5
