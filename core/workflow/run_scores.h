// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of a run from its predictions.
#pragma once

#include "core/assess/comparison.h"
#include "core/workflow/held_out.h"
#include "core/workflow/scan_prediction.h"

#include <vector>

namespace dispersa {

/// Pairs of the held-out part per target, for scores and scatter plots: [target] -> values.
struct TestPairs {
    std::vector<std::vector<float>> real = {};
    std::vector<std::vector<float>> predicted = {};
    std::vector<std::vector<float>> corrected = {}; ///< as exported: by the curve, on the simplex if asked for
    std::vector<std::uint8_t> fitted = {}; ///< per pair: the correction was fitted on it
};
TestPairs testPairs(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions, const TrainingData& trained,
                    const HeldOutMaps& held, const FittedCorrections& corrections);

/// Scores per scan over its crop (corrected scores leave out what the correction was fitted on, unless nothing is left:
/// then they are marked in_sample), on the held-out `test` pairs (null when nothing was trained), and the summary.
/// `inSample` per prediction: trained on. Accounts are left empty.
RunMetrics runMetrics(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                      const std::vector<bool>& inSample, const TestPairs* test, const FittedCorrections& corrections);

} // namespace dispersa
