// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/mean_scores.h"

namespace dispersa {

void MeanScores::add(std::size_t target, const Score& score)
{
    if (!score.value)
        return;
    m_sums[target] += *score.value;
    ++m_counts[target];
}

std::vector<std::optional<double>> MeanScores::means() const
{
    std::vector<std::optional<double>> means(m_sums.size());
    for (std::size_t t = 0; t < means.size(); ++t)
        if (m_counts[t] > 0)
            means[t] = m_sums[t] / m_counts[t];
    return means;
}

} // namespace dispersa
