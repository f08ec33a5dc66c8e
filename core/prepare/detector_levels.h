// SPDX-License-Identifier: GPL-3.0-or-later
// What one count of a scan is worth: the detector's offset and the dose, which belong to the whole scan.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/prepare/preparation_plan.h"

#include <stop_token>

namespace dispersa {

struct DetectorLevels {
    double offset = 0; ///< counts of a pixel that nothing is scattered to: mean of the detector's corners
    /// Counts of a whole pattern with its direct beam, less the offset: mean over patterns. A hot pixel counts no more than
    /// the brightest of the beam; what leaves the detector is missing. 0 where there is no pattern with counts.
    double dose_counts = 0;
    /// Mean share of a pattern's counts that lie in pixels at the detector's ceiling; then the dose is more than it seems. A
    /// single such pixel does not count: it may be hot, and is cut down to the next.
    double saturatedShare = 0;
    /// Less than half of the counts are at the ceiling.
    bool knowsDose() const;
    bool operator==(const DetectorLevels&) const = default;
};

/// From up to 1024 patterns on a grid over the whole scan, without those that are empty, with `plan`'s bad pixels repaired
/// and beams where it finds them. Uses all cores; stage "examine". Errors: OutOfMemory, Cancelled, those of reading.
Result<DetectorLevels> detectorLevels(const DiffractionScan& scan, const PreparationPlan& plan,
                                      const ProgressSink& progress, std::stop_token stop);

} // namespace dispersa
