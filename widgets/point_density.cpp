// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/point_density.h"

#include <algorithm>
#include <cmath>

namespace dispersa {

std::vector<int> densityLevels(std::span<const float> x, std::span<const float> y, const ValueRange& range, int levels)
{
    constexpr int side = 72;
    const std::size_t count = std::min(x.size(), y.size());
    std::vector<int> cells(count, -1);
    std::vector<double> counts(std::size_t(side) * side, 0.0);
    const double extent = range.high > range.low ? range.high - range.low : 1;
    const auto place = [&](double value) { return std::clamp(int((value - range.low) / extent * side), 0, side - 1); };
    for (std::size_t i = 0; i < count; ++i) {
        if (!std::isfinite(x[i]) || !std::isfinite(y[i]))
            continue;
        cells[i] = place(y[i]) * side + place(x[i]);
        counts[std::size_t(cells[i])] += 1;
    }
    // Two passes of [1 2 1]/4 in both directions: a smooth density without visible cells.
    for (int pass = 0; pass < 4; ++pass) {
        const std::vector<double> before = counts;
        const int step = pass % 2 == 0 ? 1 : side;
        for (int cell = 0; cell < side * side; ++cell) {
            const int along = step == 1 ? cell % side : cell / side;
            const double down = along > 0 ? before[std::size_t(cell - step)] : 0;
            const double up = along + 1 < side ? before[std::size_t(cell + step)] : 0;
            counts[std::size_t(cell)] = (down + 2 * before[std::size_t(cell)] + up) / 4;
        }
    }
    const double most = *std::max_element(counts.begin(), counts.end());
    for (int& cell : cells)
        if (cell >= 0)
            cell = most > 0 ? std::clamp(int(std::sqrt(counts[std::size_t(cell)] / most) * levels), 0, levels - 1) : 0;
    return cells;
}

} // namespace dispersa
