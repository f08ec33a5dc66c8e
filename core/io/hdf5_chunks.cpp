// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_chunks_p.h"

#include "core/io/byte_shuffle.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace dispersa::hdf5 {
namespace {

constexpr std::size_t smallestBudget = 32u << 20;
constexpr std::size_t largestBudget = 256u << 20;
constexpr std::uint64_t largestChunk = 0xffffffff; ///< bytes; HDF5 allows no larger ones

/// A block of values inside an array that is stored row by row.
struct Placed {
    const Extents& array; ///< extents of the whole
    Extents at;           ///< first value of the block
};

std::size_t offsetOf(const Placed& block)
{
    std::size_t offset = 0;
    for (std::size_t d = 0; d < block.array.size(); ++d)
        offset = offset * static_cast<std::size_t>(block.array[d]) + static_cast<std::size_t>(block.at[d]);
    return offset;
}

/// Calls `run(from, to, values)` for the pieces of a block that lie in one piece in both arrays.
template<class Run>
void forEachRun(const Placed& from, const Placed& to, const Extents& extent, const Run& run)
{
    // Trailing dimensions that are whole in both arrays make one long run.
    std::size_t inner = extent.size() - 1;
    std::int64_t length = extent[inner];
    while (inner > 0 && extent[inner] == from.array[inner] && extent[inner] == to.array[inner])
        length *= extent[--inner];
    Placed source = from, target = to;
    for (;;) {
        run(offsetOf(source), offsetOf(target), static_cast<std::size_t>(length));
        std::size_t d = inner;
        for (; d > 0; --d) {
            ++source.at[d - 1];
            ++target.at[d - 1];
            if (source.at[d - 1] < from.at[d - 1] + extent[d - 1])
                break;
            source.at[d - 1] = from.at[d - 1];
            target.at[d - 1] = to.at[d - 1];
        }
        if (d == 0)
            return;
    }
}

class ChunkedBlocks final : public BlockReader {
  public:
    ChunkedBlocks(OpenDataset dataset, ChunkLayout layout, std::shared_ptr<ChunkCache> cache)
        : m_dataset(std::move(dataset)), m_layout(std::move(layout)), m_cache(std::move(cache)),
          m_number(m_cache->addDataset(m_layout.cacheBudget()))
    {
    }

    Extents chunk() const override { return m_layout.chunk; }

    Result<void> read(const Extents& start, const Extents& extent, std::span<std::byte> out) const override
    {
        const std::size_t rank = m_layout.chunk.size();
        Extents first(rank), last(rank); // chunks, counted in each dimension
        for (std::size_t d = 0; d < rank; ++d) {
            first[d] = start[d] / m_layout.chunk[d];
            last[d] = (start[d] + extent[d] - 1) / m_layout.chunk[d];
        }
        for (Extents at = first;;) {
            if (auto done = copyFrom(at, start, extent, out); !done)
                return done;
            std::size_t d = rank;
            while (d > 0 && ++at[d - 1] > last[d - 1]) {
                at[d - 1] = first[d - 1];
                --d;
            }
            if (d == 0)
                return {};
        }
    }

  private:
    /// The part of a block that lies in chunk `at`.
    Result<void> copyFrom(const Extents& at, const Extents& start, const Extents& extent,
                          std::span<std::byte> out) const
    {
        const std::size_t rank = at.size(), size = elementSize(m_layout.type);
        std::int64_t number = 0;
        Extents common(rank);
        Placed from{m_layout.chunk, Extents(rank)}, to{extent, Extents(rank)};
        for (std::size_t d = 0; d < rank; ++d) {
            const std::int64_t chunk = m_layout.chunk[d], origin = at[d] * chunk;
            const std::int64_t begin = std::max(origin, start[d]);
            common[d] = std::min(origin + chunk, start[d] + extent[d]) - begin;
            from.at[d] = begin - origin;
            to.at[d] = begin - start[d];
            number = number * ((m_layout.shape[d] - 1) / chunk + 1) + at[d];
        }
        const auto copy = [&](const Chunk& chunk) {
            const auto bytes = chunk.bytes();
            forEachRun(from, to, common, [&](std::size_t source, std::size_t target, std::size_t count) {
                if (!bytes.empty())
                    std::memcpy(out.data() + target * size, bytes.data() + source * size, count * size);
                else
                    for (std::size_t i = 0; i < count; ++i)
                        std::memcpy(out.data() + (target + i) * size, m_layout.fill.data(), size);
            });
        };
        return m_cache->use({m_number, number}, m_layout.chunkBytes(), [&] { return load(at); }, copy);
    }

