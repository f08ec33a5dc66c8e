// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tiff_units.h"

#include "core/io/axis_units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace dispersa {
namespace {

// ImageJ escapes what is not ASCII: "\u00B5m" stands in the file as those characters, or as Latin-1 or UTF-8 bytes.
constexpr std::array<std::pair<std::string_view, double>, 20> lengths = {{
    {"pm", 1e-3},       {"A", 0.1},          {"\xC3\x85", 0.1}, {"\xC5", 0.1},     {"\\u00C5", 0.1},
    {"Angstrom", 0.1},  {"angstrom", 0.1},   {"nm", 1},         {"nanometer", 1},  {"um", 1e3},
    {"\xC2\xB5m", 1e3}, {"\xCE\xBCm", 1e3},  {"\xB5m", 1e3},    {"\\u00B5m", 1e3}, {"micron", 1e3},
    {"microns", 1e3},   {"micrometer", 1e3}, {"mm", 1e6},       {"cm", 1e7},       {"m", 1e9},
}};

} // namespace

std::optional<std::string> imageJValue(std::string_view description, std::string_view key)
{
    while (!description.empty()) {
        const auto end = description.find_first_of("\r\n");
        const std::string_view line = description.substr(0, end);
        if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == '=')
            return std::string(line.substr(key.size() + 1));
        if (end == description.npos)
            break;
        description.remove_prefix(end + 1);
    }
    return std::nullopt;
}

std::optional<double> tiffPixelSize_nm(const std::string& description, double pixelsPerUnit, bool perCentimetre)
{
    if (!std::isfinite(pixelsPerUnit) || pixelsPerUnit <= 0)
        return std::nullopt;
    if (const auto unit = imageJValue(description, "unit"))
        for (const auto& [name, nanometres] : lengths)
            if (*unit == name)
                return nanometres / pixelsPerUnit;
    constexpr double largest_nm = 1e4;
    if (perCentimetre && 1e7 / pixelsPerUnit <= largest_nm)
        return 1e7 / pixelsPerUnit;
    return std::nullopt;
}

std::optional<double> tiffQPixel_invA(const std::string& description, double pixelsPerUnit)
{
    if (!std::isfinite(pixelsPerUnit) || pixelsPerUnit <= 0)
        return std::nullopt;
    const auto text = imageJValue(description, "unit");
    const AxisUnit unit = text ? axisUnit(*text) : AxisUnit{};
    return unit.kind == AxisKind::Inverse ? std::optional(unit.factor / pixelsPerUnit) : std::nullopt;
}

std::int64_t imageJImages(const std::string& description)
{
    std::int64_t images = 1;
    if (const auto text = description.starts_with("ImageJ=") ? imageJValue(description, "images") : std::nullopt)
        std::from_chars(text->data(), text->data() + text->size(), images);
    return images;
}

} // namespace dispersa
