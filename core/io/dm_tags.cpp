// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dm_tags.h"

#include "core/io/byte_reader.h"

#include <optional>

namespace dispersa {
namespace {

constexpr int deepest = 64;                   ///< nested groups; real files have about ten
constexpr int deepestType = 8;                ///< arrays of arrays
constexpr std::uint64_t mostTags = 1'000'000; ///< real files have some thousand
constexpr std::uint64_t longestText = 8192;   ///< characters; what is longer is data

constexpr std::uint8_t groupTag = 20;
constexpr std::uint8_t dataTag = 21;
constexpr std::uint64_t structureType = 15;
constexpr std::uint64_t textType = 18;
constexpr std::uint64_t arrayType = 20;

/// Why the tags cannot be read; never leaves this file.
struct Damage {
    std::string what;
};

std::optional<std::uint64_t> sizeOf(std::uint64_t type)
{
    switch (type) {
    case 8:
    case 9:
    case 10:
        return 1;
    case 2:
    case 4:
        return 2;
    case 3:
    case 5:
    case 6:
        return 4;
    case 7:
    case 11:
    case 12:
        return 8;
    default:
        return std::nullopt;
    }
}

void appendUtf8(std::string& text, std::uint32_t character)
{
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (character < 0x80) {
        add(character);
    } else if (character < 0x800) {
        add(0xC0 | (character >> 6));
        add(0x80 | (character & 0x3F));
    } else {
        add(0xE0 | (character >> 12));
        add(0x80 | ((character >> 6) & 0x3F));
        add(0x80 | (character & 0x3F));
    }
}

class Parser {
  public:
    Parser(std::span<const std::byte> file, DmTags& tags)
        : m_file(file), m_dm4(tags.version == 4), m_values{file, tags.swapped}, m_at(m_dm4 ? 16 : 12)
    {
    }

    void readGroup(DmTag& group, int depth)
    {
        if (depth > deepest)
            throw Damage{"its tags are nested more than " + std::to_string(deepest) + " deep"};
        skip(2); // sorted, open
        const std::uint64_t count = integer();
        const std::uint64_t smallest = m_dm4 ? 21 : 9; // bytes of an empty group
        m_tags += std::min(count, mostTags);
        if (count > left() / smallest || m_tags > mostTags)
            throw Damage{"a group announces " + std::to_string(count) + " tags, with " + std::to_string(left()) +
                         " bytes left for them"};
        for (std::uint64_t i = 0; i < count; ++i)
            readTag(group.members.emplace_back(), depth);
    }

  private:
    void readTag(DmTag& tag, int depth)
    {
        const auto kind = std::to_integer<std::uint8_t>(m_file[skip(1)]);
        const std::uint64_t at = skip(2);
        const auto length = static_cast<std::uint64_t>(m_bigEndian.at<std::uint16_t>(at));
        const std::uint64_t name = skip(length);
        tag.name.assign(reinterpret_cast<const char*>(m_file.data() + name), static_cast<std::size_t>(length));
        if (m_dm4)
            skip(8); // length of the tag
        if (kind == groupTag)
            readGroup(tag, depth + 1);
        else if (kind == dataTag)
            readValue(tag);
        else
            throw Damage{"a tag at byte " + std::to_string(at - 1) + " has the kind " + std::to_string(kind)};
    }

    void readValue(DmTag& tag)
    {
        const std::uint64_t at = skip(4);
        if (std::memcmp(m_file.data() + at, "%%%%", 4) != 0)
            throw Damage{"the value of a tag at byte " + std::to_string(at) + " lacks its mark"};
        integer(); // number of integers that describe the type
        const std::uint64_t type = integer();
        if (const auto size = sizeOf(type)) {
            tag.kind = DmTag::Kind::Number;
            tag.number = numberAt(skip(*size), static_cast<DmType>(type));
        } else if (type == textType) {
            tag.kind = DmTag::Kind::Text;
            const std::uint64_t length = integer();
            const std::uint64_t from = skip(length);
            tag.text.assign(reinterpret_cast<const char*>(m_file.data() + from),
                            static_cast<std::size_t>(std::min(length, longestText)));
        } else if (type == structureType) {
            tag.kind = DmTag::Kind::Structure;
            skip(structureSize());
        } else if (type == arrayType) {
            readArray(tag);
        } else {
            throw Damage{"the value of a tag at byte " + std::to_string(at) + " has the type " + std::to_string(type)};
        }
    }

    void readArray(DmTag& tag)
    {
        tag.kind = DmTag::Kind::Array;
        DmArray& array = tag.array;
        const std::uint64_t type = integer();
        array.plain = sizeOf(type).has_value();
        if (array.plain)
            array.type = static_cast<DmType>(type);
        array.elementSize = elementSize(type, 0);
        array.count = integer();
        array.offset = skip(product(array.count, array.elementSize));
        if (array.plain && array.type == DmType::UInt16 && array.count <= longestText)
            for (std::uint64_t i = 0; i < array.count; ++i)
                appendUtf8(tag.text, m_values.at<std::uint16_t>(array.offset + 2 * i));
    }

    std::uint64_t elementSize(std::uint64_t type, int depth)
    {
        if (const auto size = sizeOf(type))
            return *size;
        if (type == structureType)
            return structureSize();
        if (type == textType)
            return integer();
        if (type != arrayType || depth > deepestType)
            throw Damage{"an array before byte " + std::to_string(m_at) + " has elements of the type " +
                         std::to_string(type)};
        const std::uint64_t size = elementSize(integer(), depth + 1);
        return product(integer(), size);
    }

