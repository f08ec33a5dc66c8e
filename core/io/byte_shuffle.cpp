// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/byte_shuffle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace dispersa {
namespace {

static_assert(std::endian::native == std::endian::little, "bytes of a word are counted from its low end");

/// Two words in one register of any x86-64 or ARM64 processor; compilers do not find that by themselves.
using Pair = std::uint64_t __attribute__((vector_size(16)));
constexpr std::size_t pairBytes = sizeof(Pair);
using Words = std::array<Pair, 8>;

/// One step of a transposition: in words `distance` apart, the bits of `mask` << shift in one change places with those
/// of `mask` in the other.
template<std::size_t distance, int shift, std::uint64_t mask>
void exchange(Words& words)
{
    for (std::size_t i = 0; i < words.size(); ++i) {
        if ((i & distance) != 0)
            continue;
        const Pair difference = ((words[i] >> shift) ^ words[i + distance]) & mask;
        words[i + distance] ^= difference;
        words[i] ^= difference << shift;
    }
}

/// Word r holds byte g of bit plane r; afterwards word g holds the bytes of values 8 g .. 8 g + 7.
void transpose(Words& words)
{
    exchange<4, 4, 0x0f0f0f0f0f0f0f0f>(words); // bits with planes, in each byte column
    exchange<2, 2, 0x3333333333333333>(words);
    exchange<1, 1, 0x5555555555555555>(words);
    exchange<4, 32, 0x00000000ffffffff>(words); // then bytes with words
    exchange<2, 16, 0x0000ffff0000ffff>(words);
    exchange<1, 8, 0x00ff00ff00ff00ff>(words);
}

/// The first `count` bytes of each of eight bit planes become 8 `count` bytes of a byte plane.
void joinPlanes(const std::byte* in, std::size_t planeBytes, std::size_t count, std::byte* out)
{
    Words words = {};
    for (std::size_t plane = 0; plane < 8; ++plane)
        std::memcpy(&words[plane], in + plane * planeBytes, count);
    transpose(words);
    std::array<std::uint64_t, 16> values;
    for (std::size_t group = 0; group < 8; ++group) {
        values[group] = words[group][0];
        values[8 + group] = words[group][1];
    }
    std::memcpy(out, values.data(), 8 * count);
}

template<class Value>
void interleave(const std::byte* in, std::size_t count, std::byte* out)
{
    for (std::size_t i = 0; i < count; ++i) {
        Value value = 0;
        for (std::size_t plane = 0; plane < sizeof(Value); ++plane)
            value =
                static_cast<Value>(value | Value(std::to_integer<std::uint8_t>(in[plane * count + i])) << (8 * plane));
        std::memcpy(out + i * sizeof(Value), &value, sizeof(Value));
    }
}

template<class Value>
void swapEach(std::span<std::byte> values)
{
    for (std::size_t at = 0; at + sizeof(Value) <= values.size(); at += sizeof(Value)) {
        Value value, swapped = 0;
        std::memcpy(&value, values.data() + at, sizeof(Value));
        for (std::size_t byte = 0; byte < sizeof(Value); ++byte, value = static_cast<Value>(value >> 8))
            swapped = static_cast<Value>(swapped << 8 | (value & 0xff));
        std::memcpy(values.data() + at, &swapped, sizeof(Value));
    }
}

} // namespace

void unshuffleBytes(std::span<const std::byte> in, std::size_t valueSize, std::span<std::byte> out)
{
    const std::size_t count = in.size() / valueSize;
    switch (valueSize) { // sizes the compiler knows make the loop many times faster
    case 1:
        std::memcpy(out.data(), in.data(), count);
        break;
    case 2:
        interleave<std::uint16_t>(in.data(), count, out.data());
        break;
    case 4:
        interleave<std::uint32_t>(in.data(), count, out.data());
        break;
    case 8:
        interleave<std::uint64_t>(in.data(), count, out.data());
        break;
    default:
        for (std::size_t plane = 0; plane < valueSize; ++plane)
            for (std::size_t i = 0; i < count; ++i)
                out[i * valueSize + plane] = in[plane * count + i];
    }
    const std::size_t whole = count * valueSize;
    std::copy(in.begin() + static_cast<std::ptrdiff_t>(whole), in.end(),
              out.begin() + static_cast<std::ptrdiff_t>(whole));
}

void unshuffleBits(std::span<const std::byte> in, std::size_t valueSize, std::span<std::byte> planes,
                   std::span<std::byte> out)
{
    const std::size_t count = in.size() / valueSize;
    const std::size_t planeBytes = count / 8;
    for (std::size_t plane = 0; plane < valueSize; ++plane) {
        const std::byte* from = in.data() + plane * count;
        std::byte* to = planes.data() + plane * count;
        std::size_t at = 0;
        for (; at + pairBytes <= planeBytes; at += pairBytes) // a size the compiler knows
            joinPlanes(from + at, planeBytes, pairBytes, to + 8 * at);
        if (at < planeBytes)
            joinPlanes(from + at, planeBytes, planeBytes - at, to + 8 * at);
    }
    unshuffleBytes(planes, valueSize, out);
}

void swapByteOrder(std::span<std::byte> values, std::size_t valueSize)
{
    if (valueSize == 2)
        swapEach<std::uint16_t>(values);
    else if (valueSize == 4)
        swapEach<std::uint32_t>(values);
    else if (valueSize == 8)
        swapEach<std::uint64_t>(values);
}

} // namespace dispersa
