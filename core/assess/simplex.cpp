// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/simplex.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>

namespace dispersa {

std::vector<double> onSimplex(std::span<const double> values)
{
    std::vector<double> result(values.begin(), values.end());
    if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
        return result;
    std::vector<double> falling = result;
    std::sort(falling.begin(), falling.end(), std::greater<>());
    double sum = 0;
    double excess = 0; // what is taken from every value that stays above 0
    for (std::size_t k = 0; k < falling.size(); ++k) {
        sum += falling[k];
        const double candidate = (sum - 1) / static_cast<double>(k + 1);
        if (falling[k] > candidate)
            excess = candidate;
    }
    for (double& value : result)
        value = std::max(0.0, value - excess);
    return result;
}

std::vector<std::vector<float>> onSimplex(const std::vector<std::vector<float>>& maps)
{
    std::vector<std::vector<float>> result = maps;
    std::vector<double> pixel(maps.size());
    for (std::size_t i = 0; !maps.empty() && i < maps.front().size(); ++i) {
        for (std::size_t t = 0; t < maps.size(); ++t)
            pixel[t] = static_cast<double>(maps[t][i]);
        const auto projected = onSimplex(pixel);
        for (std::size_t t = 0; t < maps.size(); ++t)
            result[t][i] = static_cast<float>(projected[t]);
    }
    return result;
}

} // namespace dispersa
