// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/depth_profile.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

namespace dispersa {

double DepthProfile::at(int y) const
{
    if (rows.empty())
        return std::numeric_limits<double>::quiet_NaN();
    const auto above = std::lower_bound(rows.begin(), rows.end(), y);
    const auto i = static_cast<std::size_t>(above - rows.begin());
    if (above == rows.end())
        return means.back();
    if (*above == y || i == 0)
        return means[i];
    const double share = (double(y) - rows[i - 1]) / (double(rows[i]) - rows[i - 1]);
    return means[i - 1] + share * (means[i] - means[i - 1]);
}

DepthProfile depthProfile(std::span<const int> rows, std::span<const float> values)
{
    struct Sum {
        double sum = 0;
        std::int64_t n = 0;
    };
    std::map<int, Sum> sums;
    const std::size_t count = std::min(rows.size(), values.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (!std::isfinite(values[i]))
            continue;
        Sum& row = sums[rows[i]];
        row.sum += static_cast<double>(values[i]);
        ++row.n;
    }
    DepthProfile profile;
    for (const auto& [row, total] : sums) {
        profile.rows.push_back(row);
        profile.means.push_back(total.sum / static_cast<double>(total.n));
    }
    return profile;
}

} // namespace dispersa
