// SPDX-License-Identifier: GPL-3.0-or-later
// The whole job: prepare, train (or take a trained model), predict, compare, export. What `dispersa-cli run` and the
// window's Start button call.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/learn/trainer.h"
#include "core/learn/training_estimate.h"
#include "core/workflow/open_scan.h"
#include "core/workflow/run_options.h"
#include "core/workflow/run_result.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// A training pixel's place, so that live outputs can be shown as maps.
struct TrainingPixel {
    int scan = 0; ///< index into TrainingLayout::scans
    ScanPoint point; ///< in the full scan
};
/// Told once before the first epoch: what EpochReport::outputs' rows and columns are.
struct TrainingLayout {
    std::vector<std::string> scans = {};
    std::vector<Region> crops = {};
    std::vector<std::string> targets = {};
    std::vector<TrainingPixel> pixels = {};
    std::vector<std::vector<MapPtr>> real = {}; ///< [scan][target], filtered, over the crop
};

/// A scan that is being predicted: maps over the crop as far as they are known, no data elsewhere.
struct PartialPrediction {
    std::string scan;
    std::vector<MapPtr> real = {}; ///< null where the scan has no such map
    std::vector<MapPtr> predicted = {};
    double share = 0; ///< of the pixels, 0..1
};
using PartialSink = std::function<void(const PartialPrediction&)>;

/// Callbacks on the worker's thread; each may be empty.
struct RunEvents {
    std::function<void(const std::shared_ptr<const TrainingLayout>&)> onLayout;
    EpochSink onEpoch;
    /// Told before the first epoch what the training will cost; the trial takes a second, and is left out when nobody asks.
    std::function<void(const TrainingEstimate&)> onEstimate;
    PartialSink onPartial; ///< a few times a second while a scan is predicted
};

/// What stands in the way of running `study`, as errors that name file and key; empty when it can run. Opens every file.
std::vector<Error> obstaclesOf(const Study& study);

/// Runs the study and writes the folder DESIGN.md describes. A stop request during training keeps the best weights and goes on to
/// predict; a second one (`abort`) cancels. Errors: those of the steps; nothing half-written stays under a final name.
Result<RunResultPtr> runStudy(const Study& study, const RunOptions& options, const RunEvents& events,
                              const ProgressSink& progress, std::stop_token stopTraining, std::stop_token abort);

/// Predicts files with a trained model: opens each, writes maps as runStudy does. Names come from the files.
Result<RunResultPtr> predictFiles(const std::filesystem::path& model, const std::vector<std::filesystem::path>& scans,
                                  const std::optional<Region>& crop, const RunOptions& options,
                                  const ProgressSink& progress, std::stop_token abort);

/// Trains only, and writes the model to `modelFile`.
Result<TrainOutcome> trainStudy(const Study& study, const std::filesystem::path& modelFile, const RunOptions& options,
                                const RunEvents& events, const ProgressSink& progress, std::stop_token stopTraining,
                                std::stop_token abort);

} // namespace dispersa
