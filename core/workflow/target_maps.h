// SPDX-License-Identifier: GPL-3.0-or-later
// From measured maps to what a network learns and what it is compared with: filter, crop, normalise, scale.
#pragma once

#include "core/learn/split.h"
#include "core/workflow/opened_study.h"

#include <span>
#include <vector>

namespace dispersa {

/// HAADF to the scale a network learns: max(0, (h - low) / (high - low)).
struct HaadfScale {
    double low = 0;
    double high = 1;
    float toTarget(float h) const;
    float fromTarget(float t) const;
};

/// Filtered maps of one scan over its crop, one per target, null where the scan has none; in original units.
using TargetMaps = std::vector<MapPtr>;

/// Filters each target's whole map, cuts the crop, normalises if the study asks. `excluded` (crop-sized, may be empty):
/// non-zero pixels count as no data before filtering, so that what is held out cannot blur into what is trained on.
Result<TargetMaps> targetMaps(const OpenedStudy& opened, const OpenedScan& scan,
                              const std::vector<std::uint8_t>& excluded = {});

/// Which pixels of a training scan's crop have every target and a pattern.
SplitScan usablePixels(const OpenedStudy& opened, const OpenedScan& scan);

/// 0.1 % and 99.9 % quantiles (linear interpolation, as NumPy) of the finite `values`, of which there must be one.
HaadfScale haadfScaleOf(std::span<const float> values);

/// A map of a target in the scale the network learns (HAADF scaled, the rest as it is).
MapPtr inTargetScale(const MapPtr& map, const HaadfScale& haadf);

/// A warning if the sum of the composition targets is far from 1 although the network puts out a softmax.
std::optional<Warning> sumWarning(const OpenedStudy& opened, const std::string& scan, const TargetMaps& maps);

} // namespace dispersa
