// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/preparation_plan.h"

#include "core/prepare/beam_centre.h"
#include "core/prepare/parallel_blocks.h"
#include "core/prepare/sampled_patterns.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace dispersa {
namespace {

constexpr int detectorSamples = 200;
constexpr std::size_t detectorBytes = 256u << 20;
constexpr int radiusSamples = 50;
constexpr int descanSamples = 1024;
constexpr int descanRowSamples = 16;

std::vector<ScanPoint> descanPoints(const DiffractionScan& scan, const DiffractionOptions& options)
{
    const ScanShape shape = scan.scanShape();
    if (!options.fitsDescan())
        return {};
    if (options.descan != DescanModel::Rows)
        return gridPoints(scan, descanSamples);
    // Every row, for each is asked for its own offset.
    const std::int64_t columns = std::max<std::int64_t>(descanRowSamples, descanSamples / shape.height);
    return gridPoints(scan, shape.height, std::min<std::int64_t>(shape.width, columns));
}

double medianOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Result<void> findPixels(const DiffractionScan& scan, const std::vector<ScanPoint>& points, ProgressCounter& counter,
                        std::stop_token stop, PreparationPlan& plan)
{
    const auto pixels = static_cast<std::size_t>(plan.shape.count());
    std::vector<float> patterns(points.size() * pixels);
    auto done = forEachPatternAt(scan, points, counter, stop, [&](std::size_t index, const std::vector<float>& values) {
        std::copy(values.begin(), values.end(), patterns.begin() + static_cast<std::ptrdiff_t>(index * pixels));
    });
    if (!done)
        return done;
    plan.badPixels = findBadPixels(patterns, plan.shape, plan.options.badPixel_sigmas);
    SaturationCounter saturation;
    for (std::size_t first = 0; first < patterns.size(); first += pixels) {
        const std::span<float> pattern = std::span(patterns).subspan(first, pixels);
        repairPixels(pattern, plan.badPixels);
        saturation.add(pattern);
    }
    plan.sampleSaturation = saturation.found(scan.elementType());
    return {};
}

Result<void> findRadius(const DiffractionScan& scan, const std::vector<ScanPoint>& points, ProgressCounter& counter,
                        std::stop_token stop, PreparationPlan& plan)
{
    std::vector<double> radii(points.size(), 0.0);
    auto done = forEachPatternAt(scan, points, counter, stop, [&](std::size_t index, std::vector<float>& values) {
        repairPixels(values, plan.badPixels);
        if (!isEmptyPattern(values))
            radii[index] = directBeamRadius(values, plan.shape);
    });
    std::erase(radii, 0.0);
    if (done && !radii.empty())
        plan.beamRadius_px = medianOf(std::move(radii));
    return done;
}

Result<void> fitDescan(const DiffractionScan& scan, const std::vector<ScanPoint>& points, ProgressCounter& counter,
                       std::stop_token stop, PreparationPlan& plan)
{
    std::vector<std::optional<BeamSample>> found(points.size());
    auto done = forEachPatternAt(scan, points, counter, stop, [&](std::size_t index, std::vector<float>& values) {
        repairPixels(values, plan.badPixels);
        if (isEmptyPattern(values))
            return;
        // To a fraction of a pixel in any case: a fit of rounded positions would be coarser than it needs to be.
        found[index] = BeamSample{points[index], subPixelBeamCentre(values, plan.shape, plan.beamRadius_px)};
    });
    if (!done)
        return done;
    std::vector<BeamSample> samples;
    for (const auto& sample : found)
        if (sample)
            samples.push_back(*sample);
    plan.descan.emplace(plan.options.descan, scan.scanShape(), std::move(samples), middleOf(plan.shape));
    return {};
}

Result<PreparationPlan> examine(const DiffractionScan& scan, const Region& region, const DiffractionOptions& options,
                                const ProgressSink& progress, std::stop_token stop)
{
    PreparationPlan plan = planWithoutScan(scan.patternShape(), options, middleOf(scan.patternShape()));
    if (options.centre == CentreKind::None && (options.masksBeam() || options.correctsEllipse())) {
        const auto typical = typicalBeamCentre(scan, region);
        if (!typical)
            return fail(typical.error());
        plan.typicalBeam = *typical;
        plan.beamRegion = region;
    }
    const std::size_t patternBytes = std::max<std::size_t>(1, static_cast<std::size_t>(plan.shape.count()) * sizeof(float));
    const auto affordable = static_cast<std::int64_t>(std::max<std::size_t>(8, detectorBytes / patternBytes));
    const bool needsRadius = options.centre == CentreKind::SubPixel || options.fitsDescan();
    const auto detector = options.repairsPixels()
                              ? gridPoints(scan, std::min<std::int64_t>(detectorSamples, affordable))
                              : std::vector<ScanPoint>();
    const auto radius = needsRadius ? gridPoints(scan, radiusSamples) : std::vector<ScanPoint>();
    const auto descan = descanPoints(scan, options);
    const auto total = static_cast<std::int64_t>(detector.size() + radius.size() + descan.size());
    if (total == 0)
        return plan;
    ProgressCounter counter(progress, "examine", total);
    if (options.repairsPixels())
        if (auto done = findPixels(scan, detector, counter, stop, plan); !done)
            return fail(std::move(done.error()));
    if (needsRadius)
        if (auto done = findRadius(scan, radius, counter, stop, plan); !done)
            return fail(std::move(done.error()));
    if (options.fitsDescan())
        if (auto done = fitDescan(scan, descan, counter, stop, plan); !done)
            return fail(std::move(done.error()));
    return plan;
}

} // namespace

ImagePoint PreparationPlan::beamOf(std::span<const float> pattern, ScanPoint point) const
{
    if (options.fitsDescan() && descan)
        return descan->at(point);
    if (options.centre != CentreKind::SubPixel)
        return directBeamCentre(pattern, shape);
    return subPixelBeamCentre(pattern, shape, beamRadius_px > 0 ? beamRadius_px : directBeamRadius(pattern, shape));
}

ImagePoint PreparationPlan::preparedBeam() const
{
    return options.centre == CentreKind::None ? typicalBeam : middleOf(shape);
}

PreparationPlan planWithoutScan(PatternShape shape, const DiffractionOptions& options, ImagePoint typicalBeam)
{
    PreparationPlan plan;
    plan.shape = shape;
    plan.options = options;
    plan.typicalBeam = typicalBeam;
    return plan;
}

Result<PreparationPlan> makePreparationPlan(const DiffractionScan& scan, const Region& region,
                                            const DiffractionOptions& options, const ProgressSink& progress,
                                            std::stop_token stop)
{
    if (auto checked = options.check(); !checked)
        return fail(std::move(checked.error()));
    try {
        return examine(scan, region, options, progress, stop);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice to examine the patterns.");
    }
}

} // namespace dispersa
