// SPDX-License-Identifier: GPL-3.0-or-later
// What a pattern says about composition whatever its orientation: counts and their squares, summed on rings about the
// direct beam. Each pattern's rings have its own beam as centre, so that descan does not show.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"
#include "core/data/profile_options.h"
#include "core/data/shape.h"
#include "core/prepare/preparation_report.h"

#include <cstddef>
#include <span>
#include <vector>

namespace dispersa {

/// The ringCount rings have one width and reach half of the detector's shorter edge, whatever its size: ring k is at radius
/// k * ringWidth_px(shape).
double ringWidth_px(PatternShape shape);

/// Sums over the pixels of each ring, of the patterns of one region, row-major: [region.count(), ringCount]. Zero where
/// there is no pattern. Their quotients are means and mean squares, of one pattern or of several together.
struct RingSums {
    Region region = {};             ///< of the scan
    std::vector<float> weight = {}; ///< pixels
    std::vector<float> sum = {};    ///< counts, less the offset
    std::vector<float> square = {}; ///< squares of counts less the offset
    /// The same over the sectors of the rings: [region.count(), ringCount, sectorCount]; empty unless asked for.
    std::vector<float> sectorWeight = {};
    std::vector<float> sectorSum = {};
    double offset = 0;              ///< counts where nothing is scattered to: mean of the detector's corners
};

/// Reads the patterns of `region` once, on all cores. Of `options` hold bad pixels, ellipse and descan model; the direct
/// beam is found in each pattern whatever `centre` says (com: by its bright half; else to a fraction of a pixel), mask, bin
/// and scaling are not for rings. Stage "prepare". `report` (may be null) is told what was found. Errors: InvalidArgument
/// (region outside the scan), StudyInvalid (options), OutOfMemory, Cancelled, those of reading. A pixel is shared between
/// the two nearest rings (bilinear split), but belongs to one sector.
Result<RingSums> ringSums(const DiffractionScan& scan, const Region& region, const DiffractionOptions& options,
                          bool sectors, const ProgressSink& progress, std::stop_token stop,
                          PreparationReport* report = nullptr);

} // namespace dispersa
