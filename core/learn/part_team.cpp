// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/part_team_p.h"

#include <algorithm>

namespace dispersa {

BatchDivision BatchDivision::of(int threads, int batchSize)
{
    constexpr int fewestPatterns = 8;
    const int most = std::clamp(batchSize / fewestPatterns, 1, threads);
    for (int parts = most; parts > 1; --parts)
        if (6 * parts * (threads / parts) >= 5 * threads)
            return {parts, threads / parts};
    return {1, threads};
}

PartTeam::PartTeam(const BatchDivision& division)
{
    try {
        for (int part = 0; part < division.parts; ++part)
            m_threads.emplace_back([this, part, each = division.threadsEach] { serve(part, each); });
    } catch (...) { // the system gives no more threads
        end();
        throw;
    }
}

PartTeam::~PartTeam()
{
    end();
}

void PartTeam::end()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ends = true;
    }
    m_begin.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
}

void PartTeam::run(const std::function<void(int part)>& work)
{
    std::unique_lock lock(m_mutex);
    m_work = &work;
    m_busy = parts();
    m_waiting = 0;
    m_failed = false;
    m_error = nullptr;
    ++m_round;
    m_begin.notify_all();
    m_end.wait(lock, [this] { return m_busy == 0; });
    m_work = nullptr;
    if (m_error)
        std::rethrow_exception(m_error);
}

void PartTeam::meet()
{
    std::unique_lock lock(m_mutex);
    if (m_failed)
        throw Abandoned();
    const std::int64_t meeting = m_meetings;
    if (++m_waiting == parts()) {
        m_waiting = 0;
        ++m_meetings;
        m_met.notify_all();
        return;
    }
    m_met.wait(lock, [&] { return m_meetings != meeting || m_failed; });
    if (m_meetings == meeting)
        throw Abandoned();
}

void PartTeam::serve(int part, int threadsEach)
{
    useThreads(threadsEach);
    for (std::int64_t round = 1;; ++round) {
        std::unique_lock lock(m_mutex);
        m_begin.wait(lock, [&] { return m_round >= round || m_ends; });
        if (m_ends)
            return;
        lock.unlock();
        std::exception_ptr error;
        bool abandoned = false;
        try {
            (*m_work)(part);
        } catch (const Abandoned&) {
            abandoned = true;
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        if (error || abandoned) {
            if (error && !m_error)
                m_error = error;
            m_failed = true;
            m_met.notify_all();
        }
        if (--m_busy == 0)
            m_end.notify_all();
    }
}

} // namespace dispersa
