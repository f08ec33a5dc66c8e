// SPDX-License-Identifier: GPL-3.0-or-later
// Map filters of our own: the median, and the bilateral filter where pixels without data have no weight.
#pragma once

#include "core/data/element_map.h"

namespace dispersa {

/// Median over a square of `size` x `size` pixels, the border replicated (scipy.ndimage.median_filter, mode "nearest").
/// Pixels that are no data do not take part; of an even number of valid pixels the two middle ones are averaged. No
/// data stays no data (NaN).
ElementMap medianFiltered(const ElementMap& map, int size);

/// cv::bilateralFilter (float32, border reflect101) with weights of valid pixels only, in double. OpenCV interpolates
/// the exponential from a table, so the two agree to about 1e-4 of the map's range.
ElementMap maskedBilateral(const ElementMap& map, int diameter, double sigmaColor, double sigmaSpace);

} // namespace dispersa
