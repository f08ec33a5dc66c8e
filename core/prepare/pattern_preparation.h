// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to one diffraction pattern before a network sees it: centre, beam mask, bin (counts), then scaling.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"
#include "core/data/shape.h"

#include <optional>
#include <span>

namespace dispersa {

/// Size after binning: floor(height / bin) x floor(width / bin); rows and columns left over are cut at the far edge.
PatternShape preparedShape(PatternShape raw, int bin);

/// Direct-beam position of one pattern in detector pixels: centroid of the pixels above half of the robust maximum,
/// each weighted by how far it rises above it (pixel centres at whole numbers). Robust: a pixel counts no more than its
/// brightest direct neighbour, which takes hot pixels away. NaN and Inf count as zero. The middle (height/2, width/2)
/// of the pattern when it is empty.
ImagePoint directBeamCentre(std::span<const float> pattern, PatternShape shape);

/// Median direct-beam position over a sample of the scan's patterns (at most 200, evenly spread; those
/// that do not exist are left out). Errors: InvalidArgument (region outside the scan), those of reading.
Result<ImagePoint> typicalBeamCentre(const DiffractionScan& scan, const Region& region);

/// Steps that yield counts: whole-pixel centring, beam mask, binning. `beamCentre` is where the mask lies when patterns
/// are not centred; centred patterns have the beam at pixel (height/2, width/2). NaN and Inf become 0; pixels shifted
/// in from outside are 0; the mask includes its border. `out` has preparedShape().count() values.
void prepareCounts(std::span<const float> raw, PatternShape shape, const DiffractionOptions& options,
                   ImagePoint beamCentre, std::span<float> out);

/// Counts to network input. linear: v / (65536 bin^2); sqrt: sqrt(max(v,0) / quantile); log: log1p(max(v,0)) /
/// log1p(quantile). `quantile` is the training 99.9 % quantile of counts, > 0; unused for linear.
float scaledCount(float count, const DiffractionOptions& options, double quantile);

} // namespace dispersa
