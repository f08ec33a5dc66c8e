// SPDX-License-Identifier: GPL-3.0-or-later
// The preparation steps in the order they run, and what each does to one pattern or map: what the previews show.
#pragma once

#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/preparation.h"
#include "core/data/shape.h"
#include "core/data/study.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace dispersa {

enum class PrepareStep { Centre, BeamMask, Bin, Scaling, Alignment, MapFilter, Crop, Calibration };

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
    ImagePoint beamCentre = {}; ///< typical one of the scan, detector pixels
    bool scaled = false;        ///< `after` holds network input instead of counts
};

/// The pattern at `point` before and after `step` (Calibration: raw, and after every step). `beamCentre` empty: found
/// from the scan, which reads up to 200 patterns. sqrt and log scaling divide by this pattern's own 99.9 % quantile,
/// which stands for that of the training patterns. Errors: those of reading.
Result<PatternPreview> previewPattern(const DiffractionScan& scan, ScanPoint point, const DiffractionOptions& options,
                                      PrepareStep step, std::optional<ImagePoint> beamCentre);

/// A map before and after the filter.
struct MapPreview {
    MapPtr before;
    MapPtr after;
};
Result<MapPreview> previewFilter(const MapPtr& map, const MapFilterOptions& options);

} // namespace dispersa
