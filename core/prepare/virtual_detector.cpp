// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/virtual_detector.h"

#include "core/prepare/parallel_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <new>
#include <type_traits>

namespace dispersa {
namespace {

// Small enough to stay in the cache between reading and summing, large enough to be read in one go.
constexpr std::size_t blockBytes = 2u << 20;

/// Pixels of the detector that follow each other in memory.
struct Run {
    std::size_t first;
    std::size_t count;
};

std::vector<Run> runsOf(const Shape& detector, PatternShape shape)
{
    const std::vector<std::uint8_t> mask = shapeMask(detector, shape.height, shape.width);
    std::vector<Run> runs;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (mask[i] == 0)
            continue;
        if (!runs.empty() && runs.back().first + runs.back().count == i)
            ++runs.back().count;
        else
            runs.push_back({i, 1});
    }
    return runs;
}

/// Calls use(values) with raw values as the C++ type that holds them; float16 arrives as float, through `converted`.
template<class Use>
void withValues(ElementType type, std::span<const std::byte> raw, std::vector<float>& converted, Use use)
{
    const auto as = [&]<class T>(T) {
        // Vectors of bytes are aligned for every number type.
        use(std::span<const T>(reinterpret_cast<const T*>(raw.data()), raw.size() / sizeof(T)));
    };
    switch (type) {
    case ElementType::Int8:
        return as(std::int8_t());
    case ElementType::UInt8:
        return as(std::uint8_t());
    case ElementType::Int16:
        return as(std::int16_t());
    case ElementType::UInt16:
        return as(std::uint16_t());
    case ElementType::Int32:
        return as(std::int32_t());
    case ElementType::UInt32:
        return as(std::uint32_t());
    case ElementType::Int64:
        return as(std::int64_t());
    case ElementType::UInt64:
        return as(std::uint64_t());
    case ElementType::Float32:
        return as(float());
    case ElementType::Float64:
        return as(double());
    case ElementType::Float16:
        converted.resize(raw.size() / elementSize(type));
        convertToFloat(type, raw, converted);
        use(std::span<const float>(converted));
        return;
    }
}

/// Sums of numbers up to 16 bits wide, exact and quick for a limited number of summands.
template<class T>
constexpr bool isNarrow = std::is_integral_v<T> && sizeof(T) <= 2;
constexpr std::size_t narrowSummands = 32768;
template<class T>
using NarrowSum = std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>;

template<class T>
double sumOf(std::span<const T> values)
{
    if constexpr (isNarrow<T>) {
        double total = 0;
        for (std::size_t first = 0; first < values.size(); first += narrowSummands) {
            NarrowSum<T> sum = 0;
            for (const T value : values.subspan(first, std::min(narrowSummands, values.size() - first)))
                sum += value;
            total += static_cast<double>(sum);
        }
        return total;
    } else {
        // Lanes of their own, so that additions need not wait for each other. NaN and Inf are no counts.
        std::array<double, 8> lanes = {};
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto value = static_cast<double>(values[i]);
            lanes[i % lanes.size()] += std::isfinite(value) ? value : 0.0;
        }
        double total = 0;
        for (const double lane : lanes)
            total += lane;
        return total;
    }
}

tl::unexpected<Error> outOfMemory()
{
    return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice to combine the patterns.");
}

/// Sum and maximum over patterns, per detector pixel.
class Combination {
  public:
    Combination(std::size_t pixels, PatternStatistic statistic)
        : m_maximum(statistic == PatternStatistic::Maximum),
          m_values(pixels, m_maximum ? -std::numeric_limits<double>::infinity() : 0.0)
    {
    }

