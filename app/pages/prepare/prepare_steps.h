// SPDX-License-Identifier: GPL-3.0-or-later
// The preparation steps in the order they run, and what each does to one pattern or map: what the previews show.
#pragma once

#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/preparation.h"
#include "core/data/shape.h"
#include "core/data/study.h"
#include "core/prepare/preparation_plan.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace dispersa {

enum class PrepareStep { BadPixels, Centre, Ellipse, BeamMask, Bin, Scaling, Alignment, MapFilter, Crop, Calibration };

QString prepareStepTitle(PrepareStep step);
/// One or two sentences on what the step does.
QString prepareStepText(PrepareStep step);
bool isPatternStep(PrepareStep step);

/// A pattern with its size; values are shared and never change.
struct PatternImage {
    PatternShape shape = {};
    std::shared_ptr<const std::vector<float>> values = {};
    int bin = 1; ///< raw detector pixels per pixel
};

struct PatternPreview {
    PatternImage before;
    PatternImage after;
    ImagePoint beamCentre = {}; ///< of the pattern before centring, detector pixels
    std::shared_ptr<const PreparationPlan> plan = {};
    bool scaled = false;        ///< `after` holds network input instead of counts
};

/// The pattern at `point` before and after `step` (Calibration: raw, and after every step), prepared as a run on the
/// probe positions `region` prepares it. `plan` null, or of options that needsOtherPlan(): made from the scan, which
/// reads many patterns; of another region: its typical beam is found anew. sqrt and log scaling divide by this pattern's
/// own 99.9 % quantile, which stands for that of the training patterns. Errors: those of reading.
Result<PatternPreview> previewPattern(const DiffractionScan& scan, ScanPoint point, const DiffractionOptions& options,
                                      PrepareStep step, const Region& region,
                                      std::shared_ptr<const PreparationPlan> plan,
                                      std::stop_token stop = {});

/// True if what was found in the scan for one does not serve the other.
bool needsOtherPlan(const DiffractionOptions& a, const DiffractionOptions& b);

/// Residuals of a descan fit as a map over its grid of patterns; null without a fit.
MapPtr descanResiduals(const PreparationPlan& plan);

/// A map before and after the filter.
struct MapPreview {
    MapPtr before;
    MapPtr after;
};
Result<MapPreview> previewFilter(const MapPtr& map, const MapFilterOptions& options);

} // namespace dispersa
