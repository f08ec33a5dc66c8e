// SPDX-License-Identifier: GPL-3.0-or-later
// What the kind of split does to a run's scores.
#pragma once

#include "core/assess/account.h"
#include "core/workflow/held_out.h"

#include <vector>

namespace dispersa {

/// Scores under a random split, under blocks and on scans that were not trained on: of the run's recipe (the other splits
/// are trained for where that takes seconds, or account.leakGap asks for it) and of position alone. `test` are the run's own
/// held-out maps. `data` is left with another split. Errors: those of training, but for splits that a crop is too small for.
Result<LeakGap> leakGap(const Retraining& retraining, TrainingData& data, const HeldOutMaps& test,
                        const std::vector<ScanPrediction>& predictions);

/// r per target of what the training pixels of all other scans predict at the same place, its mean over the training scans:
/// high where they show the same area.
std::vector<std::optional<double>> positionAcrossScans(const TrainingData& data);

} // namespace dispersa
