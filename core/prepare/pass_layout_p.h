// SPDX-License-Identifier: GPL-3.0-or-later
// Where the pixels of the wanted detectors lie in a pattern, or in the window of it that is read.
#pragma once

#include "core/data/geometry.h"
#include "core/prepare/pass_kernels_p.h"
#include "core/prepare/scan_pass.h"

#include <span>
#include <vector>

namespace dispersa::pass {

/// One detector's pixels as runs, those of each band together.
struct DetectorRuns {
    DetectorMode mode = DetectorMode::Integrating;
    ImagePoint origin = {};
    double cosine = 1; ///< of the turn from the detector's axes to the scan's
    double sine = 0;
    std::size_t sameAs = 0; ///< number of the detector whose moments hold what this one wants; its own as a rule
    std::vector<Run> runs = {};
    std::vector<std::size_t> bandEnds = {}; ///< runs of band b end here

    std::span<const Run> inBand(std::size_t band) const
    {
        const std::size_t first = band == 0 ? 0 : bandEnds[band - 1];
        return std::span(runs).subspan(first, bandEnds[band] - first);
    }
};

struct Layout {
    Region window = {};     ///< rows and columns of the pattern
    std::size_t values = 0; ///< of the window
    std::size_t bands = 0;
    std::vector<DetectorRuns> detectors = {};

    /// `window` holds every detector.
    static Layout of(const std::vector<DetectorRequest>& detectors, PatternShape pattern, const Region& window);
};

/// The smallest window that holds the detector's pixels; empty if it has none.
Region windowOf(const Shape& detector, PatternShape pattern);

} // namespace dispersa::pass
