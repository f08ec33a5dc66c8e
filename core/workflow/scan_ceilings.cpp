// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/scan_ceilings.h"

#include "core/prepare/map_filter.h"

#include <algorithm>

namespace dispersa {

std::vector<std::optional<NoiseCeiling>> noiseCeilings(const OpenedStudy& opened, const ScanPrediction& prediction)
{
    NoiseCeilingOptions options;
    options.region = prediction.crop;
    options.fractions = opened.study.normalise == Normalise::Sum;
    const CeilingFilter filter = [&](const ElementMap& map) {
        auto smooth = filtered(map, opened.study.mapFilter);
        return smooth ? std::move(*smooth) : map;
    };
    std::vector<std::optional<NoiseCeiling>> ceilings(opened.targets.size());
    std::vector<std::size_t> elements;
    std::vector<MapPtr> counts;
    bool allCounts = true;
    for (std::size_t t = 0; t < opened.targets.size(); ++t) {
        if (!isElementSymbol(opened.targets[t]))
            continue;
        const MapPtr map = prediction.scan->map(opened.targets[t]);
        allCounts = allCounts && map && map->unit == MapUnit::Counts;
        elements.push_back(t);
        counts.push_back(map);
    }
    if (allCounts) {
        const auto measured = noiseCeilingsFromCounts(counts, {}, filter, options);
        for (std::size_t e = 0; e < elements.size(); ++e)
            if (measured[e].r.reason != "not_counts") // interpolated counts are whole no more
                ceilings[elements[e]] = measured[e];
    }
    for (std::size_t t = 0; t < ceilings.size(); ++t)
        if (const MapPtr map = prediction.scan->map(opened.targets[t]); map && !ceilings[t])
            ceilings[t] = noiseCeilingEstimate(*map, filter, options);
    return ceilings;
}

} // namespace dispersa
