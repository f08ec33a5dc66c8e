// SPDX-License-Identifier: GPL-3.0-or-later
// Where a scan's maps lie on its diffraction scan: a virtual HAADF image from the patterns is looked for on a measured
// map.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/shape.h"
#include "core/prepare/image_registration.h"
#include "core/workflow/open_scan.h"

#include <optional>
#include <string>

namespace dispersa {

struct AlignmentOptions {
    std::string map = {};       ///< quantity of the map to align with; empty: HAADF, else the first map
    double innerFraction = 0.5; ///< inner radius of the annulus in halves of the detector's shorter edge, 0 <= f < 1
    /// False: pixels of the maps are as large as probe steps. Empty: a scale is looked for where sizes hint at one.
    std::optional<bool> findScale = {};

    /// Error: InvalidArgument naming the field.
    Result<void> check() const;
};

/// The annulus around the direct beam that stands for the HAADF detector: everything outside the inner radius. Errors:
/// those of reading.
Result<Shape> virtualHaadfDetector(const DiffractionScan& scan, double innerFraction);

/// The scan as that detector sees it, "virtual HAADF". Errors: DatasetMissing (no patterns), those of virtualImage().
Result<MapPtr> virtualHaadf(const OpenedScan& scan, const AlignmentOptions& options, const ProgressSink& progress,
                            std::stop_token stop);

/// The map that `quantity` chooses (see AlignmentOptions::map) on its own grid, whatever alignment the study holds.
/// Errors: DatasetMissing, those of reading.
Result<MapPtr> recordedMap(const OpenedScan& scan, const std::string& quantity);

/// True if both grids differ by more than a tenth in both directions, or their steps do: more than rows that are
/// missing.
bool sizesHintAtScale(const ElementMap& virtualImage, const ElementMap& map);

/// Finds `map` on the virtual image; may look for a scale around 1, the ratio of both grids and the ratio of both
/// steps. Errors: those of registerImages().
Result<Registration> estimateAlignment(const ElementMap& virtualImage, const ElementMap& map,
                                       const AlignmentOptions& options, const ProgressSink& progress,
                                       std::stop_token stop);

/// All of the above for one scan.
struct AlignmentEstimate {
    std::string map; ///< quantity
    Registration registration = {};
};
Result<AlignmentEstimate> estimateAlignment(const OpenedScan& scan, const AlignmentOptions& options,
                                            const ProgressSink& progress, std::stop_token stop);

/// What the study stores of an estimate: shifts to 1e-4 px, the scale to 1e-6.
MapFromScan mapFromScanOf(const Registration& registration);

} // namespace dispersa
