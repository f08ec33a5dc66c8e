// SPDX-License-Identifier: GPL-3.0-or-later
// One number per target from the scores of several scans.
#pragma once

#include "core/assess/metrics.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace dispersa {

/// Mean over scans of r within each. Pixels of several scans in one r would also be scored on how far the scans' levels
/// are apart, which raises it where films differ and says nothing about what is seen within one.
class MeanScores {
  public:
    explicit MeanScores(std::size_t targets) : m_sums(targets), m_counts(targets) {}
    /// A score without a value does not count.
    void add(std::size_t target, const Score& score);
    /// One per target; nothing where no scan has a score.
    std::vector<std::optional<double>> means() const;

  private:
    std::vector<double> m_sums;
    std::vector<int> m_counts;
};

} // namespace dispersa
