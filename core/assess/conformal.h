// SPDX-License-Identifier: GPL-3.0-or-later
// Intervals around predictions that hold the measured value as often as they say, from the errors on held-out pixels.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace dispersa {

struct ConformalOptions {
    double level = 0.9;           ///< share of pixels whose interval shall hold the measured value, 0..1
    double sigmaFloorShare = 0.2; ///< sigma is no less than this share of its median over the calibration pixels
};

/// Half width of a pixel's interval = quantile x max(sigma, sigmaFloor), in the unit of the target.
struct ConformalFit {
    double level = 0.9;
    double quantile = 0;     ///< of |real - predicted| / sigma
    double sigmaFloor = 1;   ///< 1 without sigma
    std::int64_t n = 0;      ///< calibration pixels
    std::int64_t blocks = 0; ///< groups of pixels taken as independent; n without blocks
    /// Half width at a pixel whose predicted standard deviation is `sigma`; without sigma maps give 1.
    double halfWidth(double sigma) const;
};

/// Split-conformal prediction (Papadopoulos 2002; Lei et al. 2018, JASA 113:1094): the ceil((n + 1) level)-th smallest
/// of the scores |real - predicted| / sigma over calibration pixels, which were neither trained on nor are scored.
/// `sigma`: the ensemble's standard deviation per pixel, >= 0, or empty for 1. Pixels where anything is not finite do
/// not count.
///
/// That counts every pixel as independent, but neighbours err alike. `blocks`: a number per pixel of the block it lies
/// in (as wide as blockEdge_px() says), or empty. With it a new pixel is taken as one of a new block, the blocks as
/// exchangeable, and the scores are weighted so that every block counts the same, 1/(blocks + 1), shared by its pixels;
/// the rest of the weight lies at infinity: hierarchical conformal prediction (Lee, Barber & Willett, 2023,
/// arXiv:2306.06342). It keeps its level at finite numbers without drawing one pixel per block, and is the former
/// formula when each block is one pixel. Blocks that touch are not quite independent, and a film with layers not quite
/// exchangeable: on another area neither kind promises anything, so look at checkConformal().
///
/// `scans`: a number per pixel of the scan it lies in, or empty; blocks lie within scans. With it a new pixel is taken as one
/// of a new scan: every scan counts the same, however many blocks it has, and shares its weight between them. The weight at
/// infinity stays 1/(blocks + 1): for a promise on whole new scans it would have to be 1/(scans + 1), which leaves fewer than
/// level / (1 - level) scans (4 at 80 %) without any finite interval, and four with their largest error.
///
/// nullopt: no pixel, or too few blocks for the level (fewer than level / (1 - level)): the interval would be infinite.
std::optional<ConformalFit> fitConformal(std::span<const float> real, std::span<const float> predicted,
                                         std::span<const float> sigma, std::span<const int> blocks,
                                         const ConformalOptions& options = {}, std::span<const int> scans = {});

/// How the intervals do on other pixels: the share that holds the measured value, and the mean full width.
struct ConformalCheck {
    std::int64_t n = 0;
    std::optional<double> coverage = {};
    std::optional<double> meanWidth = {};
};
ConformalCheck checkConformal(const ConformalFit& fit, std::span<const float> real, std::span<const float> predicted,
                              std::span<const float> sigma);

} // namespace dispersa
