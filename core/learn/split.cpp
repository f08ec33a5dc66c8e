// SPDX-License-Identifier: GPL-3.0-or-later
// Divides the usable pixels of the training scans into training, validation and test.
#include "core/learn/split.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>

namespace dispersa {

namespace {

using Sets = std::vector<std::vector<PixelSet>>;

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
            visit(std::size_t(y) * width + x);
}

Region grown(const Region& area, int margin, const Region& crop)
{
    const int y0 = std::max(0, area.y - margin), x0 = std::max(0, area.x - margin);
    const int y1 = std::min(crop.height, area.y + area.height + margin);
    const int x1 = std::min(crop.width, area.x + area.width + margin);
    return {y0, x0, y1 - y0, x1 - x0};
}

void assignRandomly(const std::vector<SplitScan>& scans, const SplitOptions& options, Random& random, Sets& sets)
{
    std::vector<std::pair<std::size_t, std::size_t>> pixels;
    for (std::size_t s = 0; s < scans.size(); ++s)
        for (std::size_t i = 0; i < scans[s].usable.size(); ++i)
            if (scans[s].usable[i])
                pixels.emplace_back(s, i);
    random.shuffle(std::span(pixels));
    const auto count = double(pixels.size());
    const auto test = std::size_t(std::llround(options.testFraction * count));
    const auto validation = std::size_t(std::llround(options.validationFraction * count));
    for (std::size_t i = 0; i < pixels.size() && i < test + validation; ++i)
        sets[pixels[i].first][pixels[i].second] = i < test ? PixelSet::Test : PixelSet::Validation;
}

std::vector<Block> tiles(const std::vector<SplitScan>& scans, std::size_t scanCount, int edge)
{
    std::vector<Block> blocks;
    for (std::size_t s = 0; s < scanCount; ++s) {
        const Region& crop = scans[s].crop;
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

void assignBlocks(const std::vector<SplitScan>& scans, std::size_t scanCount, double testFraction,
                  const SplitOptions& options, Random& random, Sets& sets)
{
    std::vector<Block> pool = tiles(scans, scanCount, options.block_px);
    double usable = 0;
    for (const Block& block : pool)
        usable += double(block.usable);
    random.shuffle(std::span(pool));
    const std::vector<Block> test = draw(pool, testFraction * usable);
    const std::vector<Block> validation = draw(pool, options.validationFraction * usable);
    mark(test, PixelSet::Test, scans, sets);
    mark(validation, PixelSet::Validation, scans, sets);
    guard(test, options.guard_px, PixelSet::Train, scans, sets);
    guard(test, options.guard_px, PixelSet::Validation, scans, sets);
    guard(validation, options.guard_px, PixelSet::Train, scans, sets);
}

Result<void> check(const std::vector<SplitScan>& scans, const SplitOptions& options)
{
    if (!(options.testFraction > 0 && options.testFraction < 1))
        return fail(ErrorCode::InvalidArgument, "The test fraction of the split must lie between 0 and 1.");
    if (!(options.validationFraction >= 0 && options.validationFraction + options.testFraction < 1))
        return fail(ErrorCode::InvalidArgument,
                    "The validation fraction must be 0 or more and leave something to train beside the test fraction.");
    if (options.kind != SplitKind::Random && (options.block_px < 1 || options.guard_px < 0))
        return fail(ErrorCode::InvalidArgument,
                    "The blocks of the split need an edge of at least 1 and a guard of at least 0.");
    for (const SplitScan& scan : scans)
        if (std::int64_t(scan.usable.size()) != scan.crop.count())
            return fail(ErrorCode::InvalidArgument, "The mask of usable pixels has another size than the crop.");
    if (scans.empty())
        return fail(ErrorCode::NothingToTrain, "No scan has the role train: give at least one scan that role.");
    if (options.kind == SplitKind::Scans && scans.size() < 2)
        return fail(ErrorCode::NothingToTrain,
                    "The split by scans keeps the last training scan as test part and needs at least "
                    "two scans with the role train: add one or choose another split.");
    return {};
}

Result<void> checkParts(const Sets& sets, bool wantsValidation)
{
    std::int64_t train = 0, validation = 0, test = 0;
    for (const std::vector<PixelSet>& set : sets)
        for (PixelSet pixel : set) {
            train += pixel == PixelSet::Train;
            validation += pixel == PixelSet::Validation;
            test += pixel == PixelSet::Test;
        }
    const char* missing = train == 0                           ? "training"
                          : test == 0                          ? "test"
                          : wantsValidation && validation == 0 ? "validation"
                                                               : nullptr;
    if (!missing)
        return {};
    return fail(ErrorCode::NothingToTrain,
                std::string("The split leaves no pixel in the ") + missing +
                    " part: use a larger crop, other fractions, or smaller blocks and guard.",
                {}, {missing});
}

} // namespace

const char* pixelSetName(PixelSet set)
{
    switch (set) {
    case PixelSet::Train:
        return "train";
    case PixelSet::Validation:
        return "validation";
    case PixelSet::Test:
        return "test";
    case PixelSet::Guard:
        return "guard";
    case PixelSet::Unused:
        break;
    }
    return "unused";
}

Result<std::vector<std::vector<PixelSet>>> splitPixels(const std::vector<SplitScan>& scans, const SplitOptions& options)
{
    if (const auto checked = check(scans, options); !checked)
        return fail(checked.error());

    Sets sets;
    for (const SplitScan& scan : scans) {
        std::vector<PixelSet>& set = sets.emplace_back();
        for (std::uint8_t usable : scan.usable)
            set.push_back(usable ? PixelSet::Train : PixelSet::Unused);
    }
    Random random(options.seed);
    if (options.kind == SplitKind::Random) {
        assignRandomly(scans, options, random, sets);
    } else if (options.kind == SplitKind::Blocks) {
        assignBlocks(scans, scans.size(), options.testFraction, options, random, sets);
    } else {
        for (PixelSet& pixel : sets.back())
            if (pixel == PixelSet::Train)
                pixel = PixelSet::Test;
        if (options.validationFraction > 0)
            assignBlocks(scans, scans.size() - 1, 0, options, random, sets);
    }
    if (const auto checked = checkParts(sets, options.validationFraction > 0); !checked)
        return fail(checked.error());
    return sets;
}

} // namespace dispersa
