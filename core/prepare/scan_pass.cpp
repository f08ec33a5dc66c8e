// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/scan_pass.h"

#include "core/prepare/parallel_blocks.h"
#include "core/prepare/pass_layout_p.h"
#include "core/prepare/pass_output_p.h"
#include "core/prepare/pass_plan_p.h"

#include <algorithm>
#include <atomic>
#include <new>

namespace dispersa {
namespace {

using namespace pass;

/// Everything one thread keeps: what it read, and what it found so far.
template<class T>
struct Worker {
    std::vector<std::byte> raw = {};
    std::vector<float> converted = {};
    std::vector<const std::byte*> mapped = {};
    std::vector<SumOf<T>> sums = {};
    std::int64_t summed = 0; ///< patterns in `sums`
    std::vector<T> maxima = {};
    std::vector<SumOf<T>> columns = {};
    std::vector<Moments> moments = {};
    std::vector<ValueCounts> counts = {};
};

/// The pass for values of C++ type T; float16 arrives as float.
template<class T>
class TypedPass {
  public:
    TypedPass(const DiffractionScan& scan, const PassRequest& request, const Plan& plan, Layout whole, Layout window,
              Output& output)
        : m_scan(scan), m_plan(plan), m_whole(std::move(whole)), m_window(std::move(window)), m_output(output),
          m_statistics(request.statistics)
    {
        for (const PatternStatistic statistic : request.patterns)
            (statistic == PatternStatistic::Maximum ? m_maximum : m_sum) = true;
        // Running sums of large patterns on many cores must not take the memory that the file's pages could use.
        constexpr std::size_t sumsBytes = 256u << 20;
        const std::size_t each = m_whole.values * ((m_sum ? sizeof(SumOf<T>) : 0) + (m_maximum ? sizeof(T) : 0));
        const auto tiles = static_cast<std::int64_t>(plan.tiles.size());
        m_workers.resize(static_cast<std::size_t>(
            std::clamp<std::int64_t>(std::int64_t(sumsBytes / std::max<std::size_t>(1, each)), 1, workerCount(tiles))));
    }

    Result<void> run(ProgressCounter& counter, std::stop_token stop)
    {
        // Each step is one thread's whole work, so that no more threads run than have sums of their own.
        std::atomic<std::size_t> next = 0;
        std::atomic<bool> abandoned = false;
        const auto step = [&](std::int64_t index, int) -> Result<void> {
            Worker<T>& worker = m_workers[static_cast<std::size_t>(index)];
            prepare(worker);
            for (;;) {
                const std::size_t tile = next++;
                if (tile >= m_plan.tiles.size() || abandoned)
                    return {};
                if (stop.stop_requested()) {
                    abandoned = true;
                    return fail(ErrorCode::Cancelled, "Cancelled.");
                }
                if (auto done = take(m_plan.tiles[tile], worker); !done) {
                    abandoned = true;
                    return done;
                }
                counter.add(m_plan.tiles[tile].count());
                m_output.tileDone(tile);
            }
        };
        if (auto done = forEachParallel(static_cast<std::int64_t>(m_workers.size()), step, stop); !done)
            return done;
        for (Worker<T>& worker : m_workers) {
            flush(worker);
            m_output.addMaxima(worker.maxima);
        }
        return {};
    }

  private:
    void prepare(Worker<T>& worker) const
    {
        const auto width = static_cast<std::size_t>(m_scan.patternShape().width);
        worker.sums.resize(m_sum ? m_whole.values : 0);
        worker.maxima.assign(m_maximum ? m_whole.values : 0, Kernels<T>::nothing());
        worker.columns.resize(m_whole.detectors.size() * groupPatterns * width);
        worker.moments.resize(m_whole.detectors.size() * groupPatterns);
        worker.counts.resize(groupPatterns);
    }

    /// Where the patterns of the tile lie in memory; empty if one of them does not.
    const std::vector<const std::byte*>& mapped(const Region& tile, Worker<T>& worker) const
    {
        worker.mapped.clear();
        for (int y = tile.y; y < tile.y + tile.height; ++y)
            for (int x = tile.x; x < tile.x + tile.width; ++x) {
                const auto bytes = m_scan.mappedPattern({y, x});
                if (bytes.empty()) {
                    worker.mapped.clear();
                    return worker.mapped;
                }
                worker.mapped.push_back(bytes.data());
            }
        return worker.mapped;
    }

    Result<void> take(const Region& tile, Worker<T>& worker)
    {
        const std::size_t size = elementSize(m_scan.elementType());
        const bool isMapped = !mapped(tile, worker).empty();
        const Layout& layout = isMapped ? m_whole : m_window;
        if (!isMapped) {
            worker.raw.resize(static_cast<std::size_t>(tile.count()) * layout.values * size);
            const bool all = layout.values == m_whole.values;
            auto done = all ? m_scan.readRaw(tile, worker.raw) : m_scan.readWindow(tile, layout.window, worker.raw);
            if (!done)
                return done;
            for (std::size_t i = 0; i < static_cast<std::size_t>(tile.count()); ++i)
                worker.mapped.push_back(worker.raw.data() + i * layout.values * size);
        }
        for (std::size_t first = 0; first < worker.mapped.size(); first += groupPatterns) {
            const std::size_t many = std::min(groupPatterns, worker.mapped.size() - first);
            const T* patterns[groupPatterns] = {};
            for (std::size_t p = 0; p < many; ++p)
                patterns[p] = valuesAt(worker.mapped[first + p], p, layout, worker);
            addGroup(patterns, many, layout, worker);
            for (std::size_t p = 0; p < many; ++p) {
                const auto index = static_cast<int>(first + p);
                store({tile.y + index / tile.width, tile.x + index % tile.width}, p, worker);
            }
        }
        return {};
    }

