// SPDX-License-Identifier: GPL-3.0-or-later
// Maps of the inspected scan; see inspected_scan.h.
#include "app/pages/inspect/inspected_scan.h"

#include "app/document/study_document.h"

#include <algorithm>
#include <array>

namespace dispersa {

namespace {

/// The measured map over the crop; null if there is none or the grids differ.
MapPtr measuredOver(const OpenedScanPtr& opened, const std::string& quantity, const Region& crop)
{
    const MapPtr map = opened ? opened->map(quantity) : nullptr;
    if (!map || !crop.fitsInto(map->shape))
        return nullptr;
    return std::make_shared<const ElementMap>(cropped(*map, crop));
}

} // namespace

InspectedScan inspectedScan(const StudyDocument& document, const std::string& name)
{
    InspectedScan scan;
    scan.name = name;
    scan.opened = document.opened(name);
    scan.run = document.currentRun();
    scan.result = scan.run ? scan.run->scan(name) : nullptr;
    if (scan.result && scan.opened && scan.opened->diffraction && !(scan.opened->shape() == scan.result->scanShape))
        scan.result = nullptr; // the study now names another file
    if (scan.result)
        scan.crop = scan.result->crop;
    else if (const StudyScan* entry = document.study().scan(name); entry && scan.opened)
        scan.crop = document.study().cropOf(*entry, scan.opened->shape());
    return scan;
}

std::vector<std::string> InspectedScan::quantities() const
{
    std::vector<std::string> names;
    const auto add = [&names](const std::string& quantity) {
        if (std::find(names.begin(), names.end(), quantity) == names.end())
            names.push_back(quantity);
    };
    if (result)
        for (const QuantityMaps& maps : result->quantities)
            add(maps.quantity);
    if (opened)
        for (const MapPtr& map : opened->maps)
            add(map->quantity);
    // HAADF first: what differs there is what the page is for.
    const auto haadf = std::find(names.begin(), names.end(), "HAADF");
    if (haadf != names.end())
        std::rotate(names.begin(), haadf, haadf + 1);
    for (const MapPtr& map : virtualImages)
        add(map->quantity);
    return names;
}

MapPtr InspectedScan::map(const std::string& quantity, MapStage stage) const
{
    for (const MapPtr& image : virtualImages)
        if (image->quantity == quantity)
            return stage == MapStage::Measured ? image : nullptr;
    if (const QuantityMaps* maps = result ? result->quantity(quantity) : nullptr)
        if (const MapPtr map = stageMap(*maps, stage))
            return map;
    return stage == MapStage::Measured ? measuredOver(opened, quantity, crop) : nullptr;
}

std::vector<MapStage> InspectedScan::stages(const std::string& quantity) const
{
    std::vector<MapStage> found;
    for (const MapStage stage :
         {MapStage::Predicted, MapStage::Real, MapStage::Difference, MapStage::Corrected, MapStage::Measured})
        if (map(quantity, stage))
            found.push_back(stage);
    return found;
}

std::vector<RegionMaps> InspectedScan::regionMaps() const
{
    std::vector<RegionMaps> all;
    for (const std::string& quantity : quantities()) {
        RegionMaps maps{quantity, map(quantity, MapStage::Real), map(quantity, MapStage::Predicted)};
        if (!maps.real)
            maps.real = map(quantity, MapStage::Measured);
        if (maps.real || maps.predicted)
            all.push_back(std::move(maps));
    }
    return all;
}

} // namespace dispersa