    template<class T>
    void add(std::span<const T> patterns)
    {
        const std::size_t pixels = m_values.size();
        if constexpr (isNarrow<T>) {
            if (!m_maximum)
                return addNarrow(patterns);
        }
        for (std::size_t first = 0; first < patterns.size(); first += pixels) {
            const T* values = patterns.data() + first;
            if (m_maximum) {
                for (std::size_t i = 0; i < pixels; ++i) {
                    const auto value = static_cast<double>(values[i]);
                    // False for NaN, and infinity is no count.
                    m_values[i] =
                        value > m_values[i] && value < std::numeric_limits<double>::infinity() ? value : m_values[i];
                }
            } else {
                for (std::size_t i = 0; i < pixels; ++i) {
                    const auto value = static_cast<double>(values[i]);
                    m_values[i] += std::isfinite(value) ? value : 0.0;
                }
            }
        }
    }

    void add(const Combination& other)
    {
        for (std::size_t i = 0; i < m_values.size(); ++i)
            m_values[i] = m_maximum ? std::max(m_values[i], other.m_values[i]) : m_values[i] + other.m_values[i];
    }

    std::vector<float> result(double divisor) const
    {
        std::vector<float> result(m_values.size());
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = std::isfinite(m_values[i]) ? static_cast<float>(m_values[i] / divisor) : 0.0f;
        return result;
    }

  private:
    /// Sums a few thousand patterns in 32 bits before they go into the doubles.
    template<class T>
    void addNarrow(std::span<const T> patterns)
    {
        const std::size_t pixels = m_values.size();
        std::vector<NarrowSum<T>> sums(pixels);
        for (std::size_t first = 0; first < patterns.size(); first += narrowSummands * pixels) {
            std::fill(sums.begin(), sums.end(), 0);
            const std::size_t end = std::min(patterns.size(), first + narrowSummands * pixels);
            for (std::size_t start = first; start < end; start += pixels)
                for (std::size_t i = 0; i < pixels; ++i)
                    sums[i] += patterns[start + i];
            for (std::size_t i = 0; i < pixels; ++i)
                m_values[i] += static_cast<double>(sums[i]);
        }
    }

    bool m_maximum;
    std::vector<double> m_values;
};

/// Regions that cover exactly the available ones of `pixels`, split into blocks; neighbours in a row are read together.
std::vector<Region> blocksOfPixels(const DiffractionScan& scan, std::vector<ScanPoint> pixels)
{
    std::sort(pixels.begin(), pixels.end());
    pixels.erase(std::unique(pixels.begin(), pixels.end()), pixels.end());
    std::vector<Region> runs;
    for (const ScanPoint& point : pixels) {
        if (!scan.isAvailable(point))
            continue;
        if (!runs.empty() && runs.back().y == point.y && runs.back().x + runs.back().width == point.x)
            ++runs.back().width;
        else
            runs.push_back({point.y, point.x, 1, 1});
    }
    std::vector<Region> blocks;
    for (const Region& run : runs)
        for (const Region& block : scanBlocks(scan, run, blockBytes))
            blocks.push_back(block);
    return blocks;
}

/// Blocks of the whole scan without patterns that do not exist.
std::vector<Region> blocksOfScan(const DiffractionScan& scan)
{
    const ScanShape shape = scan.scanShape();
    if (scan.availablePatterns() == shape.count())
        return scanBlocks(scan, wholeRegion(shape), blockBytes);
    std::vector<ScanPoint> available;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            if (scan.isAvailable({y, x}))
                available.push_back({y, x});
    return blocksOfPixels(scan, std::move(available));
}

std::int64_t patternsIn(const std::vector<Region>& blocks)
{
    std::int64_t patterns = 0;
    for (const Region& block : blocks)
        patterns += block.count();
    return patterns;
}

