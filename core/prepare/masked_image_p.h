// SPDX-License-Identifier: GPL-3.0-or-later
// Images with pixels that do not count: band pass, shrinking, sampling, and their correlation. Private to registration.
#pragma once

#include "core/data/element_map.h"

#include <opencv2/core.hpp>

namespace dispersa {

/// Values (0 where there is none) and weights 0 or 1, both CV_64F of one size.
struct MaskedImage {
    cv::Mat values;
    cv::Mat mask;

    double validPixels() const { return cv::sum(mask)[0]; }
};

/// The map without its most extreme values: what exceeds the 0.1 % and 99.9 % quantiles (hot pixels) is clipped to
/// them.
MaskedImage maskedImage(const ElementMap& map);

/// Without what is finer than `fine` or coarser than `coarse` (sigmas of Gaussians, pixels); no data has no weight.
MaskedImage bandPassed(const MaskedImage& image, double fine, double coarse);

MaskedImage smoothed(const MaskedImage& image, double sigma);

/// Mean over blocks of `factor` x `factor` pixels; blocks without a valid pixel are no data; what is left over is cut.
MaskedImage shrunk(const MaskedImage& image, int factor);

/// image(scale * (y, x) + (dy, dx)) for every pixel of `size`: bicubic (Catmull-Rom), bilinear beside no data.
MaskedImage sampled(const MaskedImage& image, double scale, double dy, double dx, cv::Size size);

/// Pearson's r and the number of pixels that are valid in both, for one or for every shift.
struct Overlap {
    double correlation = 0;
    double pixels = 0;
};
Overlap overlapOf(const MaskedImage& a, const MaskedImage& b);

/// For every whole shift u: a(p) beside b(p + u). Row u.y - firstY, column u.x - firstX.
struct ShiftCorrelation {
    cv::Mat correlation;
    cv::Mat pixels;
    int firstY = 0;
    int firstX = 0;
};
ShiftCorrelation correlationOverShifts(const MaskedImage& a, const MaskedImage& b);

/// Pixels that count as one: the sum over all lags of the product of both autocorrelations (Bartlett), at least 1.
double correlatedPixels(const MaskedImage& a, const MaskedImage& b);

} // namespace dispersa
