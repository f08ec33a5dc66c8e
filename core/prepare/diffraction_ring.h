// SPDX-License-Identifier: GPL-3.0-or-later
// What a diffraction ring of the mean pattern tells: the size of a detector pixel, and the ellipse it should not be.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"
#include "core/data/shape.h"
#include "core/prepare/resample.h"

#include <optional>
#include <span>
#include <vector>

namespace dispersa {

/// Mean over at most 200 patterns, spread over the scan, each repaired as `options` say and centred to fractions of a
/// pixel (by the fitted descan, where they fit one); neither ellipse, mask nor bin. Errors: those of
/// makePreparationPlan().
Result<std::vector<float>> centredMeanPattern(const DiffractionScan& scan, const DiffractionOptions& options,
                                              const ProgressSink& progress, std::stop_token stop);

/// Radius in pixels, to a fraction, at which `profile` (radialProfile(): element r is radius r) is highest above an
/// exponential background within a quarter of `near_px`. Empty if nothing rises above that by 1 %.
std::optional<double> ringRadius(std::span<const double> profile, double near_px);

/// Shape of one ring.
struct MeasuredRing {
    Ellipse ellipse = {};
    ImagePoint centre = {};   ///< of the ring
    double residual_px = 0;   ///< median distance of the ring from the fitted ellipse, over 36 sectors
};

/// Fits an ellipse to the ring near `near_px` about `beam`: the profile of each of 36 sectors is matched to their
/// median (stretch, height and background by least squares), then r(phi) = r0 + a cos phi + b sin phi + c cos 2 phi +
/// d sin 2 phi is fitted robustly to where they lie, so that single Bragg spots and a beam stop do not count. Good to the
/// first order of the ellipticity: ratios up to about 1.2. Errors: InvalidArgument (the ring lies outside the pattern, or
/// there is none).
Result<MeasuredRing> measureRing(std::span<const float> pattern, PatternShape shape, ImagePoint beam, double near_px);

} // namespace dispersa
