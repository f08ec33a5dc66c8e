// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory a piece of work needed.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace dispersa {

/// Bytes of memory that belong to the program alone, without mapped files; 0 where the system does not tell.
std::uint64_t ownMemory();

/// Samples the program's own memory (without mapped files, which are the system's page cache) every few milliseconds from its
/// construction to its end.
class MemoryWatch {
  public:
    MemoryWatch();

    /// Most bytes seen so far; 0 where the system does not tell.
    std::uint64_t peak() const { return m_peak; }
    /// Bytes when the watch began.
    std::uint64_t atStart() const { return m_start; }

  private:
    const std::uint64_t m_start;
    std::atomic<std::uint64_t> m_peak;
    std::jthread m_thread; // last, so that it ends before what it writes
};

} // namespace dispersa
