// SPDX-License-Identifier: GPL-3.0-or-later
// Predicted maps of one scan beside its real ones, and their correction.
#pragma once

#include "core/assess/calibration_fit.h"
#include "core/learn/trainer.h"
#include "core/workflow/target_maps.h"
#include "core/workflow/training_data.h"

#include <optional>
#include <vector>

namespace dispersa {

/// Maps over the crop, one per target, in target scale (HAADF scaled).
struct ScanPrediction {
    OpenedScanPtr scan;
    Region crop = {};
    TargetMaps real = {};      ///< null where the scan has no such map
    TargetMaps predicted = {};
    TargetMaps sigma = {};     ///< see Prediction::sigma; empty where nothing spreads
    TargetMaps halfWidth = {}; ///< of the conformal intervals; empty where none were fitted, null per target
    MapPtr novelty = {};       ///< see ScanResult::novelty
    TargetMaps corrected = {}; ///< empty without correction
    std::vector<Warning> notes = {}; ///< what preparing its patterns found; empty for those of the training
};

/// Predicts the scan's crop, telling `onPartial` a few times a second how far it is. `trained` (may be null) holds its
/// prepared patterns already when the scan was trained on.
Result<ScanPrediction> predictScan(const OpenedStudy& opened, const OpenedScanPtr& scan, const Model& model,
                                   const TrainingData* trained, const PredictOptions& options,
                                   const std::filesystem::path& scratch, const ProgressSink& progress,
                                   std::stop_token stop, const PatternCache& cache = {},
                                   const PartialSink& onPartial = {});

/// One correction per target (nullopt where it cannot be fitted) and, per prediction, which crop pixels it was fitted on.
struct FittedCorrections {
    std::vector<std::optional<CalibrationFit>> perTarget = {};
    std::vector<std::vector<std::uint8_t>> fitPixels = {}; ///< per prediction, crop-sized; empty: none of its pixels
};

/// The kind of curve that the study's word asks for; "polynomial" is a parabola. Not for none.
CalibrationKind calibrationKind(CorrectionKind kind);

/// Fits as study.correction says; empty perTarget when it asks for none or names pixels that do not exist.
FittedCorrections fitCorrections(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                                 const TrainingData* trained);

/// Moves the composition of each pixel, [target][pixel], to the nearest one that adds up to 1. Targets that are no elements
/// stay; fewer than two elements do too.
void putOnSimplex(const std::vector<std::string>& targets, std::vector<std::vector<float>>& values);

/// Fills `corrected` of every prediction; on the simplex if the study asks for it: then an element without a curve takes part
/// as it was predicted.
void applyCorrections(const OpenedStudy& opened, std::vector<ScanPrediction>& predictions,
                      const FittedCorrections& corrections);

} // namespace dispersa
