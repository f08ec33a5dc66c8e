// SPDX-License-Identifier: GPL-3.0-or-later
// In which order a pass visits probe positions: as they lie in the file, or from coarse to fine.
#pragma once

#include "core/data/diffraction_scan.h"

#include <vector>

namespace dispersa::pass {

/// Tiles that cover every position once. Rounds follow each other: after round i every steps[i]-th row and column is read.
struct Plan {
    std::vector<Region> tiles = {};
    std::vector<std::size_t> roundEnds = {}; ///< index of the first tile that belongs to a later round
    std::vector<int> steps = {};             ///< in positions; 1 in the last round
    ScanShape grain = {1, 1};                ///< tiles of a coarse round are this large
    std::int64_t patterns = 0;

    /// Coarsest first, for positions of which `bytesEach` bytes are read.
    static Plan coarseToFine(const DiffractionScan& scan, std::int64_t bytesEach);
    /// The whole scan, or `pixels` (inside the scan, each once however often it is named), in the file's order.
    static Plan inOrder(const DiffractionScan& scan, std::vector<ScanPoint> pixels);

    /// The position that shows (y, x) after a round of step `step`: the nearest one that is read by then. Its row depends
    /// on the row alone, its column on the column.
    ScanPoint shownFor(ScanPoint point, int step, ScanShape scan) const;
};

} // namespace dispersa::pass