/// Reads the blocks on all cores and calls use(block, values, worker).
template<class Use>
Result<void> streamBlocks(const DiffractionScan& scan, const std::vector<Region>& blocks, const std::string& stage,
                          const ProgressSink& progress, std::stop_token stop, Use use)
{
    struct Buffers {
        std::vector<std::byte> raw;
        std::vector<float> converted;
    };
    const std::size_t patternBytes =
        static_cast<std::size_t>(scan.patternShape().count()) * elementSize(scan.elementType());
    const auto count = static_cast<std::int64_t>(blocks.size());
    std::vector<Buffers> buffers(static_cast<std::size_t>(workerCount(count)));
    ProgressCounter counter(progress, stage, patternsIn(blocks));
    const auto step = [&](std::int64_t index, int worker) -> Result<void> {
        const Region& block = blocks[static_cast<std::size_t>(index)];
        auto& [raw, converted] = buffers[static_cast<std::size_t>(worker)];
        raw.resize(static_cast<std::size_t>(block.count()) * patternBytes);
        if (auto done = scan.readRaw(block, raw); !done)
            return done;
        withValues(scan.elementType(), raw, converted, [&](auto values) { use(block, values, worker); });
        counter.add(block.count());
        return {};
    };
    return forEachParallel(count, step, stop);
}

} // namespace

Result<ElementMap> virtualImage(const DiffractionScan& scan, const Shape& detector, const ProgressSink& progress,
                                std::stop_token stop)
try {
    const PatternShape shape = scan.patternShape();
    const std::vector<Run> runs = runsOf(detector, shape);
    if (runs.empty())
        return fail(ErrorCode::InvalidArgument,
                    "The virtual detector holds no pixel of the " + toText(shape) +
                        " detector. Move it onto the pattern or make it larger.",
                    scan.file(), {toText(shape)});
    const auto pixels = static_cast<std::size_t>(shape.count());
    ElementMap image = emptyMap("virtual image", MapUnit::Counts, scan.scanShape());
    image.scanStep_nm = scan.calibration().scanStep_nm;
    const auto use = [&](const Region& block, auto values, int) {
        for (int i = 0; i < static_cast<int>(block.count()); ++i) {
            const auto pattern = values.subspan(static_cast<std::size_t>(i) * pixels, pixels);
            double sum = 0;
            for (const Run& run : runs)
                sum += sumOf(pattern.subspan(run.first, run.count));
            image.at(block.y + i / block.width, block.x + i % block.width) = static_cast<float>(sum);
        }
    };
    if (auto done = streamBlocks(scan, blocksOfScan(scan), "virtual image", progress, stop, use); !done)
        return fail(std::move(done.error()));
    return image;
} catch (const std::bad_alloc&) {
    return outOfMemory();
}

Result<std::vector<float>> combinedPattern(const DiffractionScan& scan, const std::vector<ScanPoint>& pixels,
                                           PatternStatistic statistic, const ProgressSink& progress,
                                           std::stop_token stop)
try {
    const Region whole = wholeRegion(scan.scanShape());
    for (const ScanPoint& point : pixels)
        if (!whole.contains(point))
            return fail(ErrorCode::InvalidArgument,
                        "The probe position y " + std::to_string(point.y) + ", x " + std::to_string(point.x) +
                            " lies outside the scan of " + toText(scan.scanShape()) + ".",
                        scan.file(), {std::to_string(point.y), std::to_string(point.x), toText(scan.scanShape())});
    const std::vector<Region> blocks = pixels.empty() ? blocksOfScan(scan) : blocksOfPixels(scan, pixels);
    if (blocks.empty())
        return fail(ErrorCode::InvalidArgument,
                    "None of the chosen probe positions of '" + scan.file().string() +
                        "' has a pattern: the acquisition stopped before it reached them.",
                    scan.file());
    const auto count = static_cast<std::size_t>(scan.patternShape().count());
    std::vector<Combination> parts(static_cast<std::size_t>(workerCount(static_cast<std::int64_t>(blocks.size()))),
                                   Combination(count, statistic));
    const auto use = [&](const Region&, auto values, int worker) {
        parts[static_cast<std::size_t>(worker)].add(values);
    };
    if (auto done = streamBlocks(scan, blocks, "pattern", progress, stop, use); !done)
        return fail(std::move(done.error()));
    for (std::size_t i = 1; i < parts.size(); ++i)
        parts.front().add(parts[i]);
    return parts.front().result(statistic == PatternStatistic::Mean ? static_cast<double>(patternsIn(blocks)) : 1.0);
} catch (const std::bad_alloc&) {
    return outOfMemory();
}

} // namespace dispersa
