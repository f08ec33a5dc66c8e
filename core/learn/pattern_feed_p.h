// SPDX-License-Identifier: GPL-3.0-or-later
// Brings batches of stored patterns to the device: read by a thread of its own while the network works on the present
// batch, or from a copy that lies on the device.
#pragma once

#include "core/data/pattern_source.h"
#include "core/learn/window_advice_p.h"

#include <ATen/core/Tensor.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

namespace dispersa {

/// Valid until the feed's next() or end.
struct FeedBatch {
    std::span<const std::int64_t> indices;
    at::Tensor stored; ///< [n, height * width] as storedScalar() says, on the device
    std::int64_t count() const { return std::int64_t(indices.size()); }
};

/// Goes once through an order in batches; the last one may be smaller. next() belongs to one thread.
class PatternFeed {
  public:
    virtual ~PatternFeed() = default;
    /// The next batch, or nothing at the end. Errors: those of PatternSource::gatherCounts, OutOfMemory.
    virtual Result<std::optional<FeedBatch>> next() = 0;
};

/// Reads ahead: `depth` batches wait at most, so memory is bounded whatever the source holds.
class StreamedFeed : public PatternFeed {
  public:
    static constexpr std::size_t depth = 3;

    /// `source` must outlive the feed. For a GPU the buffers are page-locked and copied without waiting. `window`: that of
    /// EpochOrder, by which a source on a disk is told what comes; 0: it is told nothing.
    StreamedFeed(const PatternSource& source, std::vector<std::int64_t> order, int batchSize,
                 const c10::Device& device, std::size_t window = 0);
    ~StreamedFeed() override;
    Result<std::optional<FeedBatch>> next() override;

  private:
    std::span<const std::int64_t> batchIndices(std::size_t batch) const;
    void load(const std::stop_token& stop);
    at::Tensor makeBuffer(std::int64_t patterns) const;

    const PatternSource& m_source;
    const std::vector<std::int64_t> m_order;
    const std::size_t m_batchSize;
    const std::size_t m_batches;
    const c10::Device m_device;
    WindowAdvice m_advice; ///< of the thread
    std::vector<at::Tensor> m_buffers;

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::size_t m_loaded = 0;   ///< batches read so far
    std::size_t m_released = 0; ///< batches whose buffer may be overwritten
    std::size_t m_handedOut = 0;
    std::optional<Error> m_error;
    std::jthread m_thread; // last, so that it ends before what it uses
};

/// All patterns that a training uses, as stored, on one device.
class ResidentPatterns {
  public:
    /// Copies the patterns `indices`. Errors: those of PatternSource::gatherCounts.
    static Result<std::shared_ptr<const ResidentPatterns>> create(const PatternSource& source,
                                                                  std::span<const std::int64_t> indices,
                                                                  const c10::Device& device);
    /// Bytes that create() will need on the device.
    static std::uint64_t bytes(const PatternSource& source, std::size_t patterns);

    /// Rows of stored() of the patterns `indices`, a tensor of int64 on the CPU.
    at::Tensor rowsOf(std::span<const std::int64_t> indices) const;
    const at::Tensor& stored() const { return m_stored; } ///< [patterns, height * width] on the device

  private:
    at::Tensor m_stored;
    std::vector<std::int64_t> m_rows; ///< by index of the source; -1: not here
};

/// Takes batches out of a resident set.
class ResidentFeed : public PatternFeed {
  public:
    ResidentFeed(std::shared_ptr<const ResidentPatterns> patterns, std::vector<std::int64_t> order, int batchSize);
    Result<std::optional<FeedBatch>> next() override;

  private:
    std::shared_ptr<const ResidentPatterns> m_patterns;
    const std::vector<std::int64_t> m_order;
    const std::size_t m_batchSize;
    at::Tensor m_rows; ///< of the whole order, on the device
    std::size_t m_done = 0;
};

} // namespace dispersa
