// SPDX-License-Identifier: GPL-3.0-or-later
// What preparing a scan's patterns found, as sentences for the run.
#pragma once

#include "core/base/error.h"
#include "core/prepare/prepared_patterns.h"

#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// `trainingDose_counts`: what the model was trained at, where it knows. Codes: detector_saturated, bad_pixels_repaired,
/// dose_unknown, dose_differs (by a quarter or more), descan_fitted, descan_uncertain (a third of the patterns or more lies
/// off the surface).
std::vector<Warning> preparationNotes(const std::string& scan, const PreparationReport& report,
                                      std::optional<double> trainingDose_counts = {});

} // namespace dispersa
