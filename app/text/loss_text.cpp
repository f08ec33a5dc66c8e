// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/loss_text.h"

#include "core/learn/recipe.h"

#include <QCoreApplication>

namespace dispersa {

namespace {
QString text(const char* source)
{
    return QCoreApplication::translate("LossText", source);
}
} // namespace

QString lossText(const RecipeChoice& recipe)
{
    if (const auto known = recipeNamed(recipe.name); known && known->profile)
        return text("MAE"); // whatever each regression makes small
    switch (trainingSettings(recipe).value_or(TrainingSettings()).loss) {
    case LossKind::MeanAbsolute:
        return text("MAE");
    case LossKind::MeanSquared:
        return text("MSE");
    case LossKind::Huber:
        return text("Huber");
    case LossKind::CrossEntropy:
        return text("cross-entropy");
    }
    return {};
}

QString stepAxisText(const RecipeChoice& recipe)
{
    const auto known = recipeNamed(recipe.name);
    return known && known->profile ? text("Regressions fitted") : text("Epoch");
}

QString lossAxisText(const RecipeChoice& recipe)
{
    return text("Loss (%1)").arg(lossText(recipe));
}

} // namespace dispersa
