// SPDX-License-Identifier: GPL-3.0-or-later
// How much better than a baseline a map was predicted.
#pragma once

#include "core/assess/baselines.h"
#include "core/assess/metrics.h"

#include <cstdint>
#include <span>
#include <vector>

namespace dispersa {

/// Mean squared error over pairs where both are finite. Undefined: no_pixels.
Score meanSquaredError(std::span<const float> real, std::span<const float> predicted);

/// 1 - MSE(predicted) / MSE(baseline) over the pixels where all three are finite: 1 is perfect, 0 no better than the
/// baseline, below 0 worse (the skill score of Murphy 1988, Monthly Weather Review 116:2417). Squared errors
/// throughout, for choosing the best baseline too: the mean is the number that minimises them, so skill over the mean
/// is the explained variance. Undefined: no_pixels, perfect_baseline.
Score skill(std::span<const float> real, std::span<const float> predicted, std::span<const float> baseline);

/// What one baseline predicts for one target over the scored region; `map` has the region's shape.
struct BaselineResult {
    BaselineKind kind = BaselineKind::TrainingMean;
    ElementMap map = {};
};

/// One baseline against the real map, over the pixels where both have data.
struct BaselineScores {
    BaselineKind kind = BaselineKind::TrainingMean;
    std::int64_t n = 0;
    Score pearson = {};
    Score pearsonWithoutRowMeans = {};
    Score mae = {};
    Score skill = {}; ///< of the prediction over this baseline, over the pixels all three have
};

/// A prediction against its baselines.
struct BaselineComparison {
    std::vector<BaselineScores> baselines = {}; ///< in the order given
    std::optional<BaselineKind> best = {};      ///< smallest MSE; nothing when none was eligible
    Score skill = {};                           ///< over the best one, over the pixels that decided which it is
    std::int64_t n = 0;                         ///< those pixels
};

/// Scores every baseline and finds the best. To compare like with like the best is chosen over the pixels where the
/// real map, the prediction and every eligible baseline have data; a baseline is eligible when it has data at half or
/// more of the pixels where real and predicted have. Undefined skill: no_baseline, no_pixels, perfect_baseline.
BaselineComparison compareWithBaselines(const ElementMap& real, const ElementMap& predicted,
                                        std::span<const BaselineResult> baselines);

} // namespace dispersa
