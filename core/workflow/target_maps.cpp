// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/target_maps.h"

#include "core/assess/quantile.h"
#include "core/prepare/map_filter.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dispersa {
namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

void excludePixels(ElementMap& map, const Region& crop, const std::vector<std::uint8_t>& excluded)
{
    if (excluded.empty())
        return;
    for (int y = 0; y < crop.height; ++y)
        for (int x = 0; x < crop.width; ++x)
            if (excluded[static_cast<std::size_t>(y) * static_cast<std::size_t>(crop.width) +
                         static_cast<std::size_t>(x)])
                map.at(crop.y + y, crop.x + x) = noData;
}

/// Divides the composition maps by their per-pixel sum; pixels whose sum is not positive become no data.
void normaliseToSum(std::vector<std::optional<ElementMap>>& maps, std::size_t elements)
{
    std::vector<ElementMap*> composition;
    for (auto& map : maps)
        if (map && isElementSymbol(map->quantity))
            composition.push_back(&*map);
    if (composition.empty())
        return;
    if (composition.size() < elements) {
        // Shares of an incomplete sum would be too large: there is nothing to compare with.
        for (auto& map : maps)
            if (map && isElementSymbol(map->quantity))
                map.reset();
        return;
    }
    for (std::size_t i = 0; i < composition.front()->values.size(); ++i) {
        float sum = 0;
        for (const ElementMap* map : composition)
            sum += map->values[i];
        for (ElementMap* map : composition)
            map->values[i] = sum > 0 ? map->values[i] / sum : noData;
    }
}

} // namespace

float HaadfScale::toTarget(float h) const
{
    if (!ElementMap::isData(h))
        return noData;
    return static_cast<float>(std::max(0.0, (h - low) / (high - low)));
}

float HaadfScale::fromTarget(float t) const { return static_cast<float>(low + t * (high - low)); }

Result<TargetMaps> targetMaps(const OpenedStudy& opened, const OpenedScan& scan,
                              const std::vector<std::uint8_t>& excluded)
{
    const Region crop = opened.crop(scan);
    std::vector<std::optional<ElementMap>> maps;
    for (const std::string& target : opened.targets) {
        const MapPtr measured = scan.map(target);
        if (!measured) {
            maps.emplace_back();
            continue;
        }
        ElementMap map = *measured;
        excludePixels(map, crop, excluded);
        auto smooth = filtered(map, opened.study.mapFilter);
        if (!smooth)
            return fail(smooth.error());
        maps.emplace_back(cropped(*smooth, crop));
    }
    if (opened.study.normalise == Normalise::Sum)
        normaliseToSum(maps, static_cast<std::size_t>(
                                 std::count_if(opened.targets.begin(), opened.targets.end(), isElementSymbol)));
    TargetMaps result;
    for (auto& map : maps)
        result.push_back(map ? std::make_shared<const ElementMap>(std::move(*map)) : nullptr);
    return result;
}

SplitScan usablePixels(const OpenedStudy& opened, const OpenedScan& scan)
{
    SplitScan result;
    result.crop = opened.crop(scan);
    result.usable.reserve(static_cast<std::size_t>(result.crop.count()));
    for (int y = result.crop.y; y < result.crop.y + result.crop.height; ++y) {
        for (int x = result.crop.x; x < result.crop.x + result.crop.width; ++x) {
            const bool usable =
                scan.diffraction->isAvailable({y, x}) &&
                std::all_of(opened.targets.begin(), opened.targets.end(), [&](const std::string& target) {
                    const MapPtr map = scan.map(target);
                    return map && ElementMap::isData(map->at(y, x));
                });
            result.usable.push_back(usable ? 1 : 0);
        }
    }
    return result;
}

HaadfScale haadfScaleOf(std::span<const float> values)
{
    const std::vector<double> sorted = finiteValues(values);
    HaadfScale scale{quantile(sorted, 0.001), quantile(sorted, 0.999)};
    if (!(scale.high > scale.low)) // a constant image: keep the scale invertible
        scale.high = scale.low + 1;
    return scale;
}

MapPtr inTargetScale(const MapPtr& map, const HaadfScale& haadf)
{
    if (!map || map->quantity != "HAADF")
        return map;
    auto scaled = std::make_shared<ElementMap>(*map);
    for (float& value : scaled->values)
        value = haadf.toTarget(value);
    return scaled;
}

std::optional<Warning> sumWarning(const OpenedStudy& opened, const std::string& scan, const TargetMaps& maps)
{
    if (!opened.recipe || opened.recipe->activation != OutputActivation::Softmax ||
        opened.study.normalise == Normalise::Sum || maps.empty())
        return std::nullopt;
    std::vector<float> sums;
    for (std::size_t i = 0; i < maps.front()->values.size(); ++i) {
        float sum = 0;
        for (const MapPtr& map : maps)
            sum += map ? map->values[i] : noData;
        if (std::isfinite(sum))
            sums.push_back(sum);
    }
    if (sums.empty())
        return std::nullopt;
    std::nth_element(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(sums.size() / 2), sums.end());
    const float median = sums[sums.size() / 2];
    if (std::abs(median - 1) <= 0.05f)
        return std::nullopt;
    return Warning{"target_sum",
                   "The targets of scan '" + scan + "' add up to " + std::to_string(median) +
                       " (median), but the network's outputs always add up to 1. Choose more targets or normalise by their sum.",
                   {},
                   scan};
}

} // namespace dispersa
