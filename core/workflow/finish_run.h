// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of a run, after its training or with a trained model: predict, correct, score, write.
#pragma once

#include "core/learn/trainer.h"
#include "core/workflow/opened_study.h"
#include "core/workflow/run_folder.h"
#include "core/workflow/run_log.h"
#include "core/workflow/run_study.h"
#include "core/workflow/training_data.h"

#include <chrono>

namespace dispersa {

/// What a run has when it has its model. All that it refers to outlives finishRun().
struct RunToFinish {
    OpenedStudy& opened; ///< gets warnings
    const Model& model;
    const TrainingData* data;     ///< null when a trained model is used
    const TrainOutcome* outcome;  ///< likewise
    const TrainOptions& training; ///< of models that are trained once more, to score splits
    Provenance& provenance;       ///< gets how was predicted
    const RunOptions& options;
    RunLog& runLog;
    std::chrono::steady_clock::time_point start; ///< of the whole run
    const PartialSink& onPartial;
    const ProgressSink& progress;
    const std::stop_token& abort;
};

/// Writes everything of the run's folder but what the training wrote, and the model. Errors: those of the steps,
/// Cancelled.
Result<RunResultPtr> finishRun(const RunToFinish& job);

} // namespace dispersa
