// SPDX-License-Identifier: GPL-3.0-or-later
// An honest account of a run: baselines, intervals and ceilings beside every score, and the leak gap.
#pragma once

#include "core/assess/comparison.h"
#include "core/workflow/held_out.h"
#include "core/workflow/scan_prediction.h"

#include <vector>

namespace dispersa {

/// Fills the accounts of `metrics` and its leak gap, and the intervals and novelty of `predictions`. `data` (null when a
/// trained model was used: then there are neither baselines nor a gap) has the run's own split, `test` is its held-out
/// part. Trains recipes of seconds once more per kind of split. Returns what a user must know of it. Errors: those of
/// reading and training, Cancelled.
Result<std::vector<Warning>> addAccount(const Retraining& retraining, std::vector<ScanPrediction>& predictions,
                                        const TrainingData* data, const HeldOutMaps& test, RunMetrics& metrics);

} // namespace dispersa
