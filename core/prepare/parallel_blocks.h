// SPDX-License-Identifier: GPL-3.0-or-later
// Work on a scan with all cores: blocks of patterns, a loop whose steps run in parallel, progress that several report.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace dispersa {

/// Regions that cover `region`, each of at most `blockBytes` raw bytes (at least one pattern), in an order in which what
/// is decoded as a whole (DiffractionScan::readGrain()) is soon done with: whole rows of the region or parts of one; where
/// grains of several rows make a row of grains too large for that, parts of a row of grains, and parts of a grain.
std::vector<Region> scanBlocks(const DiffractionScan& scan, const Region& region, std::size_t blockBytes);

/// Threads that forEachParallel() uses for `count` steps: at least 1, at most one per core.
int workerCount(std::int64_t count);

/// Calls `step(index, worker)` for index 0..count-1, started in this order, on workerCount(count) threads; `worker`
/// numbers the thread from 0, for buffers of its own. Returns after all have ended. Errors: the first one of a step,
/// Cancelled, OutOfMemory.
Result<void> forEachParallel(std::int64_t count,
                             const std::function<Result<void>(std::int64_t index, int worker)>& step,
                             std::stop_token stop);

/// Adds up what several threads have done, and reports it in order.
class ProgressCounter {
  public:
    ProgressCounter(ProgressSink sink, std::string stage, std::int64_t total);
    void add(std::int64_t done);

  private:
    ProgressSink m_sink;
    Progress m_progress;
    std::mutex m_mutex;
};

} // namespace dispersa
