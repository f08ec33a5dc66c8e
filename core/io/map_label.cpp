// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/map_label.h"

#include "core/io/map_naming.h"

namespace dispersa {
namespace {
constexpr std::string_view program = "Dispersa ";
}

std::string mapLabelText(const ElementMap& map)
{
    return std::string(program) + DISPERSA_VERSION + ": " + map.quantity + " [" + mapUnitName(map.unit) + "]";
}

std::optional<MapLabel> parseMapLabel(std::string_view text)
{
    const auto colon = text.find(": ");
    const auto bracket = text.rfind(" [");
    if (!text.starts_with(program) || !text.ends_with(']') || colon == text.npos || bracket == text.npos ||
        bracket < colon + 2)
        return std::nullopt;
    MapLabel label;
    const std::string_view quantity = text.substr(colon + 2, bracket - colon - 2);
    if (!quantity.empty())
        label.quantity = std::string(quantity);
    label.unit = mapUnitNamed(text.substr(bracket + 2, text.size() - bracket - 3));
    return label;
}

MapLabel labelFromName(const std::filesystem::path& path, const std::optional<std::string>& element)
{
    MapLabel label;
    label.quantity = element;
    const auto naming = mapNaming(path);
    if (!naming)
        return label;
    if (!element)
        label.quantity = naming->quantity;
    if (!isElementSymbol(*label.quantity))
        label.unit = MapUnit::Arbitrary;
    else if (naming->hint == "wt")
        label.unit = MapUnit::WeightPercent;
    else if (naming->hint && naming->hint != "at")
        label.unit = MapUnit::Counts;
    return label;
}

} // namespace dispersa
