// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers at byte offsets of a binary header.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace dispersa {

/// Reads numbers at byte offsets in either byte order. Every offset must lie inside `bytes`.
struct ByteReader {
    std::span<const std::byte> bytes;
    bool swapped = false; ///< the file's byte order is not this machine's

    template<class T>
    T at(std::size_t offset) const
    {
        std::array<std::byte, sizeof(T)> raw;
        std::memcpy(raw.data(), bytes.data() + offset, sizeof(T));
        if (swapped)
            std::reverse(raw.begin(), raw.end());
        return std::bit_cast<T>(raw);
    }
};

/// The number that up to eight bytes make, the lowest first.
inline std::uint64_t littleEndian(std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    return value;
}

} // namespace dispersa
