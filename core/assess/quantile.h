// SPDX-License-Identifier: GPL-3.0-or-later
// Quantiles with linear interpolation, as NumPy's default.
#pragma once

#include <span>
#include <vector>

namespace dispersa {

/// The finite ones of `values`, rising.
std::vector<double> finiteValues(std::span<const float> values);

/// Quantile `share` (0..1) of `sorted`, rising values; NaN when there are none.
double quantile(std::span<const double> sorted, double share);

} // namespace dispersa
