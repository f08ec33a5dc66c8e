// SPDX-License-Identifier: GPL-3.0-or-later
// Runs long work beside the window on three lanes of worker threads. Progress overwrites one slot that a 30 Hz timer
// reads; outcomes arrive on the GUI thread.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"

#include <QObject>
#include <QString>

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stop_token>
#include <vector>

namespace dispersa {

/// Io: opening files, in order. Compute: training and runs, in order. Interactive: two threads, so that a slow preview
/// does not hold up the pattern under the cursor; only the newest job per `key` counts, an older one is asked to stop
/// and its outcome dropped.
enum class TaskLane { Io, Compute, Interactive };

enum class TaskState { Queued, Running, Stopping, Done, Failed, Cancelled };

/// What the tasks strip shows of one task.
struct TaskStatus {
    int id = 0;
    TaskLane lane = TaskLane::Io;
    QString title;
    TaskState state = TaskState::Queued;
    Progress progress = {};
    double secondsRunning = 0;
    double secondsLeft = -1; ///< negative: unknown
};

class TaskRunner : public QObject {
    Q_OBJECT
  public:
    explicit TaskRunner(QObject* parent = nullptr);
    /// Requests stop everywhere and joins.
    ~TaskRunner() override;

    /// Work without its type. It runs on the lane's thread; the function it returns runs on the GUI thread if `context`
    /// still lives (and, in lane Interactive, if no newer job with the same key came). `cancelled` takes its place when
    /// the task is stopped before it began.
    using Deliver = std::function<void()>;
    using Work = std::function<Deliver(const ProgressSink&, std::stop_token)>;
    int startErased(TaskLane lane, const QString& title, const QString& key, QObject* context, Work work,
                    Deliver cancelled = {});

    /// Starts `work`; `done(Result<Outcome>)` is called on the GUI thread while `context` lives. Returns the task's id.
    template<class Outcome>
    int start(TaskLane lane, const QString& title, QObject* context,
              std::function<Result<Outcome>(const ProgressSink&, std::stop_token)> work,
              std::function<void(Result<Outcome>)> done, const QString& key = {})
    {
        return startErased(
            lane, title, key, context,
            [work = std::move(work), done](const ProgressSink& sink, std::stop_token stop) -> Deliver {
                auto outcome = std::make_shared<Result<Outcome>>(guarded<Outcome>(work, sink, stop));
                return [outcome, done] { done(std::move(*outcome)); };
            },
            [done] { done(Result<Outcome>(fail(ErrorCode::Cancelled, "Stopped before it began."))); });
    }

    /// Whoever started a task may know better how long it takes than its progress tells, which is taken to be even. Asked on
    /// the GUI thread while the task runs and its context lives. nullopt: as its progress tells; negative: unknown.
    using TimeLeft = std::function<std::optional<double>()>;
    void setTimeLeft(int id, TimeLeft seconds);
    void requestStop(int id);
    /// Asks everything to stop; `idle()` follows when nothing runs any more.
    void requestStopAll();
    bool isIdle() const;
    /// Tasks of lanes Io and Compute that are queued or running, oldest first (interactive ones are too short to show).
    std::vector<TaskStatus> tasks() const;

  Q_SIGNALS:
    void tasksChanged(); ///< one began, ended or changed state
    void progressed();   ///< at most 30 per second
    void idle();

  private:
    struct Task;
    class Lane;
    struct Private;

    /// The work's outcome; an exception that got out of it becomes an error instead of ending the program.
    template<class Outcome>
    static Result<Outcome> guarded(const std::function<Result<Outcome>(const ProgressSink&, std::stop_token)>& work,
                                   const ProgressSink& sink, std::stop_token stop)
    {
        try {
            return work(sink, stop);
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice.");
        } catch (const std::exception& exception) {
            return fail(ErrorCode::Internal, "A task ended with an unexpected exception.", {}, {}, exception.what());
        }
    }

    void finish(int id, const Deliver& deliver);
    void readProgress();
    std::unique_ptr<Private> m_private;
};

} // namespace dispersa
