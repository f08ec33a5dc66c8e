// SPDX-License-Identifier: GPL-3.0-or-later
// Threads that do the parts of one piece of work side by side, again and again, and may meet in the middle of it.
#pragma once

#include "core/learn/device_p.h"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dispersa {

/// Into how many parts a batch is divided and how many threads each part has.
struct BatchDivision {
    int parts = 1;
    int threadsEach = 1;
    /// As many parts as there are threads, but of no fewer than eight patterns; where that leaves more than a sixth of the
    /// threads without work, fewer parts.
    static BatchDivision of(int threads, int batchSize);
};

class PartTeam {
  public:
    /// std::system_error: the system gives no more threads.
    explicit PartTeam(const BatchDivision& division);
    ~PartTeam();
    PartTeam(const PartTeam&) = delete;
    PartTeam& operator=(const PartTeam&) = delete;

    int parts() const { return int(m_threads.size()); }
    /// Where a part of `n` things begins: they are divided as evenly as they can be.
    std::int64_t first(std::int64_t n, int part) const { return n * part / parts(); }
    /// Calls work(part) for each part on its thread and waits for all. Rethrows what the first part threw that did.
    void run(const std::function<void(int part)>& work);
    /// From within the work: waits until every part has come here as often. Throws where a part has failed: it will not come.
    void meet();

  private:
    struct Abandoned : std::exception {
        const char* what() const noexcept override { return "another part of the batch failed"; }
    };
    void serve(int part, int threadsEach);
    void end();

    SingleThreadedProducts m_products;
    std::mutex m_mutex;
    std::condition_variable m_begin, m_end, m_met;
    const std::function<void(int)>* m_work = nullptr;
    std::int64_t m_round = 0;     ///< of run()
    int m_busy = 0;               ///< parts that have not ended
    int m_waiting = 0;            ///< parts that wait in meet()
    std::int64_t m_meetings = 0;
    bool m_failed = false;
    bool m_ends = false;
    std::exception_ptr m_error;
    std::vector<std::thread> m_threads;
};

} // namespace dispersa
