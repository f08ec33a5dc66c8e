// SPDX-License-Identifier: GPL-3.0-or-later
// What preparing the patterns of a scan found in them.
#pragma once

#include "core/data/diffraction_scan.h"
#include "core/prepare/detector_levels.h"
#include "core/prepare/preparation_plan.h"
#include "core/prepare/saturation.h"

#include <cstdint>
#include <optional>

namespace dispersa {

/// What preparing found in one selection.
struct PreparationReport {
    std::int64_t hotPixels = 0; ///< repaired
    std::int64_t deadPixels = 0;
    std::optional<Saturation> saturation = {}; ///< over the selection, without the repaired pixels
    std::int64_t descanSamples = 0;            ///< patterns whose beam was fitted; 0: no fit
    std::int64_t descanOutliers = 0;
    double descanResidual_px = 0; ///< median distance from the fit
    std::optional<DetectorLevels> levels = {}; ///< where counts are compared per dose
    bool operator==(const PreparationReport&) const = default;
};

/// What `plan` found before and `saturation` while reading.
PreparationReport reportOf(const PreparationPlan& plan, const SaturationCounter& saturation, ElementType type);

} // namespace dispersa
