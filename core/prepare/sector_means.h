// SPDX-License-Identifier: GPL-3.0-or-later
// The sectors of a ring compared with each other, so that Bragg spots count little or not at all.
#pragma once

#include "core/prepare/ring_sums.h"

#include <cstddef>
#include <vector>

namespace dispersa {

/// Sectors of one pattern.
inline constexpr std::size_t sectorsPerPattern = std::size_t(ringCount) * sectorCount;
/// Mean counts below this say nothing: their logarithm would be noise.
inline constexpr double leastCounts = 0.005;

/// Mean of each ring about each position of rings.region without the brightest quarter of its sectors, which are taken
/// over 3 x 3 positions, so that they have counts to compare: [region.count(), ringCount]; NaN where no sector has
/// pixels.
std::vector<float> trimmedMeans(const RingSums& rings);

/// Mean of each sector of each ring over 3 x 3 positions, at most one and a half times what trimmedMeans() gives for
/// the ring: [region.count(), ringCount, sectorCount]. A sector without pixels has the ring's; NaN where no sector has
/// any.
std::vector<float> clippedSectors(const RingSums& rings);

} // namespace dispersa
