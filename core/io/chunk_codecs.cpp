// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/chunk_codecs.h"

#include "core/io/byte_shuffle.h"

#include <libdeflate.h>
#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

namespace dispersa {
namespace {

using Bytes = std::span<const std::byte>;

tl::unexpected<std::string> damaged(std::string reason)
{
    return tl::unexpected<std::string>(std::move(reason));
}

std::uint64_t bigEndian(Bytes bytes)
{
    std::uint64_t value = 0;
    for (const std::byte byte : bytes)
        value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
}

/// Takes bytes off the front of a stream.
class Stream {
  public:
    explicit Stream(Bytes bytes) : m_rest(bytes) {}
    std::size_t left() const { return m_rest.size(); }
    /// The next `count` bytes, which must be there.
    Bytes take(std::size_t count)
    {
        const Bytes front = m_rest.first(count);
        m_rest = m_rest.subspan(count);
        return front;
    }

  private:
    Bytes m_rest;
};

using ZstdContext = std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)>;

ZstdContext makeZstd()
{
    ZstdContext context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    if (!context)
        throw std::bad_alloc();
    return context;
}

Decoded zstdInto(ZSTD_DCtx* context, Bytes in, std::span<std::byte> out)
{
    const std::size_t written = ZSTD_decompressDCtx(context, out.data(), out.size(), in.data(), in.size());
    if (ZSTD_isError(written))
        return damaged(std::string("its Zstandard data is damaged (") + ZSTD_getErrorName(written) + ")");
    return written;
}

Decoded lz4Into(Bytes in, std::span<std::byte> out)
{
    constexpr std::size_t most = std::numeric_limits<int>::max();
    if (in.size() > most)
        return damaged("one of its LZ4 blocks is impossibly large");
    const int written =
        LZ4_decompress_safe(reinterpret_cast<const char*>(in.data()), reinterpret_cast<char*>(out.data()),
                            static_cast<int>(in.size()), static_cast<int>(std::min(out.size(), most)));
    if (written < 0)
        return damaged("its LZ4 data is damaged");
    return static_cast<std::size_t>(written);
}

/// Total and block size that LZ4 and compressed bitshuffle chunks start with.
struct BlockHeader {
    std::size_t total = 0;
    std::size_t block = 0;
};

constexpr std::size_t headerBytes = 12;

tl::expected<BlockHeader, std::string> readHeader(Stream& stream, std::size_t room)
{
    if (stream.left() < headerBytes)
        return damaged("it ends within its first 12 bytes");
    const std::uint64_t total = bigEndian(stream.take(8));
    const std::uint64_t block = bigEndian(stream.take(4));
    if (total > room)
        return damaged("it claims to hold " + std::to_string(total) + " bytes where " + std::to_string(room) +
                       " belong");
    if (block == 0)
        return damaged("its block size is 0");
    return BlockHeader{static_cast<std::size_t>(total), static_cast<std::size_t>(block)};
}

/// One block with its size before it.
tl::expected<Bytes, std::string> nextBlock(Stream& stream)
{
    if (stream.left() < 4)
        return damaged("it ends before its last block");
    const std::uint64_t size = bigEndian(stream.take(4));
    if (size > stream.left())
        return damaged("a block of " + std::to_string(size) + " bytes reaches beyond its end");
    return stream.take(static_cast<std::size_t>(size));
}

/// The format's default: 8 KiB, a multiple of eight values and at least 128 of them.
std::size_t defaultBlockValues(std::size_t valueSize)
{
    return std::max<std::size_t>(128, 8192 / valueSize / 8 * 8);
}

} // namespace

Decoded decodeDeflate(Bytes in, std::span<std::byte> out)
{
    const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    if (!decompressor)
        throw std::bad_alloc();
    std::size_t written = 0;
    switch (libdeflate_zlib_decompress(decompressor.get(), in.data(), in.size(), out.data(), out.size(), &written)) {
    case LIBDEFLATE_SUCCESS:
        return written;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
        return damaged("its deflate data holds more than the " + std::to_string(out.size()) +
                       " bytes that belong there");
    default:
        return damaged("its deflate data is damaged");
    }
}

Decoded decodeZstd(Bytes in, std::span<std::byte> out)
{
    const ZstdContext context = makeZstd();
    return zstdInto(context.get(), in, out);
}

