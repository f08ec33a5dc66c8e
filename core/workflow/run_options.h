// SPDX-License-Identifier: GPL-3.0-or-later
// What a run adds to its study: where it goes, on which part of the machine, and what is different this time.
#pragma once

#include "core/data/study.h"
#include "core/learn/trainer.h"
#include "core/prepare/pattern_cache.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace dispersa {

struct OpenedStudy;

struct RunOptions {
    std::filesystem::path folder;      ///< created; must be empty or a finished run's
    DeviceChoice device = DeviceChoice::Auto;
    PrecisionChoice precision = PrecisionChoice::Auto; ///< of training; final maps are fp32 unless BFloat16 is asked for
    TrainingChanges changes = {};      ///< training settings instead of the study's
    /// Goes on with the training in `folder` that was interrupted or is to be longer, to the study's epochs in all.
    bool resume = false;
    std::optional<std::filesystem::path> startFrom = {}; ///< fine-tuning: a model, instead of the study's
    std::optional<std::uint64_t> seed = {}; ///< instead of the study's split.seed, for split and weights
    int threads = 0;                   ///< 0: all cores
    PatternCache cache = {};           ///< keeps prepared patterns between runs; off without a folder
};

/// The study with what the options override.
Study effectiveStudy(Study study, const RunOptions& options);
/// How `opened`, which found no obstacle, will be trained; writes nothing.
TrainOptions trainOptions(const OpenedStudy& opened, const RunOptions& options);

} // namespace dispersa
