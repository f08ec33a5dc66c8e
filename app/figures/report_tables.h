// SPDX-License-Identifier: GPL-3.0-or-later
// What was done in a run and where, as HTML tables of its report; what it is worth stands in account_tables.h.
#pragma once

#include "core/workflow/run_result.h"

#include <QString>

namespace dispersa {

/// Rows of "name, value": scans, crop, filter, preparation, targets, split, correction, recipe and its changes.
QString studyTable(const RunResult& run);
/// Device, precision, time, folder.
QString machineTable(const RunResult& run);

} // namespace dispersa
