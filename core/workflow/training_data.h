// SPDX-License-Identifier: GPL-3.0-or-later
// From an opened study to what the trainer takes: split, targets, prepared patterns.
#pragma once

#include "core/learn/split.h"
#include "core/learn/trainer.h"
#include "core/workflow/opened_study.h"
#include "core/workflow/recipe_input.h"
#include "core/workflow/run_study.h"
#include "core/workflow/target_maps.h"

#include <memory>
#include <vector>

namespace dispersa {

/// Everything about the training scans. Index k of the patterns is pixel k - offset[s] of scan s's crop, row-major.
struct TrainingData {
    std::vector<OpenedScanPtr> scans = {};
    std::vector<Region> crops = {};
    std::vector<std::int64_t> offsets = {};
    std::vector<std::vector<PixelSet>> sets = {};   ///< per scan, crop-sized
    std::vector<TargetMaps> heldOut = {};           ///< filtered without training pixels, target scale
    HaadfScale haadf = {};
    RecipeInput input = {};                         ///< of all scans
    TrainingSet set = {};
    ModelDescription description = {};              ///< without provenance
    std::shared_ptr<const TrainingLayout> layout = {};
    std::vector<Warning> warnings = {};
};

/// `scratch` is the folder of the temporary pattern file, `cache` where patterns are kept between runs. Errors: NothingToTrain, those of preparing, Cancelled.
Result<TrainingData> makeTrainingData(const OpenedStudy& opened, const std::filesystem::path& scratch,
                                      const ProgressSink& progress, std::stop_token stop,
                                      const PatternCache& cache = {});

} // namespace dispersa
