// SPDX-License-Identifier: GPL-3.0-or-later
// A small run made up of smooth maps, for tests of what shows results.
#pragma once

#include "core/workflow/run_result.h"

namespace dispersa {

/// A bright spot of predicted HAADF that the real map of scan 0037 lacks, in coordinates of the crop.
inline constexpr ScanPoint plantedSpot{30, 17};

/// What a run says about its scores: intervals, ceilings, baselines, a leak gap in which position alone leaks; made-up
/// numbers.
void addAccount(RunMetrics& metrics);

/// Scans 0033 (trained, in sample) and 0037 (predicted), 110 x 45, crop y 20, 70 x 45; targets O, Si, Ge, Sb, Te,
/// HAADF, all with measured, real, predicted, corrected maps; 40 epochs; a random split of 0033. Paths of the scans are
/// empty.
RunResult syntheticRun();

} // namespace dispersa