    Result<ChunkPtr> load(const Extents& at) const
    {
        try {
            Stored stored;
            if (auto done = fetch(at, stored); !done)
                return fail(done.error());
            if (!stored.exists)
                return std::make_shared<const Chunk>();
            auto chunk = std::make_shared<Chunk>(m_layout.chunkBytes());
            const auto decoded = m_layout.filters.decode(stored.bytes.bytes(), stored.skipped, chunk->bytes());
            if (!decoded)
                return damaged(at, decoded.error());
            if (m_layout.swapped)
                swapByteOrder(chunk->bytes(), elementSize(m_layout.type));
            return chunk;
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::OutOfMemory,
                        "There is not enough memory to read '" + m_dataset.id + "' in '" + m_dataset.path.string() +
                            "', whose chunks have " + std::to_string(m_layout.chunkBytes()) + " bytes.",
                        m_dataset.path);
        }
    }

    /// A chunk as it lies in the file.
    struct Stored {
        bool exists = false;
        std::uint32_t skipped = 0; ///< bit i: filter i was left out
        Chunk bytes;
    };

    /// The only part that holds the lock. H5Dread_chunk() finds a chunk through the file's index, where
    /// H5Dget_chunk_info_by_coord() of HDF5 1.10 and 1.12 walks over all of them (118 us against 4 us for the last one
    /// of 4950).
    Result<void> fetch(const Extents& at, Stored& stored) const
    {
        std::vector<hsize_t> origin(at.size());
        bool beyond = false;
        for (std::size_t d = 0; d < at.size(); ++d) {
            origin[d] = static_cast<hsize_t>(at[d] * m_layout.chunk[d]);
            beyond = beyond || (at[d] + 1) * m_layout.chunk[d] > m_layout.shape[d];
        }
        const Lock lock;
        hsize_t size = 0;
        if (H5Dget_chunk_storage_size(m_dataset.dataset.get(), origin.data(), &size) < 0) {
            // HDF5 1.10 says so of a chunk that was never written, later ones give it the size 0.
            const std::string detail = lastMessage();
            return detail.find("not allocated") != std::string::npos ? Result<void>() : unreadable(detail);
        }
        if (size == 0)
            return {};
        if (beyond && m_layout.edgesUnfiltered)
            stored.skipped = ~std::uint32_t(0);
        // Nothing is allocated that the file could not fill.
        if (size > m_layout.fileSize)
            return damaged(at, "it claims " + std::to_string(size) + " bytes in a file of " +
                                   std::to_string(m_layout.fileSize));
        if (m_layout.filters.mostBytes(size, stored.skipped) < m_layout.chunkBytes())
            return damaged(at, "its " + std::to_string(size) + " bytes are too few for the " +
                                   std::to_string(m_layout.chunkBytes()) + " that belong there");
        stored.exists = true;
        stored.bytes = Chunk(static_cast<std::size_t>(size));
        std::uint32_t mask = 0;
        if (H5Dread_chunk(m_dataset.dataset.get(), H5P_DEFAULT, origin.data(), &mask, stored.bytes.bytes().data()) < 0)
            return unreadable(lastMessage());
        stored.skipped |= mask;
        return {};
    }

