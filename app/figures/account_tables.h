// SPDX-License-Identifier: GPL-3.0-or-later
// What a run is worth, as HTML tables of its report: each empty where there is nothing to tell.
#pragma once

#include "core/workflow/run_result.h"

#include <QString>

namespace dispersa {

/// r by kind of split with all targets.
QString leakGapTable(const LeakGap& gap);
/// r and MAE of each target over the predicted scans.
QString summaryTable(const RunMetrics& metrics);
/// Per scan and target, and of the test part: r with its interval, ceiling, best baseline and skill, errors.
QString scoresTable(const RunMetrics& metrics);
/// r of every baseline; the best of them in bold. Scans that were trained on are left out: their baselines know the answer.
QString baselinesTable(const RunMetrics& metrics);
/// How far neighbours are alike, how many independent samples that leaves, and what the intervals of pixels hold.
QString confidenceTable(const RunMetrics& metrics);
/// Before and after the correction.
QString correctionTable(const RunMetrics& metrics);

} // namespace dispersa
