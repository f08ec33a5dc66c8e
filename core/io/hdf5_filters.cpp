// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_filters.h"

#include "core/io/byte_shuffle.h"
#include "core/io/chunk_codecs.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

namespace dispersa::hdf5 {
namespace {

using Bytes = std::span<const std::byte>;

enum FilterId { deflate = 1, shuffle = 2, fletcher32 = 3, lzf = 32000, lz4 = 32004, bitshuffle = 32008, zstd = 32015 };

constexpr std::size_t checksumBytes = 4;

/// Parameter `index`, 0 where the file leaves it out.
unsigned parameter(const ChunkFilter& filter, std::size_t index)
{
    return index < filter.parameters.size() ? filter.parameters[index] : 0;
}

BitshuffleOptions bitshuffleOptions(const ChunkFilter& filter)
{
    return {parameter(filter, 2), parameter(filter, 3),
            static_cast<BitshuffleOptions::Compression>(parameter(filter, 4))};
}

bool isOurs(const ChunkFilter& filter)
{
    constexpr unsigned largestValue = 1u << 16; // bytes; of any number and of most records
    switch (filter.id) {
    case deflate:
    case fletcher32:
    case lzf:
    case lz4:
    case zstd:
        return true;
    case shuffle:
        return parameter(filter, 0) > 0 && parameter(filter, 0) <= largestValue;
    case bitshuffle: {
        const unsigned size = parameter(filter, 2), block = parameter(filter, 3), compression = parameter(filter, 4);
        return size > 0 && size <= largestValue && block % 8 == 0 &&
               (compression == 0 || compression == 2 || compression == 3);
    }
    default:
        return false;
    }
}

/// Bytes that one stored byte can stand for at most.
std::uint64_t expansion(const ChunkFilter& filter)
{
    const auto compression =
        filter.id == bitshuffle ? bitshuffleOptions(filter).compression : BitshuffleOptions::Compression::None;
    if (filter.id == zstd || compression == BitshuffleOptions::Compression::Zstd)
        return 1u << 16; // a block of 128 KiB takes four bytes or more
    if (filter.id == lz4 || compression == BitshuffleOptions::Compression::Lz4)
        return 256;
    return filter.id == deflate ? 1032 : filter.id == lzf ? 100 : 1;
}

bool compresses(const ChunkFilter& filter)
{
    return expansion(filter) > 1;
}

/// HDF5's checksum: Fletcher's sums over big-endian 16-bit words, folded to 16 bits each.
std::uint32_t fletcherSum(Bytes bytes)
{
    constexpr std::size_t wordsAtATime = 1u << 14; // the second sum stays below 2^46
    const auto fold = [](std::uint64_t sum) {
        while (sum >> 16)
            sum = (sum & 0xffff) + (sum >> 16);
        return sum;
    };
    std::uint64_t first = 0, second = 0;
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), 2 * wordsAtATime);
        for (std::size_t i = 0; i < count; i += 2) {
            const unsigned low = i + 1 < count ? std::to_integer<unsigned>(bytes[i + 1]) : 0;
            first += std::to_integer<unsigned>(bytes[i]) << 8 | low;
            second += first;
        }
        first = fold(first);
        second = fold(second);
        bytes = bytes.subspan(count);
    }
    return static_cast<std::uint32_t>(second << 16 | first);
}

/// The content before the checksum.
tl::expected<Bytes, std::string> verified(Bytes in)
{
    if (in.size() < checksumBytes)
        return tl::unexpected<std::string>("it is shorter than its checksum");
    const Bytes content = in.first(in.size() - checksumBytes);
    std::uint32_t stated = 0;
    std::memcpy(&stated, in.data() + content.size(), checksumBytes);
    const std::uint32_t sum = fletcherSum(content);
    // HDF5 1.6.2 and older on little-endian machines wrote both halves with their bytes exchanged.
    const std::uint32_t exchanged = (sum & 0x00ff00ff) << 8 | (sum & 0xff00ff00) >> 8;
    if (stated != sum && stated != exchanged)
        return tl::unexpected<std::string>("its checksum (fletcher32) does not fit its content");
    return content;
}

