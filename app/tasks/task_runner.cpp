// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tasks/task_runner.h"

#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace dispersa {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr int progressInterval_ms = 33;

/// "predict" of "predict 0037".
std::string_view kindOf(std::string_view stage)
{
    return stage.substr(0, stage.find(' '));
}

} // namespace

/// One piece of work. What both threads touch is atomic or behind `mutex`.
struct TaskRunner::Task {
    int id = 0;
    TaskLane lane = TaskLane::Io;
    QString title;
    QString key;
    bool hasContext = false;
    QPointer<QObject> context; // read on the GUI thread only
    Work work;
    Deliver cancelled;
    TimeLeft timeLeft; // GUI thread only
    std::stop_source stop;
    std::atomic<bool> running = false;
    std::atomic<bool> progressed = false;

    mutable std::mutex mutex; // guards what follows
    Progress progress;
    Clock::time_point started = {};
    Clock::time_point stageStarted = {};
    std::int64_t doneBefore = 0; ///< units finished when the stage was first heard of

    void report(const Progress& now)
    {
        const std::lock_guard lock(mutex);
        // "simulate 0034" goes on counting where "simulate 0033" ended; a new kind of work or a smaller count does not.
        if (kindOf(now.stage) != kindOf(progress.stage) || now.done < progress.done || now.total != progress.total) {
            stageStarted = Clock::now();
            doneBefore = now.done;
        }
        progress = now;
        progressed = true;
    }

    TaskStatus status() const
    {
        TaskStatus result{id, lane, title, TaskState::Queued, {}, 0, -1};
        if (stop.stop_requested())
            result.state = TaskState::Stopping;
        else if (running)
            result.state = TaskState::Running;
        const std::lock_guard lock(mutex);
        result.progress = progress;
        if (running)
            result.secondsRunning = secondsSince(started);
        // What is left of the stage that runs: stages differ too much in speed to guess beyond.
        if (running && progress.total > 0 && progress.done > doneBefore)
            result.secondsLeft = secondsSince(stageStarted) * double(progress.total - progress.done) /
                                 double(progress.done - doneBefore);
        return result;
    }
};

/// A queue and the threads that work it off in order.
class TaskRunner::Lane {
  public:
    using Finished = std::function<void(const std::shared_ptr<Task>&, Deliver)>;

    Lane(int threads, Finished finished) : m_finished(std::move(finished))
    {
        for (int i = 0; i < threads; ++i)
            m_threads.emplace_back([this] { loop(); });
    }

    ~Lane()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_closing = true;
            m_queue.clear();
        }
        m_wake.notify_all();
        for (std::thread& thread : m_threads)
            thread.join();
    }

    void push(std::shared_ptr<Task> task)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_queue.push_back(std::move(task));
        }
        m_wake.notify_one();
    }

    /// Takes a task out that has not begun; false if it has.
    bool withdraw(const std::shared_ptr<Task>& task)
    {
        const std::lock_guard lock(m_mutex);
        return std::erase(m_queue, task) > 0;
    }

  private:
    void loop()
    {
        for (;;) {
            std::shared_ptr<Task> task;
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, [this] { return m_closing || !m_queue.empty(); });
                if (m_closing)
                    return;
                task = std::move(m_queue.front());
                m_queue.pop_front();
            }
            {
                const std::lock_guard lock(task->mutex);
                task->started = task->stageStarted = Clock::now();
            }
            task->running = true;
            task->progressed = true;
            Deliver deliver = task->work([&task](const Progress& now) { task->report(now); }, task->stop.get_token());
            m_finished(task, std::move(deliver));
        }
    }

    Finished m_finished;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::shared_ptr<Task>> m_queue;
    bool m_closing = false;
    std::vector<std::thread> m_threads;
};

struct TaskRunner::Private {
    std::vector<std::shared_ptr<Task>> tasks; ///< queued or running, oldest first; GUI thread only
    int nextId = 1;
    QTimer timer;
    std::vector<std::unique_ptr<Lane>> lanes; ///< by TaskLane; last, so that threads end before the rest goes

    std::shared_ptr<Task> task(int id) const
    {
        const auto found = std::find_if(tasks.begin(), tasks.end(), [id](const auto& t) { return t->id == id; });
        return found == tasks.end() ? nullptr : *found;
    }
    Lane& lane(TaskLane which) { return *lanes[std::size_t(which)]; }
};

