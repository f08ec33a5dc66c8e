// SPDX-License-Identifier: GPL-3.0-or-later
// How well a map is predicted beyond its depth: r after the row means, or a training depth profile, are taken away.
#pragma once

#include "core/assess/depth_profile.h"
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

/// The map minus the profile at each pixel's row; row 0 of the map is row `firstRow` of the full scan. All no data when
/// the profile is empty.
ElementMap withoutDepthProfile(const ElementMap& map, const DepthProfile& profile, int firstRow);

/// Pearson's r after the depth profile of the training pixels is taken from both maps: what was predicted beyond what
/// training knew about depth. Both residuals share the difference between this film's own profile and the training one
/// (a constant prediction scores there too), so read it beside pearsonWithoutRowMeans(). Undefined: as there.
Score pearsonWithoutDepthProfile(const ElementMap& real, const ElementMap& predicted, const DepthProfile& profile,
                                 int firstRow);

} // namespace dispersa
