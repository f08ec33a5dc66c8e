// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the next batch of patterns on a thread of its own while the network works on the present one.
#pragma once

#include "core/data/pattern_source.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

namespace dispersa {

/// Patterns of one batch, one after the other. Valid until the loader's next() or end.
struct Batch {
    std::span<const std::int64_t> indices;
    float* patterns = nullptr;
    std::int64_t count() const { return std::int64_t(indices.size()); }
};

/// Goes once through `order` in batches; the last one may be smaller. next() belongs to one thread.
class BatchLoader {
  public:
    /// `source` must outlive the loader.
    BatchLoader(const PatternSource& source, std::vector<std::int64_t> order, int batchSize);
    ~BatchLoader();
    BatchLoader(const BatchLoader&) = delete;
    BatchLoader& operator=(const BatchLoader&) = delete;

    /// The next batch, or nothing at the end. Errors: those of PatternSource::gather, OutOfMemory.
    Result<std::optional<Batch>> next();

  private:
    std::span<const std::int64_t> batchIndices(std::size_t batch) const;
    void load(const std::stop_token& stop);

    const PatternSource& m_source;
    const std::vector<std::int64_t> m_order;
    const std::size_t m_batchSize;
    const std::size_t m_batches;
    std::array<std::vector<float>, 2> m_buffers;

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::size_t m_loaded = 0;   ///< batches read so far
    std::size_t m_released = 0; ///< batches whose buffer may be overwritten
    std::size_t m_handedOut = 0;
    std::optional<Error> m_error;
    std::jthread m_thread; // last, so that it ends before what it uses
};

} // namespace dispersa
