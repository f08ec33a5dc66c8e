// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/exported_maps.h"

#include "core/prepare/map_filter.h"

namespace dispersa {

namespace {

/// A width in the scale of the target, in original units.
MapPtr widthInOriginalUnits(const MapPtr& map, const ModelDescription& description)
{
    if (!map || map->quantity != "HAADF")
        return map;
    auto original = std::make_shared<ElementMap>(*map);
    for (float& value : original->values)
        value *= float(description.haadfHigh - description.haadfLow);
    return original;
}

MapPtr inOriginalUnits(const MapPtr& map, const ModelDescription& description)
{
    if (!map || map->quantity != "HAADF")
        return map;
    const HaadfScale scale{description.haadfLow, description.haadfHigh};
    auto original = std::make_shared<ElementMap>(*map);
    for (float& value : original->values)
        value = scale.fromTarget(value);
    return original;
}

} // namespace

Result<ScanResult> exportedMaps(const OpenedStudy& opened, const ScanPrediction& prediction, const Model& model)
{
    const OpenedScan& scan = *prediction.scan;
    ScanResult result;
    result.name = scan.entry.name;
    result.role = scan.entry.role;
    result.scanShape = scan.shape();
    result.crop = prediction.crop;
    // Filtered, but not scaled: what `real` shows is in the units of the file.
    auto real = targetMaps(opened, scan);
    if (!real)
        return fail(real.error());
    for (std::size_t t = 0; t < opened.targets.size(); ++t) {
        QuantityMaps maps;
        maps.quantity = opened.targets[t];
        if (const MapPtr measured = scan.map(maps.quantity))
            maps.measured = std::make_shared<const ElementMap>(cropped(*measured, prediction.crop));
        maps.real = (*real)[t];
        maps.predicted = inOriginalUnits(prediction.predicted[t], model.description());
        if (!prediction.corrected.empty())
            maps.corrected = inOriginalUnits(prediction.corrected[t], model.description());
        if (!prediction.sigma.empty())
            maps.sigma = widthInOriginalUnits(prediction.sigma[t], model.description());
        if (!prediction.halfWidth.empty())
            maps.interval = widthInOriginalUnits(prediction.halfWidth[t], model.description());
        result.quantities.push_back(std::move(maps));
    }
    result.novelty = prediction.novelty;
    for (const MapPtr& map : scan.maps) {
        if (result.quantity(map->quantity))
            continue;
        auto smooth = filtered(*map, opened.study.mapFilter);
        if (!smooth)
            return fail(smooth.error());
        QuantityMaps maps;
        maps.quantity = map->quantity;
        maps.measured = std::make_shared<const ElementMap>(cropped(*map, prediction.crop));
        maps.real = std::make_shared<const ElementMap>(cropped(*smooth, prediction.crop));
        result.quantities.push_back(std::move(maps));
    }
    return result;
}

} // namespace dispersa
