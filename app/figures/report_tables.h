// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a run's report, as HTML.
#pragma once

#include "core/workflow/run_result.h"

#include <QString>

namespace dispersa {

/// Rows of "name, value": scans, crop, filter, preparation, targets, split, correction, recipe and its changes.
QString studyTable(const RunResult& run);
/// Device, precision, time, folder.
QString machineTable(const RunResult& run);
/// r and MAE of each target over the predicted scans; empty without any.
QString summaryTable(const RunMetrics& metrics);
/// Per scan and target, and of the test part: r with its interval, ceiling, baselines, skill; empty without scores.
QString scoresTable(const RunMetrics& metrics);
/// r by kind of split with all targets; empty where nothing was trained.
QString leakGapTable(const LeakGap& gap);

} // namespace dispersa
