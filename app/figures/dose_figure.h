// SPDX-License-Identifier: GPL-3.0-or-later
// A dose plan in a run's report: its curves and what they say.
#pragma once

#include "app/text/dose_text.h"
#include "core/assess/dose_result.h"
#include "core/workflow/run_result.h"
#include "widgets/share_plot.h"

namespace dispersa {

/// The same curves for a plot.
std::vector<ShareCurve> shareCurves(const std::vector<LearningCurve>& curves);
/// "Share of EDS area (%)".
QString shareAxisText(DoseKind kind);
/// "Scored on scans that nothing was trained on."; of `scoredOn` in a plan.
QString doseScoredOnText(const DosePlan& plan);

/// Sentences and curves of the run's plan as HTML; empty without one. Needs no widget.
QString doseSection(const RunResult& run);

} // namespace dispersa