    /// The pattern as T: as it lies, or converted into the place of number `p`.
    const T* valuesAt(const std::byte* bytes, std::size_t p, const Layout& layout, Worker<T>& worker) const
    {
        if constexpr (std::is_same_v<T, float>) {
            if (m_scan.elementType() == ElementType::Float16) {
                worker.converted.resize(groupPatterns * layout.values);
                const auto to = std::span(worker.converted).subspan(p * layout.values, layout.values);
                convertToFloat(ElementType::Float16, {bytes, layout.values * elementSize(ElementType::Float16)}, to);
                return to.data();
            }
        }
        return reinterpret_cast<const T*>(bytes); // aligned: so are vectors of bytes and mapped patterns
    }

    void addGroup(const T* const* patterns, std::size_t many, const Layout& layout, Worker<T>& worker)
    {
        const auto width = static_cast<std::size_t>(m_scan.patternShape().width);
        std::fill(worker.moments.begin(), worker.moments.end(), Moments{});
        std::fill(worker.counts.begin(), worker.counts.end(), ValueCounts{});
        if (m_sum && isNarrow<T> && worker.summed + static_cast<std::int64_t>(many) > narrowSummands)
            flush(worker);
        for (std::size_t d = 0; d < layout.detectors.size(); ++d)
            if (layout.detectors[d].mode == DetectorMode::CentreOfMass)
                std::fill_n(worker.columns.begin() + static_cast<std::ptrdiff_t>(d * groupPatterns * width),
                            many * width, SumOf<T>(0));
        for (std::size_t band = 0; band < layout.bands; ++band) {
            const std::size_t first = band * bandValues;
            const std::size_t count = std::min(bandValues, layout.values - first);
            // First, because it walks straight through memory: the others find the band in the cache.
            if (m_sum && m_maximum)
                Kernels<T>::addAndMaximum(patterns, many, first, count, worker.sums.data(), worker.maxima.data());
            else if (m_sum)
                Kernels<T>::add(patterns, many, first, count, worker.sums.data());
            else if (m_maximum)
                Kernels<T>::maximum(patterns, many, first, count, worker.maxima.data());
            for (std::size_t p = 0; p < many; ++p) {
                for (std::size_t d = 0; d < layout.detectors.size(); ++d)
                    if (layout.detectors[d].sameAs == d)
                        detect(patterns[p], layout.detectors[d].inBand(band), layout.detectors[d].mode,
                               worker.columns.data() + (d * groupPatterns + p) * width,
                               worker.moments[d * groupPatterns + p]);
                if (m_statistics)
                    Kernels<T>::count(patterns[p] + first, count, worker.counts[p]);
            }
        }
        worker.summed += static_cast<std::int64_t>(many);
    }

    static void detect(const T* pattern, std::span<const Run> runs, DetectorMode mode, SumOf<T>* columns,
                       Moments& moments)
    {
        if (runs.empty())
            return;
        switch (mode) {
        case DetectorMode::Integrating:
            moments.sum += Kernels<T>::sum(pattern, runs.data(), runs.size());
            return;
        case DetectorMode::Maximum:
            moments.largest = std::max(moments.largest, Kernels<T>::largest(pattern, runs.data(), runs.size()));
            return;
        case DetectorMode::CentreOfMass:
            Kernels<T>::moments(pattern, runs.data(), runs.size(), columns, moments);
            return;
        }
    }

    /// Pattern `p` of the group is complete.
    void store(ScanPoint point, std::size_t p, Worker<T>& worker)
    {
        const auto width = static_cast<std::size_t>(m_scan.patternShape().width);
        for (std::size_t d = 0; d < m_whole.detectors.size(); ++d) {
            if (m_whole.detectors[d].mode == DetectorMode::CentreOfMass && m_whole.detectors[d].sameAs == d) {
                Moments& moments = worker.moments[d * groupPatterns + p];
                const SumOf<T>* columns = worker.columns.data() + (d * groupPatterns + p) * width;
                for (std::size_t x = 0; x < width; ++x)
                    moments.sumX += static_cast<double>(columns[x]) * static_cast<double>(x);
            }
        }
        for (std::size_t d = 0; d < m_whole.detectors.size(); ++d)
            m_output.setDetector(d, point, m_whole.detectors[d],
                                 worker.moments[m_whole.detectors[d].sameAs * groupPatterns + p]);
        if (m_statistics)
            m_output.setCounts(point, worker.counts[p]);
    }

