// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tasks/refining_job.h"

#include <algorithm>
#include <mutex>

namespace dispersa {

/// Where a worker leaves its newest part until the window takes it.
struct RefiningJob::Slot {
    std::mutex mutex;
    Deliver newest;
};

RefiningJob::RefiningJob(TaskRunner& tasks, QString key, QObject* parent)
    : QObject(parent), m_tasks(&tasks), m_key(std::move(key))
{
    m_moment.setSingleShot(true);
    m_moment.setTimerType(Qt::PreciseTimer);
    connect(&m_moment, &QTimer::timeout, this, &RefiningJob::interrupt);
}

RefiningJob::~RefiningJob()
{
    interrupt();
}

void RefiningJob::request(Request request)
{
    m_waiting = std::move(request);
    if (m_running == 0)
        next();
    else if (!m_moment.isActive())
        m_moment.start(std::max(0, moment_ms - int(m_clock.elapsed())));
}

void RefiningJob::interrupt()
{
    if (m_running != 0 && m_tasks)
        m_tasks->requestStop(m_running);
}

void RefiningJob::cancel()
{
    m_waiting = {};
    m_slot.reset();
    m_moment.stop();
    interrupt();
}

void RefiningJob::next()
{
    m_moment.stop();
    if (m_running != 0 || !m_waiting.work)
        return;
    Request now = std::exchange(m_waiting, {});
    const auto slot = m_slot = std::make_shared<Slot>();
    const Post post = [slot, self = QPointer<RefiningJob>(this), tasks = m_tasks.data()](Deliver part) {
        const std::lock_guard lock(slot->mutex);
        const bool announced = bool(slot->newest);
        slot->newest = std::move(part);
        // The runner outlives its threads; whether this job still lives is asked on the GUI thread.
        if (!announced)
            QMetaObject::invokeMethod(
                tasks,
                [slot, self] {
                    if (self)
                        self->takePart(slot);
                },
                Qt::QueuedConnection);
    };
    m_clock.start();
    m_running = m_tasks->start<Deliver>(
        TaskLane::Interactive, m_key, this,
        [work = std::move(now.work), post](const ProgressSink&, std::stop_token stop) -> Result<Deliver> {
            return work(post, stop);
        },
        [this, slot, failed = std::move(now.failed)](Result<Deliver> outcome) {
            m_running = 0;
            if (m_slot == slot) {
                m_slot.reset();
                if (outcome)
                    (*outcome)();
                else if (outcome.error().code != ErrorCode::Cancelled)
                    failed(std::move(outcome.error()));
            }
            next();
        },
        m_key);
}

void RefiningJob::takePart(const std::shared_ptr<Slot>& slot)
{
    Deliver part;
    {
        const std::lock_guard lock(slot->mutex);
        part = std::exchange(slot->newest, nullptr);
    }
    if (part && slot == m_slot)
        part();
}

} // namespace dispersa
