// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/dose_job.h"

#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "app/text/stage_text.h"

#include <algorithm>
#include <mutex>

namespace dispersa {

/// Where the worker leaves the newest plan. It may outlive the job, hence shared; `receiver` is emptied when the job goes.
struct DoseJob::Mailbox {
    std::mutex mutex;
    DoseJob* receiver = nullptr;
    bool posted = false;
    std::optional<DosePlan> plan;

    void put(const DosePlan& newest)
    {
        const std::lock_guard lock(mutex);
        plan = newest;
        if (!receiver || posted)
            return;
        posted = true;
        QMetaObject::invokeMethod(receiver, &DoseJob::collect, Qt::QueuedConnection);
    }
};

DoseJob::DoseJob(PageContext context, QObject* parent) : QObject(parent), m_context(context)
{
    connect(&m_context.tasks, &TaskRunner::progressed, this, &DoseJob::readProgress);
    connect(&m_context.tasks, &TaskRunner::tasksChanged, this, &DoseJob::readProgress);
}

DoseJob::~DoseJob()
{
    if (m_mailbox) {
        const std::lock_guard lock(m_mailbox->mutex);
        m_mailbox->receiver = nullptr;
    }
}

void DoseJob::start(const Study& study, const RunOptions& options, const DosePlanOptions& plan)
{
    if (isRunning())
        return;
    m_study = study;
    m_options = plan;
    m_plan.reset();
    m_done = 0;
    m_planned = 0;
    m_stage.clear();
    m_sinceFirst.invalidate();
    m_lastEnd_ms = 0;
    m_mailbox = std::make_shared<Mailbox>();
    m_mailbox->receiver = this;
    m_task = m_context.tasks.start<DosePlan>(
        TaskLane::Compute, tr("Dose planner"), this,
        [study, options, plan, box = m_mailbox](const ProgressSink& progress, std::stop_token stop) {
            return planDose(study, options, plan, progress, stop, [&box](const DosePlan& newest) { box->put(newest); });
        },
        [this](Result<DosePlan> result) { deliver(std::move(result)); });
    m_context.tasks.setTimeLeft(m_task, [this] { return secondsLeft(); });
    setState(State::Running);
    Q_EMIT planChanged();
}

void DoseJob::stop()
{
    if (m_state != State::Running)
        return;
    m_context.tasks.requestStop(m_task);
    setState(State::Stopping);
}

double DoseJob::cost(int trainings) const
{
    // What a training takes whatever its share: scoring, starting.
    constexpr double fixed = 0.1;
    const int perSeed = std::max(1, m_planned / std::max(1, m_options.seeds));
    double sum = 0;
    for (int i = 0; i < trainings; ++i) {
        const auto place = std::size_t(i % perSeed);
        sum += fixed + (place < m_options.areaShares.size() ? m_options.areaShares[place] : 1.0);
    }
    return sum;
}

double DoseJob::secondsLeft() const
{
    if (m_state != State::Running || m_done == 0 || !m_sinceFirst.isValid())
        return -1;
    const double whole = double(m_lastEnd_ms) * cost(m_planned) / cost(m_done);
    return std::max(0.0, (whole - double(m_sinceFirst.elapsed())) / 1000);
}

void DoseJob::collect()
{
    {
        const std::lock_guard lock(m_mailbox->mutex);
        m_mailbox->posted = false;
        m_plan = m_mailbox->plan;
    }
    Q_EMIT planChanged();
}

void DoseJob::readProgress()
{
    if (!isRunning())
        return;
    for (const TaskStatus& task : m_context.tasks.tasks()) {
        if (task.id != m_task)
            continue;
        m_stage = stageText(task.progress);
        if (task.progress.stage == "plan dose") {
            if (!m_sinceFirst.isValid())
                m_sinceFirst.start();
            if (int(task.progress.done) != m_done)
                m_lastEnd_ms = m_sinceFirst.elapsed();
            m_done = int(task.progress.done);
            m_planned = int(task.progress.total);
        }
        if (task.state == TaskState::Stopping)
            setState(State::Stopping); // in the strip below, maybe
        Q_EMIT progressChanged();
        return;
    }
}

void DoseJob::deliver(Result<DosePlan> result)
{
    if (result) {
        m_plan = *result;
        m_done = m_planned;
    } else {
        collect();
    }
    setState(State::Idle);
    Q_EMIT planChanged();
    if (result) {
        Q_EMIT finished();
    } else if (result.error().code == ErrorCode::Cancelled) {
        Q_EMIT cancelled();
    } else {
        m_context.messages.addError(result.error());
        Q_EMIT failed(result.error());
    }
}

void DoseJob::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

} // namespace dispersa
