// SPDX-License-Identifier: GPL-3.0-or-later
// An honest account of a run: baselines, intervals and ceilings beside every score, and the leak gap.
#pragma once

#include "core/assess/account.h"
#include "core/workflow/held_out.h"
#include "core/workflow/prediction_intervals.h"
#include "core/workflow/scan_prediction.h"

#include <vector>

namespace dispersa {

/// What a baseline needs of a run, made once.
struct BaselineSource {
    TrainingPixels pixels = {};
    /// What ridge regression on the radial profile of single probes makes of each prediction's scan, [prediction][target];
    /// empty where it could not be made.
    std::vector<TargetMaps> ridge = {};
    /// How far each pattern of each prediction's scan lies from those of the training, see ScanResult::novelty.
    std::vector<MapPtr> novelty = {};
};

/// From the pixels that `data` trained on. Reads the patterns of every scan once more, for their rings. Errors: those of
/// reading, Cancelled.
Result<BaselineSource> baselineSource(const Retraining& retraining, const TrainingData& data,
                                      const std::vector<ScanPrediction>& predictions);

/// Of each target over the scan's crop; in the order of opened.targets, empty accounts where the scan has no map.
std::vector<TargetAccount> accountOfScan(const OpenedStudy& opened, const ScanPrediction& prediction, std::size_t number,
                                         const TrainingData* data, const BaselineSource& source,
                                         const FittedIntervals& intervals);

/// Of each target over the held-out part of the training scans together.
std::vector<TargetAccount> accountOfTest(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                                         const HeldOutMaps& held, const TrainingData& data, const BaselineSource& source,
                                         const FittedIntervals& intervals);

/// Scores under a random split, under blocks and on scans that were not trained on: of the run's recipe (the other splits
/// are trained for where that takes seconds, or account.leakGap asks for it) and of position alone. `test` are the run's own
/// held-out maps. `data` is left with another split. Errors: those of training, but for splits that a crop is too small for.
Result<LeakGap> leakGap(const Retraining& retraining, TrainingData& data, const HeldOutMaps& test,
                        const std::vector<ScanPrediction>& predictions);

} // namespace dispersa
