// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beside the plain scores of a prediction, so that nobody is flattered: how sure they are, what would have
// predicted as well without a network, how well anything could, and what the kind of split does to them.
#pragma once

#include "core/assess/block_bootstrap.h"
#include "core/assess/noise_ceiling.h"
#include "core/assess/skill.h"

#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// What intervals were fitted on: training scans, each by a model without it; a part of the split; scans that the study names.
enum class IntervalPlace { TrainingScans, Calibration, Validation, Test, NamedScans };
/// Word of metrics.json: "training_scans", "calibration", "validation", "test", "named_scans".
const char* intervalPlaceName(IntervalPlace place);

struct IntervalSource {
    IntervalPlace place = IntervalPlace::Test;
    std::vector<std::string> scans = {}; ///< of NamedScans
    bool includes(const std::string& scan) const;
    bool operator==(const IntervalSource&) const = default;
};

/// Conformal intervals around the predictions of one target, where they were not fitted.
struct IntervalScores {
    double level = 0.8;    ///< share of the pixels they are made to hold
    double coverage = 0;   ///< share that they hold
    double halfWidth = 0;  ///< mean over the pixels, in the unit of the map
    IntervalSource fittedOn = {};
};

/// Of one target over the pixels of its scores.
struct TargetAccount {
    Score withoutRowMeans = {}; ///< Pearson's r after each row's mean is taken from both maps
    std::optional<ScoreInterval> pearson = {}; ///< 95 %, by block bootstrap
    std::optional<ScoreInterval> mae = {};
    std::optional<double> autocorrelation_px = {}; ///< of the real map
    std::optional<double> effectiveSamples = {};   ///< independent pairs of pixels
    BaselineComparison baselines = {};             ///< empty where nothing was trained
    std::optional<NoiseCeiling> ceiling = {};
    std::optional<IntervalScores> intervals = {};
};

/// Pearson's r of one model per target under each kind of split; nothing where it was not measured.
struct LeakGapRow {
    std::string model; ///< recipe, or "position" for what the 4 nearest training pixels predict
    std::vector<std::optional<double>> random = {};
    std::vector<std::optional<double>> blocks = {};
    std::vector<std::optional<double>> heldOutScans = {};
};
/// Side by side: what a random split claims, what blocks with a guard leave, and what is left on scans that were never
/// trained on.
struct LeakGap {
    std::vector<std::string> targets = {};
    std::vector<LeakGapRow> rows = {};
    int guard_px = 0; ///< of the blocks
    /// Share of the usable pixels that blocks and their guard leave to train on: a model that is left little predicts
    /// little. Empty where no blocks could be drawn.
    std::optional<double> blocksTrain = {};
    bool empty() const { return rows.empty(); }
};

/// Median over the targets; nullopt if nothing was measured.
std::optional<double> medianOf(const std::vector<std::optional<double>>& values);

/// One line on what the kinds of split did, in medians over the targets; English. Empty without a gap.
std::string leakGapSentence(const LeakGap& gap);
/// Median r of position alone under the random split above which that split says nothing about diffraction.
inline constexpr double leakyPosition = 0.9;
/// True if position alone scores above leakyPosition.
bool positionPredicts(const LeakGap& gap);

} // namespace dispersa
