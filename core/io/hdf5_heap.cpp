// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_heap_p.h"

#include "core/io/byte_reader.h"

#include <cstring>

namespace dispersa::hdf5 {
namespace {

/// Everything in a collection begins at a multiple of eight bytes.
std::uint64_t padded(std::uint64_t size)
{
    return size + (8 - size % 8) % 8;
}

/// The collection at `address`, without what follows it; empty if there is none.
std::span<const std::byte> collectionAt(std::span<const std::byte> file, const HeapLayout& layout,
                                        std::uint64_t address)
{
    const std::uint64_t header = padded(8 + layout.lengthBytes);
    if (layout.base > file.size() || address > file.size() - layout.base)
        return {};
    const auto collection = file.subspan(static_cast<std::size_t>(layout.base + address));
    if (collection.size() < header || std::memcmp(collection.data(), "GCOL\1", 5) != 0)
        return {};
    const std::uint64_t size = littleEndian(collection.subspan(8, layout.lengthBytes));
    if (size < header || size > collection.size())
        return {};
    return collection.first(static_cast<std::size_t>(size)).subspan(static_cast<std::size_t>(header));
}

} // namespace

std::optional<std::string> textInHeap(std::span<const std::byte> file, const HeapLayout& layout,
                                      std::span<const std::byte> reference)
{
    const std::uint64_t length = littleEndian(reference.first(4));
    const std::uint64_t address = littleEndian(reference.subspan(4, layout.addressBytes));
    const std::uint64_t index = littleEndian(reference.last(4));
    if (address == 0) // never written
        return std::nullopt;
    if (length == 0)
        return std::string();
    const std::uint64_t header = padded(8 + layout.lengthBytes);
    auto rest = collectionAt(file, layout, address);
    while (rest.size() >= header) {
        const std::uint64_t found = littleEndian(rest.first(2));
        const std::uint64_t size = littleEndian(rest.subspan(8, layout.lengthBytes));
        if (size > rest.size() - (found == 0 ? 0 : header))
            return std::nullopt;
        if (found == index && found != 0) {
            if (length > size)
                return std::nullopt;
            const auto* text = reinterpret_cast<const char*>(rest.data() + header);
            return std::string(text, strnlen(text, static_cast<std::size_t>(length)));
        }
        // Object 0 is the room that is left, its header included.
        const std::uint64_t step = found == 0 ? size : header + padded(size);
        if (step < header || step > rest.size())
            return std::nullopt;
        rest = rest.subspan(static_cast<std::size_t>(step));
    }
    return std::nullopt;
}

} // namespace dispersa::hdf5
