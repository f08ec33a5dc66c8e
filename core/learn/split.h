// SPDX-License-Identifier: GPL-3.0-or-later
// Which pixels train, which stop the training, which are scored.
#pragma once

#include "core/base/error.h"
#include "core/data/geometry.h"
#include "core/data/study.h"

#include <string>
#include <vector>

namespace dispersa {

enum class PixelSet { Train, Validation, Test, Guard, Unused };
const char* pixelSetName(PixelSet set);

/// The pixels of one training scan that may be used: its crop, and per pixel whether targets and pattern are data.
struct SplitScan {
    Region crop;
    std::vector<std::uint8_t> usable; ///< crop.count(), row-major
};

/// One set per pixel of each scan's crop, in the order given. Deterministic in options.seed on every platform.
/// random: a shuffle. blocks: squares of block_px drawn at random as held-out, with a guard around them. scans: the
/// last scan is the test part. With validationFraction 0 nothing is Validation: the test part stops the training.
/// Errors: NothingToTrain (a part is empty).
Result<std::vector<std::vector<PixelSet>>> splitPixels(const std::vector<SplitScan>& scans,
                                                       const SplitOptions& options);

} // namespace dispersa
