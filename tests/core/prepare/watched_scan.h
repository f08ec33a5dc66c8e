// SPDX-License-Identifier: GPL-3.0-or-later
// A scan in memory that notes how it is read: by blocks, by windows, or by looking at patterns where they lie.
#pragma once

#include "tests/support/memory_scan.h"

#include <mutex>
#include <random>
#include <set>
#include <vector>

namespace dispersa {

/// Counts what is read, and keeps its patterns where a pass may look at them, or not.
class WatchedScan final : public MemoryScan {
  public:
    using MemoryScan::MemoryScan;
    std::span<const std::byte> mappedPattern(ScanPoint point) const override
    {
        if (!m_maps || !isAvailable(point))
            return {};
        const std::lock_guard lock(m_mutex);
        m_seen.insert(point);
        const std::size_t bytes = std::size_t(patternShape().count()) * elementSize(elementType());
        return raw().subspan(std::size_t(std::int64_t(point.y) * scanShape().width + point.x) * bytes, bytes);
    }
    ScanShape readGrain() const override { return m_grain; }
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        const std::lock_guard lock(m_mutex);
        for (int y = block.y; y < block.y + block.height; ++y)
            for (int x = block.x; x < block.x + block.width; ++x)
                m_reads.push_back({y, x});
        return MemoryScan::readRaw(block, out);
    }
    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_windows.push_back(window);
        }
        return MemoryScan::readWindow(block, window, out);
    }
    mutable std::mutex m_mutex;
    mutable std::set<ScanPoint> m_seen;
    mutable std::vector<ScanPoint> m_reads;
    mutable std::vector<Region> m_windows;
    bool m_maps = false;
    ScanShape m_grain = {1, 1};
};

/// From `least` up to, but not including, `most`; always the same ones.
template<class T>
std::vector<T> randomValues(std::size_t count, int most, int least = 0)
{
    std::mt19937 random(11);
    std::vector<T> values(count);
    for (T& value : values)
        value = T(least + int(random() % unsigned(most - least)));
    return values;
}

} // namespace dispersa
