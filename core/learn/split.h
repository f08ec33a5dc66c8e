// SPDX-License-Identifier: GPL-3.0-or-later
// Which pixels train, which stop the training, which corrections are fitted on, which are scored.
#pragma once

#include "core/base/error.h"
#include "core/data/calibration.h"
#include "core/data/geometry.h"
#include "core/data/study.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

enum class PixelSet { Train, Validation, Calibration, Test, Guard, Unused };
const char* pixelSetName(PixelSet set);

/// The pixels of one training scan that may be used: its crop, and per pixel whether targets and pattern are data.
struct SplitScan {
    Region crop;
    std::vector<std::uint8_t> usable; ///< crop.count(), row-major
};

/// Scan steps over which two probes see the same sample: the diffraction-limited probe's diameter 1.22 wavelength /
/// convergence (Airy disc, 200 kV) in steps, rounded up; 0 where the calibration does not say.
int probeOverlap_px(const Calibration& calibration);

/// The guard that leaves nothing shared between held-out and training pixels: two filter kernels and the probe
/// neighbourhoods on either side, and probes that overlap: 2 (filter + context) + probe.
int guardByRule(int filterRadius_px, int contextRadius_px, int probeOverlap_px);

/// One set per pixel of each scan's crop, in the order given. Deterministic in options.seed on every platform.
/// random: a shuffle. blocks: squares of block_px drawn at random as held-out, with `guard_px` around them; scattered, or
/// side by side where guards would else leave little to train on. scans: the last scan is the test part. leave_one_out:
/// scan `testScan` is, or none, and every scan trains. With validationFraction 0 nothing is Validation: the test part stops
/// the training. Where whole scans are the test part, the others are held out as blocks of the training scans. Errors:
/// NothingToTrain (a part is empty), InvalidArgument.
Result<std::vector<std::vector<PixelSet>>> splitPixels(const std::vector<SplitScan>& scans, const SplitOptions& options,
                                                       int guard_px, std::optional<std::size_t> testScan = {});

} // namespace dispersa
