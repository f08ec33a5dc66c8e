// SPDX-License-Identifier: GPL-3.0-or-later
// Intervals around predictions, fitted on pixels that no model was trained on.
#pragma once

#include "core/assess/conformal.h"
#include "core/workflow/held_out.h"

#include <optional>
#include <string>
#include <vector>

namespace dispersa {

struct FittedIntervals {
    std::vector<std::optional<ConformalFit>> perTarget = {}; ///< nothing where too few blocks were held out
    IntervalSource fittedOn = {};                            ///< means nothing where perTarget is empty: none fitted
    bool fittedOnScan(const std::string& name) const { return !perTarget.empty() && fittedOn.includes(name); }
    bool fittedIn(IntervalPlace place) const { return !perTarget.empty() && fittedOn.place == place; }
};

/// Fits on the scans that the study names, each counting the same, else on the most honest pixels that there are: whole training scans, each
/// predicted by a model without it, where the recipe trains in seconds and there are two; else the calibration part, the
/// validation part, the test part. `data` may be null where nothing was trained: then only named scans will do. `test` is
/// the run's own held-out part: with leave_one_out it is those scans already. Errors: those of training once more.
Result<FittedIntervals> fitIntervals(const Retraining& retraining, const TrainingData* data,
                                     const std::vector<ScanPrediction>& predictions, const HeldOutMaps& test);

/// Fills `halfWidth` of every prediction.
void applyIntervals(std::vector<ScanPrediction>& predictions, const FittedIntervals& intervals);

/// How the intervals do on one target of pixels they were not fitted on; nothing where there are none.
std::optional<IntervalScores> intervalScores(const FittedIntervals& intervals, std::size_t target, const MapPtr& real,
                                             const MapPtr& predicted, const MapPtr& sigma);

} // namespace dispersa
