// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/recycled_memory_p.h"

#include "core/learn/torch_compat.h"

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>

namespace dispersa {
namespace {

constexpr std::size_t smallest = 1u << 20;

/// What LibTorch allocates with from the first RecycledMemory on, to the end of the program: tensors and oneDNN may free
/// through it what they were given by it at any time.
class Recycler : public torch_compat::CpuAllocator {
  public:
    explicit Recycler(c10::Allocator* system) : m_system(system) {}

    void begin()
    {
        const std::lock_guard lock(m_mutex);
        if (m_users++ == 0) {
            m_peak = m_use.live_bytes;
            m_use.requests = m_use.fromSystem = 0;
        }
    }
    void end()
    {
        const std::lock_guard lock(m_mutex);
        if (--m_users == 0)
            shrink(0);
    }
    RecycledMemory::Use use()
    {
        const std::lock_guard lock(m_mutex);
        return m_use;
    }

    c10::DataPtr allocated(std::size_t bytes) override
    {
        if (bytes < smallest)
            return m_system->allocate(bytes);
        void* const block = take(bytes);
        return {block, block, &giveBack, c10::Device(c10::kCPU)};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &giveBack; }

    static Recycler& instance()
    {
        static Recycler* const recycler = [] {
            auto* made = new Recycler(c10::GetCPUAllocator());
            c10::SetCPUAllocator(made);
            return made;
        }();
        return *recycler;
    }

  private:
    void* take(std::size_t bytes)
    {
        const std::lock_guard lock(m_mutex);
        ++m_use.requests;
        // Steps ask for the same sizes again; a little more will do too.
        if (const auto kept = m_idle.lower_bound(bytes); kept != m_idle.end() && kept->first <= bytes + bytes / 8) {
            const auto [size, block] = *kept;
            m_idle.erase(kept);
            m_use.idle_bytes -= size;
            return used(block, size);
        }
        ++m_use.fromSystem;
        const std::size_t most = std::max(m_peak + m_peak / 4, m_use.live_bytes + bytes);
        shrink(most - m_use.live_bytes - bytes);
        void* block = nullptr;
        try {
            block = m_system->raw_allocate(bytes);
        } catch (const std::exception&) {
            if (m_idle.empty())
                throw;
            shrink(0);
            block = m_system->raw_allocate(bytes);
        }
        return used(block, bytes);
    }
    void* used(void* block, std::size_t bytes)
    {
        try {
            m_live.emplace(block, bytes);
        } catch (...) {
            m_system->raw_deallocate(block);
            throw;
        }
        m_use.live_bytes += bytes;
        m_peak = std::max(m_peak, m_use.live_bytes);
        return block;
    }
    /// Gives back what is kept, the largest first, until it is no more than `bytes`.
    void shrink(std::size_t bytes)
    {
        while (m_use.idle_bytes > bytes) {
            const auto largest = std::prev(m_idle.end());
            m_use.idle_bytes -= largest->first;
            m_system->raw_deallocate(largest->second);
            m_idle.erase(largest);
        }
    }

    static void giveBack(void* block)
    {
        Recycler& recycler = instance();
        const std::lock_guard lock(recycler.m_mutex);
        const auto found = recycler.m_live.find(block);
        if (found == recycler.m_live.end()) // a small one, or from before the first RecycledMemory
            return recycler.m_system->raw_deallocate(block);
        const std::size_t bytes = found->second;
        recycler.m_live.erase(found);
        recycler.m_use.live_bytes -= bytes;
        if (recycler.m_users == 0)
            return recycler.m_system->raw_deallocate(block);
        try {
            recycler.m_idle.emplace(bytes, block);
        } catch (const std::bad_alloc&) { // not even room to remember it
            return recycler.m_system->raw_deallocate(block);
        }
        recycler.m_use.idle_bytes += bytes;
    }

    c10::Allocator* const m_system;
    std::mutex m_mutex;
    int m_users = 0;
    std::unordered_map<void*, std::size_t> m_live;
    std::multimap<std::size_t, void*> m_idle;
    RecycledMemory::Use m_use;
    std::size_t m_peak = 0; ///< most bytes in use at once
};

} // namespace

RecycledMemory::RecycledMemory() { Recycler::instance().begin(); }
RecycledMemory::~RecycledMemory() { Recycler::instance().end(); }
RecycledMemory::Use RecycledMemory::use() { return Recycler::instance().use(); }

} // namespace dispersa
