// SPDX-License-Identifier: GPL-3.0-or-later
// Rotational average of a pattern about its direct beam.
#pragma once

#include "core/data/geometry.h"
#include "core/data/shape.h"

#include <span>
#include <vector>

namespace dispersa {

/// Mean value per ring of 1 px width about `centre`, bilinear split of a pixel between neighbouring rings; element r is
/// radius r px, up to the nearest pattern edge.
std::vector<double> radialProfile(std::span<const float> pattern, PatternShape shape, ImagePoint centre);

/// Radii (px) of local maxima that rise above both neighbouring minima by `prominence` times the profile's range, from
/// `firstRadius` outwards, strongest first.
std::vector<int> profilePeaks(std::span<const double> profile, int firstRadius, double prominence = 0.05);

} // namespace dispersa
