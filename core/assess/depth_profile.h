// SPDX-License-Identifier: GPL-3.0-or-later
// Mean of a target per row of the scan: what depth alone says about a layered film.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dispersa {

/// Means of the rows that have data, by row y of the full scan. Between them it is linear, beyond them constant.
struct DepthProfile {
    std::vector<int> rows = {};     ///< rising
    std::vector<double> means = {}; ///< one per entry of rows, finite, in the unit of the values
    bool empty() const { return rows.empty(); }
    /// The profile at row y; NaN when it is empty.
    double at(int y) const;
};

/// Mean of `values` per row, where rows[i] is the row of values[i]. Values that are not finite do not count.
DepthProfile depthProfile(std::span<const int> rows, std::span<const float> values);

} // namespace dispersa
