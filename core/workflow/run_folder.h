// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a run. DESIGN.md fixes the names; loadRun() reads them back.
#pragma once

#include "core/base/error.h"
#include "core/learn/trainer.h"
#include "core/learn/training_estimate.h"
#include "core/workflow/run_result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// Creates the folder with its sub-folders. It must be empty, new or a run's. What an earlier run left there goes, unless it
/// is to be resumed: then it stays until forgetFinishedRun(). Errors: WriteFailed, InvalidArgument.
Result<void> makeRunFolder(const std::filesystem::path& folder, bool resume = false);
/// Removes what marks the folder as that of a finished run, and its scores. The training's own files stay.
void forgetFinishedRun(const std::filesystem::path& folder);

/// Provenance that stands in run.json and in the model: program, inputs with fingerprints, device, precision, seeds.
struct Provenance {
    std::string device = {};
    std::string precision = {};           ///< of training; empty when a trained model was used
    std::string predictionPrecision = {};
    int members = 0;       ///< networks of the model; 0 for regressions, which have members of their own
    int dropoutPasses = 0; ///< of each prediction
    int threads = 0;
    std::uint64_t seed = 0;
    std::string started = {};
    std::vector<std::pair<std::filesystem::path, std::string>> inputs = {}; ///< file, fingerprint
    std::vector<std::string> trainedOn = {}; ///< names of the training scans
    std::optional<TrainingEstimate> estimate = {}; ///< made before the training
    double trainingSeconds = 0;                    ///< 0: nothing was trained
    std::uint64_t trainingMemory_bytes = 0;        ///< most the program itself had while training
};
std::string provenanceJson(const Provenance& provenance);
/// Fingerprints of every file the study names. Errors: those of fingerprint().
Result<std::vector<std::pair<std::filesystem::path, std::string>>> inputFingerprints(const Study& study);

/// Writes study.dispersa, run.json, split.csv, metrics.json, metrics.csv, maps/ and maps.h5 of `run`; history, model,
/// checkpoints and log are written while training. Maps of an earlier run that this one does not have are removed.
/// Error: WriteFailed.
Result<void> writeRunFiles(const RunResult& run, const Provenance& provenance);

} // namespace dispersa
