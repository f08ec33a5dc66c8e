// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/estimate_alignment.h"

#include "core/io/format.h"
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/virtual_detector.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

/// Scales apart from 1 that sizes hint at.
std::vector<double> likelyScales(const ElementMap& virtualImage, const ElementMap& map)
{
    const auto ratio = [](std::int64_t a, std::int64_t b) { return static_cast<double>(a) / static_cast<double>(b); };
    std::vector<double> scales = {1};
    const auto add = [&](double scale) {
        // What lies within the range of one that is there is found anyway.
        const bool there = std::any_of(scales.begin(), scales.end(),
                                       [&](double other) { return std::abs(std::log(scale / other)) < 0.05; });
        if (scale >= 0.05 && scale <= 20 && !there)
            scales.push_back(scale);
    };
    if (virtualImage.scanStep_nm && map.scanStep_nm && *map.scanStep_nm > 0)
        add(*virtualImage.scanStep_nm / *map.scanStep_nm);
    const double byGrid = std::sqrt(ratio(map.shape.count(), std::max<std::int64_t>(1, virtualImage.shape.count())));
    // Small differences are rows that are missing, not pixels of another size.
    if (std::abs(std::log(byGrid)) > 0.2)
        add(byGrid);
    return scales;
}

const MapSource* chosenMap(const StudyScan& scan, const std::string& quantity)
{
    const std::string wanted = quantity.empty() ? "HAADF" : quantity;
    for (const MapSource& map : scan.maps)
        if (map.quantity == wanted)
            return &map;
    return quantity.empty() && !scan.maps.empty() ? &scan.maps.front() : nullptr;
}

} // namespace

Result<void> AlignmentOptions::check() const
{
    if (!(innerFraction >= 0 && innerFraction < 1))
        return fail(ErrorCode::InvalidArgument, "Alignment: innerFraction must be at least 0 and below 1.", {},
                    {"innerFraction"});
    return {};
}

Result<Shape> virtualHaadfDetector(const DiffractionScan& scan, double innerFraction)
{
    const auto beam = typicalBeamCentre(scan, wholeRegion(scan.scanShape()));
    if (!beam)
        return fail(beam.error());
    const PatternShape pattern = scan.patternShape();
    const double inner = innerFraction * std::min(pattern.height, pattern.width) / 2;
    return annulusShape(*beam, inner, std::hypot(pattern.height, pattern.width));
}

Result<MapPtr> virtualHaadf(const OpenedScan& scan, const AlignmentOptions& options, const ProgressSink& progress,
                            std::stop_token stop)
{
    if (auto checked = options.check(); !checked)
        return fail(std::move(checked.error()));
    if (!scan.diffraction)
        return fail(ErrorCode::DatasetMissing,
                    "Scan '" + scan.entry.name +
                        "' has no diffraction patterns, so there is nothing to align its maps with.",
                    {}, {scan.entry.name});
    const auto detector = virtualHaadfDetector(*scan.diffraction, options.innerFraction);
    if (!detector)
        return fail(detector.error());
    auto image = virtualImage(*scan.diffraction, *detector, progress, stop);
    if (!image)
        return fail(std::move(image.error()));
    image->quantity = "virtual HAADF";
    image->source = scan.diffraction->file();
    image->scanStep_nm = scan.calibration.scanStep_nm;
    return MapPtr(std::make_shared<const ElementMap>(std::move(*image)));
}

Result<MapPtr> recordedMap(const OpenedScan& scan, const std::string& quantity)
{
    const MapSource* source = chosenMap(scan.entry, quantity);
    if (!source)
        return fail(ErrorCode::DatasetMissing,
                    "Scan '" + scan.entry.name + "' has no map" + (quantity.empty() ? "" : " of " + quantity) +
                        " to be aligned.",
                    {}, {scan.entry.name, quantity});
    auto map = readMap(source->path, source->dataset);
    if (!map)
        return fail(std::move(map.error()));
    map->quantity = source->quantity;
    map->source = source->path;
    if (source->unit)
        map->unit = *source->unit;
    return MapPtr(std::make_shared<const ElementMap>(std::move(*map)));
}

bool sizesHintAtScale(const ElementMap& virtualImage, const ElementMap& map)
{
    const auto differ = [](double a, double b) { return a > 0 && b > 0 && std::abs(std::log(a / b)) > 0.1; };
    return (differ(virtualImage.shape.height, map.shape.height) && differ(virtualImage.shape.width, map.shape.width)) ||
           differ(virtualImage.scanStep_nm.value_or(0), map.scanStep_nm.value_or(0));
}

Result<Registration> estimateAlignment(const ElementMap& virtualImage, const ElementMap& map,
                                       const AlignmentOptions& options, const ProgressSink& progress,
                                       std::stop_token stop)
{
    RegistrationOptions registration;
    registration.findScale = options.findScale.value_or(sizesHintAtScale(virtualImage, map));
    if (registration.findScale)
        registration.scales = likelyScales(virtualImage, map);
    return registerImages(virtualImage, map, registration, progress, stop);
}

Result<AlignmentEstimate> estimateAlignment(const OpenedScan& scan, const AlignmentOptions& options,
                                            const ProgressSink& progress, std::stop_token stop)
{
    const auto map = recordedMap(scan, options.map);
    if (!map)
        return fail(map.error());
    const auto image = virtualHaadf(scan, options, progress, stop);
    if (!image)
        return fail(image.error());
    const auto found = estimateAlignment(**image, **map, options, progress, stop);
    if (!found)
        return fail(found.error());
    return AlignmentEstimate{(*map)->quantity, *found};
}

MapFromScan mapFromScanOf(const Registration& registration)
{
    const auto rounded = [](double value, double unit) { return std::round(value / unit) * unit + 0.0; };
    return {rounded(registration.dy, 1e-4), rounded(registration.dx, 1e-4), rounded(registration.scale, 1e-6)};
}

} // namespace dispersa
