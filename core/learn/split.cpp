// SPDX-License-Identifier: GPL-3.0-or-later
// Divides the usable pixels of the training scans into training, validation and test.
#include "core/learn/split.h"

#include "core/base/random.h"
#include "core/data/electron_wavelength.h"
#include "core/learn/held_out_blocks_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa {

namespace {

using Sets = std::vector<std::vector<PixelSet>>;

void assignRandomly(const std::vector<SplitScan>& scans, const SplitOptions& options, Sets& sets)
{
    Random random(options.seed);
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
    if (options.kind == SplitKind::Random) {
        assignRandomly(scans, options, sets);
    } else {
        if (wholeScans && testScan)
            for (PixelSet& pixel : sets.at(*testScan))
                if (pixel == PixelSet::Train)
                    pixel = PixelSet::Test;
        holdOutBlocks(scans,
                      {wholeScans ? 0 : options.testFraction, options.validationFraction, options.calibrationFraction,
                       options.block_px, guard_px, options.seed, wholeScans ? testScan : std::nullopt},
                      sets);
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
