// SPDX-License-Identifier: GPL-3.0-or-later
// From the pixel sizes that files state to a Calibration in nm and 1/A (q = 1/d), with a warning for what cannot be so.
#pragma once

#include "core/base/error.h"
#include "core/data/calibration.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dispersa {

/// The size of a pixel and its unit, as a file states them.
struct StatedSize {
    double value = 0;
    std::string unit;
};

/// Electron energy where a file tells none, and the largest angle that the edge of a pattern plausibly has: beyond it a
/// Q pixel is likely 2 pi/d.
inline constexpr double assumedEnergy_kV = 200;
inline constexpr double largestEdge_mrad = 150;

/// Sets scanStep_nm. Warns with code "scan_unit" of units that are no length and "size_implausible" of sizes that no
/// scan has; both leave it empty. Uncalibrated units leave it empty without a word.
void setScanStep(Calibration& calibration, const StatedSize& stated, const std::filesystem::path& path,
                 std::vector<Warning>& warnings);

/// Sets qPixel_invA. `patternEdge_px` is the longer edge of the patterns. Angles are converted when the energy is
/// known. Warnings: "q_unit" (not a reciprocal length), "size_implausible", "q_two_pi" (the unit says 2 pi/d;
/// converted), and "q_convention" when the pattern's edge would lie beyond largestEdge_mrad: the number is kept as
/// stated, the message gives what it would be as 2 pi/d.
void setQPixel(Calibration& calibration, const StatedSize& stated, std::int64_t patternEdge_px,
               std::optional<double> energy_kV, const std::filesystem::path& path, std::vector<Warning>& warnings);

} // namespace dispersa
