// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tasks/latest_job.h"

namespace dispersa {

void LatestJob::request(std::function<void()> start)
{
    if (m_running != 0)
        m_waiting = std::move(start);
    else
        start();
}

void LatestJob::next()
{
    if (m_running == 0 && m_waiting)
        std::exchange(m_waiting, nullptr)();
}

void LatestJob::cancel()
{
    m_waiting = nullptr;
    if (m_running == 0)
        return;
    m_dropped = true;
    m_tasks.requestStop(m_running);
}

} // namespace dispersa
