// SPDX-License-Identifier: GPL-3.0-or-later
// Hot and dead detector pixels: found from a sample of patterns, repaired from their neighbours.
#pragma once

#include "core/data/geometry.h"

#include <cstdint>
#include <span>
#include <vector>

namespace dispersa {

enum class BadPixelKind { Hot, Dead };

/// A detector pixel that lies, and the good ones around it.
struct BadPixel {
    std::int32_t pixel = 0; ///< row-major place in the pattern
    BadPixelKind kind = BadPixelKind::Hot;
    std::vector<std::int32_t> neighbours = {}; ///< good pixels at most 1 px away, or 2, ... where there are not three
};

/// Pixels that differ from their surroundings in the whole sample. `patterns` are raw ones, one after the other.
///
/// Each pixel's level is the mean of the lowest 90 % of its values, so that a Bragg spot or a spark that lights it now
/// and then does not count. Hot: its level exceeds the median level of the 24 pixels around it by more than `sigmas`
/// times what noise (counting noise of the sample, spread among those pixels, spread over the detector) explains, and
/// its direct neighbours do not rise with it, as those of a diffraction spot would. Dead: not a number in most
/// patterns, or less than a fifth of what all but a quarter of the 24 have, by more than `sigmas` times their counting
/// noise. A pattern or two tell nothing: then the list is empty.
std::vector<BadPixel> findBadPixels(std::span<const float> patterns, PatternShape shape, double sigmas);

/// Replaces each by the median of its good neighbours (the lower one of two, so that counts stay whole).
void repairPixels(std::span<float> pattern, std::span<const BadPixel> pixels);

} // namespace dispersa
