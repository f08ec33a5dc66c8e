// SPDX-License-Identifier: GPL-3.0-or-later
// All that a training needs to go on after an epoch, in memory and in its file: a model file that any reader of models
// takes, with the rest under names that begin with "training.".
#pragma once

#include "core/learn/network_state_p.h"
#include "core/learn/trainer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dispersa {

struct TrainingSnapshot {
    NetworkState last = {};    ///< weights after the last epoch of the history
    NetworkState best = {};    ///< weights after the best one
    NetworkState moments = {}; ///< of the optimiser
    std::vector<EpochRecord> history = {};
};

/// What must be the same for a training to go on, as JSON: settings but for how long it runs, seed, network, preparation, and
/// which patterns it learns from.
std::string trainingIdentity(const TrainingSet& set, const ModelDescription& description, const TrainOptions& options);

/// Atomic. Error: WriteFailed.
Result<void> writeSnapshot(const TrainingSnapshot& snapshot, const ModelDescription& description,
                           const std::string& identity, const std::filesystem::path& path);
/// Errors: FileNotFound, FileUnreadable, ModelInvalid (no training in it, damaged), ModelMismatch (another identity;
/// arguments: the key that differs).
Result<TrainingSnapshot> readSnapshot(const std::filesystem::path& path, const std::string& identity,
                                      const NetworkOptions& network);

} // namespace dispersa
