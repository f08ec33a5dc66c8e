// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers at byte offsets of a binary header.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
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

} // namespace dispersa
