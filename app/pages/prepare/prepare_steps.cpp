// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/prepare_steps.h"

#include "core/learn/recipe.h"
#include "core/prepare/map_filter.h"
#include "core/prepare/pattern_preparation.h"
#include "widgets/display_scaling.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>
#include <set>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PrepareSteps)
};

PatternImage counts(std::span<const float> raw, ScanPoint point, PreparationPlan plan, const DiffractionOptions& options)
{
    plan.options = options;
    const PatternShape size = preparedShape(plan.shape, options.bin);
    auto values = std::make_shared<std::vector<float>>(std::size_t(size.count()));
    prepareCounts(raw, point, plan, *values);
    return {size, values, options.bin};
}

/// `options` with only the steps before (or up to and with) `step` on.
DiffractionOptions upTo(DiffractionOptions options, PrepareStep step, bool with)
{
    const auto off = [&](PrepareStep which) { return with ? which > step : which >= step; };
    if (off(PrepareStep::BadPixels))
        options.badPixels = BadPixels::Keep;
    if (off(PrepareStep::Centre))
        options.centre = CentreKind::None;
    if (off(PrepareStep::Ellipse))
        options.ellipseRatio = 1;
    if (off(PrepareStep::BeamMask))
        options.beamMask_px = options.beamMaskEdge_px = 0;
    if (off(PrepareStep::Bin))
        options.bin = 1;
    return options;
}

} // namespace

QString prepareStepTitle(PrepareStep step)
{
    switch (step) {
    case PrepareStep::BadPixels:
        return Text::tr("Repair hot and dead pixels");
    case PrepareStep::Centre:
        return Text::tr("Centre the direct beam");
    case PrepareStep::Ellipse:
        return Text::tr("Make the ellipse round");
    case PrepareStep::BeamMask:
        return Text::tr("Mask the direct beam");
    case PrepareStep::Bin:
        return Text::tr("Bin");
    case PrepareStep::Scaling:
        return Text::tr("Scaling");
    case PrepareStep::Alignment:
        return Text::tr("Align the maps");
    case PrepareStep::MapFilter:
        return Text::tr("Map filter");
    case PrepareStep::Crop:
        return Text::tr("Crop");
    case PrepareStep::Calibration:
        return Text::tr("Calibration");
    }
    return {};
}

QString prepareStepText(PrepareStep step)
{
    switch (step) {
    case PrepareStep::BadPixels:
        return Text::tr("Detector pixels that stand apart from their neighbours in a sample of the whole scan take the "
                        "median of the good pixels around them.");
    case PrepareStep::Centre:
        return Text::tr("Every pattern is shifted so that its direct beam lies in the middle: the beam's drift over the "
                        "scan would tell the network where it is. A surface fitted over the scan keeps single patterns, "
                        "such as those ruled by Bragg spots, from going astray.");
    case PrepareStep::Ellipse:
        return Text::tr("What should be circles are ellipses where the projector lenses distort. Click on a ring, then "
                        "measure it. Shift and ellipse share one resampling.");
    case PrepareStep::BeamMask:
        return Text::tr("The direct beam is set to zero within a radius, so that the network looks at what was "
                        "scattered. A soft edge fades in over its width.");
    case PrepareStep::Bin:
        return Text::tr("Squares of pixels are summed: smaller patterns train faster.");
    case PrepareStep::Scaling:
        return Text::tr(
            "Counts become the numbers the network sees. The preview divides by the 99.9 % quantile of this "
            "pattern; training by that of all training patterns.");
    case PrepareStep::Alignment:
        return Text::tr("Says which map pixel a probe position lies on: map = scale × scan + (dy, dx). Let it be estimated, "
                        "drag the map, or move it by arrow keys (Shift: 10 px, Ctrl: 0.1 px). Whole rows only cut or pad: "
                        "dy = 2 leaves the first two rows of the maps out, dy = -2 leaves the scan's first two without data.");
    case PrepareStep::MapFilter:
        return Text::tr("Measured maps are smoothed before they teach the network or are compared. Pixels without data "
                        "have no weight.");
    case PrepareStep::Crop:
        return Text::tr(
            "Only this part of every scan is used. Drag the frame or its handles, or type numbers; the filter "
            "runs on the whole map first.");
    case PrepareStep::Calibration:
        return Text::tr(
            "Sizes for axes and scale bars, and the rotation that centre-of-mass maps need. They change no prediction. "
            "Left: the pattern as measured; right: after all steps. Click on a ring of known spacing to take the detector "
            "pixel from it.");
    }
    return {};
}

