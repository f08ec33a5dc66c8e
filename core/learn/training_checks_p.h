// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold before a training begins.
#pragma once

#include "core/learn/trainer.h"

#include <vector>

namespace dispersa {

/// Errors: InvalidArgument, PatternTooSmall, NothingToTrain.
Result<void> checkTraining(const TrainingSet& set, const ModelDescription& description, const TrainOptions& options);

/// Mean of each target over the training part.
std::vector<double> trainingMeans(const TrainingSet& set, std::size_t outputs);

} // namespace dispersa
