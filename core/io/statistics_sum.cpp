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

Result<ItemStatistics> statisticsInBlocks(ElementType type, std::int64_t total, const ValueReader& read,
                                          const ProgressSink& progress, std::stop_token stop, std::int64_t unit)
{
    constexpr std::int64_t aboutBlock = 1 << 20;
    const std::int64_t block = std::max<std::int64_t>(1, aboutBlock / unit) * unit;
    std::vector<std::byte> raw;
    std::vector<double> values;
    StatisticsSum sum;
    for (std::int64_t done = 0; done < total;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled.");
        const std::int64_t count = std::min(block, total - done);
        raw.resize(static_cast<std::size_t>(count) * elementSize(type));
        values.resize(static_cast<std::size_t>(count));
        if (auto got = read(done, count, raw); !got)
            return fail(got.error());
        convertToDouble(type, raw, values);
        sum.add(values);
        done += count;
        report(progress, {"statistics", done, total});
    }
    return sum.result();
}

Result<ItemStatistics> scanStatistics(const DiffractionScan& scan, const ProgressSink& progress, std::stop_token stop)
{
    const std::int64_t pixels = scan.patternShape().count();
    const int width = scan.scanShape().width;
    const std::size_t patternBytes = static_cast<std::size_t>(pixels) * elementSize(scan.elementType());
    const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
        const std::int64_t end = (first + count) / pixels;
        for (std::int64_t pattern = first / pixels; pattern < end;) {
            const auto x = static_cast<int>(pattern % width);
            const auto run = static_cast<int>(std::min<std::int64_t>(width - x, end - pattern));
            const std::size_t bytes = static_cast<std::size_t>(run) * patternBytes;
            if (auto done = scan.readRaw({static_cast<int>(pattern / width), x, 1, run}, to.first(bytes)); !done)
                return done;
            to = to.subspan(bytes);
            pattern += run;
        }
        return {};
    };
    return statisticsInBlocks(scan.elementType(), scan.availablePatterns() * pixels, read, progress, stop, pixels);
}

} // namespace dispersa
