// SPDX-License-Identifier: GPL-3.0-or-later
// Where the direct beam lies in a pattern.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/data/shape.h"

#include <span>

namespace dispersa {

/// Pixel (height/2, width/2), where the beam of a centred pattern lies.
ImagePoint middleOf(PatternShape shape);

/// Direct-beam position of one pattern in detector pixels: centroid of the pixels above half of the robust maximum,
/// each weighted by how far it rises above it (pixel centres at whole numbers). Robust: a pixel counts no more than its
/// brightest direct neighbour, which takes hot pixels away. NaN and Inf count as zero. The middle (height/2, width/2)
/// of the pattern when it is empty.
ImagePoint directBeamCentre(std::span<const float> pattern, PatternShape shape);

/// The robust maximum: the brightest that a pixel and a direct neighbour both reach; 0 where nothing is above zero.
double robustMaximum(std::span<const float> pattern, PatternShape shape);

/// Radius of a disc with as many pixels as the direct beam has above half of the robust maximum; at least 1.
double directBeamRadius(std::span<const float> pattern, PatternShape shape);

/// The same position to a fraction of a pixel: centroid of everything above the background in a window of
/// 1.5 radius + 2 px that follows it, background being the median of the 3 px around that window. It starts at
/// directBeamCentre(), and returns that where there is nothing, or something brighter pulls it out of its window.
/// Nothing is cut off at a threshold, which makes it finer than directBeamCentre() for discs of a few pixels.
ImagePoint subPixelBeamCentre(std::span<const float> pattern, PatternShape shape, double radius_px);

/// Median direct-beam position over a sample of the scan's patterns (at most 200, evenly spread; those
/// that do not exist are left out). Errors: InvalidArgument (region outside the scan), those of reading.
Result<ImagePoint> typicalBeamCentre(const DiffractionScan& scan, const Region& region);

} // namespace dispersa
