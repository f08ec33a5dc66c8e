// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/pixel_neighbours_p.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace dispersa {
namespace {

std::int64_t squared(std::int64_t x)
{
    return x * x;
}

int coordinate(ScanPoint place, bool row)
{
    return row ? place.y : place.x;
}

} // namespace

/// Squared distances of the nearest pixels met so far, whole numbers, rising.
struct PixelNeighbours::Nearest {
    std::size_t wanted;
    std::vector<std::int64_t> found = {};

    std::int64_t reach() const
    {
        return found.size() < wanted ? std::numeric_limits<std::int64_t>::max() : found.back();
    }
    void meet(const Cell& cell, std::int64_t distance)
    {
        for (int i = 0; i < cell.count && distance < reach(); ++i) {
            found.insert(std::upper_bound(found.begin(), found.end(), distance), distance);
            if (found.size() > wanted)
                found.pop_back();
        }
    }
};

/// Sums over everything nearer than the last of the nearest, and over what is just as far.
struct PixelNeighbours::WeightedSum {
    std::int64_t last; ///< squared distance
    double weights = 0;
    double weighted = 0;
    int nearer = 0;
    double tiedSum = 0;
    int tied = 0;

    /// One more, since visit() passes over what lies at the reach itself.
    std::int64_t reach() const { return last + 1; }
    void meet(const Cell& cell, std::int64_t distance)
    {
        if (distance > last)
            return;
        if (distance == last) {
            tiedSum += cell.sum;
            tied += cell.count;
            return;
        }
        const double weight = 1 / std::sqrt(static_cast<double>(distance));
        weights += weight * cell.count;
        weighted += weight * cell.sum;
        nearer += cell.count;
    }
};

PixelNeighbours::PixelNeighbours(std::span<const ScanPoint> places, std::span<const float> values)
{
    const std::size_t count = std::min(places.size(), values.size());
    for (std::size_t i = 0; i < count; ++i)
        if (std::isfinite(values[i]))
            m_cells.push_back({places[i], static_cast<double>(values[i]), 1});
    // Stable: the sums, and so their rounding, follow the order given.
    std::stable_sort(m_cells.begin(), m_cells.end(), [](const Cell& a, const Cell& b) { return a.place < b.place; });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < m_cells.size(); ++i) {
        if (m_cells[i].place == m_cells[kept].place) {
            m_cells[kept].sum += m_cells[i].sum;
            m_cells[kept].count += m_cells[i].count;
        } else {
            m_cells[++kept] = m_cells[i];
        }
    }
    m_cells.resize(std::min(m_cells.size(), kept + 1));
    if (m_cells.empty())
        return;
    m_first = m_last = m_cells.front().place;
    for (const Cell& cell : m_cells) {
        m_first = {std::min(m_first.y, cell.place.y), std::min(m_first.x, cell.place.x)};
        m_last = {std::max(m_last.y, cell.place.y), std::max(m_last.x, cell.place.x)};
    }
    build(0, m_cells.size(), true);
}

void PixelNeighbours::build(std::size_t begin, std::size_t end, bool byRow)
{
    if (end - begin < 2)
        return;
    const std::size_t middle = begin + (end - begin) / 2;
    const auto at = [&](std::size_t i) { return m_cells.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(middle), at(end), [byRow](const Cell& a, const Cell& b) {
        return coordinate(a.place, byRow) < coordinate(b.place, byRow);
    });
    build(begin, middle, !byRow);
    build(middle + 1, end, !byRow);
}

PixelNeighbours::Gap PixelNeighbours::gapTo(ScanPoint place) const
{
    const auto outside = [](std::int64_t at, int first, int last) {
        return std::max({std::int64_t(0), first - at, at - last});
    };
    return {outside(place.y, m_first.y, m_last.y), outside(place.x, m_first.x, m_last.x)};
}

template<class Visitor>
void PixelNeighbours::visit(std::size_t begin, std::size_t end, bool byRow, ScanPoint place, Gap gap,
                            Visitor& visitor) const
{
    if (begin >= end || gap.squared() >= visitor.reach())
        return;
    const std::size_t middle = begin + (end - begin) / 2;
    const Cell& cell = m_cells[middle];
    const std::int64_t across = std::int64_t(coordinate(place, byRow)) - coordinate(cell.place, byRow);
    visitor.meet(cell, squared(std::int64_t(place.y) - cell.place.y) + squared(std::int64_t(place.x) - cell.place.x));
    // The side the place is on first: it shortens the reach. The other side begins at the dividing cell.
    const bool low = across < 0;
    Gap beyond = gap;
    std::int64_t& away = byRow ? beyond.rows : beyond.columns;
    away = std::max(away, std::abs(across));
    visit(low ? begin : middle + 1, low ? middle : end, !byRow, place, gap, visitor);
    visit(low ? middle + 1 : begin, low ? end : middle, !byRow, place, beyond, visitor);
}

double PixelNeighbours::inverseDistanceMean(ScanPoint place, int count) const
{
    if (m_cells.empty() || count < 1)
        return std::numeric_limits<double>::quiet_NaN();
    Nearest nearest{static_cast<std::size_t>(count)};
    const Gap gap = gapTo(place);
    visit(0, m_cells.size(), true, place, gap, nearest);
    // The distance is a whole number squared, so "just as far" is exact.
    const bool here = nearest.found.front() == 0;
    WeightedSum sum{here ? 0 : nearest.found.back()};
    visit(0, m_cells.size(), true, place, gap, sum);
    if (here)
        return sum.tiedSum / sum.tied;
    const double places = static_cast<double>(nearest.found.size()) - sum.nearer;
    const double weight = places / std::sqrt(static_cast<double>(sum.last));
    return (sum.weighted + weight * sum.tiedSum / sum.tied) / (sum.weights + weight);
}

} // namespace dispersa
