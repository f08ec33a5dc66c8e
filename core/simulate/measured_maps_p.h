// SPDX-License-Identifier: GPL-3.0-or-later
// The maps an X-ray detector and an annular dark-field detector would record of the film, with their noise.
#pragma once

#include "core/data/element_map.h"
#include "core/simulate/film_p.h"

#include <cstdint>
#include <vector>

namespace dispersa::simulate {

/// Atomic fractions from 200 to 500 counted X-rays per pixel, in the order of `elements`, then HAADF (thickness times
/// sum c Z^1.7, noisy). Grains do not show in HAADF: it sees composition and thickness.
std::vector<ElementMap> measuredMaps(const Film& film, int scan, std::uint64_t seed);

} // namespace dispersa::simulate
