// SPDX-License-Identifier: GPL-3.0-or-later
// What the split of the open study will do to the pixels, worked out before anything is trained.
#pragma once

#include "core/base/error.h"
#include "core/learn/split.h"
#include "core/workflow/opened_study.h"

#include <map>
#include <vector>

namespace dispersa {

class StudyDocument;

/// Why a guard is as wide as the rule makes it; see guardByRule().
struct GuardRule {
    int filterRadius_px = 0;
    int contextRadius_px = 0; ///< of the probe neighbourhoods that the recipe reads
    int probe_px = 0;
    int total() const { return guardByRule(filterRadius_px, contextRadius_px, probe_px); }
};
GuardRule guardRule(const StudyDocument& document);

/// One set per pixel of the crop of each training scan that is open.
struct SplitPreview {
    std::vector<OpenedScanPtr> scans = {};
    std::vector<Region> crops = {};
    std::vector<std::vector<PixelSet>> sets = {};
    /// Share of the crops' pixels in a set, 0..1.
    double share(PixelSet set) const;
};
/// As the run will divide them. Errors: NothingToTrain (no training scan is open, or a part stays empty), InvalidArgument.
Result<SplitPreview> splitPreview(const StudyDocument& document);

} // namespace dispersa
