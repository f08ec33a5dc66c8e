// SPDX-License-Identifier: GPL-3.0-or-later
// Texts of variable length as HDF5 keeps them: in collections of a "global heap" that a reference points into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace dispersa::hdf5 {

/// What the superblock of a file says of addresses in it.
struct HeapLayout {
    std::uint64_t base = 0;        ///< byte of the file that addresses count from
    std::size_t addressBytes = 8;  ///< 2, 4 or 8
    std::size_t lengthBytes = 8;   ///< 2, 4 or 8

    std::size_t referenceBytes() const { return 4 + addressBytes + 4; }
};

/// The text that `reference` (of referenceBytes() bytes: length, address of a collection, index in it) points at, up to its
/// first NUL. nullopt if it points at nothing or anything does not fit: the library trusts all of that and may crash, see
/// HDFGroup/hdf5 issue 2662. Source: HDF5 File Format Specification 3.0, III.E "Global Heap".
std::optional<std::string> textInHeap(std::span<const std::byte> file, const HeapLayout& layout,
                                      std::span<const std::byte> reference);

} // namespace dispersa::hdf5
