// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/joined_scan.h"

#include <algorithm>

namespace dispersa {

JoinedScan::JoinedScan(std::vector<ScanPtr> parts) : m_parts(std::move(parts))
{
    for (const ScanPtr& part : m_parts)
        m_ends.push_back((m_ends.empty() ? 0 : m_ends.back()) + part->scanShape().width);
}

std::size_t JoinedScan::partOf(int x) const
{
    return static_cast<std::size_t>(std::upper_bound(m_ends.begin(), m_ends.end(), x) - m_ends.begin());
}

std::int64_t JoinedScan::availablePatterns() const
{
    std::int64_t available = 0;
    for (const ScanPtr& part : m_parts)
        available += part->availablePatterns();
    return available;
}

bool JoinedScan::isAvailable(ScanPoint point) const
{
    const std::size_t part = partOf(point.x);
    return m_parts[part]->isAvailable({0, point.x - startOf(part)});
}

/// Calls read(part, its patterns, target) for the parts that the block reaches into.
template<class Read>
Result<void> JoinedScan::readParts(const Region& block, std::size_t patternBytes, std::span<std::byte> out,
                                   Read read) const
{
    for (int x = block.x; x < block.x + block.width;) {
        const std::size_t part = partOf(x);
        const int count = std::min(block.x + block.width, m_ends[part]) - x;
        const auto target = out.first(static_cast<std::size_t>(count) * patternBytes);
        if (auto done = read(*m_parts[part], Region{0, x - startOf(part), 1, count}, target); !done)
            return done;
        out = out.subspan(target.size());
        x += count;
    }
    return {};
}

Result<void> JoinedScan::readRaw(const Region& block, std::span<std::byte> out) const
{
    if (auto fits = checkBlock(block, out.size()); !fits)
        return fits;
    const std::size_t bytes = static_cast<std::size_t>(patternShape().count()) * elementSize(elementType());
    return readParts(block, bytes, out, [](const DiffractionScan& part, const Region& patterns, auto target) {
        return part.readRaw(patterns, target);
    });
}

Result<void> JoinedScan::readWindow(const Region& block, const Region& window, std::span<std::byte> out) const
{
    if (auto fits = checkWindow(block, window, out.size()); !fits)
        return fits;
    const std::size_t bytes = static_cast<std::size_t>(window.count()) * elementSize(elementType());
    return readParts(block, bytes, out, [&](const DiffractionScan& part, const Region& patterns, auto target) {
        return part.readWindow(patterns, window, target);
    });
}

std::span<const std::byte> JoinedScan::mappedPattern(ScanPoint point) const
{
    if (!wholeRegion(scanShape()).contains(point))
        return {};
    const std::size_t part = partOf(point.x);
    return m_parts[part]->mappedPattern({0, point.x - startOf(part)});
}

} // namespace dispersa
