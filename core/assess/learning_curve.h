// SPDX-License-Identifier: GPL-3.0-or-later
// Scores against the share of the data (dose, pixels, counts) they were reached with: how much is enough.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

/// One training: a target's score with a share of the data, 0..1. NaN when it has none.
struct ShareScore {
    std::string target;
    double share = 1;
    double score = 0;
};

struct CurvePoint {
    double share = 1;
    int n = 0; ///< trainings with a score
    double mean = 0;
    std::optional<double> sd = {}; ///< sample standard deviation (n - 1); nothing for a single training
};

struct LearningCurve {
    std::string target;
    std::vector<CurvePoint> points = {}; ///< by rising share; shares without a score are left out
};

enum class ScoreSense { HigherIsBetter, LowerIsBetter };

/// One curve per target, in the order in which targets first appear; trainings of equal share are pooled.
std::vector<LearningCurve> learningCurves(std::span<const ShareScore> scores);

/// The smallest share whose mean score is within `tolerance` (>= 0, in the score's unit) of the best mean of the curve;
/// nullopt for a curve without points.
std::optional<double> sufficientShare(const LearningCurve& curve, double tolerance,
                                      ScoreSense sense = ScoreSense::HigherIsBetter);

/// The smallest share that suffices for every target: the largest of theirs; curves without points do not count.
std::optional<double> sufficientShare(std::span<const LearningCurve> curves, double tolerance,
                                      ScoreSense sense = ScoreSense::HigherIsBetter);

} // namespace dispersa
