// SPDX-License-Identifier: GPL-3.0-or-later
// A finished run: what it was made from, its history, maps and scores; reading it back from its folder, and what an
// interrupted one left there.
#pragma once

#include "core/assess/comparison.h"
#include "core/base/error.h"
#include "core/data/element_map.h"
#include "core/data/study.h"
#include "core/data/training_history.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

/// Maps of one quantity over a scan's crop; null where there is none. `measured` is unfiltered, `real` filtered.
struct QuantityMaps {
    std::string quantity;
    MapPtr measured = {};
    MapPtr real = {};
    MapPtr predicted = {};
    MapPtr corrected = {};
    MapPtr sigma = {};    ///< standard deviation between the members of the model and over its dropout passes
    MapPtr interval = {}; ///< half width of the conformal interval around `predicted`
};

/// What the maps of a quantity are called in file names and run.json.
struct StoredMap {
    const char* name;
    MapPtr QuantityMaps::*map;
};
std::span<const StoredMap> storedMaps();

struct ScanResult {
    std::string name;
    ScanRole role = ScanRole::Predict;
    ScanShape scanShape = {}; ///< of the whole scan
    Region crop = {};
    std::vector<QuantityMaps> quantities = {};
    /// How far each pattern lies from those of the training, by its radial profile; above 1: beyond 99 % of them. May be
    /// null.
    MapPtr novelty = {};
    const QuantityMaps* quantity(const std::string& name) const;
};

/// One pixel of the split, in coordinates of the full scan; set: train, validation, test, guard, unused.
struct SplitPixel {
    std::string scan;
    int y = 0;
    int x = 0;
    std::string set;
};

struct RunResult {
    std::filesystem::path folder;
    Study study; ///< as it was
    std::vector<EpochRecord> history = {};
    int bestEpoch = 0;
    bool stoppedEarly = false;
    bool stoppedByUser = false;
    std::string device = {};
    std::string precision = {};
    double seconds = 0; ///< of the whole run
    RunMetrics metrics = {};
    std::vector<ScanResult> scans = {};
    std::vector<SplitPixel> split = {};
    std::vector<Warning> warnings = {};

    const ScanResult* scan(const std::string& name) const;
    const ScanScores* scores(const std::string& name) const;
    std::filesystem::path modelFile() const { return folder / "model.safetensors"; }
};
using RunResultPtr = std::shared_ptr<const RunResult>;

/// Reads a run's folder back. Errors: FileNotFound, FormatInvalid, those of the files.
Result<RunResultPtr> loadRun(const std::filesystem::path& folder);

/// A training that did not come to its end (power cut, crash, cancelled) and can go on: RunOptions::resume.
struct InterruptedRun {
    std::filesystem::path folder;
    Study study; ///< as it was
    std::vector<EpochRecord> history = {};
};
using InterruptedRunPtr = std::shared_ptr<const InterruptedRun>;

/// The last finished epoch with all that a training needs to go on; there once the first epoch has ended.
std::filesystem::path checkpointFile(const std::filesystem::path& runFolder);

/// Errors: FileNotFound (finished, or without an epoch that could be gone on from), FormatInvalid, those of the files.
Result<InterruptedRunPtr> loadInterruptedRun(const std::filesystem::path& folder);

} // namespace dispersa
