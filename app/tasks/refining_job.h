// SPDX-License-Identifier: GPL-3.0-or-later
// A preview that is shown coarse at first and refines: parts come while the work goes on, and a newer request stops work
// that has had its moment, so that a dragged detector always shows something and the last one becomes complete.
#pragma once

#include "app/tasks/task_runner.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>
#include <utility>

namespace dispersa {

class RefiningJob : public QObject {
    Q_OBJECT
  public:
    /// Work is left alone this long before a newer request stops it: a frame while dragging.
    static constexpr int moment_ms = 20;

    /// `key` is unique among the application's interactive jobs.
    RefiningJob(TaskRunner& tasks, QString key, QObject* parent);
    ~RefiningJob() override; ///< asks its work to stop

    /// Runs `work` beside the window; what it hands to `show` comes to `shown` on the GUI thread (the newest, if it is
    /// faster than the window), its outcome to `done` unless it was stopped.
    template<class Part>
    void run(std::function<Result<Part>(const std::function<void(Part)>& show, std::stop_token)> work,
             std::function<void(Part)> shown, std::function<void(Result<Part>)> done)
    {
        request({[work = std::move(work), shown = std::move(shown), done](const Post& post, std::stop_token stop) {
                     const auto show = [&](Part part) {
                         post([shown, part = std::make_shared<Part>(std::move(part))] { shown(std::move(*part)); });
                     };
                     auto outcome = std::make_shared<Result<Part>>(work(show, stop));
                     return [outcome, done] {
                         if (*outcome || outcome->error().code != ErrorCode::Cancelled)
                             done(std::move(*outcome));
                     };
                 },
                 [done](Error error) { done(fail(std::move(error))); }});
    }

    /// Stops the work that runs, forgets the one that waits; nothing follows.
    void cancel();
    bool isBusy() const { return m_running != 0 || m_waiting.work; }

  private:
    using Deliver = TaskRunner::Deliver;
    using Post = std::function<void(Deliver)>;
    struct Request {
        std::function<Deliver(const Post&, std::stop_token)> work = {};
        std::function<void(Error)> failed = {};
    };
    struct Slot;

    void request(Request request);
    void next();
    void interrupt();
    void takePart(const std::shared_ptr<Slot>& slot);

    QPointer<TaskRunner> m_tasks; ///< a window's widgets may outlive its tasks for a moment
    QString m_key;
    int m_running = 0;
    Request m_waiting;
    std::shared_ptr<Slot> m_slot; ///< of the work that runs; null if nothing of it is wanted any more
    QElapsedTimer m_clock;        ///< since the work began
    QTimer m_moment;
};

} // namespace dispersa
