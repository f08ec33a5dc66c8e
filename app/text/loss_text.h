// SPDX-License-Identifier: GPL-3.0-or-later
// Which loss a curve shows.
#pragma once

#include "core/data/study.h"

#include <QString>

namespace dispersa {

/// "MAE", "MSE", "Huber", "cross-entropy": the loss that the recipe, as the study changed it, makes small.
QString lossText(const RecipeChoice& recipe);
/// "Loss (MAE)"
QString lossAxisText(const RecipeChoice& recipe);
/// "Epoch"; of recipes that fit one regression after the other, "Regressions fitted".
QString stepAxisText(const RecipeChoice& recipe);

} // namespace dispersa
