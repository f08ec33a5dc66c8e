// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/prepared_patterns.h"

#include "core/prepare/kept_description.h"
#include "core/prepare/parallel_blocks.h"
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/pattern_store.h"
#include "core/prepare/prepared_scan.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <string>

namespace dispersa {
namespace {

constexpr std::size_t blockBytes = 8u << 20;

/// The store, seen through one scaling.
class ScaledPatterns : public PreparedPatterns {
  public:
    ScaledPatterns(std::shared_ptr<const PatternStore> store, const DiffractionOptions& options,
                   std::vector<PreparationReport> reports, double quantile)
        : m_store(std::move(store)), m_options(options), m_reports(std::move(reports)),
          m_quantile(quantile > 0 ? quantile : 1.0)
    {
        if (m_options.scaling == Scaling::Linear)
            return;
        m_scaled.resize(65536);
        for (std::size_t count = 0; count < m_scaled.size(); ++count)
            m_scaled[count] = scaledCount(static_cast<float>(count), m_options, m_quantile);
    }

    std::int64_t count() const override { return m_store->count(); }
    PatternShape patternShape() const override { return m_store->shape(); }
    double quantile() const override { return m_quantile; }
    const std::vector<PreparationReport>& reports() const override { return m_reports; }

    Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override
    {
        const auto pixels = static_cast<std::size_t>(patternShape().count());
        if (auto checked = checkIndices(indices); !checked)
            return checked;
        if (out.size() != indices.size() * pixels)
            return wrongRoom(indices.size(), pixels, out.size());
        for (std::size_t i = 0; i < indices.size(); ++i)
            scale(indices[i], out.subspan(i * pixels, pixels));
        return {};
    }

    CountType countType() const override { return m_store->allWhole() ? CountType::UInt16 : CountType::Float32; }

    CountScaling countScaling() const override
    {
        return {m_options.scaling,
                m_options.scaling == Scaling::Linear ? 65536.0 * m_options.bin * m_options.bin : m_quantile};
    }

    Result<void> gatherCounts(std::span<const std::int64_t> indices, std::span<std::byte> out) const override
    {
        const std::size_t bytes = static_cast<std::size_t>(patternShape().count()) * countSize(countType());
        if (auto checked = checkIndices(indices); !checked)
            return checked;
        if (out.size() != indices.size() * bytes)
            return wrongRoom(indices.size(), bytes, out.size());
        for (std::size_t i = 0; i < indices.size(); ++i) {
            const std::span<std::byte> to = out.subspan(i * bytes, bytes);
            const auto whole = m_store->whole(indices[i]);
            const auto real = m_store->real(indices[i]);
            if (countType() == CountType::UInt16)
                std::memcpy(to.data(), whole.data(), bytes);
            else if (!real.empty())
                std::memcpy(to.data(), real.data(), bytes);
            else
                std::copy(whole.begin(), whole.end(), reinterpret_cast<float*>(to.data()));
        }
        return {};
    }

    void willNeed(std::span<const std::int64_t> indices) const override { m_store->willNeed(indices); }
    void doneWith(std::span<const std::int64_t> indices) const override { m_store->doneWith(indices); }

    Result<double> quantile999(std::span<const std::int64_t> indices) const override
    {
        if (indices.empty())
            return fail(ErrorCode::InvalidArgument, "A quantile needs at least one pattern.");
        if (auto checked = checkIndices(indices); !checked)
            return fail(std::move(checked.error()));
        try {
            const auto found = m_store->quantile(indices, 0.999);
            if (!found)
                return found;
            return std::max(1.0, *found);
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice to count the patterns.");
        }
    }

    std::shared_ptr<const PreparedPatterns> withQuantile(double quantile) const override
    {
        return std::make_shared<ScaledPatterns>(m_store, m_options, m_reports, quantile);
    }

  private:
    static Result<void> wrongRoom(std::size_t patterns, std::size_t each, std::size_t room)
    {
        return fail(ErrorCode::InvalidArgument, "The room for " + std::to_string(patterns) + " patterns must be " +
                                                    std::to_string(patterns * each) + " large, not " +
                                                    std::to_string(room) + ".");
    }

