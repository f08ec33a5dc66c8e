// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/prepare_steps.h"

#include "core/learn/recipe.h"
#include "core/prepare/map_filter.h"
#include "core/prepare/pattern_preparation.h"
#include "widgets/display_scaling.h"

#include <QCoreApplication>

#include <algorithm>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PrepareSteps)
};

PatternImage counts(std::span<const float> raw, PatternShape shape, const DiffractionOptions& options, ImagePoint beam)
{
    const PatternShape size = preparedShape(shape, options.bin);
    auto values = std::make_shared<std::vector<float>>(std::size_t(size.count()));
    prepareCounts(raw, shape, options, beam, *values);
    return {size, values, options.bin};
}

/// `options` with only the steps before (or up to and with) `step` on.
DiffractionOptions upTo(DiffractionOptions options, PrepareStep step, bool with)
{
    const auto off = [&](PrepareStep which) { return with ? which > step : which >= step; };
    if (off(PrepareStep::Centre))
        options.centre = CentreKind::None;
    if (off(PrepareStep::BeamMask))
        options.beamMask_px = 0;
    if (off(PrepareStep::Bin))
        options.bin = 1;
    return options;
}

} // namespace

QString prepareStepTitle(PrepareStep step)
{
    switch (step) {
    case PrepareStep::Centre:
        return Text::tr("Centre the direct beam");
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
    case PrepareStep::Centre:
        return Text::tr("Every pattern is shifted by whole pixels so that its direct beam lies in the middle.");
    case PrepareStep::BeamMask:
        return Text::tr(
            "The direct beam is set to zero within a radius, so that the network looks at what was scattered.");
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
            "Sizes for axes and scale bars. They change no prediction. Left: the pattern as measured; right: "
            "after all steps.");
    }
    return {};
}

bool isPatternStep(PrepareStep step)
{
    return step != PrepareStep::Alignment && step != PrepareStep::MapFilter && step != PrepareStep::Crop;
}

Result<PatternPreview> previewPattern(const DiffractionScan& scan, ScanPoint point, const DiffractionOptions& options,
                                      PrepareStep step, std::optional<ImagePoint> beamCentre)
{
    if (auto checked = options.check(); !checked)
        return fail(checked.error());
    const auto raw = scan.pattern(point);
    if (!raw)
        return fail(raw.error());
    if (!beamCentre) {
        const auto found = typicalBeamCentre(scan, wholeRegion(scan.scanShape()));
        if (!found)
            return fail(found.error());
        beamCentre = *found;
    }
    const PatternShape shape = scan.patternShape();
    const bool all = step == PrepareStep::Calibration;
    PatternPreview preview;
    preview.beamCentre = *beamCentre;
    preview.before = counts(*raw, shape, all ? DiffractionOptions() : upTo(options, step, false), *beamCentre);
    preview.after = counts(*raw, shape, all ? options : upTo(options, step, true), *beamCentre);
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

Result<MapPreview> previewFilter(const MapPtr& map, const MapFilterOptions& options)
{
    auto after = filtered(*map, options);
    if (!after)
        return fail(after.error());
    return MapPreview{map, std::make_shared<const ElementMap>(std::move(*after))};
}

} // namespace dispersa
