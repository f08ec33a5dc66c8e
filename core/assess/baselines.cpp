// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/baselines.h"

#include "core/assess/depth_profile.h"
#include "core/assess/pixel_neighbours_p.h"
#include "core/assess/polynomial.h"
#include "core/assess/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace dispersa {
namespace {

constexpr int neighbourCount = 4;
constexpr int haadfDegree = 2;
constexpr float noData = std::numeric_limits<float>::quiet_NaN();

constexpr std::array<std::pair<BaselineKind, std::string_view>, 6> names = {{
    {BaselineKind::TrainingMean, "training_mean"},
    {BaselineKind::SamePosition, "same_position"},
    {BaselineKind::NearestNeighbours, "nearest_neighbours"},
    {BaselineKind::DepthProfile, "depth_profile"},
    {BaselineKind::Haadf, "haadf"},
    {BaselineKind::RidgeRadial, "ridge_radial"},
}};

/// Sets every pixel of the map over place.region to valueAt(pixel in full scan coordinates).
template<class ValueAt>
void fill(ElementMap& map, const Region& region, ValueAt valueAt)
{
    for (int y = 0; y < region.height; ++y)
        for (int x = 0; x < region.width; ++x)
            map.at(y, x) = static_cast<float>(valueAt(ScanPoint{region.y + y, region.x + x}));
}

double meanOf(const std::vector<float>& values)
{
    double sum = 0;
    double n = 0;
    for (const float value : values) {
        if (!std::isfinite(value))
            continue;
        sum += static_cast<double>(value);
        n += 1;
    }
    return n > 0 ? sum / n : std::numeric_limits<double>::quiet_NaN();
}

void fillFromSamePosition(ElementMap& map, const TrainingPixels& training, const std::vector<float>& values,
                          const Region& region)
{
    std::vector<double> sums(map.values.size(), 0);
    std::vector<int> counts(map.values.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const ScanPoint p = training.place[i];
        if (!std::isfinite(values[i]) || !region.contains(p))
            continue;
        const auto at = std::size_t(p.y - region.y) * std::size_t(region.width) + std::size_t(p.x - region.x);
        sums[at] += static_cast<double>(values[i]);
        ++counts[at];
    }
    for (std::size_t i = 0; i < sums.size(); ++i)
        if (counts[i] > 0)
            map.values[i] = static_cast<float>(sums[i] / counts[i]);
}

void fillFromNeighbours(ElementMap& map, const TrainingPixels& training, const std::vector<float>& values,
                        const BaselinePlace& place)
{
    const auto meanAround = [&](const PixelNeighbours& pixels) {
        fill(map, place.region, [&](ScanPoint p) { return pixels.inverseDistanceMean(p, neighbourCount); });
    };
    if (place.trainingScan) {
        std::vector<float> own = values;
        for (std::size_t i = 0; i < own.size(); ++i)
            if (training.scan[i] != *place.trainingScan)
                own[i] = noData;
        const PixelNeighbours pixels(training.place, own);
        if (!pixels.empty())
            return meanAround(pixels);
    }
    meanAround(PixelNeighbours(training.place, values));
}

void fillFromDepth(ElementMap& map, const TrainingPixels& training, const std::vector<float>& values,
                   const Region& region)
{
    std::vector<int> rows(training.place.size());
    std::transform(training.place.begin(), training.place.end(), rows.begin(), [](ScanPoint p) { return p.y; });
    const DepthProfile profile = depthProfile(rows, values);
    fill(map, region, [&](ScanPoint p) { return profile.at(p.y); });
}

/// A HAADF map in units that two scans share whatever their gain and offset; NaN where it says nothing.
class StandardHaadf {
  public:
    explicit StandardHaadf(MapPtr map) : m_map(std::move(map))
    {
        if (!m_map)
            return;
        const auto valid = finiteValues(m_map->values);
        m_median = quantile(valid, 0.5);
        m_range = quantile(valid, 0.75) - quantile(valid, 0.25);
    }
    double at(ScanPoint p) const
    {
        if (!m_map || !wholeRegion(m_map->shape).contains(p) || !(m_range > 0))
            return std::numeric_limits<double>::quiet_NaN();
        return (static_cast<double>(m_map->at(p.y, p.x)) - m_median) / m_range;
    }

  private:
    MapPtr m_map;
    double m_median = 0;
    double m_range = 0;
};

void fillFromHaadf(ElementMap& map, const TrainingPixels& training, const std::vector<float>& values,
                   const BaselinePlace& place)
{
    const std::vector<StandardHaadf> scans(training.haadf.begin(), training.haadf.end());
    std::vector<double> haadf(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        haadf[i] = scans[training.scan[i]].at(training.place[i]);
    const auto fit = fitPolynomial(haadf, std::vector<double>(values.begin(), values.end()), haadfDegree);
    if (!fit)
        return;
    const StandardHaadf own(place.haadf);
    fill(map, place.region, [&](ScanPoint p) {
        const double h = own.at(p);
        return std::isfinite(h) ? fit->value(std::clamp(h, fit->low(), fit->high())) : h;
    });
}

} // namespace

const char* baselineName(BaselineKind kind)
{
    for (const auto& [value, name] : names)
        if (value == kind)
            return name.data();
    return "";
}

std::optional<BaselineKind> baselineNamed(std::string_view name)
{
    for (const auto& [value, text] : names)
        if (text == name)
            return value;
    return std::nullopt;
}

ElementMap baselineMap(BaselineKind kind, const TrainingPixels& training, std::size_t target,
                       const BaselinePlace& place)
{
    ElementMap map = emptyMap({}, MapUnit::Arbitrary, place.region.shape());
    const std::vector<float>& values = training.values[target];
    switch (kind) {
    case BaselineKind::TrainingMean:
        fill(map, place.region, [mean = meanOf(values)](ScanPoint) { return mean; });
        break;
    case BaselineKind::SamePosition:
        fillFromSamePosition(map, training, values, place.region);
        break;
    case BaselineKind::NearestNeighbours:
        fillFromNeighbours(map, training, values, place);
        break;
    case BaselineKind::DepthProfile:
        fillFromDepth(map, training, values, place.region);
        break;
    case BaselineKind::Haadf:
        fillFromHaadf(map, training, values, place);
        break;
    case BaselineKind::RidgeRadial:
        break;
    }
    return map;
}

} // namespace dispersa
