// SPDX-License-Identifier: GPL-3.0-or-later
// A small convolution network on rings and sectors, in which turning or mirroring a pattern changes nothing: directions
// in the detector say nothing about composition. Convolutions go round in the angle (circular padding), their kernels
// are the same to both sides of it, and what they find is pooled over it.
#pragma once

#include "core/learn/regressor_p.h"

namespace dispersa {

/// As fitRegressor() for RegressorKind::Polar. The features are [n, channels * rings * sectorCount], one channel per
/// feature of `options`.
RegressorPtr fitPolar(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                      const std::stop_token& stop);

/// As regressorFrom() for RegressorKind::Polar.
RegressorPtr polarFrom(const RegressorOptions& options, bool composition, const NetworkState& state);

} // namespace dispersa
