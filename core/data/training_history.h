// SPDX-License-Identifier: GPL-3.0-or-later
// What a training writes down per epoch.
#pragma once

#include <optional>

namespace dispersa {

struct EpochRecord {
    int epoch = 0;                  ///< 1-based
    double loss = 0;                ///< mean training loss of the epoch
    std::optional<double> valLoss;  ///< loss on the part that early stopping watches
    double seconds = 0;             ///< wall time of the epoch
    double patternsPerSecond = 0;   ///< trained patterns per second
};

} // namespace dispersa
