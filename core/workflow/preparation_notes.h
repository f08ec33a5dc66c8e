// SPDX-License-Identifier: GPL-3.0-or-later
// What preparing a scan's patterns found, as sentences for the run.
#pragma once

#include "core/base/error.h"
#include "core/prepare/prepared_patterns.h"

#include <string>
#include <vector>

namespace dispersa {

/// Codes: detector_saturated, bad_pixels_repaired, descan_fitted, descan_uncertain (a third of the patterns or more lies
/// off the surface).
std::vector<Warning> preparationNotes(const std::string& scan, const PreparationReport& report);

} // namespace dispersa
