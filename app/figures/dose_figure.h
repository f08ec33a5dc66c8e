// SPDX-License-Identifier: GPL-3.0-or-later
// A dose plan in a run's report: its curves and what they say.
#pragma once

#include "app/text/dose_text.h"
#include "core/workflow/dose_plan.h"
#include "core/workflow/run_result.h"
#include "widgets/share_plot.h"

#include <filesystem>

namespace dispersa {

/// The same curves for a plot.
std::vector<ShareCurve> shareCurves(const std::vector<LearningCurve>& curves);
/// "Share of EDS area (%)".
QString shareAxisText(DoseKind kind);
/// "Scored on scans that nothing was trained on."; of `scoredOn` in a plan.
QString doseScoredOnText(const DosePlan& plan);

/// "dose.json" in the run's folder: a plan that belongs to the run.
std::filesystem::path doseFile(const RunResult& run);
/// Sentences and curves of that plan as HTML; empty without one. Needs no widget.
QString doseSection(const RunResult& run);

} // namespace dispersa
