// SPDX-License-Identifier: GPL-3.0-or-later
// Which scans a model saw while it was trained.
#pragma once

#include "core/workflow/opened_study.h"

#include <vector>

namespace dispersa {

/// Per opened scan: true if scores on it are of what was learned. `trainedNow`: by this run; else by the names and
/// fingerprints in the model's provenance.
std::vector<bool> inSampleScans(const OpenedStudy& opened, const Model& model, bool trainedNow);

} // namespace dispersa
