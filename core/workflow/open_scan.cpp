// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/open_scan.h"

#include "core/base/os_file.h"
#include "core/data/scan_shape_candidates.h"
#include "core/data/signed_scan.h"
#include "core/io/format.h"
#include "core/io/map_naming.h"
#include "core/io/study_file.h"
#include "core/prepare/value_check.h"
#include "core/workflow/map_alignment.h"

#include <algorithm>
#include <new>

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
    LostSigns signs;
    for (const float value : map.values)
        signs.add(value);
    if (signs.count() > 0)
        warnings.push_back(warningAbout(
            scan, "wrapped_sign",
            subject + " has values just below 65536 and none between them and 32768, as if negative numbers had lost "
                      "their sign. If so, give \"int16\" as its dataset (MRC), or export it with the sign.",
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
    const auto frames = flatFrames(*info, source.dataset);
    if (!frames || source.order.swapAxes) // with swapped axes the frames are detector pixels
        return std::nullopt;
    const auto candidates = scanShapeCandidates(*frames, source.order, {{map, ShapeSource::Companion}});
    if (!candidates.empty() && candidates.front().source == ShapeSource::Companion)
        return candidates.front().acquired;
    return std::nullopt;
}

/// Names, sizes and times of the files that belong to `file` by their names: frames behind a master file, tables of
/// positions, headers.
std::string companionState(const std::filesystem::path& file)
{
    std::string base = file.stem().string();
    if (const auto last = base.rfind('_'); last != base.npos && last > 0)
        base.resize(last);
    std::vector<std::string> states;
    std::error_code code;
    for (std::filesystem::directory_iterator entry(file.parent_path(), code), end; !code && entry != end;
         entry.increment(code)) {
        const std::string name = entry->path().filename().string();
        std::error_code ignored;
        if (!name.starts_with(base) || !entry->is_regular_file(ignored))
            continue;
        states.push_back(name + ":" + std::to_string(entry->file_size(ignored)) + ":" +
                         std::to_string(entry->last_write_time(ignored).time_since_epoch().count()));
    }
    std::sort(states.begin(), states.end());
    std::string all;
    for (const std::string& state : states)
        all += state + "|";
    return all;
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

std::string patternIdentity(const OpenedScan& scan)
{
    if (!scan.diffraction || !scan.entry.diffraction)
        return {};
    const auto hash = fingerprint(scan.diffraction->file());
    if (!hash)
        return {};
    const std::string beside = companionState(scan.diffraction->file());
    // As the study writes it: dataset, grid and order of frames, and whatever more the format comes to say.
    Study study;
    StudyScan only;
    only.name = "scan";
    only.diffraction = scan.entry.diffraction;
    study.scans.push_back(std::move(only));
    return *hash + " " + beside + " " + studyToJson(study, "/");
}

Result<OpenedScanPtr> openScan(const StudyScan& scan, const Calibration& studyCalibration)
try {
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
        if (!shape && !maps.empty())
            shape = companionShape(source, maps.front().shape);
        auto diffraction = openDiffraction(source.path, source.dataset, shape, source.order);
        if (!diffraction)
            return fail(diffraction.error());
        if (source.isSigned)
            diffraction = withSign(std::move(*diffraction));
        if (!diffraction)
            return fail(diffraction.error());
        // With swapped axes one pattern is as dear as the whole file.
        if (!source.order.swapAxes) {
            const auto values = checkValues(**diffraction);
            if (!values)
                return fail(values.error());
            for (Warning warning : valueWarnings(*values, **diffraction)) {
                warning.scan = scan.name;
                opened->warnings.push_back(std::move(warning));
            }
        }
        opened->diffraction = *diffraction;
        opened->calibration = opened->diffraction->calibration();
        if (const auto info = inspectFile(source.path))
            for (Warning warning : info->warnings) {
                warning.scan = scan.name;
                opened->warnings.push_back(std::move(warning));
            }
        // A file that ends early says so itself; a grid with more positions than frames is the study's doing.
        const bool told = std::any_of(opened->warnings.begin(), opened->warnings.end(), [](const Warning& warning) {
            return warning.code == "file_truncated" || warning.code == "patterns_missing";
        });
        const std::int64_t missing = opened->diffraction->scanShape().count() - opened->diffraction->availablePatterns();
        if (missing > 0 && (!told || source.order.partial))
            opened->warnings.push_back(warningAbout(
                scan, "patterns_missing",
                std::to_string(missing) + " of " + std::to_string(opened->diffraction->scanShape().count()) +
                    " patterns are missing, as the scan stopped early or skipped positions; they are left out.",
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
                          " probe positions. Align the maps with the scan, or choose the map of this scan.",
                      map.source,
                      {toText(map.shape), toText(grid), scan.name, map.quantity, "map_from_scan"}};
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
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "There is not enough memory to open scan '" + scan.name + "'.", {}, {scan.name});
}

} // namespace dispersa
