// SPDX-License-Identifier: GPL-3.0-or-later
// How far apart pixels share no measurement.
#pragma once

#include "core/workflow/open_scan.h"

#include <span>

namespace dispersa {

/// What the width of the guard around held-out blocks is made of; see guardByRule().
struct GuardRule {
    int filterRadius_px = 0;
    int contextRadius_px = 0; ///< of the probe neighbourhoods that the recipe reads
    int probe_px = 0;         ///< scan steps over which probes overlap
    int resampling_px = 0;    ///< over which scan pixels are interpolated from the same pixels of a coarser or shifted map
    int total() const;
};

/// For the study's filter and recipe, and the widest of the `training` scans' probes and resamplings, each with its entry of
/// the study.
GuardRule guardRule(const Study& study, std::span<const OpenedScanPtr> training);

} // namespace dispersa
