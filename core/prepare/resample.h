// SPDX-License-Identifier: GPL-3.0-or-later
// Moves a pattern by fractions of a pixel and makes its ellipse round, in one resampling.
#pragma once

#include "core/data/geometry.h"
#include "core/data/shape.h"

#include <span>

namespace dispersa {

/// What should be a circle is an ellipse whose long axis is `ratio` times the short one.
struct Ellipse {
    double ratio = 1;
    double angle_deg = 0; ///< of the long axis, from +x (right) towards +y (down)
    bool operator==(const Ellipse&) const = default;
};

/// Moves `from` to `to` and makes `ellipse` round about it; areas stay (the long axis shrinks by sqrt(ratio), the short
/// one grows by as much). NaN and Inf become 0; what leaves the pattern is lost, what comes in is 0.
///
/// Bilinear: each pixel's counts are shared among the four pixels around the place they move to. That conserves counts
/// to rounding, never yields negative ones and does not ring beside the sharp edges of discs, as cubic and Fourier
/// interpolation do; its price is a blur of at most half a pixel, which binning hides. A whole-pixel shift without
/// ellipse copies.
void resamplePattern(std::span<const float> pattern, PatternShape shape, ImagePoint from, ImagePoint to,
                     const Ellipse& ellipse, std::span<float> out);

/// Where resamplePattern() brings `point`.
ImagePoint resampledPoint(ImagePoint point, ImagePoint from, ImagePoint to, const Ellipse& ellipse);

} // namespace dispersa
