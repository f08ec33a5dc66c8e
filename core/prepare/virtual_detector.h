// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual detectors: an image of the scan from the patterns, summed over a shape on the detector.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/shape.h"

#include <vector>

namespace dispersa {

/// Sum of the counts inside `detector` (detector pixels) at every probe position. Unit Counts; patterns that do not
/// exist are no data; values that are NaN or Inf count as zero. Streams; uses all cores. Errors: InvalidArgument (no
/// pixel inside), Cancelled, OutOfMemory, those of reading.
Result<ElementMap> virtualImage(const DiffractionScan& scan, const Shape& detector, const ProgressSink& progress,
                                std::stop_token stop);

enum class PatternStatistic { Mean, Sum, Maximum };

/// Mean, sum or maximum pattern over `pixels` (empty: the whole scan), row-major [det_y, det_x]. A pixel named twice
/// counts once; patterns that do not exist are left out. Errors: InvalidArgument (pixel outside the scan, no pattern at
/// all), Cancelled, OutOfMemory, those of reading.
Result<std::vector<float>> combinedPattern(const DiffractionScan& scan, const std::vector<ScanPoint>& pixels,
                                           PatternStatistic statistic, const ProgressSink& progress,
                                           std::stop_token stop);

} // namespace dispersa
