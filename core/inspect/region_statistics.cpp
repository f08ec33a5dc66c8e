// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/region_statistics.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

bool liesOn(const MapPtr& map, ScanPoint pixel)
{
    return map && wholeRegion(map->shape).contains(pixel);
}

/// Value where there is data, else nothing.
std::optional<double> valueAt(const MapPtr& map, ScanPoint pixel)
{
    if (!liesOn(map, pixel))
        return std::nullopt;
    const float value = map->at(pixel.y, pixel.x);
    return ElementMap::isData(value) ? std::optional<double>(value) : std::nullopt;
}

QuantityStatistics statisticsOf(std::span<const ScanPoint> pixels, const RegionMaps& maps)
{
    QuantityStatistics result;
    result.quantity = maps.quantity;
    double sumReal = 0;
    double sumPredicted = 0;
    double sumError = 0;
    for (const ScanPoint& pixel : pixels) {
        const auto real = valueAt(maps.real, pixel);
        const auto predicted = valueAt(maps.predicted, pixel);
        if ((maps.real && !real) || (maps.predicted && !predicted) || (!real && !predicted))
            continue;
        ++result.n;
        sumReal += real.value_or(0);
        sumPredicted += predicted.value_or(0);
        sumError += std::abs(real.value_or(0) - predicted.value_or(0));
    }
    if (result.n == 0)
        return result;
    const auto n = static_cast<double>(result.n);
    if (maps.real)
        result.meanReal = sumReal / n;
    if (maps.predicted)
        result.meanPredicted = sumPredicted / n;
    if (maps.real && maps.predicted)
        result.mae = sumError / n;
    return result;
}

} // namespace

RegionStatistics regionStatistics(std::span<const ScanPoint> pixels, std::span<const RegionMaps> maps)
{
    RegionStatistics result;
    result.pixels = std::count_if(pixels.begin(), pixels.end(), [&](const ScanPoint& pixel) {
        return std::any_of(maps.begin(), maps.end(), [&](const RegionMaps& quantity) {
            return liesOn(quantity.real, pixel) || liesOn(quantity.predicted, pixel);
        });
    });
    for (const RegionMaps& quantity : maps)
        result.quantities.push_back(statisticsOf(pixels, quantity));
    return result;
}

} // namespace dispersa
