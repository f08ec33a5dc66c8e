// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/memory_watch.h"

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <string>

namespace dispersa {

std::uint64_t ownMemory()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (std::uint64_t kilobytes = 0; word == "RssAnon:" && status >> kilobytes)
            return kilobytes * 1024;
    return 0;
}

MemoryWatch::MemoryWatch() : m_start(ownMemory()), m_peak(m_start)
{
    m_thread = std::jthread([this](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, stop, std::chrono::milliseconds(4), [] { return false; }) && !stop.stop_requested())
            if (const std::uint64_t now = ownMemory(); now > m_peak)
                m_peak = now;
    });
}

} // namespace dispersa
