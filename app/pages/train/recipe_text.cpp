// SPDX-License-Identifier: GPL-3.0-or-later
// Words of the Train page; see recipe_text.h.
#include "app/pages/train/recipe_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace dispersa {

namespace {
QString text(const char* source)
{
    return QCoreApplication::translate("RecipeText", source);
}
} // namespace

QString recipeTitle(const std::string& name)
{
    if (name == "paper")
        return text("Paper");
    if (name == "paper-haadf")
        return text("Paper + HAADF");
    if (name == "quick")
        return text("Quick");
    if (name == "radial")
        return text("Radial");
    if (name == "combined")
        return text("Combined");
    if (name == "polar")
        return text("Polar");
    return QString::fromStdString(name);
}

bool usesProfiles(const std::string& recipe)
{
    const auto known = recipeNamed(recipe);
    return known && known->profile;
}

int plannedSteps(const RecipeChoice& choice)
{
    const auto recipe = recipeNamed(choice.name);
    const auto settings = trainingSettings(choice);
    if (!recipe || !settings)
        return 0;
    if (!recipe->profile)
        return settings->epochs;
    int steps = 0;
    for (const RegressorOptions& regressor : withRegressor(*recipe->profile, settings->regressor).regressors)
        steps += regressor.kind == RegressorKind::Ridge || regressor.kind == RegressorKind::Kernel
                     ? 1 // nothing in them is random
                     : settings->members;
    return steps;
}

bool concerns(const TrainingOption& option, bool profiles)
{
    return profiles ? option.forProfiles : option.forNetworks;
}

QString recipeSummary(const Recipe& recipe)
{
    if (recipe.name == "paper")
        return text("The network and the settings of Kumar & Rakita 2025; element fractions sum to one.");
    if (recipe.name == "paper-haadf")
        return text("The paper's network with HAADF as one more output, without the sum of one.");
    if (recipe.name == "quick")
        return text("The paper's layers with square-root scaling, a masked direct beam and a faster rate: "
                    "learns in minutes.");
    if (recipe.name == "radial")
        return text("Radial profiles of neighbouring probes about the direct beam, without Bragg spots, into three "
                    "regressions: transfers to other scans and trains in seconds.");
    if (recipe.name == "combined")
        return text("The mean of the radial recipe over two sizes of neighbourhoods: transfers best to other scans, trains "
                    "in less than a minute.");
    if (recipe.name == "polar")
        return text("A small convolution network on the rings and sectors about the direct beam, whatever way a pattern is "
                    "turned: trains in less than a minute.");
    return QString::fromStdString(recipe.summary);
}

QString splitTitle(SplitKind kind)
{
    switch (kind) {
    case SplitKind::Random:
        return text("Random pixels (leaky)");
    case SplitKind::Blocks:
        return text("Blocks with a guard");
    case SplitKind::Scans:
        return text("Whole scans");
    case SplitKind::LeaveOneOut:
        return text("Leave one scan out");
    }
    return {};
}

QString splitTitle(const std::string& word)
{
    for (const SplitKind kind : {SplitKind::Random, SplitKind::Blocks, SplitKind::Scans, SplitKind::LeaveOneOut})
        if (word == splitKindName(kind))
            return splitTitle(kind);
    return QString::fromStdString(word);
}

QString splitHelp(SplitKind kind)
{
    switch (kind) {
    case SplitKind::Random:
        return text(
            "The paper's split. Leaky: neighbours share pixels after the filter, so scores of the test part are "
            "too good. Scores of other scans are not touched by this.");
    case SplitKind::Blocks:
        return text(
            "Squares of the map are held out with an unused margin around them, so that no filtered pixel is shared.");
    case SplitKind::Scans:
        return text("The last training scan is the test part. Needs two training scans.");
    case SplitKind::LeaveOneOut:
        return text("Each training scan is predicted by a model that did not see it; the model that is kept learns from all. "
                    "Trains once more per scan.");
    }
    return {};
}

QString correctionTitle(CorrectionKind kind)
{
    switch (kind) {
    case CorrectionKind::None:
        return text("None");
    case CorrectionKind::Linear:
        return text("Straight line (the paper's)");
    case CorrectionKind::Polynomial:
        return text("Polynomial");
    case CorrectionKind::Isotonic:
        return text("Rising curve (isotonic)");
    case CorrectionKind::Quantile:
        return text("Matched distributions (quantiles)");
    }
    return {};
}

std::vector<std::string> effectiveTargets(const Study& study, const Recipe& recipe)
{
    std::vector<std::string> targets = study.targets;
    const auto haadf = std::remove(targets.begin(), targets.end(), std::string("HAADF"));
    targets.erase(haadf, targets.end());
    if (recipe.haadfIsTarget)
        targets.push_back("HAADF");
    return targets;
}

} // namespace dispersa
