// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/held_out_blocks_p.h"

#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace dispersa {
namespace {

using Sets = std::vector<std::vector<PixelSet>>;

/// Of what is not held out, the share that guards must leave to train on for blocks to lie scattered.
constexpr double leastTraining = 0.5;
/// Places around which blocks are drawn together, tried in this order after scattered ones; a single place is tried in
/// several parts of the map, for guards take most in the middle.
constexpr std::array<std::size_t, 12> places = {8, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1};

/// One square of the tiling, in coordinates of its scan's crop.
struct Block {
    std::size_t scan = 0;
    Region area;
    std::int64_t usable = 0;
};

template<class Visit>
void forEachPixel(const Region& area, int width, const Visit& visit)
{
    for (int y = area.y; y < area.y + area.height; ++y)
        for (int x = area.x; x < area.x + area.width; ++x)
            visit(std::size_t(y) * std::size_t(width) + std::size_t(x));
}

Region grown(const Region& area, int margin, const Region& crop)
{
    const int y0 = std::max(0, area.y - margin), x0 = std::max(0, area.x - margin);
    const int y1 = std::min(crop.height, area.y + area.height + margin);
    const int x1 = std::min(crop.width, area.x + area.width + margin);
    return {y0, x0, y1 - y0, x1 - x0};
}

/// Between the middles of two blocks; far where they lie in different scans.
double distance(const Block& a, const Block& b)
{
    if (a.scan != b.scan)
        return std::numeric_limits<double>::infinity();
    return std::hypot(a.area.y + a.area.height / 2.0 - b.area.y - b.area.height / 2.0,
                      a.area.x + a.area.width / 2.0 - b.area.x - b.area.width / 2.0);
}

std::vector<Block> tiles(const std::vector<SplitScan>& scans, const HeldOutBlocks& options)
{
    std::vector<Block> blocks;
    for (std::size_t s = 0; s < scans.size(); ++s) {
        if (s == options.without)
            continue;
        const Region& crop = scans[s].crop;
        const int edge = options.block_px;
        for (int y = 0; y < crop.height; y += edge)
            for (int x = 0; x < crop.width; x += edge) {
                Block block{s, {y, x, std::min(edge, crop.height - y), std::min(edge, crop.width - x)}};
                forEachPixel(block.area, crop.width, [&](std::size_t i) { block.usable += scans[s].usable[i] != 0; });
                if (block.usable > 0)
                    blocks.push_back(block);
            }
    }
    return blocks;
}

/// Sorts by the distance to the nearest of `middles`, the farthest first.
void sortTowards(std::span<const Block> middles, std::span<Block> blocks)
{
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        double least = std::numeric_limits<double>::infinity();
        for (const Block& middle : middles)
            least = std::min(least, distance(blocks[i], middle));
        order.emplace_back(-least, i);
    }
    std::sort(order.begin(), order.end());
    const std::vector<Block> before(blocks.begin(), blocks.end());
    for (std::size_t i = 0; i < blocks.size(); ++i)
        blocks[i] = before[order[i].second];
}

/// Sorts `pool` so that the blocks nearest to `count` of it come last, and adds those to `middles`. They are the last of
/// the pool; where there are middles already, of other parts, those farthest from them, lest they lie in their guard.
void gather(std::vector<Block>& pool, std::size_t count, std::vector<Block>& middles)
{
    if (!middles.empty()) {
        sortTowards(middles, pool);
        std::reverse(pool.begin(), pool.end());
    }
    const std::size_t first = pool.size() - std::min(count, pool.size());
    const std::vector<Block> own(pool.begin() + std::ptrdiff_t(first), pool.end());
    sortTowards(own, std::span(pool).first(first));
    middles.insert(middles.end(), own.begin(), own.end());
}

/// Takes blocks from the end of `pool` until they hold about `wanted` pixels: the last one only if that comes nearer.
std::vector<Block> draw(std::vector<Block>& pool, double wanted)
{
    std::vector<Block> taken;
    double held = 0;
    while (!pool.empty() && held < wanted) {
        const auto next = double(pool.back().usable);
        if (!taken.empty() && held + next - wanted > wanted - held)
            break;
        held += next;
        taken.push_back(pool.back());
        pool.pop_back();
    }
    return taken;
}

