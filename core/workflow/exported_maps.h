// SPDX-License-Identifier: GPL-3.0-or-later
// The maps of a scan as a run keeps and exports them: in the units of its files.
#pragma once

#include "core/workflow/run_result.h"
#include "core/workflow/scan_prediction.h"

namespace dispersa {

/// Targets first, then the other maps of the scan, measured and filtered. Errors: those of filtered().
Result<ScanResult> exportedMaps(const OpenedStudy& opened, const ScanPrediction& prediction, const Model& model);

} // namespace dispersa
