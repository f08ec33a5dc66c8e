// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/correction.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace dispersa {

std::optional<LinearCorrection> fitLinearCorrection(std::span<const float> real, std::span<const float> predicted)
{
    std::vector<std::size_t> pairs;
    const std::size_t count = std::min(real.size(), predicted.size());
    for (std::size_t i = 0; i < count; ++i)
        if (std::isfinite(real[i]) && std::isfinite(predicted[i]))
            pairs.push_back(i);
    if (pairs.size() < 3)
        return std::nullopt;
    const auto constant = std::all_of(pairs.begin(), pairs.end(),
                                      [&](std::size_t i) { return predicted[i] == predicted[pairs.front()]; });
    if (constant)
        return std::nullopt;

    double meanReal = 0;
    double meanPredicted = 0;
    for (const std::size_t i : pairs) {
        meanReal += static_cast<double>(real[i]);
        meanPredicted += static_cast<double>(predicted[i]);
    }
    meanReal /= static_cast<double>(pairs.size());
    meanPredicted /= static_cast<double>(pairs.size());
    double variance = 0;
    double covariance = 0;
    for (const std::size_t i : pairs) {
        const double deviation = static_cast<double>(predicted[i]) - meanPredicted;
        variance += deviation * deviation;
        covariance += deviation * (static_cast<double>(real[i]) - meanReal);
    }
    LinearCorrection correction;
    correction.alpha = covariance / variance;
    correction.beta = meanReal - correction.alpha * meanPredicted;
    if (!std::isfinite(correction.alpha) || !std::isfinite(correction.beta))
        return std::nullopt;
    return correction;
}

} // namespace dispersa
