// SPDX-License-Identifier: GPL-3.0-or-later
// What models make of pixels of the training scans that they did not see.
#pragma once

#include "core/assess/metrics.h"
#include "core/learn/trainer.h"
#include "core/workflow/scan_prediction.h"
#include "core/workflow/training_data.h"

#include <optional>
#include <vector>

namespace dispersa {

/// Maps over the crop of each training scan, [scan][target], in target scale; no data outside of the held-out part.
struct HeldOutMaps {
    std::vector<TargetMaps> real = {};
    std::vector<TargetMaps> predicted = {};
    std::vector<TargetMaps> sigma = {}; ///< empty where a model has one member
    bool empty() const { return real.empty(); }
};

/// The pixels of `part` among the predictions of the training scans.
HeldOutMaps heldOutMaps(const TrainingData& data, const std::vector<ScanPrediction>& predictions, PixelSet part);

/// How to train once more beside the run: its options without files.
struct Retraining {
    const OpenedStudy& opened;
    const TrainOptions& options;
    const ProgressSink& progress;
    const std::stop_token& stop;
};

/// Trains on `data` divided as `split` says and predicts its test part. With leave_one_out each scan is predicted by a model
/// that did not see it. `data` is left with the last of these splits applied. Errors: NothingToTrain, those of training.
Result<HeldOutMaps> retrainedMaps(const Retraining& retraining, TrainingData& data, const SplitOptions& split);

/// Pearson's r per target, its mean over the scans; nothing where it is undefined in all of them.
std::vector<std::optional<double>> pearsonPerTarget(const HeldOutMaps& maps, std::size_t targets);

} // namespace dispersa