void mark(const std::vector<Block>& blocks, PixelSet set, const std::vector<SplitScan>& scans, Sets& sets)
{
    for (const Block& block : blocks)
        forEachPixel(block.area, scans[block.scan].crop.width, [&](std::size_t i) {
            if (scans[block.scan].usable[i])
                sets[block.scan][i] = set;
        });
}

/// Pixels of `from` within the margin around the blocks serve nothing: their filtered maps share measurements with
/// them.
void guard(const std::vector<Block>& blocks, int margin, PixelSet from, const std::vector<SplitScan>& scans, Sets& sets)
{
    for (const Block& block : blocks) {
        const Region& crop = scans[block.scan].crop;
        forEachPixel(grown(block.area, margin, crop), crop.width, [&](std::size_t i) {
            if (sets[block.scan][i] == from)
                sets[block.scan][i] = PixelSet::Guard;
        });
    }
}

std::int64_t count(const Sets& sets, PixelSet wanted, std::optional<std::size_t> without)
{
    std::int64_t n = 0;
    for (std::size_t s = 0; s < sets.size(); ++s)
        if (s != without)
            n += std::count(sets[s].begin(), sets[s].end(), wanted);
    return n;
}

constexpr std::array kinds = {PixelSet::Test, PixelSet::Validation, PixelSet::Calibration};

struct Attempt {
    Sets sets;
    std::int64_t left = 0;  ///< pixels that train, of the scans that blocks are drawn from
    bool complete = true;   ///< guards leave at least half of what was asked for of every part
};

/// `pool` shuffled; `around`: how many places blocks are drawn together at, 0 for scattered.
Attempt attempt(const std::vector<SplitScan>& scans, const HeldOutBlocks& options, std::vector<Block> pool,
                std::size_t around, Sets sets)
{
    double usable = 0;
    for (const Block& block : pool)
        usable += double(block.usable);
    const double fractions[] = {options.testFraction, options.validationFraction, options.calibrationFraction};
    std::array<std::vector<Block>, kinds.size()> held;
    std::vector<Block> middles;
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        if (around > 0 && fractions[k] > 0)
            gather(pool, around, middles);
        held[k] = draw(pool, fractions[k] * usable);
        mark(held[k], kinds[k], scans, sets);
    }
    // What is scored keeps its pixels; what is nearer to it than the guard serves nothing, in this order.
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        guard(held[k], options.guard_px, PixelSet::Train, scans, sets);
        for (std::size_t other = k + 1; other < kinds.size(); ++other)
            guard(held[k], options.guard_px, kinds[other], scans, sets);
    }
    Attempt result{std::move(sets)};
    result.left = count(result.sets, PixelSet::Train, options.without);
    result.complete = result.left > 0;
    for (std::size_t k = 0; k < kinds.size(); ++k)
        if (2 * double(count(result.sets, kinds[k], options.without)) < fractions[k] * usable)
            result.complete = false;
    return result;
}

} // namespace

void holdOutBlocks(const std::vector<SplitScan>& scans, const HeldOutBlocks& options, Sets& sets)
{
    std::vector<Block> pool = tiles(scans, options);
    Random random(options.seed);
    random.shuffle(std::span(pool));
    double rest = 0;
    for (const Block& block : pool)
        rest += double(block.usable);
    rest *= 1 - options.testFraction - options.validationFraction - options.calibrationFraction;
    Attempt best = attempt(scans, options, pool, 0, sets);
    for (const std::size_t around : places) {
        if (pool.empty() || (best.complete && double(best.left) >= leastTraining * rest))
            break;
        std::rotate(pool.begin(), pool.end() - 1, pool.end()); // another place
        Attempt next = attempt(scans, options, pool, around, sets);
        if (next.complete > best.complete || (next.complete == best.complete && next.left > best.left))
            best = std::move(next);
    }
    sets = std::move(best.sets);
}

} // namespace dispersa
