// SPDX-License-Identifier: GPL-3.0-or-later
// What a region drawn on the maps holds: mean composition, real and predicted, and how far they are apart.
#pragma once

#include "core/data/element_map.h"
#include "core/data/geometry.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

/// Maps of one quantity; either may be null.
struct RegionMaps {
    std::string quantity;
    MapPtr real = {};
    MapPtr predicted = {};
};

/// Numbers of one quantity over a region; empty where no pixel has data.
struct QuantityStatistics {
    std::string quantity;
    std::int64_t n = 0; ///< pixels where every map there is has data
    std::optional<double> meanReal = {};
    std::optional<double> meanPredicted = {};
    std::optional<double> mae = {}; ///< mean of |real - predicted|; needs both maps
};

struct RegionStatistics {
    std::int64_t pixels = 0; ///< pixels of the region that lie on the maps
    std::vector<QuantityStatistics> quantities = {};
};

/// Statistics over `pixels`, in the maps' own coordinates; pixels outside a map do not count. All numbers of a quantity
/// are over the same n pixels, so that the means and their difference can be compared.
RegionStatistics regionStatistics(std::span<const ScanPoint> pixels, std::span<const RegionMaps> maps);

} // namespace dispersa
