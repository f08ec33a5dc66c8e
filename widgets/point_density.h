// SPDX-License-Identifier: GPL-3.0-or-later
// Local density of points in a scatter plot, for their colours.
#pragma once

#include "core/data/element_map.h"

#include <span>
#include <vector>

namespace dispersa {

/// Level 0..levels-1 per point (equally long x, y): the square root of the smoothed number of points nearby relative to
/// the densest place; -1 where x or y is not finite. Both axes run over `range`.
std::vector<int> densityLevels(std::span<const float> x, std::span<const float> y, const ValueRange& range, int levels);

} // namespace dispersa
