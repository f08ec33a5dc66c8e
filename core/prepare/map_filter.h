// SPDX-License-Identifier: GPL-3.0-or-later
// Smoothing of measured maps, aware of pixels without data.
#pragma once

#include "core/base/error.h"
#include "core/data/element_map.h"
#include "core/data/preparation.h"

namespace dispersa {

/// The map smoothed. No data (NaN) has no weight and stays no data; where nothing is masked the result equals OpenCV's
/// blur, GaussianBlur (7: fixed kernel 1/32, 7/64, 7/32, 9/32, ...), bilateralFilter, and scipy's median_filter
/// (mode nearest) to float32 rounding; maps smaller than the kernel too. Inf is no data. Where something is masked:
/// mean and Gaussian are filter(value x mask) / filter(mask), the median is that of the valid pixels (of an even
/// number, the mean of the middle two), the bilateral has weights of valid pixels only. Errors: those of
/// options.check(), InvalidArgument (values and shape of the map disagree), OutOfMemory.
Result<ElementMap> filtered(const ElementMap& map, const MapFilterOptions& options);

} // namespace dispersa
