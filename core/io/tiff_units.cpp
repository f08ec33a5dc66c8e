// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tiff_units.h"

#include "core/io/physical_units.h"

#include <charconv>
#include <cmath>

namespace dispersa {

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
        if (const auto nanometres = lengthIn_nm(*unit))
            return *nanometres / pixelsPerUnit;
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
    const auto unit = text ? reciprocalIn_invA(*text) : std::nullopt;
    return unit ? std::optional(unit->factor / pixelsPerUnit) : std::nullopt;
}

std::int64_t imageJImages(const std::string& description)
{
    std::int64_t images = 1;
    if (const auto text = description.starts_with("ImageJ=") ? imageJValue(description, "images") : std::nullopt)
        std::from_chars(text->data(), text->data() + text->size(), images);
    return images;
}

} // namespace dispersa
