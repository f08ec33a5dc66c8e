// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/account.h"

#include "core/assess/quantile.h"

#include <algorithm>

namespace dispersa {

std::optional<double> medianOf(const std::vector<std::optional<double>>& values)
{
    std::vector<double> known;
    for (const auto& value : values)
        if (value)
            known.push_back(*value);
    if (known.empty())
        return std::nullopt;
    std::sort(known.begin(), known.end());
    return quantile(known, 0.5);
}

} // namespace dispersa
