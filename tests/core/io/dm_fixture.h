// SPDX-License-Identifier: GPL-3.0-or-later
// Writes DM3 and DM4 files tag by tag, right or wrong on purpose.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dispersa::test {

/// Every function gives the bytes of one tag; groups take the tags in them.
struct DmFixture {
    bool dm4 = true;
    bool bigEndian = false; ///< of the values; counts and lengths are always big endian

    using Tags = std::vector<std::string>;

    template<class T>
    static std::string bytesOf(T value, bool big)
    {
        std::string text(sizeof(T), '\0');
        std::memcpy(text.data(), &value, sizeof(T));
        if (big)
            std::reverse(text.begin(), text.end());
        return text;
    }
    template<class T>
    std::string value(T number) const
    {
        return bytesOf(number, bigEndian);
    }
    std::string integer(std::uint64_t number) const
    {
        return dm4 ? bytesOf(number, true) : bytesOf(static_cast<std::uint32_t>(number), true);
    }

    std::string tag(std::uint8_t kind, const std::string& name, const std::string& rest) const
    {
        return static_cast<char>(kind) + bytesOf(static_cast<std::uint16_t>(name.size()), true) + name +
               (dm4 ? bytesOf(std::uint64_t(rest.size()), true) : std::string()) + rest;
    }
    std::string members(const Tags& tags) const
    {
        std::string bytes = std::string("\1\0", 2) + integer(tags.size());
        for (const std::string& tag : tags)
            bytes += tag;
        return bytes;
    }
    std::string group(const std::string& name, const Tags& tags) const { return tag(20, name, members(tags)); }

    std::string data(const std::string& name, const std::vector<std::uint64_t>& description,
                     const std::string& values) const
    {
        std::string bytes = "%%%%" + integer(description.size());
        for (const std::uint64_t number : description)
            bytes += integer(number);
        return tag(21, name, bytes + values);
    }
    std::string int32(const std::string& name, std::int32_t number) const { return data(name, {3}, value(number)); }
    std::string uint32(const std::string& name, std::uint32_t number) const { return data(name, {5}, value(number)); }
    std::string float32(const std::string& name, float number) const { return data(name, {6}, value(number)); }
    std::string float64(const std::string& name, double number) const { return data(name, {7}, value(number)); }
    std::string flag(const std::string& name, bool on) const { return data(name, {8}, std::string(1, on ? 1 : 0)); }
    std::string text(const std::string& name, const std::u16string& characters) const
    {
        std::string bytes;
        for (const char16_t c : characters)
            bytes += value(static_cast<std::uint16_t>(c));
        return data(name, {20, 4, characters.size()}, bytes);
    }
    /// `type` as the tags number it; `bytes` in the file's byte order.
    std::string array(const std::string& name, std::uint64_t type, std::uint64_t count, const std::string& bytes) const
    {
        return data(name, {20, type, count}, bytes);
    }
    /// Two 32-bit numbers as a structure.
    std::string point(const std::string& name) const
    {
        return data(name, {15, 0, 2, 0, 3, 0, 3}, value(std::int32_t{1}) + value(std::int32_t{2}));
    }
    /// Three structures in an array.
    std::string points(const std::string& name) const
    {
        return data(name, {20, 15, 0, 2, 0, 3, 0, 6, 3}, std::string(24, 'x'));
    }

    struct Axis {
        double scale = 0;
        std::u16string unit = {};
    };
    struct Image {
        std::vector<std::uint32_t> dimensions; ///< fastest first, as in the file
        std::int32_t dataType = 0;
        std::uint64_t storedType = 0;
        std::string values = {};
        std::vector<Axis> axes = {}; ///< fastest first; may be fewer than dimensions
        Tags tags = {};              ///< of ImageTags
        std::u16string name = {};
        std::uint64_t elementSize = 2;
    };
    std::string image(const Image& image) const
    {
        Tags dimensions, axes;
        for (const std::uint32_t size : image.dimensions)
            dimensions.push_back(uint32("", size));
        for (const Axis& axis : image.axes)
            axes.push_back(group("", {float32("Origin", 0), float32("Scale", static_cast<float>(axis.scale)),
                                      text("Units", axis.unit)}));
        return group("", {group("ImageData",
                                {group("Calibrations", {group("Dimension", axes)}),
                                 array("Data", image.storedType, image.values.size() / image.elementSize, image.values),
                                 int32("DataType", image.dataType), group("Dimensions", dimensions),
                                 uint32("PixelDepth", static_cast<std::uint32_t>(image.elementSize))}),
                          group("ImageTags", image.tags), text("Name", image.name)});
    }
    /// What DigitalMicrograph writes first: a small colour picture.
    std::string thumbnail() const { return image({{2, 2}, 23, 5, std::string(16, '\x7f'), {}, {}, u"Thumbnail", 4}); }

    std::string file(const Tags& rootTags) const
    {
        const std::string root = members(rootTags);
        const std::uint64_t counted = dm4 ? root.size() - 8 : root.size() - 4;
        return bytesOf(std::uint32_t(dm4 ? 4 : 3), true) + integer(counted) +
               bytesOf(std::uint32_t(bigEndian ? 0 : 1), true) + root;
    }
    /// A file as DigitalMicrograph writes it: other tags, a thumbnail, the images, the thumbnail's place.
    std::string document(const Tags& images) const
    {
        Tags list = {thumbnail()};
        list.insert(list.end(), images.begin(), images.end());
        return file({point("ApplicationBounds"), points("Points"), group("ImageList", list), flag("InImageMode", true),
                     group("Thumbnails", {group("", {int32("ImageIndex", 0), int32("SourceImage_ID", 3)})})});
    }

    static std::filesystem::path write(const std::filesystem::path& path, const std::string& bytes)
    {
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
};

/// `count` uint16 values that count up, in the fixture's byte order.
inline std::string counting(const DmFixture& dm, int count)
{
    std::string bytes;
    for (int i = 0; i < count; ++i)
        bytes += dm.value(static_cast<std::uint16_t>(i));
    return bytes;
}

/// 2 x 3 probe positions with patterns of 4 x 5, detector fastest, or the scan if asked; values count up in the file.
inline DmFixture::Image scan4d(const DmFixture& dm, bool scanFastest)
{
    DmFixture::Image image{{5, 4, 3, 2}, 10, 4, counting(dm, 120)};
    if (scanFastest)
        image.dimensions = {3, 2, 5, 4};
    return image;
}

} // namespace dispersa::test
