// SPDX-License-Identifier: GPL-3.0-or-later
// Puts a map that was recorded on another grid onto the grid of the diffraction scan.
#pragma once

#include "core/data/element_map.h"
#include "core/data/study.h"

namespace dispersa {

/// `map` sampled bilinearly at scale * (y, x) + (dy, dx) for every probe position of `grid`. Positions outside the map, or
/// next to a pixel without data, are no data.
ElementMap alignedMap(const ElementMap& map, ScanShape grid, const MapFromScan& mapFromScan);

} // namespace dispersa
