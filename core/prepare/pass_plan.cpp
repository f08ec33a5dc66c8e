// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pass_plan_p.h"

#include "core/prepare/parallel_blocks.h"

#include <algorithm>

namespace dispersa::pass {
namespace {

// Enough work for a thread between two looks at the clock, little enough to stop at once and to share out evenly.
constexpr std::size_t tileBytes = 2u << 20;
// Read within a few hundredths of a second from the page cache, and soon from a disc.
constexpr std::int64_t firstRoundBytes = 24 << 20;
// So little that a coarse picture would not come noticeably sooner.
constexpr std::int64_t oneRoundBytes = 32 << 20;
constexpr std::int64_t fewestPositions = 64;

std::int64_t cells(int extent, int cell) { return (std::int64_t(extent) + cell - 1) / cell; }

/// Cuts a run of positions in a row (or of grains) into tiles.
void addTiles(const DiffractionScan& scan, const Region& run, std::vector<Region>& tiles)
{
    for (const Region& block : scanBlocks(scan, run, tileBytes))
        tiles.push_back(block);
}

/// Runs of available positions in the rows of `region`.
void addAvailable(const DiffractionScan& scan, const Region& region, std::vector<Region>& tiles)
{
    for (int y = region.y; y < region.y + region.height; ++y)
        for (int x = region.x; x < region.x + region.width;) {
            int end = x;
            while (end < region.x + region.width && scan.isAvailable({y, end}))
                ++end;
            if (end > x)
                addTiles(scan, {y, x, 1, end - x}, tiles);
            x = end + (end == x ? 1 : 0);
        }
}

void add(const DiffractionScan& scan, const Region& region, std::vector<Region>& tiles)
{
    if (scan.availablePatterns() == scan.scanShape().count())
        addTiles(scan, region, tiles);
    else
        addAvailable(scan, region, tiles);
}

std::int64_t patternsIn(const std::vector<Region>& tiles)
{
    std::int64_t patterns = 0;
    for (const Region& tile : tiles)
        patterns += tile.count();
    return patterns;
}

} // namespace

Plan Plan::inOrder(const DiffractionScan& scan, std::vector<ScanPoint> pixels)
{
    Plan plan;
    if (pixels.empty()) {
        add(scan, wholeRegion(scan.scanShape()), plan.tiles);
    } else {
        std::sort(pixels.begin(), pixels.end());
        pixels.erase(std::unique(pixels.begin(), pixels.end()), pixels.end());
        std::erase_if(pixels, [&](ScanPoint point) { return !scan.isAvailable(point); });
        for (std::size_t i = 0; i < pixels.size();) {
            std::size_t end = i + 1; // neighbours in a row are read together
            while (end < pixels.size() && pixels[end].y == pixels[i].y &&
                   pixels[end].x == pixels[i].x + static_cast<int>(end - i))
                ++end;
            addTiles(scan, {pixels[i].y, pixels[i].x, 1, static_cast<int>(end - i)}, plan.tiles);
            i = end;
        }
    }
    plan.roundEnds = {plan.tiles.size()};
    plan.steps = {1};
    plan.patterns = patternsIn(plan.tiles);
    return plan;
}

Plan Plan::coarseToFine(const DiffractionScan& scan, std::int64_t bytesEach)
{
    const ScanShape shape = scan.scanShape();
    const ScanShape grain{std::clamp(scan.readGrain().height, 1, shape.height),
                          std::clamp(scan.readGrain().width, 1, shape.width)};
    const ScanShape grid{static_cast<int>(cells(shape.height, grain.height)),
                         static_cast<int>(cells(shape.width, grain.width))};
    const std::int64_t cellBytes = std::max<std::int64_t>(1, bytesEach * grain.count());
    const auto visited = [&](int step) { return cells(grid.height, step) * cells(grid.width, step); };
    if (visited(1) * cellBytes <= oneRoundBytes || visited(2) < fewestPositions)
        return inOrder(scan, {});
    int step = 2;
    while (visited(step) * cellBytes > firstRoundBytes && visited(2 * step) >= fewestPositions)
        step *= 2;

    Plan plan;
    plan.grain = grain;
    for (int before = 0; step >= 1; before = step, step /= 2) {
        for (int row = 0; row < grid.height; row += step) {
            const bool halfRead = before > 0 && row % before == 0;
            for (int column = 0; column < grid.width; column += step) {
                if (halfRead && column % before == 0)
                    continue;
                Region tile{row * grain.height, column * grain.width, grain.height, grain.width};
                if (step == 1 && !halfRead) { // a row of which nothing is read yet
                    tile.width = shape.width;
                    column = grid.width;
                }
                tile.height = std::min(tile.height, shape.height - tile.y);
                tile.width = std::min(tile.width, shape.width - tile.x);
                add(scan, tile, plan.tiles);
            }
        }
        plan.roundEnds.push_back(plan.tiles.size());
        plan.steps.push_back(step * std::max(grain.height, grain.width));
    }
    plan.steps.back() = 1;
    plan.patterns = patternsIn(plan.tiles);
    return plan;
}

ScanPoint Plan::shownFor(ScanPoint point, int step, ScanShape scan) const
{
    const auto nearest = [](int position, int cell, int every, int extent) {
        const int index = position / cell;
        if (index % every == 0)
            return position;
        const int last = (extent - 1) / cell / every * every;
        const int shown = std::min((index + every / 2) / every * every, last);
        return std::min(shown * cell + cell / 2, extent - 1);
    };
    const int every = std::max(1, step / std::max(grain.height, grain.width));
    return {nearest(point.y, grain.height, every, scan.height), nearest(point.x, grain.width, every, scan.width)};
}

} // namespace dispersa::pass
