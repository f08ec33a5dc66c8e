// SPDX-License-Identifier: GPL-3.0-or-later
// Decoded chunks kept for the next read: bounded, least recently used first out, shared by the threads of a scan.
#pragma once

#include "core/base/error.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
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

class ChunkCache {
  public:
    using Load = std::function<Result<ChunkPtr>()>;

    /// Keeps at most `budget` bytes.
    explicit ChunkCache(std::size_t budget) : m_budget(budget) {}
    ChunkCache(const ChunkCache&) = delete;
    ChunkCache& operator=(const ChunkCache&) = delete;

    /// The chunk, from memory or through `load`, which runs on the calling thread without a lock held. Threads that want
    /// the same chunk meanwhile wait for it instead of loading it again. A chunk of `size` bytes above the budget is not
    /// kept, nor is a failure. Errors: those of load.
    Result<ChunkPtr> get(ChunkKey key, std::size_t size, const Load& load);

    /// Bytes kept now.
    std::size_t bytes() const;
    /// Number for a dataset that is to share this cache.
    std::uint64_t newDataset();

  private:
    struct Entry {
        std::shared_future<Result<ChunkPtr>> chunk;
        std::size_t size = 0;
        bool loaded = false;
        std::list<ChunkKey>::iterator place; ///< in m_order
    };
    void finish(ChunkKey key, bool keep);
    void shrink();

    mutable std::mutex m_mutex;
    const std::size_t m_budget;
    std::size_t m_bytes = 0; ///< of loaded entries
    std::uint64_t m_datasets = 0;
    std::map<ChunkKey, Entry> m_entries;
    std::list<ChunkKey> m_order; ///< most recently used first
};

} // namespace dispersa
