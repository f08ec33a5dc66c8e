// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_options.h"

#include "core/learn/recipe.h"
#include "core/workflow/opened_study.h"

namespace dispersa {

namespace fs = std::filesystem;

Study effectiveStudy(Study study, const RunOptions& options)
{
    for (const auto& [key, value] : options.changes)
        study.recipe.changes[key] = value;
    if (options.startFrom)
        study.recipe.startFrom = fs::absolute(*options.startFrom).lexically_normal();
    if (options.seed)
        study.split.seed = *options.seed;
    return study;
}

TrainOptions trainOptions(const OpenedStudy& opened, const RunOptions& options)
{
    TrainOptions train;
    // The study was checked when it was opened, so its changes fit the recipe.
    static_cast<TrainingSettings&>(train) = trainingSettings(opened.study.recipe).value();
    train.startFrom = opened.startFrom;
    train.seed = opened.study.split.seed;
    train.device = options.device;
    train.precision = options.precision;
    train.threads = options.threads;
    return train;
}

} // namespace dispersa
