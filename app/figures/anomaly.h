// SPDX-License-Identifier: GPL-3.0-or-later
// The place of a scan where prediction and measurement disagree most: what figure 8 circles.
#pragma once

#include "core/workflow/run_result.h"

#include <optional>
#include <string>

namespace dispersa {

struct Anomaly {
    std::string quantity; ///< HAADF if it was predicted, else the target that disagrees most
    ScanPoint place = {}; ///< in the crop
    double radius_px = 3;
    double deviation = 0; ///< of predicted - real there, in its standard deviations over the crop
};

/// Largest mean of (predicted - real) over 3 x 3 pixels, in units of its spread over the crop; for HAADF only where the
/// prediction is brighter, as a crystalline grain makes it. nullopt without a pair of maps.
std::optional<Anomaly> findAnomaly(const ScanResult& scan);

/// Mean pattern of the circle, from the scan's own file. nullopt when it cannot be read (moved, or a scan without one).
struct CirclePattern {
    PatternShape shape = {};
    std::vector<float> mean = {};
    std::optional<double> qPixel_invA = {};
    int patterns = 0;
};
std::optional<CirclePattern> circlePattern(const RunResult& run, const ScanResult& scan, const Anomaly& anomaly);

} // namespace dispersa
