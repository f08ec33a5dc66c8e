// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/scan_shape_candidates.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace dispersa {
namespace {

constexpr std::int64_t largestAspect = 8;
constexpr std::int64_t mostFrames = std::int64_t(1) << 40; ///< trial division stays within a million steps

std::int64_t longer(ScanShape s) { return std::max(s.height, s.width); }
std::int64_t shorter(ScanShape s) { return std::min(s.height, s.width); }

/// Plausible before implausible; the products compare ratios without rounding.
bool morePlausible(ScanShape a, ScanShape b)
{
    const bool longA = longer(a) > largestAspect * shorter(a);
    const bool longB = longer(b) > largestAspect * shorter(b);
    if (longA != longB)
        return longB;
    const std::int64_t left = longer(a) * shorter(b);
    const std::int64_t right = longer(b) * shorter(a);
    return left != right ? left < right : a.width > b.width;
}

/// Grids of rows of `line` frames, `skip` of which are flyback, for every way to write `frames` as a product.
void addFactorPairs(std::int64_t frames, std::int64_t skip, std::vector<ScanShape>& shapes)
{
    if (frames <= 0 || frames > mostFrames)
        return;
    const auto add = [&](std::int64_t rows, std::int64_t line) {
        const std::int64_t columns = line - skip;
        if (columns > 0 && rows <= std::numeric_limits<int>::max() && columns <= std::numeric_limits<int>::max())
            shapes.push_back({static_cast<int>(rows), static_cast<int>(columns)});
    };
    for (std::int64_t factor = 1; factor * factor <= frames; ++factor) {
        if (frames % factor != 0)
            continue;
        add(factor, frames / factor);
        if (factor != frames / factor)
            add(frames / factor, factor);
    }
}

} // namespace

std::int64_t framesNeeded(ScanShape acquired, const ScanOrder& order)
{
    const std::int64_t line = std::int64_t(acquired.width) + order.skipPerRow;
    return order.skipFirst + acquired.height * line - order.skipPerRow;
}

ShapeFit shapeFit(ScanShape acquired, const ScanOrder& order, std::int64_t frames)
{
    const std::int64_t line = std::int64_t(acquired.width) + order.skipPerRow;
    const std::int64_t needed = framesNeeded(acquired, order);
    ShapeFit fit;
    fit.unused = std::max<std::int64_t>(0, frames - needed - order.skipPerRow);
    if (frames >= needed)
        return fit;
    // Whole lines that are there, then the positions of the line that is cut.
    const std::int64_t there = std::max<std::int64_t>(0, frames - order.skipFirst);
    const std::int64_t positions =
        there / line * acquired.width + std::min<std::int64_t>(there % line, acquired.width);
    fit.missing = acquired.count() - positions;
    return fit;
}

std::vector<ShapeCandidate> scanShapeCandidates(std::int64_t frames, const ScanOrder& order,
                                                const std::vector<ShapeHint>& hints)
{
    std::vector<ShapeCandidate> found;
    const auto add = [&](ScanShape shape, ShapeSource source) {
        const auto same = [&](const ShapeCandidate& other) { return other.acquired == shape; };
        if (shape.height > 0 && shape.width > 0 && shapeFit(shape, order, frames).exact() &&
            std::none_of(found.begin(), found.end(), same))
            found.push_back({shape, source});
    };
    std::vector<ShapeHint> ranked = hints;
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const ShapeHint& a, const ShapeHint& b) { return a.source < b.source; });
    for (ShapeHint hint : ranked) {
        if (hint.source == ShapeSource::Companion && order.transpose)
            std::swap(hint.shape.height, hint.shape.width);
        add(hint.shape, hint.source);
    }
    std::vector<ScanShape> shapes;
    addFactorPairs(frames - order.skipFirst, order.skipPerRow, shapes);
    if (order.skipPerRow > 0) // the last row's flyback may be missing
        addFactorPairs(frames - order.skipFirst + order.skipPerRow, order.skipPerRow, shapes);
    std::stable_sort(shapes.begin(), shapes.end(), morePlausible);
    for (const ScanShape shape : shapes)
        add(shape, ShapeSource::Factors);
    return found;
}

} // namespace dispersa
