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

QString lossAxisText(const RecipeChoice& recipe)
{
    return text("Loss (%1)").arg(lossText(recipe));
}

} // namespace dispersa
