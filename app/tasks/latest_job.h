// SPDX-License-Identifier: GPL-3.0-or-later
// A preview that follows the mouse: while one job runs, only the newest request waits, so that every outcome that comes
// is shown and none is computed in vain.
#pragma once

#include "app/tasks/task_runner.h"

#include <QObject>
#include <QString>

#include <functional>
#include <utility>

namespace dispersa {

class LatestJob : public QObject {
    Q_OBJECT
  public:
    /// `key` is unique among the application's interactive jobs.
    LatestJob(TaskRunner& tasks, QString key, QObject* parent) : QObject(parent), m_tasks(tasks), m_key(std::move(key))
    {
    }

    /// Runs `work` beside the window, then `done` on the GUI thread.
    template<class Outcome>
    void run(std::function<Result<Outcome>(const ProgressSink&, std::stop_token)> work,
             std::function<void(Result<Outcome>)> done)
    {
        request([this, work = std::move(work), done = std::move(done)] {
            m_running = m_tasks.start<Outcome>(
                TaskLane::Interactive, m_key, this, work,
                [this, done](Result<Outcome> outcome) {
                    m_running = 0;
                    if (!std::exchange(m_dropped, false))
                        done(std::move(outcome));
                    next();
                },
                m_key);
        });
    }

    /// Asks the job that runs to stop and forgets the one that waits; no outcome follows.
    void cancel();
    bool isBusy() const { return m_running != 0; }

  private:
    void request(std::function<void()> start);
    void next();

    TaskRunner& m_tasks;
    QString m_key;
    int m_running = 0;
    bool m_dropped = false;
    std::function<void()> m_waiting;
};

} // namespace dispersa
