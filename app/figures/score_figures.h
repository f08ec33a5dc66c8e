// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of numbers: the training with its test part, scores per scan and target, correlation matrices.
#pragma once

#include "core/workflow/run_result.h"
#include "widgets/figure.h"

#include <optional>

namespace dispersa {

/// Loss curves, Pearson and error per target on the test part, and actual against predicted. nullopt when nothing was
/// trained and nothing tested.
std::optional<Figure> trainingFigure(const RunResult& run);
/// Pearson and MAE per target, one bar per scan. nullopt when no scan could be scored.
std::optional<Figure> scoresFigure(const RunResult& run);
/// real-real, predicted-predicted, real-predicted. nullopt without matrices.
std::optional<Figure> correlationFigure(const ScanScores& scores);

/// The bars of one score: categories are the targets, groups the scans; with 95 % intervals, and those of r with marks of the
/// noise ceiling and of the best baseline. Notes say per bar what its marks are.
BarPanel pearsonBars(const RunMetrics& metrics);
BarPanel maeBars(const RunMetrics& metrics);
BarPanel errorBars(const RunMetrics& metrics);
/// Three matrices in that order.
std::vector<MatrixPanel> correlationPanels(const ScanScores& scores);

} // namespace dispersa