    std::uint64_t structureSize()
    {
        integer(); // length of its name
        const std::uint64_t fields = integer();
        if (fields > left() / (m_dm4 ? 16 : 8))
            throw Damage{"a structure announces " + std::to_string(fields) + " fields"};
        std::uint64_t total = 0;
        for (std::uint64_t i = 0; i < fields; ++i) {
            integer(); // length of its name
            const std::uint64_t type = integer();
            const auto size = sizeOf(type);
            if (!size)
                throw Damage{"a field before byte " + std::to_string(m_at) + " has the type " + std::to_string(type)};
            total += *size;
        }
        return total;
    }

    double numberAt(std::uint64_t at, DmType type) const
    {
        switch (type) {
        case DmType::Int16:
            return m_values.at<std::int16_t>(at);
        case DmType::Int32:
            return m_values.at<std::int32_t>(at);
        case DmType::UInt16:
            return m_values.at<std::uint16_t>(at);
        case DmType::UInt32:
            return m_values.at<std::uint32_t>(at);
        case DmType::Float32:
            return static_cast<double>(m_values.at<float>(at));
        case DmType::Float64:
            return m_values.at<double>(at);
        case DmType::Int64:
            return static_cast<double>(m_values.at<std::int64_t>(at));
        case DmType::UInt64:
            return static_cast<double>(m_values.at<std::uint64_t>(at));
        case DmType::Boolean:
        case DmType::Int8:
        case DmType::Octet:
            break;
        }
        return m_values.at<std::int8_t>(at);
    }

    /// A count, length or type: always big endian, 4 bytes in DM3, 8 in DM4.
    std::uint64_t integer()
    {
        return m_dm4 ? m_bigEndian.at<std::uint64_t>(skip(8)) : m_bigEndian.at<std::uint32_t>(skip(4));
    }

    std::uint64_t left() const { return m_file.size() - m_at; }

    /// Where the next `bytes` bytes are; they lie inside the file.
    std::uint64_t skip(std::uint64_t bytes)
    {
        if (bytes > left())
            throw Damage{"a tag at byte " + std::to_string(m_at) + " announces " + std::to_string(bytes) +
                         " bytes, the file ends after " + std::to_string(left())};
        const std::uint64_t at = m_at;
        m_at += bytes;
        return at;
    }

    std::uint64_t product(std::uint64_t a, std::uint64_t b) const
    {
        if (b != 0 && a > left() / b)
            throw Damage{"an array before byte " + std::to_string(m_at) + " announces " + std::to_string(a) +
                         " elements of " + std::to_string(b) + " bytes, the file ends after " + std::to_string(left())};
        return a * b;
    }

    std::span<const std::byte> m_file;
    bool m_dm4;
    ByteReader m_values; ///< in the file's byte order
    ByteReader m_bigEndian{m_file, std::endian::native == std::endian::little};
    std::uint64_t m_at;
    std::uint64_t m_tags = 0;
};

} // namespace

const DmTag* DmTag::find(std::string_view member) const
{
    for (const DmTag& tag : members)
        if (tag.name == member)
            return &tag;
    return nullptr;
}

const DmTag* DmTag::find(std::initializer_list<std::string_view> path) const
{
    const DmTag* tag = this;
    for (const std::string_view member : path)
        if (tag)
            tag = tag->find(member);
    return tag;
}

bool startsAsDm(std::span<const std::byte> head)
{
    if (head.size() < 27)
        return false;
    const ByteReader bigEndian{head, std::endian::native == std::endian::little};
    const auto version = bigEndian.at<std::uint32_t>(0);
    if (version != 3 && version != 4)
        return false;
    // Byte order, then the root group: two flags, its count, and the kind of its first tag.
    const std::size_t order = version == 4 ? 12 : 8;
    const auto first = std::to_integer<std::uint8_t>(head[version == 4 ? 26 : 18]);
    return bigEndian.at<std::uint32_t>(order) <= 1 && std::to_integer<int>(head[order + 4]) <= 1 &&
           std::to_integer<int>(head[order + 5]) <= 1 && (first == groupTag || first == dataTag);
}

Result<DmTags> readDmTags(const std::filesystem::path& path, std::span<const std::byte> file)
{
    if (!startsAsDm(file.first(std::min<std::size_t>(file.size(), 64))))
        return fail(ErrorCode::FormatInvalid,
                    "'" + path.string() +
                        "' is not a DM3 or DM4 file, although its name says so. Save it again in DigitalMicrograph or "
                        "give it the extension of what it is.",
                    path, {"DM"});
    const ByteReader bigEndian{file, std::endian::native == std::endian::little};
    DmTags tags;
    tags.version = static_cast<int>(bigEndian.at<std::uint32_t>(0));
    const bool dm4 = tags.version == 4;
    const bool little = bigEndian.at<std::uint32_t>(dm4 ? 12 : 8) == 1;
    tags.swapped = little != (std::endian::native == std::endian::little);
    try {
        Parser(file, tags).readGroup(tags.root, 0);
    } catch (const Damage& damage) {
        // The header counts neither itself nor the first fields of the root group.
        const std::uint64_t stated = dm4 ? bigEndian.at<std::uint64_t>(4) : bigEndian.at<std::uint32_t>(4);
        const std::uint64_t outside = dm4 ? 24 : 16;
        if (file.size() > outside && stated > file.size() - outside)
            return fail(ErrorCode::FileTruncated,
                        "'" + path.string() + "' is truncated: its header announces " + std::to_string(stated) +
                            " bytes after the first " + std::to_string(outside) + ", the file has " +
                            std::to_string(file.size()) + ". Copy or save it again.",
                        path, {std::to_string(stated), std::to_string(file.size())}, damage.what);
        return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' is a damaged DM file: " + damage.what + ".",
                    path, {damage.what});
    }
    return tags;
}

} // namespace dispersa
