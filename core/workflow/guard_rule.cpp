// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/guard_rule.h"

#include "core/learn/recipe.h"
#include "core/learn/split.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

/// Bilinear interpolation takes a value from two map pixels in each direction: what lies two of them apart shares none.
int resamplingReach_px(const MapFromScan& map)
{
    const bool copied = map.scale == 1 && map.dy == std::floor(map.dy) && map.dx == std::floor(map.dx);
    return copied || !(map.scale > 0) ? 0 : int(std::min(std::ceil(2 / map.scale) - 1, 1000.0));
}

} // namespace

int GuardRule::total() const
{
    return guardByRule(filterRadius_px, contextRadius_px, probe_px) + resampling_px;
}

GuardRule guardRule(const Study& study, std::span<const OpenedScanPtr> training)
{
    GuardRule rule;
    rule.filterRadius_px = study.mapFilter.radius();
    if (const auto recipe = recipeNamed(study.recipe.name); recipe && recipe->profile)
        rule.contextRadius_px = recipe->profile->contextRadius_px();
    for (const OpenedScanPtr& scan : training) {
        rule.probe_px = std::max(rule.probe_px, probeOverlap_px(scan->calibration));
        if (scan->entry.mapFromScan)
            rule.resampling_px = std::max(rule.resampling_px, resamplingReach_px(*scan->entry.mapFromScan));
    }
    return rule;
}

} // namespace dispersa
