// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/ring_sums.h"

#include "core/prepare/beam_centre.h"
#include "core/prepare/parallel_blocks.h"
#include "core/prepare/preparation_plan.h"
#include "core/prepare/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <numbers>

namespace dispersa {
namespace {

constexpr std::size_t blockBytes = 8u << 20;
/// Corners of the detector, in units of half its shorter edge: beyond the rings, where least is scattered to.
constexpr double cornerRadius = 1.06;

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
    std::array<double, ringCount + 1> weight, sum, square;
    void clear()
    {
        weight.fill(0);
        sum.fill(0);
        square.fill(0);
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
    std::span<float> weight, sum, square, sectorWeight, sectorSum;
};

/// What of the pattern lies outside of the inscribed circle.
class Corners {
  public:
    explicit Corners(PatternShape shape)
    {
        const double half = std::min(shape.height, shape.width) / 2.0;
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x)
                if (std::hypot(y - (shape.height - 1) / 2.0, x - (shape.width - 1) / 2.0) > cornerRadius * half)
                    m_pixels.push_back(std::size_t(y) * std::size_t(shape.width) + std::size_t(x));
    }
    void add(std::span<const float> pattern, double& sum, std::int64_t& count) const
    {
        for (const std::size_t pixel : m_pixels)
            if (std::isfinite(pattern[pixel])) {
                sum += double(pattern[pixel]);
                ++count;
            }
    }

  private:
    std::vector<std::size_t> m_pixels;
};

struct Worker {
    std::vector<std::byte> raw = {};
    std::vector<float> values = {};
    SaturationCounter saturation = {};
    double cornerSum = 0;
    std::int64_t cornerCount = 0;
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
            const double value = double(row[x]), squared = value * value;
            rings.weight[ring] += inner;
            rings.sum[ring] += inner * value;
            rings.square[ring] += inner * squared;
            rings.weight[ring + 1] += outer;
            rings.sum[ring + 1] += outer * value;
            rings.square[ring + 1] += outer * squared;
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
        sums.square[k] = float(rings.square[k]);
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
            partOf(rings.square, pattern, ringCount), partOf(rings.sectorWeight, pattern, sectors),
            partOf(rings.sectorSum, pattern, sectors)};
}

/// Takes the offset out of sums: the corners that tell it are known when all patterns are read.
void subtractOffset(RingSums& rings)
{
    for (std::size_t i = 0; i < rings.sum.size(); ++i) {
        const double weight = rings.weight[i], sum = rings.sum[i], offset = rings.offset;
        rings.sum[i] = float(sum - offset * weight);
        rings.square[i] = float(double(rings.square[i]) - 2 * offset * sum + offset * offset * weight);
    }
    for (std::size_t i = 0; i < rings.sectorSum.size(); ++i)
        rings.sectorSum[i] -= float(rings.offset * double(rings.sectorWeight[i]));
}

Result<void> readBlock(const DiffractionScan& scan, const Region& block, const PreparationPlan& plan,
                       const Corners& corners, Worker& worker, RingSums& rings)
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
        corners.add(worker.values, worker.cornerSum, worker.cornerCount);
        const std::size_t at = std::size_t(point.y - rings.region.y) * std::size_t(rings.region.width) +
                               std::size_t(point.x - rings.region.x);
        addUp(worker.values, shape, plan.beamOf(worker.values, point), rounding, sumsOf(rings, at));
    }
    return {};
}

} // namespace

double ringWidth_px(PatternShape shape) { return std::min(shape.height, shape.width) / (2.0 * ringCount); }

Result<RingSums> ringSums(const DiffractionScan& scan, const Region& region, const DiffractionOptions& options,
                          bool sectors, const ProgressSink& progress, std::stop_token stop, PreparationReport* report)
{
    if (!region.fitsInto(scan.scanShape()))
        return fail(ErrorCode::InvalidArgument,
                    "The crop " + toText(region) + " does not fit into the scan '" + scan.file().string() + "' of " +
                        toText(scan.scanShape()) + " probe positions.",
                    scan.file(), {toText(region), toText(scan.scanShape())});
    DiffractionOptions centred = options;
    if (centred.centre == CentreKind::None)
        centred.centre = CentreKind::SubPixel;
    const auto plan = makePreparationPlan(scan, region, centred, progress, stop);
    if (!plan)
        return fail(plan.error());
    try {
        RingSums rings{.region = region};
        for (std::vector<float>* values : {&rings.weight, &rings.sum, &rings.square})
            values->assign(std::size_t(region.count()) * ringCount, 0.0f);
        if (sectors)
            for (std::vector<float>* values : {&rings.sectorWeight, &rings.sectorSum})
                values->assign(std::size_t(region.count()) * ringCount * sectorCount, 0.0f);
        const Corners corners(scan.patternShape());
        const std::vector<Region> blocks = scanBlocks(scan, region, blockBytes);
        std::vector<Worker> workers(std::size_t(workerCount(std::int64_t(blocks.size()))));
        ProgressCounter counter(progress, "prepare", region.count());
        const auto step = [&](std::int64_t index, int worker) -> Result<void> {
            const Region& block = blocks[std::size_t(index)];
            if (auto done = readBlock(scan, block, *plan, corners, workers[std::size_t(worker)], rings); !done)
                return done;
            counter.add(block.count());
            return {};
        };
        if (auto done = forEachParallel(std::int64_t(blocks.size()), step, stop); !done)
            return fail(std::move(done.error()));
        double sum = 0;
        std::int64_t count = 0;
        SaturationCounter saturation;
        for (const Worker& worker : workers) {
            sum += worker.cornerSum;
            count += worker.cornerCount;
            saturation.add(worker.saturation);
        }
        rings.offset = count > 0 ? sum / double(count) : 0;
        subtractOffset(rings);
        if (report)
            *report = reportOf(*plan, saturation, scan.elementType());
        return rings;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice for the rings of the patterns.");
    }
}

} // namespace dispersa
