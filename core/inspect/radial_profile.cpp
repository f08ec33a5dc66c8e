// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/radial_profile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dispersa {
namespace {

struct Peak {
    int radius;
    double prominence;
};

/// Lowest value met on the way from `start` in steps of `step` until a value higher than the peak's.
double lowestTowards(std::span<const double> values, int start, int step)
{
    const double height = values[static_cast<std::size_t>(start)];
    double lowest = height;
    for (int i = start; i >= 0 && i < static_cast<int>(values.size()); i += step) {
        const double value = values[static_cast<std::size_t>(i)];
        if (value > height)
            break;
        lowest = std::min(lowest, value);
    }
    return lowest;
}

/// Local maxima inside `values`; the middle of a plateau, never an end.
std::vector<int> localMaxima(std::span<const double> values)
{
    std::vector<int> maxima;
    const int count = static_cast<int>(values.size());
    for (int first = 1; first + 1 < count; ++first) {
        const double value = values[static_cast<std::size_t>(first)];
        int last = first;
        while (last + 1 < count && values[static_cast<std::size_t>(last) + 1] == value)
            ++last;
        if (values[static_cast<std::size_t>(first) - 1] < value && last + 1 < count &&
            values[static_cast<std::size_t>(last) + 1] < value)
            maxima.push_back((first + last) / 2);
        first = last;
    }
    return maxima;
}

} // namespace

std::vector<double> radialProfile(std::span<const float> pattern, PatternShape shape, ImagePoint centre)
{
    const double edge =
        std::min(std::min(centre.y, shape.height - 1 - centre.y), std::min(centre.x, shape.width - 1 - centre.x));
    if (!(edge >= 0))
        return {};
    const std::size_t rings = static_cast<std::size_t>(std::floor(edge)) + 1;
    std::vector<double> sums(rings, 0);
    std::vector<double> weights(rings, 0);
    const auto add = [&](std::size_t ring, double weight, double value) {
        if (ring < rings) {
            sums[ring] += weight * value;
            weights[ring] += weight;
        }
    };
    std::size_t i = 0;
    for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x, ++i) {
            const auto value = static_cast<double>(pattern[i]);
            const double radius = std::hypot(y - centre.y, x - centre.x);
            if (!std::isfinite(value) || radius >= static_cast<double>(rings))
                continue;
            const auto ring = static_cast<std::size_t>(radius);
            const double upper = radius - static_cast<double>(ring);
            add(ring, 1 - upper, value);
            add(ring + 1, upper, value);
        }
    }
    for (std::size_t ring = 0; ring < rings; ++ring)
        sums[ring] = weights[ring] > 0 ? sums[ring] / weights[ring] : 0;
    return sums;
}

std::vector<int> profilePeaks(std::span<const double> profile, int firstRadius, double prominence)
{
    firstRadius = std::max(0, firstRadius);
    if (static_cast<std::size_t>(firstRadius) + 3 > profile.size())
        return {};
    const std::span<const double> values = profile.subspan(static_cast<std::size_t>(firstRadius));
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double threshold = prominence * (*high - *low);
    std::vector<Peak> peaks;
    for (const int place : localMaxima(values)) {
        const double base = std::max(lowestTowards(values, place, -1), lowestTowards(values, place, 1));
        const double rise = values[static_cast<std::size_t>(place)] - base;
        if (rise >= threshold)
            peaks.push_back({firstRadius + place, rise});
    }
    std::stable_sort(peaks.begin(), peaks.end(),
                     [](const Peak& a, const Peak& b) { return a.prominence > b.prominence; });
    std::vector<int> radii;
    for (const Peak& peak : peaks)
        radii.push_back(peak.radius);
    return radii;
}

} // namespace dispersa