    void flush(Worker<T>& worker)
    {
        m_output.addSums(worker.sums);
        std::fill(worker.sums.begin(), worker.sums.end(), SumOf<T>(0));
        worker.summed = 0;
    }

    const DiffractionScan& m_scan;
    const Plan& m_plan;
    Layout m_whole;
    Layout m_window; ///< what is read of patterns that are not mapped
    Output& m_output;
    bool m_statistics;
    bool m_sum = false;
    bool m_maximum = false;
    std::vector<Worker<T>> m_workers;
};

/// Calls use(T()) with the C++ type that values are worked on as.
template<class Use>
Result<void> withType(ElementType type, Use use)
{
    switch (type) {
    case ElementType::Int8:
        return use(std::int8_t());
    case ElementType::UInt8:
        return use(std::uint8_t());
    case ElementType::Int16:
        return use(std::int16_t());
    case ElementType::UInt16:
        return use(std::uint16_t());
    case ElementType::Int32:
        return use(std::int32_t());
    case ElementType::UInt32:
        return use(std::uint32_t());
    case ElementType::Int64:
        return use(std::int64_t());
    case ElementType::UInt64:
        return use(std::uint64_t());
    case ElementType::Float64:
        return use(double());
    case ElementType::Float16:
    case ElementType::Float32:
        break;
    }
    return use(float());
}

Result<void> check(const DiffractionScan& scan, const PassRequest& request)
{
    const PatternShape shape = scan.patternShape();
    for (const DetectorRequest& detector : request.detectors)
        if (windowOf(detector.detector, shape).empty())
            return fail(ErrorCode::InvalidArgument,
                        "The virtual detector holds no pixel of the " + toText(shape) +
                            " detector. Move it onto the pattern or make it larger.",
                        scan.file(), {toText(shape)});
    const Region whole = wholeRegion(scan.scanShape());
    for (const ScanPoint& point : request.pixels)
        if (!whole.contains(point))
            return fail(ErrorCode::InvalidArgument,
                        "The probe position y " + std::to_string(point.y) + ", x " + std::to_string(point.x) +
                            " lies outside the scan of " + toText(scan.scanShape()) + ".",
                        scan.file(), {std::to_string(point.y), std::to_string(point.x), toText(scan.scanShape())});
    return {};
}

/// The part of each pattern that has to be read when it is not mapped.
Region wantedWindow(const PassRequest& request, PatternShape shape)
{
    const Region whole{0, 0, shape.height, shape.width};
    if (request.statistics || !request.patterns.empty() || request.detectors.empty())
        return whole;
    Region united = windowOf(request.detectors.front().detector, shape);
    for (const DetectorRequest& detector : request.detectors) {
        const Region window = windowOf(detector.detector, shape);
        const int bottom = std::max(united.y + united.height, window.y + window.height);
        const int right = std::max(united.x + united.width, window.x + window.width);
        united.y = std::min(united.y, window.y);
        united.x = std::min(united.x, window.x);
        united.height = bottom - united.y;
        united.width = right - united.x;
    }
    return united;
}

const char* stageOf(const PassRequest& request)
{
    if (request.statistics)
        return "statistics";
    return request.detectors.empty() ? "pattern" : "virtual image";
}

} // namespace

Result<PassResult> runScanPass(const DiffractionScan& scan, const PassRequest& request, const ProgressSink& progress,
                               std::stop_token stop, const PassPreview& preview)
try {
    if (auto checked = check(scan, request); !checked)
        return fail(std::move(checked.error()));
    const PatternShape shape = scan.patternShape();
    const Region whole{0, 0, shape.height, shape.width};
    const Region window = wantedWindow(request, shape);
    const bool isMapped = !scan.mappedPattern({0, 0}).empty();
    // Of a mapped pattern the pages with the window's rows are touched.
    const std::int64_t bytesEach = (isMapped ? std::int64_t(window.height) * shape.width : shape.count()) *
                                   static_cast<std::int64_t>(elementSize(scan.elementType()));
    const Plan plan = preview && request.pixels.empty() ? Plan::coarseToFine(scan, bytesEach)
                                                        : Plan::inOrder(scan, request.pixels);
    if (plan.patterns == 0)
        return fail(ErrorCode::InvalidArgument,
                    "None of the chosen probe positions of '" + scan.file().string() +
                        "' has a pattern: the acquisition stopped before it reached them.",
                    scan.file());
    // Leaving a small part unread saves nothing.
    const bool readsAll = window.count() * 4 > whole.count() * 3;
    Layout wholeLayout = Layout::of(request.detectors, shape, whole);
    Layout windowLayout = readsAll ? wholeLayout : Layout::of(request.detectors, shape, window);
    Output output(scan, request, plan, preview);
    ProgressCounter counter(progress, stageOf(request), plan.patterns);
    const auto done = withType(scan.elementType(), [&]<class T>(T) {
        return TypedPass<T>(scan, request, plan, std::move(wholeLayout), std::move(windowLayout), output)
            .run(counter, stop);
    });
    if (!done)
        return fail(done.error());
    return output.result();
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice to combine the patterns.");
}

} // namespace dispersa
