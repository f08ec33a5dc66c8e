// SPDX-License-Identifier: GPL-3.0-or-later
// Collects ItemStatistics from values that arrive block by block.
#pragma once

#include "core/io/format.h"

#include <limits>

namespace dispersa {

/// Feed the values in the file's order, then take result(). NaN and Inf count as no data in min, max and sum.
class StatisticsSum {
  public:
    void add(std::span<const double> values);
    ItemStatistics result() const;

  private:
    double m_min = std::numeric_limits<double>::infinity();
    double m_max = -std::numeric_limits<double>::infinity();
    long double m_sum = 0; ///< integers beyond 2^53 still add up exactly
    std::vector<double> m_first;
    double m_last = 0;
};

} // namespace dispersa
