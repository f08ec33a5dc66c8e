// SPDX-License-Identifier: GPL-3.0-or-later
// How one image lies on another of the same area: shift and scale, with how sure that is.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/element_map.h"

#include <vector>

namespace dispersa {

struct RegistrationOptions {
    bool findScale = true; ///< false: the first of `scales` holds
    std::vector<double> scales = {
        1};                       ///< where the scale may lie, each > 0; a scale is left only for a clearly better one
    double scaleRange = 1.25;     ///< >= 1: each of them times 1/range .. range is searched
    double smallestOverlap = 0.4; ///< 0 < f <= 1, of the image that has fewer valid pixels

    /// Error: InvalidArgument naming the field.
    Result<void> check() const;
};

/// moving = scale * reference + (dy, dx), in pixels of each.
struct Registration {
    double dy = 0;
    double dx = 0;
    double scale = 1;
    /// Pearson's r over the overlap once both are freed of single-pixel noise and of slow gradients. Negative: contrast
    /// is inverted.
    double correlation = 0;
    double overlap = 0; ///< part of the smaller image's valid pixels that lies on the other
    /// Probability 0..1 that the shift is right to 1.5 pixels, against every other shift (and scale) and against images
    /// that have nothing to do with each other.
    double confidence = 0;
    double dyError = 0; ///< standard errors, pixels of `moving`: large along layers that look the same everywhere
    double dxError = 0;

    bool isInverted() const { return correlation < 0; }
    /// False: show it, but do not apply it unseen.
    bool isReliable() const { return confidence >= 0.9; }
};

/// Finds `moving` on `reference`; both may have pixels without data (NaN) and any size from 8 x 8. Maximises the
/// normalised cross-correlation of the overlap (Padfield, IEEE Trans. Image Process. 21 (2012) 2706, masked and by FFT)
/// weighted with its evidence, -n/2 log(1 - r^2) for n independent pixels (Bartlett's count from both
/// autocorrelations), then refines it below a pixel. Whole pixels and a scale that was asked about are kept where they
/// explain the images as well. Errors: InvalidArgument (too small, constant, no data, options), Cancelled, OutOfMemory.
Result<Registration> registerImages(const ElementMap& reference, const ElementMap& moving,
                                    const RegistrationOptions& options, const ProgressSink& progress,
                                    std::stop_token stop);

} // namespace dispersa
