// SPDX-License-Identifier: GPL-3.0-or-later
// What preparing a scan's patterns needs to know of the whole scan: made once, then applied pattern by pattern.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"
#include "core/data/shape.h"
#include "core/prepare/bad_pixels.h"
#include "core/prepare/descan_fit.h"
#include "core/prepare/saturation.h"

#include <optional>
#include <vector>

namespace dispersa {

/// Options with what was found in one scan. A value; prepareCounts() applies it. Steps may be switched off in `options`
/// afterwards; what they had found is then left alone.
struct PreparationPlan {
    PatternShape shape = {};
    DiffractionOptions options = {};
    ImagePoint typicalBeam = {};            ///< where mask and ellipse lie when patterns are not centred
    Region beamRegion = {};                 ///< probe positions it is typical of; empty: nobody looked for it
    double beamRadius_px = 0;               ///< of the direct beam; 0: measured in each pattern
    std::vector<BadPixel> badPixels = {};
    std::optional<Saturation> sampleSaturation = {}; ///< of the patterns in which bad pixels were looked for, without those
    std::optional<DescanFit> descan = {};

    /// Direct beam of a pattern whose pixels are repaired, as the options have it found; not for centre none.
    ImagePoint beamOf(std::span<const float> pattern, ScanPoint point) const;
    /// Where the direct beam lies in prepared patterns, in unbinned pixels.
    ImagePoint preparedBeam() const;
};

/// A plan without knowledge of a scan: no pixel is repaired, every pattern finds its own beam.
PreparationPlan planWithoutScan(PatternShape shape, const DiffractionOptions& options, ImagePoint typicalBeam);

/// Reads what the options ask for: `typicalBeam` (typicalBeamCentre() of `region`, the part that is used: a beam that
/// wanders lies elsewhere in the rest; the middle where no step needs it),
/// bad pixels from 200 patterns of the whole scan (fewer if they would fill 256 MiB), the descan from up to 1024
/// patterns on a grid over the whole scan (rows: 16 of every row, more where that makes fewer than 1024): both belong to
/// the microscope, not to the part that is used. Patterns without a count are left out. Uses all cores; stage "examine".
/// Errors: InvalidArgument (region outside the scan), StudyInvalid (options), OutOfMemory, Cancelled, those of reading.
Result<PreparationPlan> makePreparationPlan(const DiffractionScan& scan, const Region& region,
                                            const DiffractionOptions& options, const ProgressSink& progress,
                                            std::stop_token stop);

} // namespace dispersa