    Result<void> checkIndices(std::span<const std::int64_t> indices) const
    {
        for (const std::int64_t index : indices)
            if (index < 0 || index >= count())
                return fail(ErrorCode::InvalidArgument,
                            "There is no prepared pattern " + std::to_string(index) + ": they are numbered 0 to " +
                                std::to_string(count() - 1) + ".",
                            {}, {std::to_string(index), std::to_string(count())});
        return {};
    }

    void scale(std::int64_t index, std::span<float> out) const
    {
        const auto whole = m_store->whole(index);
        const auto real = m_store->real(index);
        if (m_options.scaling == Scaling::Linear) {
            const float divisor = static_cast<float>(65536 * m_options.bin * m_options.bin);
            for (std::size_t i = 0; i < whole.size(); ++i)
                out[i] = static_cast<float>(whole[i]) / divisor;
            for (std::size_t i = 0; i < real.size(); ++i)
                out[i] = real[i] / divisor;
            return;
        }
        for (std::size_t i = 0; i < whole.size(); ++i)
            out[i] = m_scaled[whole[i]];
        for (std::size_t i = 0; i < real.size(); ++i)
            out[i] = scaledCount(real[i], m_options, m_quantile);
    }

    std::shared_ptr<const PatternStore> m_store;
    DiffractionOptions m_options;
    std::vector<PreparationReport> m_reports;
    double m_quantile;
    std::vector<float> m_scaled; ///< network input of every count a uint16 can hold
};

Result<void> checkSelections(const std::vector<PatternSelection>& selections, const DiffractionOptions& options)
{
    if (auto checked = options.check(); !checked)
        return checked;
    if (selections.empty())
        return fail(ErrorCode::InvalidArgument, "No scan was chosen whose patterns are to be prepared.");
    for (const PatternSelection& selection : selections) {
        if (!selection.scan)
            return fail(ErrorCode::InvalidArgument, "A scan whose patterns are to be prepared has none.");
        const DiffractionScan& scan = *selection.scan;
        const DiffractionScan& first = *selections.front().scan;
        if (!selection.region.fitsInto(scan.scanShape()))
            return fail(ErrorCode::InvalidArgument,
                        "The crop " + toText(selection.region) + " does not fit into the scan '" +
                            scan.file().string() + "' of " + toText(scan.scanShape()) + " probe positions.",
                        scan.file(), {toText(selection.region), toText(scan.scanShape())});
        if (scan.patternShape() != first.patternShape())
            return fail(ErrorCode::ShapeMismatch,
                        "The patterns of '" + scan.file().string() + "' have " + toText(scan.patternShape()) +
                            " pixels, those of '" + first.file().string() + "' " + toText(first.patternShape()) +
                            ". Scans that are trained or predicted together must have patterns of one size.",
                        scan.file(), {toText(scan.patternShape()), toText(first.patternShape())});
        const PatternShape shape = scan.patternShape();
        if (std::min(shape.height, shape.width) < options.bin)
            return fail(ErrorCode::PatternTooSmall,
                        "Patterns of " + toText(shape) + " pixels ('" + scan.file().string() +
                            "') cannot be binned by " + std::to_string(options.bin) + ". Choose a smaller bin.",
                        scan.file(), {toText(shape), std::to_string(options.bin), std::to_string(options.bin)});
    }
    return {};
}

/// One selection on its way into the store.
struct Job {
    const DiffractionScan& scan;
    Region region;
    std::int64_t first; ///< number of its first pattern in the store
    PreparationPlan plan;
};

/// Buffers of one worker.
struct Worker {
    std::vector<std::byte> raw;
    std::vector<float> values;
    std::vector<float> prepared;
    EncodedPatterns encoded;
    std::vector<std::int64_t> numbers; ///< of the encoded patterns in the store
    SaturationCounter saturation;
};

bool changesNothing(const PreparationPlan& plan)
{
    const DiffractionOptions& options = plan.options;
    if (options.repairsPixels() && !plan.badPixels.empty())
        return false;
    return options.centre == CentreKind::None && !options.resamples() && !options.masksBeam() && options.bin == 1;
}

Result<void> prepareBlock(const Job& job, const Region& block, Worker& worker, PatternStore& store)
{
    const PatternShape shape = job.scan.patternShape();
    const auto pixels = static_cast<std::size_t>(shape.count());
    const ElementType type = job.scan.elementType();
    const std::size_t patternBytes = pixels * elementSize(type);
    const auto patterns = static_cast<std::size_t>(block.count());
    worker.raw.resize(patterns * patternBytes);
    if (auto done = job.scan.readRaw(block, worker.raw); !done)
        return done;
    // What is repaired does not count as saturated.
    for (std::size_t i = 0; i < patterns; ++i)
        for (const BadPixel& bad : job.plan.badPixels)
            std::memset(worker.raw.data() + i * patternBytes + static_cast<std::size_t>(bad.pixel) * elementSize(type), 0,
                        elementSize(type));
    worker.saturation.add(type, worker.raw);
    worker.encoded.clear();
    if (type == ElementType::UInt16 && changesNothing(job.plan)) {
        worker.encoded.addWhole({reinterpret_cast<const std::uint16_t*>(worker.raw.data()), patterns * pixels}, pixels);
    } else {
        worker.values.resize(pixels);
        worker.prepared.resize(static_cast<std::size_t>(preparedShape(shape, job.plan.options.bin).count()));
        const std::span<const std::byte> raw(worker.raw);
        for (std::size_t i = 0; i < patterns; ++i) {
            convertToFloat(type, raw.subspan(i * patternBytes, patternBytes), worker.values);
            const auto place = static_cast<int>(i);
            const ScanPoint point{block.y + place / block.width, block.x + place % block.width};
            prepareCounts(worker.values, point, job.plan, worker.prepared);
            worker.encoded.add(worker.prepared);
        }
    }
    worker.numbers.clear();
    for (int y = block.y - job.region.y; y < block.y - job.region.y + block.height; ++y)
        for (int x = block.x - job.region.x; x < block.x - job.region.x + block.width; ++x)
            worker.numbers.push_back(job.first + std::int64_t(y) * job.region.width + x);
    return store.write(worker.numbers, worker.encoded);
}

Result<PreparationReport> prepareSelection(const Job& job, PatternStore& store, ProgressCounter& counter,
                                           std::stop_token stop)
{
    const std::vector<Region> blocks = scanBlocks(job.scan, job.region, blockBytes);
    const auto count = static_cast<std::int64_t>(blocks.size());
    std::vector<Worker> workers(static_cast<std::size_t>(workerCount(count)));
    const auto step = [&](std::int64_t index, int worker) -> Result<void> {
        const Region& block = blocks[static_cast<std::size_t>(index)];
        if (auto done = prepareBlock(job, block, workers[static_cast<std::size_t>(worker)], store); !done)
            return done;
        counter.add(block.count());
        return {};
    };
    if (auto done = forEachParallel(count, step, stop); !done)
        return fail(std::move(done.error()));
    SaturationCounter saturation;
    for (const Worker& worker : workers)
        saturation.add(worker.saturation);
    return reportOf(job.plan, saturation, job.scan.elementType());
}

/// A store with all patterns in it.
struct FilledStore {
    std::unique_ptr<PatternStore> store;
    std::vector<PreparationReport> reports; ///< of each job
};

/// Error: WriteFailed where the disk of `store` fills up, whose file is gone by then.
Result<FilledStore> fill(const std::vector<Job>& jobs, Result<std::unique_ptr<PatternStore>> store,
                         const ProgressSink& progress, std::stop_token stop)
{
    if (!store)
        return fail(std::move(store.error()));
    FilledStore filled{std::move(*store), {}};
    ProgressCounter counter(progress, "prepare", filled.store->count());
    for (const Job& job : jobs) {
        auto report = prepareSelection(job, *filled.store, counter, stop);
        if (!report)
            return fail(std::move(report.error()));
        filled.reports.push_back(*report);
    }
    return filled;
}

Result<std::shared_ptr<const PreparedPatterns>> scaled(FilledStore filled, const DiffractionOptions& options)
{
    if (auto done = filled.store->finish(); !done)
        return fail(std::move(done.error()));
    return std::make_shared<ScaledPatterns>(std::shared_ptr<const PatternStore>(std::move(filled.store)), options,
                                            std::move(filled.reports), 1.0);
}

Result<std::shared_ptr<const PreparedPatterns>>
prepareAll(const std::vector<PatternSelection>& selections, const DiffractionOptions& options,
           const std::filesystem::path& folder, const ProgressSink& progress, std::stop_token stop,
           const PatternCache& cache)
{
    std::int64_t total = 0;
    for (const PatternSelection& selection : selections)
        total += selection.region.count();
    const PatternShape shape = preparedShape(selections.front().scan->patternShape(), options.bin);
    // Counts that need not be whole may all be kept as float.
    const bool maybeReal = std::any_of(selections.begin(), selections.end(), [&](const PatternSelection& selection) {
        return preparedType(selection.scan->elementType(), options) == ElementType::Float32;
    });
    const std::uint64_t expected = static_cast<std::uint64_t>(total) * static_cast<std::uint64_t>(shape.count()) *
                                   (maybeReal ? sizeof(float) : sizeof(std::uint16_t));
    const std::string key =
        cache.folder.empty() || expected > cache.mostBytes ? std::string() : keptKey(selections, options);
    const std::filesystem::path kept = key.empty() ? std::filesystem::path() : cacheFile(cache, key);
    if (!key.empty()) {
        std::string description;
        if (std::shared_ptr<const PatternStore> found = PatternStore::openKept(kept, total, shape, description))
            if (auto reports = keptReports(description, key, selections.size())) {
                markUsed(kept);
                report(progress, {"prepare", total, total});
                return std::make_shared<ScaledPatterns>(std::move(found), options, std::move(*reports), 1.0);
            }
    }
    std::vector<Job> jobs;
    std::int64_t first = 0;
    for (const PatternSelection& selection : selections) {
        auto plan = makePreparationPlan(*selection.scan, selection.region, options, progress, stop);
        if (!plan)
            return fail(std::move(plan.error()));
        jobs.push_back({*selection.scan, selection.region, first, std::move(*plan)});
        first += selection.region.count();
    }
    // The cache is a convenience: a disk without room for it, be it found before or midway, costs time and no run.
    if (!key.empty()) {
        auto filled = fill(jobs, PatternStore::create(cache.folder, total, shape, expected, ScratchFile::Name::With),
                           progress, stop);
        if (filled) {
            if (filled->store->keep(kept, keptDescription(key, filled->reports)))
                trimCache(cache, kept);
            return scaled(std::move(*filled), options);
        }
        if (filled.error().code != ErrorCode::WriteFailed)
            return fail(std::move(filled.error()));
    }
    auto filled = fill(jobs, PatternStore::create(folder, total, shape, expected), progress, stop);
    if (!filled)
        return fail(std::move(filled.error()));
    return scaled(std::move(*filled), options);
}

} // namespace

Result<std::shared_ptr<const PreparedPatterns>>
PreparedPatterns::create(const std::vector<PatternSelection>& selections, const DiffractionOptions& options,
                         const std::filesystem::path& folder, const ProgressSink& progress, std::stop_token stop,
                         const PatternCache& cache)
{
    if (auto checked = checkSelections(selections, options); !checked)
        return fail(std::move(checked.error()));
    try {
        return prepareAll(selections, options, folder, progress, stop, cache);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "The memory of this machine does not suffice to prepare the patterns. Close "
                    "other programs, or choose a smaller crop or a larger bin.");
    }
}

} // namespace dispersa
