// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/ring_sums.h"

#include "core/prepare/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <numbers>
#include <span>
#include <utility>

namespace dispersa {
namespace {

constexpr std::size_t blockBytes = 8u << 20;

/// Linear map of a place relative to the beam to where the ellipse is round.
struct Rounding {
    float yy = 1, yx = 0, xy = 0, xx = 1;
    explicit Rounding(const DiffractionOptions& options)
    {
        if (!options.correctsEllipse())
            return;
        const Ellipse ellipse{options.ellipseRatio, options.ellipseAngle_deg};
        const ImagePoint down = resampledPoint({1, 0}, {}, {}, ellipse), right = resampledPoint({0, 1}, {}, {}, ellipse);
        yy = float(down.y);
        xy = float(down.x);
        yx = float(right.y);
        xx = float(right.x);
    }
};

/// Sums of one pattern; one ring more than there are, for the outer half of the last one.
struct Rings {
    std::array<double, ringCount + 1> weight, sum;
    void clear()
    {
        weight.fill(0);
        sum.fill(0);
    }
};

/// Sector of a direction, without an arc tangent per pixel: |x| + |y| = 1 is walked instead of the circle, and a table
/// leads from there to angles.
class Sectors {
  public:
    Sectors()
    {
        for (int i = 0; i < steps; ++i) {
            const double t = (i + 0.5) / steps * 4; // quarter turns along the square
            const double part = t - std::floor(t);
            const double angle = (std::floor(t) + std::atan2(part, 1 - part) / (std::numbers::pi / 2)) / 4;
            m_sector[std::size_t(i)] = std::uint8_t(std::min(sectorCount - 1, int(angle * sectorCount)));
        }
    }
    std::size_t of(float y, float x) const
    {
        const float reach = std::abs(y) + std::abs(x);
        if (!(reach > 0))
            return 0;
        const float part = y / reach; // -1..1; sin-like
        const float t = x >= 0 ? (y >= 0 ? part : 4 + part) : 2 - part;
        return m_sector[std::min<std::size_t>(steps - 1, std::size_t(t * (steps / 4)))];
    }

