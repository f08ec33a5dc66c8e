// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_statistics_p.h"

#include "core/base/os_file.h"
#include "core/io/hdf5_scan_p.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t blockValues = std::int64_t(1) << 20;

/// A dataset opened for one pass; closes under the lock.
class OpenDataset {
  public:
    static Result<std::unique_ptr<OpenDataset>> open(const fs::path& path, const FileItem& item)
    {
        const Lock lock;
        auto opened = std::make_unique<OpenDataset>();
        auto file = openForReading(path);
        if (!file)
            return fail(file.error());
        opened->m_file = std::move(*file);
        opened->m_dataset = ownDataset(H5Dopen2(opened->m_file.get(), item.id.c_str(), H5P_DEFAULT));
        if (!opened->m_dataset)
            return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no dataset '" + item.id + "'.", path,
                        {item.id});
        if (const auto filter = missingFilter(opened->m_dataset.get()))
            return fail(ErrorCode::FormatUnsupported,
                        "'" + item.id + "' in '" + path.string() + "' is compressed with HDF5 filter " + *filter +
                            ", which is not installed here.",
                        path, {*filter});
        opened->m_offset = contiguousOffset(opened->m_dataset.get(), item.type);
        return opened;
    }
    OpenDataset() = default;
    OpenDataset(const OpenDataset&) = delete;
    OpenDataset& operator=(const OpenDataset&) = delete;
    ~OpenDataset()
    {
        const Lock lock;
        m_dataset.reset();
        m_file.reset();
    }

    hid_t id() const { return m_dataset.get(); }
    std::optional<std::uint64_t> offset() const { return m_offset; }

  private:
    Handle m_file;
    Handle m_dataset;
    std::optional<std::uint64_t> m_offset;
};

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
    bool next(std::vector<hsize_t>& start, std::vector<hsize_t>& extent)
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
        extent[m_split] = static_cast<hsize_t>(std::min(m_slab, m_shape[m_split] - m_start[m_split]));
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

tl::unexpected<Error> readFailure(const fs::path& path, const FileItem& item, const std::string& detail)
{
    return fail(ErrorCode::FileUnreadable,
                "Reading '" + item.id + "' in '" + path.string() + "' failed: " + detail + ". The file is damaged.",
                path, {detail}, detail);
}

/// Contiguous data whose file is too short must not be allocated for, let alone read.
Result<void> checkSize(const fs::path& path, const FileItem& item, const OpenDataset& dataset, std::int64_t values)
{
    std::error_code code;
    const std::uint64_t size = fs::file_size(path, code);
    const std::uint64_t needed = static_cast<std::uint64_t>(values) * elementSize(item.type);
    if (dataset.offset() && (*dataset.offset() > size || needed > size - *dataset.offset()))
        return fail(ErrorCode::FileTruncated,
                    "'" + path.string() + "' is cut off: '" + item.id + "' needs " + std::to_string(needed) +
                        " bytes from byte " + std::to_string(*dataset.offset()) + " on and the file has " +
                        std::to_string(size) + ".",
                    path, {std::to_string(*dataset.offset() + needed), std::to_string(size)});
    return {};
}

} // namespace

Result<ItemStatistics> statisticsOf(const fs::path& path, const FileItem& item, const ProgressSink& progress,
                                    std::stop_token stop)
{
    const std::int64_t total = valueCount(item.shape);
    if (total == 0)
        return fail(ErrorCode::FormatInvalid, "'" + item.id + "' in '" + path.string() + "' has no values.", path,
                    {item.id});
    const auto dataset = OpenDataset::open(path, item);
    if (!dataset)
        return fail(dataset.error());
    if (auto fits = checkSize(path, item, **dataset, total); !fits)
        return fail(fits.error());

    ItemStatistics result{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    double lost = 0; // Neumaier: what the running sum rounded away
    std::int64_t done = 0;
    std::vector<std::byte> raw;
    std::vector<double> values;
    std::vector<hsize_t> start, extent;
    for (BlockWalk walk(item.shape); walk.next(start, extent);) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled.");
        std::size_t count = 1;
        for (const hsize_t n : extent)
            count *= static_cast<std::size_t>(n);
        raw.resize(count * elementSize(item.type));
        {
            const Lock lock;
            if (!readBlock((*dataset)->id(), item.type, start, extent, raw))
                return readFailure(path, item, lastMessage());
        }
        values.resize(count);
        convertToDouble(item.type, raw, values);
        for (const double value : values) {
            result.min = value < result.min ? value : result.min;
            result.max = value > result.max ? value : result.max;
            const double sum = result.sum + value;
            lost += std::abs(result.sum) >= std::abs(value) ? (result.sum - sum) + value : (value - sum) + result.sum;
            result.sum = sum;
        }
        for (std::size_t i = 0; i < count && result.first.size() < 4; ++i)
            result.first.push_back(values[i]);
        result.last = values.back();
        done += static_cast<std::int64_t>(count);
        report(progress, {"statistics", done, total});
    }
    if (std::isfinite(result.sum))
        result.sum += lost;
    if (result.min > result.max) // nothing but NaN
        result.min = result.max = std::numeric_limits<double>::quiet_NaN();
    return result;
}

Result<std::vector<float>> readWhole(const fs::path& path, const FileItem& item)
{
    const std::int64_t total = valueCount(item.shape);
    const auto dataset = OpenDataset::open(path, item);
    if (!dataset)
        return fail(dataset.error());
    if (auto fits = checkSize(path, item, **dataset, total); !fits)
        return fail(fits.error());
    std::vector<std::byte> raw(static_cast<std::size_t>(total) * elementSize(item.type));
    {
        const Lock lock;
        const std::vector<hsize_t> extent(item.shape.begin(), item.shape.end());
        if (!readBlock((*dataset)->id(), item.type, std::vector<hsize_t>(extent.size(), 0), extent, raw))
            return readFailure(path, item, lastMessage());
    }
    std::vector<float> values(static_cast<std::size_t>(total));
    convertToFloat(item.type, raw, values);
    return values;
}

} // namespace dispersa::hdf5
