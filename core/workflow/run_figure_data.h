// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers behind a run's figures, as figure_data.h5, so that any program can draw them again.
#pragma once

#include "core/base/error.h"
#include "core/workflow/run_result.h"
#include "core/workflow/run_scores.h"

namespace dispersa {

/// Groups: /history (epoch, loss, val_loss), /scatter/<target> (real, predicted; test part), /scans/<scan>/<quantity>
/// (measured, real, predicted, corrected; [y, x]), /correlation/<scan> (real, predicted, cross; NaN where undefined).
/// `pairs` may be null. Error: WriteFailed.
Result<void> writeRunFigureData(const RunResult& run, const std::vector<std::string>& targets, const TestPairs* pairs);

} // namespace dispersa