/// Undoes one filter other than the checksum.
Decoded undo(const ChunkFilter& filter, Bytes in, std::span<std::byte> out)
{
    switch (filter.id) {
    case deflate:
        return decodeDeflate(in, out);
    case lzf:
        return decodeLzf(in, out);
    case lz4:
        return decodeLz4Blocks(in, out);
    case zstd:
        return decodeZstd(in, out);
    case bitshuffle:
        return decodeBitshuffle(in, bitshuffleOptions(filter), out);
    default:
        if (in.size() > out.size())
            return tl::unexpected<std::string>("it is too long");
        unshuffleBytes(in, parameter(filter, 0), out.first(in.size()));
        return in.size();
    }
}

} // namespace

std::string filterName(int id)
{
    static const std::pair<int, const char*> known[] = {
        {1, "deflate"},        {2, "shuffle"}, {3, "fletcher32"}, {4, "szip"},      {5, "nbit"},
        {6, "scaleoffset"},    {307, "bzip2"}, {32000, "lzf"},    {32001, "blosc"}, {32004, "lz4"},
        {32008, "bitshuffle"}, {32013, "zfp"}, {32015, "zstd"},   {32017, "sz"},    {32026, "blosc2"}};
    for (const auto& [number, name] : known)
        if (number == id)
            return std::to_string(id) + " (" + name + ")";
    return std::to_string(id);
}

std::optional<FilterPipeline> FilterPipeline::of(std::vector<ChunkFilter> filters)
{
    // A chunk's mask has 32 bits; the library itself allows no more filters.
    if (filters.size() > 32 || !std::all_of(filters.begin(), filters.end(), isOurs))
        return std::nullopt;
    return FilterPipeline(std::move(filters));
}

std::uint64_t FilterPipeline::mostBytes(std::uint64_t stored, std::uint32_t skipped) const
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t bytes = stored;
    for (std::size_t i = 0; i < m_filters.size(); ++i)
        if (!(skipped >> i & 1)) {
            const std::uint64_t factor = expansion(m_filters[i]);
            bytes = bytes > most / factor ? most : bytes * factor;
        }
    return bytes;
}

tl::expected<void, std::string> FilterPipeline::decode(Bytes stored, std::uint32_t skipped,
                                                       std::span<std::byte> chunk) const
{
    // Before filter i the data had the chunk's size and the checksums of the filters before it. Behind a first
    // compressor it is only known not to be much larger.
    std::vector<std::size_t> active, sizes;
    std::size_t size = chunk.size();
    for (std::size_t i = 0; i < m_filters.size(); ++i) {
        if (skipped >> i & 1)
            continue;
        active.push_back(i);
        sizes.push_back(size);
        if (m_filters[i].id == fletcher32)
            size += checksumBytes;
        else if (compresses(m_filters[i]))
            size += size / 8 + 4096;
    }
    Bytes current = stored;
    std::unique_ptr<std::byte[]> held; // what `current` lies in, unless in `stored`
    for (std::size_t k = active.size(); k-- > 0;) {
        const ChunkFilter& filter = m_filters[active[k]];
        if (filter.id == fletcher32) {
            const auto content = verified(current);
            if (!content)
                return tl::unexpected<std::string>(content.error());
            current = *content;
            continue;
        }
        auto room = k == 0 ? nullptr : std::make_unique_for_overwrite<std::byte[]>(sizes[k]);
        const std::span<std::byte> out = k == 0 ? chunk : std::span(room.get(), sizes[k]);
        const Decoded written = undo(filter, current, out);
        if (!written)
            return tl::unexpected<std::string>(written.error());
        current = out.first(*written);
        held = std::move(room);
    }
    if (current.size() != chunk.size())
        return tl::unexpected<std::string>("it holds " + std::to_string(current.size()) + " bytes where " +
                                           std::to_string(chunk.size()) + " belong");
    if (current.data() != chunk.data())
        std::memcpy(chunk.data(), current.data(), chunk.size());
    return {};
}

} // namespace dispersa::hdf5
