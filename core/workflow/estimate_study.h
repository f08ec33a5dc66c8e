// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of a study will cost, before its patterns are prepared.
#pragma once

#include "core/learn/training_estimate.h"
#include "core/workflow/run_study.h"

#include <stop_token>

namespace dispersa {

/// Opens the study and tries its network for about a second: see estimateTraining(). The split is counted by its fractions.
/// Errors: those that stand in the way of the run; InvalidArgument for a study that trains nothing; Cancelled.
Result<TrainingEstimate> estimateStudy(const Study& study, const RunOptions& options, std::stop_token stop);

} // namespace dispersa
