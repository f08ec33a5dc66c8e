// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/parallel_blocks.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <new>
#include <optional>
#include <thread>

namespace dispersa {

namespace {

/// Whole rows of `region`, or parts of one row, of at most `patterns` patterns.
void addRows(const Region& region, std::int64_t patterns, std::vector<Region>& blocks)
{
    const int width = static_cast<int>(std::min<std::int64_t>(region.width, patterns));
    const int rows = static_cast<int>(std::clamp<std::int64_t>(patterns / region.width, 1, region.height));
    for (int y = region.y; y < region.y + region.height; y += rows)
        for (int x = region.x; x < region.x + region.width; x += width)
            blocks.push_back(
                {y, x, std::min(rows, region.y + region.height - y), std::min(width, region.x + region.width - x)});
}

} // namespace

std::vector<Region> scanBlocks(const DiffractionScan& scan, const Region& region, std::size_t blockBytes)
{
    std::vector<Region> blocks;
    if (region.empty())
        return blocks;
    const std::int64_t patternBytes =
        std::max<std::int64_t>(1, scan.patternShape().count() * std::int64_t(elementSize(scan.elementType())));
    const std::int64_t patterns = std::max<std::int64_t>(1, std::int64_t(blockBytes) / patternBytes);
    const ScanShape grain = scan.readGrain();
    if (grain.height <= 1 || grain.width >= region.width || std::int64_t(grain.height) * region.width <= patterns) {
        addRows(region, patterns, blocks);
        return blocks;
    }
    // As many grains side by side as a block may hold, from the borders of grains on.
    const std::int64_t together = std::max<std::int64_t>(1, patterns / grain.count());
    const std::int64_t step = together * grain.width;
    for (int y = region.y; y < region.y + region.height;) {
        const int bottom = std::min(region.y + region.height, (y / grain.height + 1) * grain.height);
        for (std::int64_t x = region.x; x < region.x + region.width;) {
            const std::int64_t right = std::min<std::int64_t>(region.x + region.width, (x / step + 1) * step);
            addRows({y, static_cast<int>(x), bottom - y, static_cast<int>(right - x)}, patterns, blocks);
            x = right;
        }
        y = bottom;
    }
    return blocks;
}

int workerCount(std::int64_t count)
{
    const std::int64_t cores = std::max(1u, std::thread::hardware_concurrency());
    return static_cast<int>(std::clamp<std::int64_t>(count, 1, cores));
}

Result<void> forEachParallel(std::int64_t count,
                             const std::function<Result<void>(std::int64_t index, int worker)>& step,
                             std::stop_token stop)
{
    std::atomic<std::int64_t> next = 0;
    std::atomic<bool> failed = false;
    std::mutex mutex;
    std::optional<Error> failure;
    const auto note = [&](Error error) {
        const std::lock_guard lock(mutex);
        if (!failure)
            failure = std::move(error);
        failed = true;
    };
    const auto work = [&](int worker) {
        try {
            while (!failed) {
                const std::int64_t index = next++;
                if (index >= count)
                    return;
                if (stop.stop_requested())
                    return note({ErrorCode::Cancelled, "Cancelled."});
                if (auto done = step(index, worker); !done)
                    return note(std::move(done.error()));
            }
        } catch (const std::bad_alloc&) {
            note({ErrorCode::OutOfMemory, "The memory of this machine does not suffice to process the patterns. Close "
                                          "other programs, or choose a smaller crop or a larger bin."});
        } catch (const std::exception& exception) {
            note({ErrorCode::Internal, "Processing the patterns failed unexpectedly.", {}, {}, exception.what()});
        }
    };
    {
        // The calling thread is worker 0, so that small jobs start no thread.
        std::vector<std::jthread> threads;
        try {
            for (int worker = 1; worker < workerCount(count); ++worker)
                threads.emplace_back(work, worker);
        } catch (const std::exception&) {
            // A machine that grants no more threads has the work done by those there are.
        }
        work(0);
    }
    if (failure)
        return fail(std::move(*failure));
    return {};
}

ProgressCounter::ProgressCounter(ProgressSink sink, std::string stage, std::int64_t total) : m_sink(std::move(sink))
{
    m_progress.stage = std::move(stage);
    m_progress.total = total;
}

void ProgressCounter::add(std::int64_t done)
{
    const std::lock_guard lock(m_mutex);
    m_progress.done += done;
    report(m_sink, m_progress);
}

} // namespace dispersa
