// SPDX-License-Identifier: GPL-3.0-or-later
// Units of composition maps: inferred from names and values, converted to atomic fractions.
#include "core/io/map_naming.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace dispersa {
namespace {

/// Median over the pixels that all maps know of the sum over the maps; nullopt when there is none.
std::optional<double> medianSum(const std::vector<ElementMap>& maps)
{
    std::vector<double> sums;
    for (std::size_t i = 0; i < maps.front().values.size(); ++i) {
        double sum = 0;
        for (const ElementMap& map : maps)
            if (map.shape == maps.front().shape)
                sum += static_cast<double>(map.values[i]);
        if (std::isfinite(sum))
            sums.push_back(sum);
    }
    if (sums.empty())
        return std::nullopt;
    const auto middle = sums.begin() + static_cast<std::ptrdiff_t>(sums.size() / 2);
    std::nth_element(sums.begin(), middle, sums.end());
    return *middle;
}

bool hasHint(const std::vector<std::string>& hints, std::initializer_list<const char*> words)
{
    return std::any_of(hints.begin(), hints.end(), [&](const std::string& hint) {
        return std::find(words.begin(), words.end(), hint) != words.end();
    });
}

/// Whole numbers with more than 1 among them: X-ray counts rather than a composition.
bool looksLikeCounts(const std::vector<ElementMap>& maps)
{
    float largest = 0;
    for (const ElementMap& map : maps) {
        for (const float value : map.values) {
            if (!ElementMap::isData(value))
                continue;
            if (value < 0 || value != std::floor(value))
                return false;
            largest = std::max(largest, value);
        }
    }
    return largest > 1;
}

std::string shortNumber(double value)
{
    std::array<char, 32> text = {};
    std::snprintf(text.data(), text.size(), "%.4g", value);
    return text.data();
}

UnitInference unusual(MapUnit unit, const std::vector<ElementMap>& maps, double sum)
{
    Warning warning;
    warning.code = "map_sum_unusual";
    warning.message = "The element maps add up to " + shortNumber(sum) +
                      " per pixel (median), neither near 1 nor near 100; they were read as " + mapUnitName(unit) +
                      ". Set the unit if that is wrong.";
    warning.file = maps.front().source;
    return {unit, warning};
}

} // namespace

UnitInference inferCompositionUnit(const std::vector<ElementMap>& elementMaps, const std::vector<std::string>& hints)
{
    std::vector<ElementMap> maps;
    std::copy_if(elementMaps.begin(), elementMaps.end(), std::back_inserter(maps), [](const ElementMap& map) {
        return isElementSymbol(map.quantity) && map.values.size() == static_cast<std::size_t>(map.shape.count());
    });
    if (maps.empty())
        return {};
    const bool atomic = hasHint(hints, {"at"});
    const bool weight = hasHint(hints, {"wt"});
    if (!atomic && !weight && hasHint(hints, {"net", "cts", "counts", "int"}))
        return {MapUnit::Counts, std::nullopt};
    const auto sum = medianSum(maps);
    if (!sum)
        return {MapUnit::Arbitrary,
                Warning{"map_no_data", "The element maps share no pixel with data, so their unit is unknown.",
                        maps.front().source}};
    const bool nearOne = *sum >= 0.8 && *sum <= 1.2;
    const bool nearHundred = *sum >= 80 && *sum <= 120;
    // Weight fractions (sum near 1) convert as weight percent do: only ratios count.
    if (weight && !atomic)
        return nearOne || nearHundred ? UnitInference{MapUnit::WeightPercent, std::nullopt}
                                      : unusual(MapUnit::WeightPercent, maps, *sum);
    if (!atomic && looksLikeCounts(maps))
        return {MapUnit::Counts, std::nullopt};
    if (nearOne)
        return {MapUnit::Fraction, std::nullopt};
    if (nearHundred)
        return {MapUnit::Percent, std::nullopt};
    if (!atomic)
        return unusual(MapUnit::Arbitrary, maps, *sum);
    // Some elements of the specimen have no map: the sum stays below the whole.
    return unusual(*sum <= 1.5 ? MapUnit::Fraction : MapUnit::Percent, maps, *sum);
}

void convertToFraction(std::vector<ElementMap>& elementMaps)
{
    std::vector<std::pair<ElementMap*, double>> byWeight;
    for (ElementMap& map : elementMaps) {
        if (map.unit == MapUnit::Percent) {
            for (float& value : map.values)
                value /= 100;
            map.unit = MapUnit::Fraction;
        } else if (map.unit == MapUnit::WeightPercent) {
            const auto weight = atomicWeight(map.quantity);
            if (weight && (byWeight.empty() || byWeight.front().first->shape == map.shape))
                byWeight.emplace_back(&map, *weight);
        }
    }
    if (byWeight.empty())
        return;
    for (std::size_t i = 0; i < byWeight.front().first->values.size(); ++i) {
        double moles = 0;
        for (const auto& [map, weight] : byWeight)
            moles += static_cast<double>(map->values[i]) / weight;
        // One unknown element leaves the whole pixel unknown; nothing measured at all is 0, not 0 / 0.
        for (const auto& [map, weight] : byWeight) {
            if (!std::isfinite(moles))
                map->values[i] = std::numeric_limits<float>::quiet_NaN();
            else
                map->values[i] =
                    moles > 0 ? static_cast<float>(static_cast<double>(map->values[i]) / weight / moles) : 0;
        }
    }
    for (const auto& [map, weight] : byWeight)
        map->unit = MapUnit::Fraction;
}

} // namespace dispersa
