// SPDX-License-Identifier: GPL-3.0-or-later
// Divides the usable pixels of the training scans into training, validation and test.
#include "core/learn/split.h"

#include "core/base/random.h"
#include "core/data/electron_wavelength.h"

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
    std::size_t i = 0;
    const auto take = [&](double fraction, PixelSet set) {
        for (auto left = std::size_t(std::llround(fraction * count)); left > 0 && i < pixels.size(); --left, ++i)
            sets[pixels[i].first][pixels[i].second] = set;
    };
    take(options.testFraction, PixelSet::Test);
    take(options.validationFraction, PixelSet::Validation);
    take(options.calibrationFraction, PixelSet::Calibration);
}

std::vector<Block> tiles(const std::vector<SplitScan>& scans, std::optional<std::size_t> without, int edge)
{
    std::vector<Block> blocks;
    for (std::size_t s = 0; s < scans.size(); ++s) {
        if (s == without)
            continue;
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

/// Holds out blocks of all scans but `without`.
void assignBlocks(const std::vector<SplitScan>& scans, std::optional<std::size_t> without, double testFraction,
                  const SplitOptions& options, int guard_px, Random& random, Sets& sets)
{
    std::vector<Block> pool = tiles(scans, without, options.block_px);
    double usable = 0;
    for (const Block& block : pool)
        usable += double(block.usable);
    random.shuffle(std::span(pool));
    constexpr PixelSet kinds[] = {PixelSet::Test, PixelSet::Validation, PixelSet::Calibration};
    const double fractions[] = {testFraction, options.validationFraction, options.calibrationFraction};
    std::vector<Block> held[3];
    for (std::size_t k = 0; k < 3; ++k) {
        held[k] = draw(pool, fractions[k] * usable);
        mark(held[k], kinds[k], scans, sets);
    }
    // What is scored keeps its pixels; what is nearer to it than the guard serves nothing, in this order.
    for (std::size_t k = 0; k < 3; ++k) {
        guard(held[k], guard_px, PixelSet::Train, scans, sets);
        for (std::size_t other = k + 1; other < 3; ++other)
            guard(held[k], guard_px, kinds[other], scans, sets);
    }
}

Result<void> check(const std::vector<SplitScan>& scans, const SplitOptions& options, int guard_px)
{
    if (!(options.testFraction > 0 && options.testFraction < 1))
        return fail(ErrorCode::InvalidArgument, "The test fraction of the split must lie between 0 and 1.");
    if (!(options.validationFraction >= 0 && options.calibrationFraction >= 0 &&
          options.validationFraction + options.calibrationFraction + options.testFraction < 1))
        return fail(ErrorCode::InvalidArgument, "The fractions for validation and calibration must be 0 or more and leave "
                                                "something to train beside the test fraction.");
    if (options.kind != SplitKind::Random && (options.block_px < 1 || guard_px < 0))
        return fail(ErrorCode::InvalidArgument,
                    "The blocks of the split need an edge of at least 1 and a guard of at least 0.");
    for (const SplitScan& scan : scans)
        if (std::int64_t(scan.usable.size()) != scan.crop.count())
            return fail(ErrorCode::InvalidArgument, "The mask of usable pixels has another size than the crop.");
    if (scans.empty())
        return fail(ErrorCode::NothingToTrain, "No scan has the role train: give at least one scan that role.");
    if ((options.kind == SplitKind::Scans || options.kind == SplitKind::LeaveOneOut) && scans.size() < 2)
        return fail(ErrorCode::NothingToTrain,
                    "A split by scans keeps whole training scans as test part and needs at least "
                    "two scans with the role train: add one or choose another split.");
    return {};
}

/// Every part that is wanted has pixels.
Result<void> checkParts(const Sets& sets, const std::vector<PixelSet>& wanted)
{
    for (const PixelSet part : wanted) {
        if (std::any_of(sets.begin(), sets.end(), [part](const std::vector<PixelSet>& set) {
                return std::find(set.begin(), set.end(), part) != set.end();
            }))
            continue;
        const std::string missing = part == PixelSet::Train ? "training" : pixelSetName(part);
        return fail(ErrorCode::NothingToTrain,
                    "The split leaves no pixel in the " + missing +
                        " part: use a larger crop, other fractions, or smaller blocks and guard.",
                    {}, {missing});
    }
    return {};
}

} // namespace

const char* pixelSetName(PixelSet set)
{
    switch (set) {
    case PixelSet::Train:
        return "train";
    case PixelSet::Validation:
        return "validation";
    case PixelSet::Calibration:
        return "calibration";
    case PixelSet::Test:
        return "test";
    case PixelSet::Guard:
        return "guard";
    case PixelSet::Unused:
        break;
    }
    return "unused";
}

int probeOverlap_px(const Calibration& calibration)
{
    const double wavelength_nm = 0.1 * electronWavelength_A(200e3); // files seldom say the voltage
    if (!calibration.convergence_mrad || !calibration.scanStep_nm || !(*calibration.convergence_mrad > 0) ||
        !(*calibration.scanStep_nm > 0))
        return 0;
    const double diameter_nm = 1.22 * wavelength_nm / (*calibration.convergence_mrad * 1e-3);
    return int(std::ceil(std::min(diameter_nm / *calibration.scanStep_nm, 1000.0)));
}

int guardByRule(int filterRadius_px, int contextRadius_px, int probeOverlap_px)
{
    return 2 * (filterRadius_px + contextRadius_px) + probeOverlap_px;
}

Result<std::vector<std::vector<PixelSet>>> splitPixels(const std::vector<SplitScan>& scans, const SplitOptions& options,
                                                       int guard_px, std::optional<std::size_t> testScan)
{
    if (const auto checked = check(scans, options, guard_px); !checked)
        return fail(checked.error());

    Sets sets;
    for (const SplitScan& scan : scans) {
        std::vector<PixelSet>& set = sets.emplace_back();
        for (std::uint8_t usable : scan.usable)
            set.push_back(usable ? PixelSet::Train : PixelSet::Unused);
    }
    if (options.kind == SplitKind::Scans)
        testScan = scans.size() - 1;
    const bool wholeScans = options.kind == SplitKind::Scans || options.kind == SplitKind::LeaveOneOut;
    Random random(options.seed);
    if (options.kind == SplitKind::Random) {
        assignRandomly(scans, options, random, sets);
    } else if (!wholeScans) {
        assignBlocks(scans, std::nullopt, options.testFraction, options, guard_px, random, sets);
    } else {
        if (testScan)
            for (PixelSet& pixel : sets.at(*testScan))
                if (pixel == PixelSet::Train)
                    pixel = PixelSet::Test;
        assignBlocks(scans, testScan, 0, options, guard_px, random, sets);
    }
    std::vector<PixelSet> wanted = {PixelSet::Train};
    if (!wholeScans || testScan)
        wanted.push_back(PixelSet::Test);
    if (options.validationFraction > 0)
        wanted.push_back(PixelSet::Validation);
    if (options.calibrationFraction > 0)
        wanted.push_back(PixelSet::Calibration);
    if (const auto checked = checkParts(sets, wanted); !checked)
        return fail(checked.error());
    return sets;
}

} // namespace dispersa
