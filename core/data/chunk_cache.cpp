// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/chunk_cache.h"

#include <algorithm>

namespace dispersa {

Result<void> ChunkCache::use(ChunkKey key, std::size_t size, const Load& load, const Use& use)
{
    bool large = false;
    {
        const std::lock_guard lock(m_mutex);
        large = size > m_budget;
    }
    if (large)
        return useLarge(key, size, load, use);
    const auto chunk = get(key, size, load);
    if (!chunk)
        return fail(chunk.error());
    use(**chunk);
    return {};
}

Result<void> ChunkCache::useLarge(ChunkKey key, std::size_t size, const Load& load, const Use& use)
{
    const std::lock_guard lock(m_largeMutex);
    const auto note = [this](std::size_t bytes) {
        const std::lock_guard counting(m_mutex);
        m_largeBytes = bytes;
    };
    if (!m_large || m_large->key != key) {
        m_large.reset(); // before the next one takes as much
        note(0);
        auto chunk = load();
        if (!chunk)
            return fail(std::move(chunk.error()));
        m_large = Large{key, std::move(*chunk)};
        note(size);
    }
    use(*m_large->chunk);
    return {};
}

Result<ChunkPtr> ChunkCache::get(ChunkKey key, std::size_t size, const Load& load)
{
    std::promise<Result<ChunkPtr>> promise;
    {
        std::unique_lock lock(m_mutex);
        if (const auto found = m_entries.find(key); found != m_entries.end()) {
            m_order.splice(m_order.begin(), m_order, found->second.place);
            const auto chunk = found->second.chunk;
            lock.unlock();
            return chunk.get();
        }
        std::list<ChunkKey> place{key}; // spliced last: what may run out of memory comes before
        m_entries.emplace(key, Entry{promise.get_future().share(), size, false, place.begin()});
        m_order.splice(m_order.begin(), place);
        m_loaded.wait(lock, [&] { return m_loading == 0 || m_loading + size <= m_budget; });
        m_loading += size;
    }
    try {
        auto chunk = load();
        finish(key, chunk.has_value());
        promise.set_value(chunk);
        return chunk;
    } catch (...) { // out of memory: those who wait learn it too
        finish(key, false);
        promise.set_exception(std::current_exception());
        throw;
    }
}

void ChunkCache::finish(ChunkKey key, bool keep)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = m_entries.find(key);
    m_loading -= entry->second.size;
    m_loaded.notify_all();
    if (!keep) {
        m_order.erase(entry->second.place);
        m_entries.erase(entry);
        return;
    }
    entry->second.loaded = true;
    m_bytes += entry->second.size;
    shrink();
}

void ChunkCache::shrink()
{
    for (auto place = m_order.end(); m_bytes > m_budget && place != m_order.begin();) {
        --place;
        const auto entry = m_entries.find(*place);
        if (!entry->second.loaded)
            continue; // others may wait for it
        m_bytes -= entry->second.size;
        m_entries.erase(entry);
        place = m_order.erase(place);
    }
}

std::size_t ChunkCache::bytes() const
{
    const std::lock_guard lock(m_mutex);
    return m_bytes + m_largeBytes;
}

std::uint64_t ChunkCache::addDataset(std::size_t budget)
{
    const std::lock_guard lock(m_mutex);
    m_budget = std::max(m_budget, budget);
    return m_datasets++;
}

} // namespace dispersa