    tl::unexpected<Error> unreadable(const std::string& detail) const
    {
        return fail(ErrorCode::FileUnreadable,
                    "Reading '" + m_dataset.id + "' in '" + m_dataset.path.string() + "' failed: " + detail +
                        ". The file is damaged or was changed meanwhile.",
                    m_dataset.path, {detail}, detail);
    }

    tl::unexpected<Error> damaged(const Extents& at, const std::string& reason) const
    {
        std::string where;
        for (std::size_t d = 0; d < at.size(); ++d)
            where += (d ? ", " : "") + std::to_string(at[d] * m_layout.chunk[d]);
        return fail(ErrorCode::FormatInvalid,
                    "The chunk at (" + where + ") of '" + m_dataset.id + "' in '" + m_dataset.path.string() +
                        "' is damaged: " + reason + ". Copy the file again from its source.",
                    m_dataset.path, {m_dataset.id, reason}, reason);
    }

    OpenDataset m_dataset;
    ChunkLayout m_layout;
    std::shared_ptr<ChunkCache> m_cache;
    std::uint64_t m_number;
};

std::vector<std::byte> fillValue(hid_t creation, ElementType type)
{
    std::vector<std::byte> value(elementSize(type));
    H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
    const Handle memory = memoryType(type);
    if (H5Pfill_value_defined(creation, &defined) < 0 || defined == H5D_FILL_VALUE_UNDEFINED ||
        H5Pget_fill_value(creation, memory.get(), value.data()) < 0)
        std::fill(value.begin(), value.end(), std::byte{0});
    return value;
}

} // namespace

std::size_t ChunkLayout::chunkBytes() const
{
    std::size_t bytes = elementSize(type);
    for (const std::int64_t extent : chunk)
        bytes *= static_cast<std::size_t>(extent);
    return bytes;
}

std::size_t ChunkLayout::cacheBudget() const
{
    double bytes = static_cast<double>(chunkBytes());
    for (std::size_t d = 1; d < chunk.size(); ++d)
        bytes *= static_cast<double>((shape[d] - 1) / chunk[d] + 1);
    // Twice, because threads that share a row of chunks are soon in the next one.
    return static_cast<std::size_t>(std::clamp(2 * bytes, double(smallestBudget), double(largestBudget)));
}

std::optional<ChunkLayout> chunkLayout(hid_t dataset, ElementType type)
{
    const Handle creation = ownProperties(H5Dget_create_plist(dataset));
    const auto swapped = isSwapped(dataset, type);
    auto filters = FilterPipeline::of(filtersOf(creation.get()));
    if (H5Pget_layout(creation.get()) != H5D_CHUNKED || !filters || !swapped)
        return std::nullopt;
    ChunkLayout layout{shapeOf(dataset), {}, std::move(*filters), type, *swapped};
    std::vector<hsize_t> chunk(layout.shape.size());
    if (H5Pget_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(chunk.size()))
        return std::nullopt;
    std::uint64_t bytes = elementSize(type);
    for (std::size_t d = 0; d < chunk.size(); ++d) {
        if (chunk[d] == 0 || chunk[d] > largestChunk / bytes || layout.shape[d] <= 0)
            return std::nullopt;
        bytes *= chunk[d];
        layout.chunk.push_back(static_cast<std::int64_t>(chunk[d]));
    }
    unsigned options = 0;
    layout.edgesUnfiltered =
        H5Pget_chunk_opts(creation.get(), &options) >= 0 && (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
    layout.fill = fillValue(creation.get(), type);
    std::error_code code;
    layout.fileSize = std::filesystem::file_size(fileOf(dataset), code);
    if (code)
        return std::nullopt;
    return layout;
}

BlocksPtr chunkedBlocks(OpenDataset dataset, ChunkLayout layout, std::shared_ptr<ChunkCache> cache)
{
    if (!cache)
        cache = std::make_shared<ChunkCache>();
    return std::make_shared<ChunkedBlocks>(std::move(dataset), std::move(layout), std::move(cache));
}

} // namespace dispersa::hdf5
