// SPDX-License-Identifier: GPL-3.0-or-later
// Puts a map that was recorded on another grid onto the grid of the diffraction scan.
#pragma once

#include "core/base/error.h"
#include "core/data/element_map.h"
#include "core/data/study.h"

namespace dispersa {

/// `map` sampled bilinearly at scale * (y, x) + (dy, dx) for every probe position of `grid`. Positions outside the map, or
/// next to a pixel without data, are no data.
ElementMap alignedMap(const ElementMap& map, ScanShape grid, const MapFromScan& mapFromScan);

/// True for the obstacle that map and scan differ in size, which stating their alignment takes away. Its arguments: both
/// shapes, scan, quantity, "map_from_scan".
bool isMendedByAlignment(const Error& error);

} // namespace dispersa