Decoded decodeLzf(Bytes in, std::span<std::byte> out)
{
    Stream stream(in);
    std::size_t at = 0;
    while (stream.left() > 0) {
        const auto control = std::to_integer<std::size_t>(stream.take(1)[0]);
        if (control < 32) { // that many literal bytes and one
            const std::size_t count = control + 1;
            if (count > stream.left() || count > out.size() - at)
                return damaged("its LZF data is damaged");
            std::memcpy(out.data() + at, stream.take(count).data(), count);
            at += count;
            continue;
        }
        std::size_t count = control >> 5;
        const std::size_t more = count == 7 ? 2 : 1;
        if (stream.left() < more)
            return damaged("its LZF data is damaged");
        if (count == 7)
            count += std::to_integer<std::size_t>(stream.take(1)[0]);
        count += 2;
        const std::size_t back = ((control & 31) << 8) + std::to_integer<std::size_t>(stream.take(1)[0]) + 1;
        if (back > at || count > out.size() - at)
            return damaged("its LZF data is damaged");
        // Byte by byte: a copy may reach into what it writes, which repeats it.
        for (const std::size_t end = at + count; at < end; ++at)
            out[at] = out[at - back];
    }
    return at;
}

Decoded decodeLz4Blocks(Bytes in, std::span<std::byte> out)
{
    Stream stream(in);
    const auto header = readHeader(stream, out.size());
    if (!header)
        return damaged(header.error());
    for (std::size_t at = 0; at < header->total;) {
        const std::size_t size = std::min(header->block, header->total - at);
        const auto block = nextBlock(stream);
        if (!block)
            return damaged(block.error());
        if (block->size() == size) {
            std::memcpy(out.data() + at, block->data(), size);
        } else {
            const Decoded written = lz4Into(*block, out.subspan(at, size));
            if (!written)
                return written;
            if (*written != size)
                return damaged("one of its LZ4 blocks is too short");
        }
        at += size;
    }
    return header->total;
}

Decoded decodeBitshuffle(Bytes in, const BitshuffleOptions& options, std::span<std::byte> out)
{
    using Compression = BitshuffleOptions::Compression;
    const bool compressed = options.compression != Compression::None;
    Stream stream(in);
    BlockHeader header{in.size(), options.blockValues * options.valueSize};
    if (compressed) {
        const auto stated = readHeader(stream, out.size());
        if (!stated)
            return damaged(stated.error());
        header = *stated;
    } else if (options.blockValues == 0) {
        header.block = defaultBlockValues(options.valueSize) * options.valueSize;
    }
    const std::size_t unit = 8 * options.valueSize; // bits of eight values fill whole bytes
    if (header.total > out.size() || header.total % options.valueSize != 0 || header.block % unit != 0)
        return damaged("its bitshuffle block size does not fit its values");

    const std::size_t room = std::min(header.block, header.total);
    const auto scratch = std::make_unique_for_overwrite<std::byte[]>(2 * room);
    const std::span<std::byte> shuffled(scratch.get(), room), planes(scratch.get() + room, room);
    const ZstdContext zstd =
        options.compression == Compression::Zstd ? makeZstd() : ZstdContext(nullptr, ZSTD_freeDCtx);
    std::size_t at = 0;
    while (header.total - at >= unit) {
        const std::size_t size = std::min(header.block, (header.total - at) / unit * unit);
        Bytes block;
        if (compressed) {
            const auto stored = nextBlock(stream);
            if (!stored)
                return damaged(stored.error());
            const Decoded written =
                zstd ? zstdInto(zstd.get(), *stored, shuffled.first(size)) : lz4Into(*stored, shuffled.first(size));
            if (!written)
                return written;
            if (*written != size)
                return damaged("one of its bitshuffle blocks is too short");
            block = shuffled.first(size);
        } else {
            block = stream.take(size);
        }
        unshuffleBits(block, options.valueSize, planes.first(size), out.subspan(at, size));
        at += size;
    }
    const std::size_t left = header.total - at;
    if (stream.left() < left)
        return damaged("it ends before its last values");
    std::memcpy(out.data() + at, stream.take(left).data(), left);
    return header.total;
}

} // namespace dispersa
