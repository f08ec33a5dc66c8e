// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/map_alignment.h"

#include <algorithm>
#include <cmath>

namespace dispersa {

ElementMap alignedMap(const ElementMap& map, ScanShape grid, const MapFromScan& mapFromScan)
{
    ElementMap result = emptyMap(map.quantity, map.unit, grid);
    result.source = map.source;
    if (map.scanStep_nm)
        result.scanStep_nm = *map.scanStep_nm * mapFromScan.scale;
    for (int y = 0; y < grid.height; ++y) {
        for (int x = 0; x < grid.width; ++x) {
            const double my = mapFromScan.scale * y + mapFromScan.dy;
            const double mx = mapFromScan.scale * x + mapFromScan.dx;
            if (my < 0 || mx < 0 || my > map.shape.height - 1 || mx > map.shape.width - 1)
                continue;
            const int y0 = std::min(static_cast<int>(my), std::max(0, map.shape.height - 2));
            const int x0 = std::min(static_cast<int>(mx), std::max(0, map.shape.width - 2));
            const int y1 = std::min(y0 + 1, map.shape.height - 1);
            const int x1 = std::min(x0 + 1, map.shape.width - 1);
            const double fy = my - y0;
            const double fx = mx - x0;
            // A corner of no weight must not turn the sample into no data.
            const auto term = [&](int row, int col, double weight) {
                return weight == 0 ? 0.0 : weight * static_cast<double>(map.at(row, col));
            };
            result.at(y, x) = static_cast<float>(term(y0, x0, (1 - fy) * (1 - fx)) + term(y0, x1, (1 - fy) * fx) +
                                                 term(y1, x0, fy * (1 - fx)) + term(y1, x1, fy * fx));
        }
    }
    return result;
}

bool isMendedByAlignment(const Error& error)
{
    return error.code == ErrorCode::ShapeMismatch && !error.arguments.empty() && error.arguments.back() == "map_from_scan";
}

} // namespace dispersa
