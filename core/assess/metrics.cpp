// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/metrics.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

/// Calls use(real, predicted) in double for pairs where both are finite.
template<class Use>
void forEachPair(std::span<const float> real, std::span<const float> predicted, Use use)
{
    const std::size_t count = std::min(real.size(), predicted.size());
    for (std::size_t i = 0; i < count; ++i)
        if (std::isfinite(real[i]) && std::isfinite(predicted[i]))
            use(static_cast<double>(real[i]), static_cast<double>(predicted[i]));
}

Score undefined(const char* reason)
{
    return {std::nullopt, reason};
}

} // namespace

std::int64_t validPairs(std::span<const float> real, std::span<const float> predicted)
{
    std::int64_t pairs = 0;
    forEachPair(real, predicted, [&](double, double) { ++pairs; });
    return pairs;
}

Score pearson(std::span<const float> real, std::span<const float> predicted)
{
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double first[2] = {0, 0};
    bool constant[2] = {true, true};
    forEachPair(real, predicted, [&](double x, double y) {
        if (n == 0) {
            first[0] = x;
            first[1] = y;
        }
        // Compared value by value: the mean of equal numbers may differ from them by rounding.
        constant[0] = constant[0] && x == first[0];
        constant[1] = constant[1] && y == first[1];
        n += 1;
        sumX += x;
        sumY += y;
    });
    if (n == 0)
        return undefined("no_pixels");
    if (constant[0] || constant[1])
        return undefined("constant_map");
    const double meanX = sumX / n;
    const double meanY = sumY / n;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    forEachPair(real, predicted, [&](double x, double y) {
        xx += (x - meanX) * (x - meanX);
        yy += (y - meanY) * (y - meanY);
        xy += (x - meanX) * (y - meanY);
    });
    const double r = xy / (std::sqrt(xx) * std::sqrt(yy));
    if (!std::isfinite(r))
        return undefined("constant_map");
    return {std::clamp(r, -1.0, 1.0), {}};
}

Score meanAbsoluteError(std::span<const float> real, std::span<const float> predicted)
{
    double n = 0;
    double sum = 0;
    forEachPair(real, predicted, [&](double x, double y) {
        n += 1;
        sum += std::abs(x - y);
    });
    if (n == 0)
        return undefined("no_pixels");
    return {sum / n, {}};
}

Score errorPercent(std::span<const float> real, std::span<const float> predicted)
{
    const Score mae = meanAbsoluteError(real, predicted);
    if (!mae.value)
        return mae;
    double n = 0;
    double sum = 0;
    forEachPair(real, predicted, [&](double x, double) {
        n += 1;
        sum += x;
    });
    const double percent = 100 * *mae.value / (sum / n);
    if (sum == 0 || !std::isfinite(percent))
        return undefined("zero_mean");
    return {percent, {}};
}

} // namespace dispersa
