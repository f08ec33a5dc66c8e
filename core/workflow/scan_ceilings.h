// SPDX-License-Identifier: GPL-3.0-or-later
// What a perfect prediction of a scan could score against its noisy maps.
#pragma once

#include "core/assess/noise_ceiling.h"
#include "core/workflow/scan_prediction.h"

#include <optional>
#include <vector>

namespace dispersa {

/// Per target over the crop of the prediction, nothing where the scan has no map. From the counts themselves where every
/// element's map holds counts on the scan's own grid, else estimated from what the study's filter takes away.
std::vector<std::optional<NoiseCeiling>> noiseCeilings(const OpenedStudy& opened, const ScanPrediction& prediction);

} // namespace dispersa
