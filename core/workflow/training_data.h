// SPDX-License-Identifier: GPL-3.0-or-later
// From an opened study to what the trainer takes: split, targets, prepared patterns.
#pragma once

#include "core/learn/split.h"
#include "core/learn/trainer.h"
#include "core/workflow/opened_study.h"
#include "core/workflow/recipe_input.h"
#include "core/workflow/run_study.h"
#include "core/workflow/target_maps.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace dispersa {

/// Everything about the training scans. Index k of the patterns is pixel k - offset[s] of scan s's crop, row-major.
struct TrainingData {
    std::vector<OpenedScanPtr> scans = {};
    std::vector<Region> crops = {};
    std::vector<std::int64_t> offsets = {};
    std::vector<SplitScan> usable = {};             ///< which pixels have a pattern and every target
    std::vector<std::vector<PixelSet>> sets = {};   ///< per scan, crop-sized
    std::vector<TargetMaps> heldOut = {};           ///< filtered without training pixels, target scale
    HaadfScale haadf = {};
    RecipeInput input = {};                         ///< of all scans
    TrainingSet set = {};
    ModelDescription description = {};              ///< without provenance
    std::shared_ptr<const TrainingLayout> layout = {};
    std::vector<Warning> warnings = {};
};

/// Number of the scan among the training scans; nothing if it is none of them.
std::optional<std::size_t> trainingScan(const TrainingData& data, const OpenedScanPtr& scan);

/// All but what depends on a split: sets, heldOut, haadf, set, description, layout are left empty. `scratch` is the folder
/// of the temporary pattern file, `cache` where patterns are kept between runs. Errors: NothingToTrain, those of preparing,
/// Cancelled.
Result<TrainingData> openTrainingData(const OpenedStudy& opened, const std::filesystem::path& scratch,
                                      const ProgressSink& progress, std::stop_token stop, const PatternCache& cache = {});

/// Divides the pixels and fills what openTrainingData() left empty; what was there of another split goes. `testScan`: the
/// scan that leave_one_out leaves out, or none. Filters, scales and quantiles are of training pixels alone. Error:
/// NothingToTrain.
Result<void> applySplit(TrainingData& data, const OpenedStudy& opened, const SplitOptions& split,
                        std::optional<std::size_t> testScan = {});

/// Of the pixels that the split lets train only those `kept` (per scan, crop-sized) go on to, as if the element maps had been
/// measured there alone: filters see no others. Error: NothingToTrain.
Result<void> keepForTraining(TrainingData& data, const OpenedStudy& opened,
                             const std::vector<std::vector<std::uint8_t>>& kept);

/// Both, for the study's split.
Result<TrainingData> makeTrainingData(const OpenedStudy& opened, const std::filesystem::path& scratch,
                                      const ProgressSink& progress, std::stop_token stop,
                                      const PatternCache& cache = {});

} // namespace dispersa
