// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace dispersa {

std::vector<double> finiteValues(std::span<const float> values)
{
    std::vector<double> finite;
    for (const float value : values)
        if (std::isfinite(value))
            finite.push_back(static_cast<double>(value));
    std::sort(finite.begin(), finite.end());
    return finite;
}

double quantile(std::span<const double> sorted, double share)
{
    if (sorted.empty())
        return std::numeric_limits<double>::quiet_NaN();
    const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

} // namespace dispersa
