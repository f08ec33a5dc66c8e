// SPDX-License-Identifier: GPL-3.0-or-later
// A scan before anybody said how its frames lie on a grid: the frames as the file has them, and what hints at their grid.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/scan_shape_candidates.h"
#include "core/data/study.h"

#include <optional>
#include <vector>

namespace dispersa {

struct ScanFrames {
    ScanPtr frames;                        ///< in the file's order: the grid it tells, else all in one row
    std::optional<ScanShape> told = {};    ///< the grid the file tells
    bool isSerpentine = false;             ///< the file says that odd rows were scanned backwards; `frames` has them so
    std::vector<ShapeHint> hints = {};     ///< maps of the scan, the study, metadata of the file
    std::vector<MapPtr> companions = {};   ///< maps of the scan that could be read
    /// Frames; with swapped axes there is one per detector pixel.
    std::int64_t count(bool swapAxes) const
    {
        return swapAxes ? frames->patternShape().count() : frames->scanShape().count();
    }
    /// The grid of the frames that the file itself tells: of swapped axes, the size of its patterns.
    std::optional<ScanShape> ownGrid(bool swapAxes) const
    {
        const PatternShape pattern = frames->patternShape();
        return swapAxes ? std::optional(ScanShape{pattern.height, pattern.width}) : told;
    }
    /// `hints` and ownGrid().
    std::vector<ShapeHint> allHints(bool swapAxes) const;
};

/// Opens the patterns of `scan` without its shape and order, and its maps. Maps that cannot be read are left out. Errors:
/// DatasetMissing (the scan names no patterns), those of openDiffraction().
Result<ScanFrames> scanFrames(const StudyScan& scan);

/// `source` with this grid and order. Says nothing of grid and serpentine rows where the file tells the same, and marks a
/// grid that does not fit the frames as partial.
DiffractionSource arranged(DiffractionSource source, const ScanFrames& frames, ScanShape acquired, ScanOrder order);

} // namespace dispersa
