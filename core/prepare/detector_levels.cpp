// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/detector_levels.h"

#include "core/prepare/beam_centre.h"
#include "core/prepare/sampled_patterns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace dispersa {
namespace {

constexpr std::int64_t samples = 1024;
/// Corners of the detector, in units of half its shorter edge: beyond the rings, where least is scattered to.
constexpr double cornerRadius = 1.06;
/// Share of saturated counts above which a dose is not worth comparing. Below, what is cut off is some hundredths of it.
constexpr double mostSaturated = 0.5;

/// Sum of some pixels of a pattern.
struct Sum {
    double counts = 0;
    std::int64_t pixels = 0;
    void add(float value)
    {
        if (!std::isfinite(value))
            return;
        counts += double(value);
        ++pixels;
    }
};

constexpr std::size_t beamPixels = 9;

struct Sample {
    Sum corners, all;
    std::array<float, beamPixels> beam = {}; ///< 3 x 3 pixels about the direct beam
    double brightest = 0;                    ///< the robust maximum
    double inBrightest = 0;                  ///< counts of the pixels that reach it
};

/// Pixels outside of the inscribed circle.
std::vector<std::size_t> cornersOf(PatternShape shape)
{
    const double half = std::min(shape.height, shape.width) / 2.0;
    std::vector<std::size_t> pixels;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            if (std::hypot(y - (shape.height - 1) / 2.0, x - (shape.width - 1) / 2.0) > cornerRadius * half)
                pixels.push_back(std::size_t(y) * std::size_t(shape.width) + std::size_t(x));
    return pixels;
}

Sample sampleOf(std::span<const float> pattern, PatternShape shape, ImagePoint beam, std::span<const std::size_t> corners)
{
    Sample sample;
    for (const std::size_t pixel : corners)
        sample.corners.add(pattern[pixel]);
    const auto brightest = float(robustMaximum(pattern, shape));
    sample.brightest = double(brightest);
    for (const float value : pattern) {
        sample.all.add(std::min(value, brightest));
        sample.inBrightest += value >= brightest ? double(brightest) : 0;
    }
    const int y0 = int(std::lround(std::clamp(beam.y, 0.0, double(shape.height - 1))));
    const int x0 = int(std::lround(std::clamp(beam.x, 0.0, double(shape.width - 1))));
    std::size_t at = 0;
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
            const int y = std::clamp(y0 + dy, 0, shape.height - 1), x = std::clamp(x0 + dx, 0, shape.width - 1);
            sample.beam[at++] = pattern[std::size_t(y) * std::size_t(shape.width) + std::size_t(x)];
        }
    return sample;
}

/// See DetectorLevels.
double saturatedShare(const std::vector<Sample>& all, ElementType type)
{
    SaturationCounter counter;
    for (const Sample& sample : all)
        counter.add(sample.beam);
    const auto saturation = counter.found(type);
    if (!saturation)
        return 0;
    double share = 0;
    for (const Sample& sample : all)
        if (sample.brightest >= saturation->ceiling)
            share += sample.inBrightest / sample.all.counts / double(all.size());
    return share;
}

} // namespace

bool DetectorLevels::knowsDose() const { return dose_counts > 0 && saturatedShare < mostSaturated; }

Result<DetectorLevels> detectorLevels(const DiffractionScan& scan, const PreparationPlan& plan,
                                      const ProgressSink& progress, std::stop_token stop)
{
    const std::vector<ScanPoint> points = gridPoints(scan, samples);
    const std::vector<std::size_t> corners = cornersOf(plan.shape);
    std::vector<Sample> all(points.size());
    ProgressCounter counter(progress, "measure dose", std::int64_t(points.size()));
    auto done = forEachPatternAt(scan, points, counter, stop, [&](std::size_t index, std::vector<float>& values) {
        repairPixels(values, plan.badPixels);
        if (!isEmptyPattern(values))
            all[index] = sampleOf(values, plan.shape, plan.beamOf(values, points[index]), corners);
    });
    if (!done)
        return fail(std::move(done.error()));
    std::erase_if(all, [](const Sample& sample) { return sample.all.pixels == 0; });
    DetectorLevels levels;
    if (all.empty())
        return levels;
    Sum corner;
    for (const Sample& sample : all) {
        corner.counts += sample.corners.counts;
        corner.pixels += sample.corners.pixels;
    }
    levels.offset = corner.pixels > 0 ? corner.counts / double(corner.pixels) : 0;
    double dose = 0;
    for (const Sample& sample : all)
        dose += (sample.all.counts - levels.offset * double(sample.all.pixels)) / double(all.size());
    levels.dose_counts = std::max(0.0, dose);
    levels.saturatedShare = saturatedShare(all, scan.elementType());
    return levels;
}

} // namespace dispersa
