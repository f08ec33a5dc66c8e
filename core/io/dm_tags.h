// SPDX-License-Identifier: GPL-3.0-or-later
// The tag tree of a Gatan DM3 or DM4 file: names and small values in memory, arrays left in the file.
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dispersa {

/// Number types of the tag tree, as Gatan numbers them.
enum class DmType : std::uint8_t {
    Int16 = 2,
    Int32 = 3,
    UInt16 = 4, ///< also the characters of a text
    UInt32 = 5,
    Float32 = 6,
    Float64 = 7,
    Boolean = 8,
    Int8 = 9,
    Octet = 10,
    Int64 = 11,
    UInt64 = 12
};

/// An array in the file; it lies inside the file, whatever its tag says.
struct DmArray {
    std::uint64_t offset = 0;
    std::uint64_t count = 0;
    std::uint64_t elementSize = 0; ///< bytes
    bool plain = false;            ///< numbers of `type`; false: structures, texts or arrays
    DmType type = DmType::Octet;
};

/// One tag: a group of tags, a number, a text or an array.
struct DmTag {
    enum class Kind { Group, Number, Text, Array, Structure };

    std::string name; ///< empty for the members of a list
    Kind kind = Kind::Group;
    double number = 0;
    std::string text; ///< UTF-8; also that of short arrays of UInt16, which is how Gatan stores text
    DmArray array = {};
    std::vector<DmTag> members = {};

    /// The first member of that name, or nullptr.
    const DmTag* find(std::string_view member) const;
    /// The same down a path of groups.
    const DmTag* find(std::initializer_list<std::string_view> path) const;
};

struct DmTags {
    int version = 4;      ///< 3 or 4
    bool swapped = false; ///< values are not in this machine's byte order
    DmTag root = {};
};

/// True if the file starts as a DM3 or DM4 file does.
bool startsAsDm(std::span<const std::byte> head);

/// Reads the tags. Depth, counts and lengths are checked against the file's size; no memory is taken because a tag
/// announces a size. Errors: FormatInvalid (no DM file, or tags that contradict the file), FileTruncated (the header
/// announces more bytes than there are).
Result<DmTags> readDmTags(const std::filesystem::path& path, std::span<const std::byte> file);

} // namespace dispersa
