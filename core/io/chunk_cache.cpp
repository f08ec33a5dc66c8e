// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/chunk_cache.h"

namespace dispersa {

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
    }
    try {
        auto chunk = load();
        finish(key, chunk && size <= m_budget);
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
    if (entry == m_entries.end()) // given up already
        return;
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
    return m_bytes;
}

std::uint64_t ChunkCache::newDataset()
{
    const std::lock_guard lock(m_mutex);
    return m_datasets++;
}

} // namespace dispersa
