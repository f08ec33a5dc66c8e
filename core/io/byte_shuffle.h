// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes and bits of numbers put back where they belong: byte shuffle, bit shuffle, foreign byte order.
#pragma once

#include <cstddef>
#include <span>

namespace dispersa {

/// Byte planes back to values: HDF5's filter 2. `in` holds first the first bytes of all values, then the second bytes,
/// ...; what is left beyond whole values follows unchanged. `out` has the size of `in` and must not overlap it.
void unshuffleBytes(std::span<const std::byte> in, std::size_t valueSize, std::span<std::byte> out);

/// Bit planes back to values: one block of the bitshuffle format (Masui et al. 2015, doi:10.1016/j.ascom.2015.07.002).
/// Plane b holds bit b of every value, eight values to a byte, the first in the lowest bit. `in` holds a multiple of
/// eight values; `planes` is room of the same size, none of the three overlap.
void unshuffleBits(std::span<const std::byte> in, std::size_t valueSize, std::span<std::byte> planes,
                   std::span<std::byte> out);

/// Reverses the bytes of each value; `valueSize` is 1, 2, 4 or 8.
void swapByteOrder(std::span<std::byte> values, std::size_t valueSize);

} // namespace dispersa
