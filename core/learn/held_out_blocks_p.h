// SPDX-License-Identifier: GPL-3.0-or-later
// Squares of the training scans that are held out, with a guard around them.
#pragma once

#include "core/learn/split.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dispersa {

/// What holding out blocks needs to know.
struct HeldOutBlocks {
    double testFraction = 0;        ///< 0: whole scans are the test part
    double validationFraction = 0;
    double calibrationFraction = 0;
    int block_px = 15;
    int guard_px = 0;
    std::uint64_t seed = 0;
    std::optional<std::size_t> without = {}; ///< this scan is left as it is
};

/// Of pixels that train makes what blocks hold out, and the guard around them. Blocks lie scattered; where their guards
/// would leave less than half of the rest to train on, they are drawn together, around eight, four, two places, or one,
/// whichever is the first that leaves as much, else what leaves most, of those that leave each part at least half of what was
/// asked for. Deterministic in the seed.
void holdOutBlocks(const std::vector<SplitScan>& scans, const HeldOutBlocks& options,
                   std::vector<std::vector<PixelSet>>& sets);

} // namespace dispersa
