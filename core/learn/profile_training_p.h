// SPDX-License-Identifier: GPL-3.0-or-later
// Fits the regressions of a profile recipe, and says beforehand what that will cost.
#pragma once

#include "core/learn/trainer.h"
#include "core/learn/training_estimate.h"

namespace dispersa {

/// As trainNetwork(), for a description with a profile. One record of the history per member: the mean absolute error of
/// the mean over the members so far. `options.members` holds for regressions that depend on a seed; the others have one.
Result<TrainOutcome> trainProfile(const TrainingSet& set, const ModelDescription& description,
                                  const TrainOptions& options, const EpochSink& onEpoch, const ProgressSink& progress,
                                  std::stop_token stop);

/// As estimateTraining(), for a description with a profile; reading the patterns is not in it. An "epoch" is one member.
Result<TrainingEstimate> estimateProfile(const ModelDescription& description, const TrainOptions& options,
                                         const TrainingAmount& amount, std::stop_token stop);

} // namespace dispersa
