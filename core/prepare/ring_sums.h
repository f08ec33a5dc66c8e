// SPDX-License-Identifier: GPL-3.0-or-later
// What a pattern says about composition whatever its orientation: counts, summed on rings about the direct beam. Each
// pattern's rings have its own beam as centre, so that descan does not show.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"
#include "core/data/profile_options.h"
#include "core/data/shape.h"
#include "core/prepare/detector_levels.h"
#include "core/prepare/parallel_blocks.h"
#include "core/prepare/preparation_plan.h"

#include <cstddef>
#include <stop_token>
#include <vector>

namespace dispersa {

/// The ringCount rings have one width and reach half of the detector's shorter edge, whatever its size: ring k is at radius
/// k * ringWidth_px(shape).
double ringWidth_px(PatternShape shape);

/// Sums over the pixels of each ring, of the patterns of one region, row-major: [region.count(), ringCount]. Zero where
/// there is no pattern. Their quotients are means, of one pattern or of several together.
struct RingSums {
    Region region = {};             ///< of the scan
    bool sectors = false;           ///< the sums over sectors are there too
    std::vector<float> weight = {}; ///< pixels
    std::vector<float> sum = {};    ///< counts, less the offset, times the plan's scale
    /// The same over the sectors of the rings: [region.count(), ringCount, sectorCount].
    std::vector<float> sectorWeight = {};
    std::vector<float> sectorSum = {};

    /// Forgets the rows above `row` of the scan.
    void dropAbove(int row);
};

/// What summing rings needs to know of the whole scan.
struct RingPlan {
    PreparationPlan preparation = {};
    DetectorLevels levels = {};
    double scale = 1; ///< counts are multiplied by it
};

/// For patterns of `region`. Of `options` hold bad pixels, ellipse and descan model; the direct beam is found in each
/// pattern whatever `centre` says (com: by its bright half; else to a fraction of a pixel), mask, bin and scaling are not
/// for rings. Stage "examine". Errors: InvalidArgument (region outside the scan), StudyInvalid (options), OutOfMemory,
/// Cancelled, those of reading.
Result<RingPlan> makeRingPlan(const DiffractionScan& scan, const Region& region, const DiffractionOptions& options,
                              const ProgressSink& progress, std::stop_token stop);

/// Reads the next `rows` rows of the scan under rings.region, on all cores, and adds them below; rings.region must fit into
/// the scan with them. A pixel is shared between the two nearest rings (bilinear split), but belongs to one sector. Errors:
/// Cancelled, OutOfMemory, those of reading.
Result<void> addRows(RingSums& rings, int rows, const DiffractionScan& scan, const RingPlan& plan,
                     ProgressCounter& counter, SaturationCounter& saturation, std::stop_token stop);

} // namespace dispersa