  private:
    static constexpr int steps = 8192;
    std::array<std::uint8_t, steps> m_sector = {};
};

/// Where the sums of one pattern go; the sectors are empty unless asked for.
struct PatternSums {
    std::span<float> weight, sum, sectorWeight, sectorSum;
};

struct Worker {
    std::vector<std::byte> raw = {};
    std::vector<float> values = {};
    SaturationCounter saturation = {};
};

void addUp(std::span<const float> pattern, PatternShape shape, ImagePoint beam, const Rounding& rounding,
           const PatternSums& sums)
{
    static const Sectors sectors;
    thread_local Rings rings;
    thread_local std::vector<float> down, right, radii;
    rings.clear();
    const auto width = static_cast<std::size_t>(shape.width);
    for (std::vector<float>* row : {&down, &right, &radii})
        row->resize(width);
    const auto perPixel = float(1 / ringWidth_px(shape));
    for (int y = 0; y < shape.height; ++y) {
        const auto dy = float(y - beam.y);
        for (std::size_t x = 0; x < width; ++x) {
            const float dx = float(x) - float(beam.x);
            down[x] = rounding.yy * dy + rounding.yx * dx;
            right[x] = rounding.xy * dy + rounding.xx * dx;
            radii[x] = std::sqrt(down[x] * down[x] + right[x] * right[x]) * perPixel;
        }
        const float* row = pattern.data() + std::size_t(y) * width;
        for (std::size_t x = 0; x < width; ++x) {
            if (!(radii[x] < float(ringCount)) || !std::isfinite(row[x]))
                continue;
            const auto ring = static_cast<std::size_t>(radii[x]);
            const double outer = double(radii[x]) - double(ring), inner = 1 - outer;
            const double value = double(row[x]);
            rings.weight[ring] += inner;
            rings.sum[ring] += inner * value;
            rings.weight[ring + 1] += outer;
            rings.sum[ring + 1] += outer * value;
            if (!sums.sectorSum.empty()) {
                const std::size_t sector = ring * sectorCount + sectors.of(down[x], right[x]);
                sums.sectorWeight[sector] += float(inner);
                sums.sectorSum[sector] += float(inner * value);
                if (ring + 1 < ringCount) {
                    sums.sectorWeight[sector + sectorCount] += float(outer);
                    sums.sectorSum[sector + sectorCount] += float(outer * value);
                }
            }
        }
    }
    for (std::size_t k = 0; k < ringCount; ++k) {
        sums.weight[k] = float(rings.weight[k]);
        sums.sum[k] = float(rings.sum[k]);
    }
}

std::span<float> partOf(std::vector<float>& values, std::size_t pattern, std::size_t each)
{
    return values.empty() ? std::span<float>() : std::span(values).subspan(pattern * each, each);
}

PatternSums sumsOf(RingSums& rings, std::size_t pattern)
{
    constexpr auto sectors = std::size_t(ringCount) * sectorCount;
    return {partOf(rings.weight, pattern, ringCount), partOf(rings.sum, pattern, ringCount),
            partOf(rings.sectorWeight, pattern, sectors), partOf(rings.sectorSum, pattern, sectors)};
}

/// Counts of the rows from pattern `first` on, less the offset and scaled.
void correctLevels(RingSums& rings, std::size_t first, const RingPlan& plan)
{
    const auto correct = [&](std::vector<float>& sums, const std::vector<float>& weights, std::size_t each) {
        for (std::size_t i = first * each; i < sums.size(); ++i)
            sums[i] = float((double(sums[i]) - plan.levels.offset * double(weights[i])) * plan.scale);
    };
    correct(rings.sum, rings.weight, ringCount);
    if (rings.sectors)
        correct(rings.sectorSum, rings.sectorWeight, std::size_t(ringCount) * sectorCount);
}

Result<void> readBlock(const DiffractionScan& scan, const Region& block, const PreparationPlan& plan,
                       Worker& worker, RingSums& rings)
{
    const PatternShape shape = scan.patternShape();
    const ElementType type = scan.elementType();
    const std::size_t bytes = std::size_t(shape.count()) * elementSize(type);
    worker.raw.resize(std::size_t(block.count()) * bytes);
    if (auto done = scan.readRaw(block, worker.raw); !done)
        return done;
    worker.values.resize(std::size_t(shape.count()));
    const Rounding rounding(plan.options);
    for (std::int64_t i = 0; i < block.count(); ++i) {
        const ScanPoint point{block.y + int(i / block.width), block.x + int(i % block.width)};
        if (!scan.isAvailable(point))
            continue;
        const auto raw = std::span(worker.raw).subspan(std::size_t(i) * bytes, bytes);
        // What is repaired does not count as saturated.
        for (const BadPixel& bad : plan.badPixels)
            std::fill_n(raw.begin() + std::ptrdiff_t(std::size_t(bad.pixel) * elementSize(type)), elementSize(type),
                        std::byte(0));
        worker.saturation.add(type, raw);
        convertToFloat(type, raw, worker.values);
        repairPixels(worker.values, plan.badPixels);
        const std::size_t at = std::size_t(point.y - rings.region.y) * std::size_t(rings.region.width) +
                               std::size_t(point.x - rings.region.x);
        addUp(worker.values, shape, plan.beamOf(worker.values, point), rounding, sumsOf(rings, at));
    }
    return {};
}

} // namespace

double ringWidth_px(PatternShape shape) { return std::min(shape.height, shape.width) / (2.0 * ringCount); }

void RingSums::dropAbove(int row)
{
    const int rows = std::clamp(row - region.y, 0, region.height);
    const auto patterns = std::ptrdiff_t(rows) * region.width;
    for (const auto& [values, each] : {std::pair{&weight, ringCount}, std::pair{&sum, ringCount},
                                       std::pair{&sectorWeight, ringCount * sectorCount},
                                       std::pair{&sectorSum, ringCount * sectorCount}})
        if (!values->empty())
            values->erase(values->begin(), values->begin() + patterns * each);
    region.y += rows;
    region.height -= rows;
}

Result<RingPlan> makeRingPlan(const DiffractionScan& scan, const Region& region, const DiffractionOptions& options,
                              const ProgressSink& progress, std::stop_token stop)
{
    if (!region.fitsInto(scan.scanShape()))
        return fail(ErrorCode::InvalidArgument,
                    "The crop " + toText(region) + " does not fit into the scan '" + scan.file().string() + "' of " +
                        toText(scan.scanShape()) + " probe positions.",
                    scan.file(), {toText(region), toText(scan.scanShape())});
    DiffractionOptions centred = options;
    if (centred.centre == CentreKind::None)
        centred.centre = CentreKind::SubPixel;
    auto preparation = makePreparationPlan(scan, region, centred, progress, stop);
    if (!preparation)
        return fail(std::move(preparation.error()));
    auto levels = detectorLevels(scan, *preparation, progress, stop);
    if (!levels)
        return fail(std::move(levels.error()));
    return RingPlan{std::move(*preparation), *levels};
}

Result<void> addRows(RingSums& rings, int rows, const DiffractionScan& scan, const RingPlan& plan,
                     ProgressCounter& counter, SaturationCounter& saturation, std::stop_token stop)
{
    try {
        const Region below{rings.region.y + rings.region.height, rings.region.x, rows, rings.region.width};
        const auto first = static_cast<std::size_t>(rings.region.count());
        rings.region.height += rows;
        const auto patterns = static_cast<std::size_t>(rings.region.count());
        for (std::vector<float>* values : {&rings.weight, &rings.sum})
            values->resize(patterns * ringCount, 0.0f);
        if (rings.sectors)
            for (std::vector<float>* values : {&rings.sectorWeight, &rings.sectorSum})
                values->resize(patterns * ringCount * sectorCount, 0.0f);
        const std::vector<Region> blocks = scanBlocks(scan, below, blockBytes);
        std::vector<Worker> workers(std::size_t(workerCount(std::int64_t(blocks.size()))));
        const auto step = [&](std::int64_t index, int worker) -> Result<void> {
            const Region& block = blocks[std::size_t(index)];
            if (auto done = readBlock(scan, block, plan.preparation, workers[std::size_t(worker)], rings); !done)
                return done;
            counter.add(block.count());
            return {};
        };
        if (auto done = forEachParallel(std::int64_t(blocks.size()), step, stop); !done)
            return done;
        for (const Worker& worker : workers)
            saturation.add(worker.saturation);
        correctLevels(rings, first, plan);
        return {};
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice for the rings of the patterns.");
    }
}

} // namespace dispersa
