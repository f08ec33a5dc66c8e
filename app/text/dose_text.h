// SPDX-License-Identifier: GPL-3.0-or-later
// What a dose plan says, in sentences; and shares as people type them.
#pragma once

#include "core/assess/learning_curve.h"

#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace dispersa {

/// What was reduced.
enum class DoseKind { Area, Counts };

/// "5, 10 20" -> {0.05, 0.1, 0.2}: rising, each once. nullopt: empty, or not numbers above 0 and up to 100.
std::optional<std::vector<double>> sharesFromText(const QString& text);
/// {0.05, 0.1} -> "5, 10"
QString sharesText(const std::vector<double>& shares);
/// 0.2 -> "20 %"
QString shareText(double share);

/// "20 % of the EDS area gives r = 0.961 ± 0.004 for O, 0.87 ± 0.01 for Te." Targets without a point there are left out; empty
/// if there is none.
QString doseSentence(std::span<const LearningCurve> curves, DoseKind kind, double share);
/// "35 % of the EDS area is enough: every map is within 0.02 in r of the best." Where only all of it is, which maps need it.
QString enoughSentence(std::span<const LearningCurve> curves, DoseKind kind, double tolerance);

} // namespace dispersa
