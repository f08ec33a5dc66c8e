// SPDX-License-Identifier: GPL-3.0-or-later
// One number per frame, from which an image of any scan shape and order is put together at once.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/scan_order.h"

#include <cstdint>
#include <span>
#include <vector>

namespace dispersa {

/// How much of the file is looked at.
struct FrameSumOptions {
    std::uint64_t budgetBytes = 256u << 20; ///< of raw values; a larger scan is sampled in bands of detector rows
    int bands = 4;                          ///< of a sampled pattern, evenly spread over its rows; >= 1
};

/// Sum of the square roots of the counts of each pattern of `scan`, in scan order (row-major): over the whole detector when
/// the scan is within the budget, else over bands of its rows, the same for every pattern. Roots, because the counts of a
/// whole pattern hardly change from place to place: what changes is how far they spread; and a hot pixel weighs little.
/// Patterns that do not exist are NaN; NaN, Inf and negative values count as zero. With `swapAxes` the frames are those of the exchanged axes (one per detector pixel), summed over patterns evenly
/// spread over the scan. Uses all cores. Errors: Cancelled, OutOfMemory, those of reading.
Result<std::vector<float>> frameSums(const DiffractionScan& scan, bool swapAxes, const FrameSumOptions& options,
                                     const ProgressSink& progress, std::stop_token stop);

/// The sums on the grid that `acquired` and `order` describe (swapAxes aside, which frameSums() did).
/// Positions without a frame are no data.
ElementMap arrangedFrames(std::span<const float> sums, ScanShape acquired, const ScanOrder& order);

} // namespace dispersa
