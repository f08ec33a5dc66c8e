// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/open_scan.h"

#include "core/data/scan_shape_candidates.h"
#include "core/io/format.h"
#include "core/io/map_naming.h"
#include "core/workflow/map_alignment.h"

#include <algorithm>

namespace dispersa {
namespace {

bool isComposition(const ElementMap& map) { return isElementSymbol(map.quantity); }

Warning warningAbout(const StudyScan& scan, std::string code, std::string message, std::filesystem::path file = {})
{
    return {std::move(code), std::move(message), std::move(file), scan.name};
}

void warnAboutValues(const StudyScan& scan, const ElementMap& map, std::vector<Warning>& warnings)
{
    const std::string subject = "The map of " + map.quantity + " ('" + map.source.filename().string() + "')";
    const auto invalid = std::count_if(map.values.begin(), map.values.end(), [](float v) { return !ElementMap::isData(v); });
    const auto range = validRange(map);
    if (!range)
        warnings.push_back(warningAbout(scan, "map_without_data", subject + " has no valid pixel.", map.source));
    else if (range->low == range->high)
        warnings.push_back(warningAbout(
            scan, "constant_map", subject + " has one value everywhere; correlations with it are undefined.", map.source));
    else if (invalid > 0)
        warnings.push_back(warningAbout(scan, "invalid_pixels",
                                        subject + " has " + std::to_string(invalid) +
                                            " pixels without a number (NaN or infinite); they are left out.",
                                        map.source));
}

/// Gives every map its unit and turns composition into fractions. Units the study states win over the inferred one.
void settleUnits(const StudyScan& scan, std::vector<ElementMap>& maps, std::vector<Warning>& warnings)
{
    std::vector<ElementMap> composition;
    std::vector<std::size_t> places;
    std::vector<std::string> hints;
    for (std::size_t i = 0; i < maps.size(); ++i) {
        if (!isComposition(maps[i])) {
            maps[i].unit = scan.maps[i].unit.value_or(MapUnit::Arbitrary);
            continue;
        }
        const auto naming = mapNaming(scan.maps[i].path);
        hints.push_back(naming && naming->hint ? *naming->hint : std::string());
        places.push_back(i);
        composition.push_back(maps[i]);
    }
    if (composition.empty())
        return;
    const auto inferred = inferCompositionUnit(composition, hints);
    bool usedInference = false;
    for (std::size_t k = 0; k < composition.size(); ++k) {
        const auto stated = scan.maps[places[k]].unit;
        composition[k].unit = stated.value_or(inferred.unit);
        usedInference = usedInference || !stated;
    }
    if (usedInference && inferred.warning) {
        warnings.push_back(*inferred.warning);
        warnings.back().scan = scan.name;
    }
    convertToFraction(composition);
    for (std::size_t k = 0; k < composition.size(); ++k)
        maps[places[k]] = std::move(composition[k]);
}

/// Rows and columns as scanned of a flat stack whose frames make the grid of a map.
std::optional<ScanShape> companionShape(const DiffractionSource& source, ScanShape map)
{
    const auto info = inspectFile(source.path);
    if (!info)
        return std::nullopt;
    for (const FileItem& item : info->items) {
        if (item.kind != ItemKind::Stack || item.shape.size() != 3)
            continue;
        const auto candidates =
            scanShapeCandidates(item.shape.front(), source.order, {{map, ShapeSource::Companion}});
        if (!candidates.empty() && candidates.front().source == ShapeSource::Companion)
            return candidates.front().acquired;
    }
    return std::nullopt;
}

} // namespace

ScanShape OpenedScan::shape() const
{
    if (diffraction)
        return diffraction->scanShape();
    return maps.empty() ? ScanShape{} : maps.front()->shape;
}

MapPtr OpenedScan::map(const std::string& quantity) const
{
    for (const MapPtr& candidate : maps)
        if (candidate->quantity == quantity)
            return candidate;
    return nullptr;
}

Result<OpenedScanPtr> openScan(const StudyScan& scan, const Calibration& studyCalibration)
{
    auto opened = std::make_shared<OpenedScan>();
    opened->entry = scan;
    std::vector<ElementMap> maps;
    for (const MapSource& source : scan.maps) {
        auto map = readMap(source.path, source.dataset);
        if (!map)
            return fail(map.error());
        map->quantity = source.quantity;
        map->source = source.path;
        maps.push_back(std::move(*map));
    }
    if (scan.diffraction) {
        const DiffractionSource& source = *scan.diffraction;
        auto shape = source.scanShape;
        // A flat stack does not tell its grid; a map of as many pixels does.
        if (!shape && !maps.empty() && !scan.mapFromScan)
            shape = companionShape(source, maps.front().shape);
        auto diffraction = openDiffraction(source.path, source.dataset, shape, source.order);
        if (!diffraction)
            return fail(diffraction.error());
        opened->diffraction = *diffraction;
        opened->calibration = opened->diffraction->calibration();
        if (const auto info = inspectFile(source.path))
            for (Warning warning : info->warnings) {
                warning.scan = scan.name;
                opened->warnings.push_back(std::move(warning));
            }
        const std::int64_t missing = opened->diffraction->scanShape().count() - opened->diffraction->availablePatterns();
        if (missing > 0)
            opened->warnings.push_back(warningAbout(
                scan, "patterns_missing",
                "The scan stopped early: " + std::to_string(missing) + " of " +
                    std::to_string(opened->diffraction->scanShape().count()) + " patterns are missing and are left out.",
                source.path));
    }
    settleUnits(scan, maps, opened->warnings);
    const ScanShape grid = opened->diffraction ? opened->diffraction->scanShape()
                           : maps.empty()        ? ScanShape{}
                                                 : maps.front().shape;
    for (ElementMap& map : maps) {
        warnAboutValues(scan, map, opened->warnings);
        if (scan.mapFromScan && opened->diffraction)
            map = alignedMap(map, grid, *scan.mapFromScan);
        else if (map.shape != grid && !opened->obstacle)
            opened->obstacle =
                Error{ErrorCode::ShapeMismatch,
                      "Scan '" + scan.name + "': the map of " + map.quantity + " is " + toText(map.shape) +
                          " pixels but the diffraction scan has " + toText(grid) +
                          " probe positions. Choose the map of this scan, or state how they lie on each other "
                          "(map_from_scan).",
                      map.source,
                      {scan.name, map.quantity, toText(map.shape), toText(grid)}};
    }
    // The maps' step counts once they lie on the grid of the scan.
    for (const ElementMap& map : maps)
        if (!opened->calibration.scanStep_nm && map.scanStep_nm)
            opened->calibration.scanStep_nm = map.scanStep_nm;
    opened->calibration = opened->calibration.overriddenBy(studyCalibration);
    for (ElementMap& map : maps) {
        map.scanStep_nm = opened->calibration.scanStep_nm ? opened->calibration.scanStep_nm : map.scanStep_nm;
        opened->maps.push_back(std::make_shared<const ElementMap>(std::move(map)));
    }
    return OpenedScanPtr(std::move(opened));
}

} // namespace dispersa
