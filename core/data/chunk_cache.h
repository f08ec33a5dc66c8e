// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces of a file that were decoded as a whole, kept for the next read: bounded, least recently used first out, shared
// by the threads of a scan.
#pragma once

#include "core/base/error.h"

#include <compare>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace dispersa {

/// A decoded chunk; empty if the file never got one there.
class Chunk {
  public:
    Chunk() = default;
    explicit Chunk(std::size_t size) : m_bytes(std::make_unique_for_overwrite<std::byte[]>(size)), m_size(size) {}
    std::span<const std::byte> bytes() const { return {m_bytes.get(), m_size}; }
    std::span<std::byte> bytes() { return {m_bytes.get(), m_size}; }

  private:
    std::unique_ptr<std::byte[]> m_bytes;
    std::size_t m_size = 0;
};

using ChunkPtr = std::shared_ptr<const Chunk>;

/// Which chunk of which dataset. Datasets that share a cache have different numbers.
struct ChunkKey {
    std::uint64_t dataset = 0;
    std::int64_t chunk = 0;
    auto operator<=>(const ChunkKey&) const = default;
};

/// Keeps at most its budget, and as much again is loaded at a time. Of chunks that exceed the budget there is one.
class ChunkCache {
  public:
    using Load = std::function<Result<ChunkPtr>()>;
    using Use = std::function<void(const Chunk&)>;

    explicit ChunkCache(std::size_t budget = 0) : m_budget(budget) {}
    ChunkCache(const ChunkCache&) = delete;
    ChunkCache& operator=(const ChunkCache&) = delete;

    /// A dataset that is to share this cache: its number. The budget grows to `budget` if it is less.
    std::uint64_t addDataset(std::size_t budget);

    /// Calls `use` with the chunk, from memory or through `load`, both on the calling thread. Threads that want the same
    /// chunk meanwhile wait for it instead of loading it again; a failure is not kept. A chunk of `size` bytes above the
    /// budget is kept until another such is wanted, and used by one thread at a time, so that there are never two of
    /// them. Errors: those of load.
    Result<void> use(ChunkKey key, std::size_t size, const Load& load, const Use& use);

    /// Bytes kept now.
    std::size_t bytes() const;

  private:
    struct Entry {
        std::shared_future<Result<ChunkPtr>> chunk;
        std::size_t size = 0;
        bool loaded = false;
        std::list<ChunkKey>::iterator place; ///< in m_order
    };
    struct Large {
        ChunkKey key;
        ChunkPtr chunk;
    };
    Result<ChunkPtr> get(ChunkKey key, std::size_t size, const Load& load);
    Result<void> useLarge(ChunkKey key, std::size_t size, const Load& load, const Use& use);
    void finish(ChunkKey key, bool keep);
    void shrink();

    mutable std::mutex m_mutex;
    std::condition_variable m_loaded;
    std::size_t m_budget;
    std::size_t m_bytes = 0;   ///< of loaded entries
    std::size_t m_loading = 0; ///< bytes of the others, but for those that wait
    std::uint64_t m_datasets = 0;
    std::map<ChunkKey, Entry> m_entries;
    std::list<ChunkKey> m_order; ///< most recently used first

    std::mutex m_largeMutex; ///< of what follows; held while a large chunk is loaded and used
    std::optional<Large> m_large;
    std::size_t m_largeBytes = 0; ///< under m_mutex
};

} // namespace dispersa
