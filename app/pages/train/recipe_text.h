// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train page calls recipes, splits and devices, and what it says of them.
#pragma once

#include "core/data/study.h"
#include "core/learn/recipe.h"

#include <QString>

namespace dispersa {

/// "Paper", "Paper + HAADF", "Quick"; an unknown recipe keeps its name.
QString recipeTitle(const std::string& name);
/// True for recipes of regressions on ring profiles instead of a network on patterns.
bool usesProfiles(const std::string& recipe);
/// Epochs of a network at most, or regressions that a recipe of profiles fits; 0 for an unknown recipe.
int plannedSteps(const RecipeChoice& choice);
/// True if the setting changes what such a recipe, or one of a network, does.
bool concerns(const TrainingOption& option, bool profiles);
/// One sentence on what the recipe does.
QString recipeSummary(const Recipe& recipe);
/// "Random pixels", "Blocks", "Whole scans".
QString splitTitle(SplitKind kind);
/// What the split is worth, in a sentence or two.
QString splitHelp(SplitKind kind);
/// The split's words in the study file, shown as a title; an unknown word keeps its name.
QString splitTitle(const std::string& word);

/// "Straight line (the paper's)", "Rising curve (isotonic)".
QString correctionTitle(CorrectionKind kind);

/// Targets in the order of the network's outputs: HAADF last, and only if the recipe has it.
std::vector<std::string> effectiveTargets(const Study& study, const Recipe& recipe);

} // namespace dispersa