bool isPatternStep(PrepareStep step)
{
    return step != PrepareStep::Alignment && step != PrepareStep::MapFilter && step != PrepareStep::Crop;
}

bool needsOtherPlan(const DiffractionOptions& a, const DiffractionOptions& b)
{
    return a.badPixels != b.badPixels || a.badPixel_sigmas != b.badPixel_sigmas || a.centre != b.centre ||
           a.descan != b.descan;
}

Result<PatternPreview> previewPattern(const DiffractionScan& scan, ScanPoint point, const DiffractionOptions& options,
                                      PrepareStep step, const Region& region,
                                      std::shared_ptr<const PreparationPlan> plan,
                                      std::stop_token stop)
{
    if (auto checked = options.check(); !checked)
        return fail(checked.error());
    const auto raw = scan.pattern(point);
    if (!raw)
        return fail(raw.error());
    if (!plan || needsOtherPlan(plan->options, options)) {
        auto made = makePreparationPlan(scan, region, options, {}, stop);
        if (!made)
            return fail(made.error());
        plan = std::make_shared<const PreparationPlan>(std::move(*made));
    }
    if (plan->beamRegion != region) {
        // Whatever the options need: previews of single steps show patterns that are not centred.
        const auto typical = typicalBeamCentre(scan, region);
        if (!typical)
            return fail(typical.error());
        PreparationPlan other = *plan;
        other.typicalBeam = *typical;
        other.beamRegion = region;
        plan = std::make_shared<const PreparationPlan>(std::move(other));
    }
    const bool all = step == PrepareStep::Calibration;
    const DiffractionOptions before = all ? DiffractionOptions() : upTo(options, step, false);
    const DiffractionOptions after = all ? options : upTo(options, step, true);
    PatternPreview preview;
    preview.plan = plan;
    preview.beamCentre = plan->typicalBeam;
    if (options.centre != CentreKind::None) {
        std::vector<float> repaired = *raw;
        repairPixels(repaired, plan->badPixels);
        PreparationPlan now = *plan;
        now.options = options;
        preview.beamCentre = now.beamOf(repaired, point);
    }
    preview.before = counts(*raw, point, *plan, before);
    preview.after = counts(*raw, point, *plan, after);
    if (step == PrepareStep::Scaling) {
        const double quantile = std::max(1.0, percentileRange(*preview.after.values, 0, 99.9).high);
        auto scaled = std::make_shared<std::vector<float>>(*preview.after.values);
        for (float& value : *scaled)
            value = scaledCount(value, options, quantile);
        preview.after.values = scaled;
        preview.scaled = true;
    }
    return preview;
}

MapPtr descanResiduals(const PreparationPlan& plan)
{
    if (!plan.descan || plan.descan->samples().empty())
        return nullptr;
    const auto& samples = plan.descan->samples();
    std::set<int> rows;
    std::set<int> columns;
    for (const BeamSample& sample : samples) {
        rows.insert(sample.point.y);
        columns.insert(sample.point.x);
    }
    ElementMap map = emptyMap("", MapUnit::Arbitrary, {int(rows.size()), int(columns.size())});
    const auto placeIn = [](const std::set<int>& places, int place) {
        return int(std::distance(places.begin(), places.find(place)));
    };
    for (const BeamSample& sample : samples)
        map.at(placeIn(rows, sample.point.y), placeIn(columns, sample.point.x)) = float(sample.residual_px);
    return std::make_shared<const ElementMap>(std::move(map));
}

Result<MapPreview> previewFilter(const MapPtr& map, const MapFilterOptions& options)
{
    auto after = filtered(*map, options);
    if (!after)
        return fail(after.error());
    return MapPreview{map, std::make_shared<const ElementMap>(std::move(*after))};
}

} // namespace dispersa
