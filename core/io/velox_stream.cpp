// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/velox_stream_p.h"

#include "core/io/hdf5_tree_p.h"

#include <algorithm>
#include <limits>

namespace dispersa::velox {
namespace fs = std::filesystem;
namespace {

constexpr std::uint16_t endOfPixel = 65535;
constexpr std::int64_t blockValues = std::int64_t(1) << 20;
constexpr std::int64_t largestMap = std::int64_t(1) << 27;

tl::unexpected<Error> invalid(const fs::path& path, const std::string& dataset, const std::string& what)
{
    return fail(ErrorCode::FormatInvalid,
                "The spectrum stream '" + dataset + "' of '" + path.string() + "' " + what + ".", path, {dataset});
}

/// Reads one stream from its first value to its last.
Result<void> readStream(const fs::path& path, const std::string& id, StreamCounter& counter)
{
    std::int64_t length = 0;
    std::size_t rank = 0;
    std::vector<std::uint16_t> values;
    for (std::int64_t done = 0; done == 0 || done < length;) {
        {
            // Opened anew for each block, so that others get the lock and nothing stays open without it.
            const hdf5::Lock lock;
            const auto file = hdf5::openForReading(path);
            if (!file)
                return fail(file.error());
            if (!hdf5::isDataset(file->get(), id))
                return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no dataset '" + id + "'.", path,
                            {id});
            const hdf5::Handle dataset = hdf5::ownDataset(H5Dopen2(file->get(), id.c_str(), H5P_DEFAULT));
            const hdf5::Handle type = hdf5::ownType(H5Dget_type(dataset.get()));
            const auto shape = hdf5::shapeOf(dataset.get());
            rank = shape.size();
            if (hdf5::elementTypeOf(type.get()) != ElementType::UInt16 || (rank != 1 && rank != 2) ||
                (rank == 2 && shape[1] != 1))
                return invalid(path, id, "is not a list of 16-bit channels");
            length = shape[0];
            if (length <= 0)
                return invalid(path, id, "is empty: Velox pruned the file when it saved it");
            const std::int64_t count = std::min(blockValues, length - done);
            if (count <= 0)
                break;
            values.resize(static_cast<std::size_t>(count));
            std::vector<hsize_t> start = {static_cast<hsize_t>(done), 0};
            std::vector<hsize_t> extent = {static_cast<hsize_t>(count), 1};
            start.resize(rank);
            extent.resize(rank);
            if (!hdf5::readBlock(dataset.get(), ElementType::UInt16, start, extent,
                                 std::as_writable_bytes(std::span(values)))) {
                const std::string detail = hdf5::lastMessage();
                return fail(ErrorCode::FileUnreadable,
                            "Reading '" + id + "' in '" + path.string() + "' failed: " + detail +
                                ". The file is damaged.",
                            path, {detail}, detail);
            }
            done += count;
        }
        counter.add(values);
    }
    return {};
}

} // namespace

void StreamCounter::add(std::span<const std::uint16_t> values)
{
    for (const std::uint16_t value : values) {
        if (value == endOfPixel) {
            ++m_total;
            m_pixel = m_pixel + 1 == m_pixels ? 0 : m_pixel + 1;
            m_open = false;
            continue;
        }
        m_open = true;
        if (value >= m_first && value <= m_last)
            m_counts[static_cast<std::size_t>(m_pixel)] += 1;
    }
}

Result<std::vector<float>> countStreams(const fs::path& path, const std::vector<CountedStream>& streams,
                                        ScanShape shape)
{
    if (shape.height <= 0 || shape.width <= 0 || shape.count() > largestMap || streams.empty())
        return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' states spectra of " + toText(shape) + " pixels.",
                    path, {toText(shape)});
    std::vector<float> counts(static_cast<std::size_t>(shape.count()));
    std::int64_t visited = 0;
    for (const CountedStream& stream : streams) {
        StreamCounter counter(shape.count(), stream.firstChannel, stream.lastChannel, counts);
        if (auto read = readStream(path, stream.dataset, counter); !read)
            return fail(read.error());
        visited = std::max(visited, counter.visited());
    }
    if (visited < shape.count())
        std::fill(counts.begin() + static_cast<std::ptrdiff_t>(visited), counts.end(),
                  std::numeric_limits<float>::quiet_NaN());
    return counts;
}

} // namespace dispersa::velox
