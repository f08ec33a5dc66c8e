// SPDX-License-Identifier: GPL-3.0-or-later
// A study with its files opened, and whether it can run.
#pragma once

#include "core/learn/model.h"
#include "core/learn/recipe.h"
#include "core/learn/split.h"
#include "core/workflow/open_scan.h"

#include <optional>
#include <string>
#include <vector>

namespace dispersa {

struct OpenedStudy {
    Study study;
    std::vector<OpenedScanPtr> scans = {};  ///< those with role train or predict, in the study's order
    std::optional<Recipe> recipe = {};      ///< empty when a trained model is used
    ModelPtr model = {};                    ///< the trained model the study names; null otherwise
    DiffractionOptions diffraction = {};    ///< the study's, the recipe's or the model's
    std::vector<std::string> targets = {};  ///< what the network puts out, HAADF last if the recipe has it
    std::vector<Warning> warnings = {};

    ModelPtr startFrom = {}; ///< fine-tuning: the model whose weights are the first

    bool trains() const { return !model; }
    Region crop(const OpenedScan& scan) const { return study.cropOf(scan.entry, scan.shape()); }
};

/// Opens every file. Obstacles found on the way are appended to `obstacles`; scans that fail to open are left out.
OpenedStudy openStudy(const Study& study, std::vector<Error>& obstacles);

/// Width of a ring of the scan's profiles in 1/A; nothing where the Q pixel is unknown.
std::optional<double> ringWidth_invA(const OpenedScan& scan);

/// Width of the guard around held-out blocks: the study's, else guardByRule() for its filter, its recipe's neighbourhoods
/// and the probe of its first training scan.
int guardInUse(const OpenedStudy& opened);

/// The network that `opened` would train, for patterns of the first scan. Error: PatternTooSmall, ShapeMismatch.
Result<NetworkOptions> networkFor(const OpenedStudy& opened);

} // namespace dispersa
