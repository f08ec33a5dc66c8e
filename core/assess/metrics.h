// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of a predicted map against the real one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace dispersa {

/// A number, or why there is none ("constant_map", "no_pixels", "zero_mean").
struct Score {
    std::optional<double> value = {};
    std::string reason = {};
};

/// Pearson's r over pairs where both are finite, in double. Undefined: constant_map, no_pixels.
Score pearson(std::span<const float> real, std::span<const float> predicted);
/// Mean absolute error over the same pairs. Undefined: no_pixels.
Score meanAbsoluteError(std::span<const float> real, std::span<const float> predicted);
/// 100 x MAE / mean of real. Undefined: no_pixels, zero_mean.
Score errorPercent(std::span<const float> real, std::span<const float> predicted);
/// Number of pairs where both are finite.
std::int64_t validPairs(std::span<const float> real, std::span<const float> predicted);

} // namespace dispersa