TaskRunner::TaskRunner(QObject* parent) : QObject(parent), m_private(std::make_unique<Private>())
{
    const auto finished = [this](const std::shared_ptr<Task>& task, Deliver deliver) {
        QMetaObject::invokeMethod(
            this, [this, id = task->id, deliver = std::move(deliver)] { finish(id, deliver); }, Qt::QueuedConnection);
    };
    for (const int threads : {1, 1, 2})
        m_private->lanes.push_back(std::make_unique<Lane>(threads, finished));
    m_private->timer.setInterval(progressInterval_ms);
    connect(&m_private->timer, &QTimer::timeout, this, &TaskRunner::readProgress);
}

TaskRunner::~TaskRunner()
{
    for (const auto& task : m_private->tasks)
        task->stop.request_stop();
    m_private->lanes.clear();
}

int TaskRunner::startErased(TaskLane lane, const QString& title, const QString& key, QObject* context, Work work,
                            Deliver cancelled)
{
    if (lane == TaskLane::Interactive && !key.isEmpty()) {
        const auto all = m_private->tasks;
        for (const auto& older : all) {
            if (older->lane != lane || older->key != key)
                continue;
            older->stop.request_stop();
            older->hasContext = true; // its outcome counts no more: a context that is gone receives nothing
            older->context = nullptr;
            if (m_private->lane(lane).withdraw(older))
                std::erase(m_private->tasks, older);
        }
    }
    auto task = std::make_shared<Task>();
    task->id = m_private->nextId++;
    task->lane = lane;
    task->title = title;
    task->key = key;
    task->hasContext = context != nullptr;
    task->context = context;
    task->work = std::move(work);
    task->cancelled = std::move(cancelled);
    m_private->tasks.push_back(task);
    m_private->lane(lane).push(task);
    if (lane != TaskLane::Interactive) {
        m_private->timer.start();
        Q_EMIT tasksChanged();
    }
    return task->id;
}

void TaskRunner::finish(int id, const Deliver& deliver)
{
    const auto task = m_private->task(id);
    if (!task)
        return;
    std::erase(m_private->tasks, task);
    // Before the outcome: its receiver may ask the user something, and the strip must not show a task that is over.
    if (task->lane != TaskLane::Interactive) {
        if (tasks().empty())
            m_private->timer.stop();
        Q_EMIT tasksChanged();
    }
    if (deliver && (!task->hasContext || task->context))
        deliver();
    if (isIdle())
        Q_EMIT idle();
}

void TaskRunner::requestStop(int id)
{
    const auto task = m_private->task(id);
    if (!task)
        return;
    task->stop.request_stop();
    // One that never began needs no thread to say so; it still answers later, as every other does.
    if (m_private->lane(task->lane).withdraw(task))
        QMetaObject::invokeMethod(
            this, [this, id, cancelled = task->cancelled] { finish(id, cancelled); }, Qt::QueuedConnection);
    if (task->lane != TaskLane::Interactive)
        Q_EMIT tasksChanged();
}

void TaskRunner::requestStopAll()
{
    const auto all = m_private->tasks;
    for (const auto& task : all)
        requestStop(task->id);
}

bool TaskRunner::isIdle() const
{
    return m_private->tasks.empty();
}

void TaskRunner::setTimeLeft(int id, TimeLeft seconds)
{
    if (const auto task = m_private->task(id))
        task->timeLeft = std::move(seconds);
}

std::vector<TaskStatus> TaskRunner::tasks() const
{
    std::vector<TaskStatus> result;
    for (const auto& task : m_private->tasks) {
        if (task->lane == TaskLane::Interactive)
            continue;
        result.push_back(task->status());
        if (task->running && task->timeLeft && (!task->hasContext || task->context))
            result.back().secondsLeft = task->timeLeft().value_or(result.back().secondsLeft);
    }
    return result;
}

void TaskRunner::readProgress()
{
    bool any = false;
    for (const auto& task : m_private->tasks)
        if (task->lane != TaskLane::Interactive)
            any = task->progressed.exchange(false) || any;
    if (any)
        Q_EMIT progressed();
}

} // namespace dispersa
