// SPDX-License-Identifier: GPL-3.0-or-later
// What the split of the open study will do to the pixels, worked out before anything is trained.
#pragma once

#include "core/base/error.h"
#include "core/learn/split.h"
#include "core/workflow/guard_rule.h"
#include "core/workflow/opened_study.h"

#include <map>
#include <vector>

namespace dispersa {

class StudyDocument;

/// Why the guard is as wide as the rule makes it, for the training scans that are open.
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
