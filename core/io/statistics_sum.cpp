// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/statistics_sum.h"

#include <algorithm>
#include <cmath>

namespace dispersa {

void StatisticsSum::add(std::span<const double> values)
{
    if (values.empty())
        return;
    for (std::size_t i = 0; i < values.size() && m_first.size() < 4; ++i)
        m_first.push_back(values[i]);
    m_last = values.back();
    for (const double value : values) {
        if (!std::isfinite(value))
            continue;
        m_min = std::min(m_min, value);
        m_max = std::max(m_max, value);
        m_sum += value;
    }
}

ItemStatistics StatisticsSum::result() const
{
    ItemStatistics statistics;
    if (m_min <= m_max) {
        statistics.min = m_min;
        statistics.max = m_max;
    } else { // not one finite value
        statistics.min = statistics.max = std::numeric_limits<double>::quiet_NaN();
    }
    statistics.sum = static_cast<double>(m_sum);
    statistics.first = m_first;
    statistics.last = m_last;
    return statistics;
}

} // namespace dispersa
