// SPDX-License-Identifier: GPL-3.0-or-later
// What the baselines of a run are made from: the pixels it trained on, and the radial profiles of every scan's patterns.
#pragma once

#include "core/assess/skill.h"
#include "core/workflow/held_out.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace dispersa {

struct BaselineSource {
    TrainingPixels pixels = {};
    /// What ridge regression on the radial profile of single probes makes of each prediction's scan, [prediction][target];
    /// empty where it could not be made.
    std::vector<TargetMaps> ridge = {};
    /// With leave_one_out, per training scan, the same from the pixels of the others: what may predict it.
    struct Fold {
        TrainingPixels pixels = {};
        TargetMaps ridge = {}; ///< over the scan's crop
    };
    std::vector<Fold> folds = {};
    /// How far each pattern of each prediction's scan lies from those of the training, see ScanResult::novelty.
    std::vector<MapPtr> novelty = {};
};

/// The pixels that the split of `data` lets train.
TrainingPixels trainingPixels(const TrainingData& data);

/// The pixels of the other training scans.
TrainingPixels withoutScan(const TrainingPixels& pixels, std::size_t scan);

/// From the pixels that `data` trained on. Reads the patterns of every scan once more, for their rings. Errors: those of
/// reading, Cancelled.
Result<BaselineSource> baselineSource(const Retraining& retraining, const TrainingData& data,
                                      const std::vector<ScanPrediction>& predictions);

/// All baselines of one target over the crop of the prediction `number`. HAADF does not predict itself.
std::vector<BaselineResult> baselinesOf(const BaselineSource& source, const TrainingData& data,
                                        const ScanPrediction& prediction, std::size_t number, std::size_t target);
/// The same for a training scan that was left out: from the others alone.
std::vector<BaselineResult> baselinesOfLeftOut(const BaselineSource& source, const TrainingData& data,
                                               const ScanPrediction& prediction, std::size_t trainingScan,
                                               std::size_t target);

} // namespace dispersa
