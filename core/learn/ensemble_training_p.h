// SPDX-License-Identifier: GPL-3.0-or-later
// Trains several networks with seeds of their own, whose mean is the prediction and whose spread is its sigma
// (Lakshminarayanan, Pritzel & Blundell 2017, "Simple and scalable predictive uncertainty estimation using deep ensembles").
#pragma once

#include "core/learn/trainer.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace dispersa {

using History = std::vector<EpochRecord>;

/// What a network that is trained must know of the ensemble it belongs to; nothing if it is alone.
struct MemberRole {
    std::vector<History> before = {}; ///< of the members that are trained already
    /// A member that patience has ended is not trained further when the ensemble goes on: others may wait.
    bool ofMany = false;
};

/// One network, as trainNetwork() with one member and after its checks. history.csv is the mean with the members before.
Result<TrainOutcome> trainOneNetwork(const TrainingSet& set, const ModelDescription& description,
                                     const TrainOptions& options, const MemberRole& role, const EpochSink& onEpoch,
                                     const ProgressSink& progress, std::stop_token stop);

/// As trainNetwork() with several members, after its checks. One after the other with all threads, between which each of
/// its batches is divided: side by side they would need as many times the memory and gain nothing
/// (tests/bench/run_members_bench.sh compares both on a CPU).
Result<TrainOutcome> trainEnsemble(const TrainingSet& set, const ModelDescription& description,
                                   const TrainOptions& options, const EpochSink& onEpoch, const ProgressSink& progress,
                                   std::stop_token stop);

/// Seed of member `member`: the first one's is `seed`, so that it is the network that would be trained alone.
std::uint64_t memberSeed(std::uint64_t seed, int member);

/// Where a member keeps its files: the first in `folder`, so that what goes on from one network goes on from it, the others
/// in sub-folders "member1", ...
std::filesystem::path memberFolder(const std::filesystem::path& folder, int member);

/// Removes checkpoints of members of an earlier training, which must not pass for this one's.
void forgetMembers(const std::filesystem::path& checkpointFolder);

/// Per epoch the mean losses and speeds of the histories that came so far, and their seconds together.
History meanHistory(std::vector<History> histories, History last);

} // namespace dispersa
