// SPDX-License-Identifier: GPL-3.0-or-later
// How well a map is predicted beyond its depth: r after the row means are taken away.
#pragma once

#include "core/assess/metrics.h"
#include "core/data/element_map.h"

namespace dispersa {

/// The map minus the mean of each row over its valid pixels; no data stays no data. A row of equal values becomes
/// exactly zero, so that a map of rows alone is constant afterwards.
ElementMap withoutRowMeans(const ElementMap& map);

/// Pearson's r after each row's mean over the pixels valid in both maps is taken from both. In a film whose layers run
/// along the rows it says what was predicted beyond the depth. Maps of the same shape. Undefined: those of pearson(),
/// constant_map also when one of them is constant in every row; shapes_differ.
Score pearsonWithoutRowMeans(const ElementMap& real, const ElementMap& predicted);

} // namespace dispersa
