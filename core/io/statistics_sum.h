// SPDX-License-Identifier: GPL-3.0-or-later
// Collects ItemStatistics from values that arrive block by block, and the loop that reads those blocks.
#pragma once

#include "core/io/format.h"

#include <functional>
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

/// Puts the values first .. first + count of an item into `to`, in this machine's byte order.
using ValueReader = std::function<Result<void>(std::int64_t first, std::int64_t count, std::span<std::byte> to)>;

/// Statistics of `total` values of `type`, read in blocks of about a million values that are whole multiples of `unit`;
/// so must `total` be. Errors: Cancelled, those of `read`.
Result<ItemStatistics> statisticsInBlocks(ElementType type, std::int64_t total, const ValueReader& read,
                                          const ProgressSink& progress, std::stop_token stop, std::int64_t unit = 1);

/// Statistics of the first availablePatterns() patterns of `scan`, in scan order. Errors: Cancelled, those of readRaw().
Result<ItemStatistics> scanStatistics(const DiffractionScan& scan, const ProgressSink& progress, std::stop_token stop);

} // namespace dispersa
