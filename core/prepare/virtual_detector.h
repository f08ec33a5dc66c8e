// SPDX-License-Identifier: GPL-3.0-or-later
// One virtual image or one combined pattern of a scan. Who wants several asks for one pass (scan_pass.h).
#pragma once

#include "core/prepare/scan_pass.h"

#include <vector>

namespace dispersa {

/// Sum of the counts inside `detector` (detector pixels) at every probe position. Unit Counts; patterns that do not
/// exist are no data; values that are NaN or Inf count as zero. Streams; uses all cores. Errors: InvalidArgument (no
/// pixel inside), Cancelled, OutOfMemory, those of reading.
Result<ElementMap> virtualImage(const DiffractionScan& scan, const Shape& detector, const ProgressSink& progress,
                                std::stop_token stop);

/// Mean, sum or maximum pattern over `pixels` (empty: the whole scan), row-major [det_y, det_x]. A pixel named twice
/// counts once; patterns that do not exist are left out. Errors: InvalidArgument (pixel outside the scan, no pattern at
/// all), Cancelled, OutOfMemory, those of reading.
Result<std::vector<float>> combinedPattern(const DiffractionScan& scan, const std::vector<ScanPoint>& pixels,
                                           PatternStatistic statistic, const ProgressSink& progress,
                                           std::stop_token stop);

} // namespace dispersa
