// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/frame_sums.h"

#include "core/prepare/parallel_blocks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

namespace dispersa {
namespace {

constexpr std::size_t blockBytes = 4u << 20;

/// Rows of the detector to add up: all of them, or bands so thin that the whole scan stays within the budget.
std::vector<Region> sampledWindows(const DiffractionScan& scan, const FrameSumOptions& options)
{
    const PatternShape pattern = scan.patternShape();
    const auto rowBytes = static_cast<std::uint64_t>(pattern.width) * elementSize(scan.elementType());
    const auto patterns = static_cast<std::uint64_t>(std::max<std::int64_t>(1, scan.availablePatterns()));
    const std::uint64_t affordable = std::max<std::uint64_t>(1, options.budgetBytes / (rowBytes * patterns));
    if (affordable >= static_cast<std::uint64_t>(pattern.height))
        return {{0, 0, pattern.height, pattern.width}};
    const int rows = static_cast<int>(affordable);
    const int bands = std::clamp(options.bands, 1, rows);
    std::vector<Region> windows;
    for (int band = 0; band < bands; ++band) {
        const int height = rows / bands + (band < rows % bands ? 1 : 0);
        // The middle of the band lies in the middle of its share of the detector.
        const int middle = static_cast<int>((2 * std::int64_t(band) + 1) * pattern.height / (2 * bands));
        const int top = std::clamp(middle - height / 2, 0, pattern.height - height);
        windows.push_back({top, 0, height, pattern.width});
    }
    return windows;
}

float rootOf(float count)
{
    return std::isfinite(count) && count > 0 ? std::sqrt(count) : 0.0f;
}

/// Evenly spread probe positions whose patterns are within the budget.
std::vector<ScanPoint> sampledPositions(const DiffractionScan& scan, const FrameSumOptions& options)
{
    const auto patternBytes =
        static_cast<std::uint64_t>(scan.patternShape().count()) * elementSize(scan.elementType());
    const std::int64_t count = scan.scanShape().count();
    const auto affordable = static_cast<std::int64_t>(std::max<std::uint64_t>(1, options.budgetBytes / patternBytes));
    const std::int64_t samples = std::min(affordable, count);
    std::vector<ScanPoint> points;
    const int width = scan.scanShape().width;
    for (std::int64_t i = 0; i < samples; ++i) {
        const std::int64_t place = (2 * i + 1) * count / (2 * samples);
        const ScanPoint point{static_cast<int>(place / width), static_cast<int>(place % width)};
        if (scan.isAvailable(point))
            points.push_back(point);
    }
    return points;
}

/// One sum per detector pixel, over patterns.
Result<std::vector<float>> sumsOfPixels(const DiffractionScan& scan, const FrameSumOptions& options,
                                        const ProgressSink& progress, std::stop_token stop)
{
    const std::vector<ScanPoint> points = sampledPositions(scan, options);
    const auto count = static_cast<std::int64_t>(points.size());
    const auto pixels = static_cast<std::size_t>(scan.patternShape().count());
    std::vector<std::vector<double>> parts(static_cast<std::size_t>(workerCount(count)),
                                           std::vector<double>(pixels, 0.0));
    ProgressCounter counter(progress, "read", count);
    const auto step = [&](std::int64_t index, int worker) -> Result<void> {
        const auto pattern = scan.pattern(points[static_cast<std::size_t>(index)]);
        if (!pattern)
            return fail(pattern.error());
        auto& sums = parts[static_cast<std::size_t>(worker)];
        for (std::size_t i = 0; i < pixels; ++i)
            sums[i] += static_cast<double>(rootOf((*pattern)[i]));
        counter.add(1);
        return {};
    };
    if (auto done = forEachParallel(count, step, stop); !done)
        return fail(std::move(done.error()));
    std::vector<float> sums(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
        double total = 0;
        for (const auto& part : parts)
            total += part[i];
        sums[i] = static_cast<float>(total);
    }
    return sums;
}

Result<std::vector<float>> sumsOfPatterns(const DiffractionScan& scan, const FrameSumOptions& options,
                                          const ProgressSink& progress, std::stop_token stop)
{
    const ScanShape grid = scan.scanShape();
    const std::vector<Region> windows = sampledWindows(scan, options);
    const std::vector<Region> blocks = scanBlocks(scan, wholeRegion(grid), blockBytes);
    const auto count = static_cast<std::int64_t>(blocks.size());
    struct Buffers {
        std::vector<std::byte> raw;
        std::vector<float> values;
    };
    std::vector<Buffers> buffers(static_cast<std::size_t>(workerCount(count)));
    std::vector<float> sums(static_cast<std::size_t>(grid.count()), std::numeric_limits<float>::quiet_NaN());
    ProgressCounter counter(progress, "read", grid.count());
    const auto step = [&](std::int64_t index, int worker) -> Result<void> {
        const Region& block = blocks[static_cast<std::size_t>(index)];
        auto& [raw, values] = buffers[static_cast<std::size_t>(worker)];
        std::vector<double> totals(static_cast<std::size_t>(block.count()), 0.0);
        for (const Region& window : windows) {
            const auto pixels = static_cast<std::size_t>(window.count());
            raw.resize(totals.size() * pixels * elementSize(scan.elementType()));
            if (auto read = scan.readWindow(block, window, raw); !read)
                return read;
            values.resize(totals.size() * pixels);
            convertToFloat(scan.elementType(), raw, values);
            for (std::size_t i = 0; i < totals.size(); ++i)
                for (const float value : std::span<const float>(values).subspan(i * pixels, pixels))
                    totals[i] += static_cast<double>(rootOf(value));
        }
        for (std::size_t i = 0; i < totals.size(); ++i) {
            const auto at = static_cast<int>(i);
            const ScanPoint point{block.y + at / block.width, block.x + at % block.width};
            if (scan.isAvailable(point))
                sums[static_cast<std::size_t>(std::int64_t(point.y) * grid.width + point.x)] =
                    static_cast<float>(totals[i]);
        }
        counter.add(block.count());
        return {};
    };
    if (auto done = forEachParallel(count, step, stop); !done)
        return fail(std::move(done.error()));
    return sums;
}

} // namespace

Result<std::vector<float>> frameSums(const DiffractionScan& scan, bool swapAxes, const FrameSumOptions& options,
                                     const ProgressSink& progress, std::stop_token stop)
try {
    if (swapAxes)
        return sumsOfPixels(scan, options, progress, stop);
    return sumsOfPatterns(scan, options, progress, stop);
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice for one number per frame.",
                scan.file());
}

ElementMap arrangedFrames(std::span<const float> sums, ScanShape acquired, const ScanOrder& order)
{
    ElementMap image = emptyMap("virtual image", MapUnit::Counts, orderedShape(acquired, order));
    const std::vector<std::int64_t> table = frameTable(acquired, order, static_cast<std::int64_t>(sums.size()));
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i] >= 0)
            image.values[i] = sums[static_cast<std::size_t>(table[i])];
    return image;
}

} // namespace dispersa
