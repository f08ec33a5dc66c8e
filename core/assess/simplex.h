// SPDX-License-Identifier: GPL-3.0-or-later
// Makes predicted fractions a composition: none below 0, their sum 1.
#pragma once

#include <span>
#include <vector>

namespace dispersa {

/// The nearest point, by Euclidean distance, with values >= 0 and sum 1 (Duchi et al. 2008, ICML, fig. 1). Values that
/// are not all finite, or none at all, are returned as they are: a composition that lacks an element has no sum to
/// keep.
std::vector<double> onSimplex(std::span<const double> values);

/// The same for every pixel of several targets: maps[target][pixel], all of one size.
std::vector<std::vector<float>> onSimplex(const std::vector<std::vector<float>>& maps);

} // namespace dispersa
