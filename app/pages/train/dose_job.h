// SPDX-License-Identifier: GPL-3.0-or-later
// One dose plan at a time, started from the window: hands planDose() to the compute lane, where trainings run one after the
// other, and brings what is known so far to the GUI thread.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/dose_plan.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace dispersa {

class DoseJob : public QObject {
    Q_OBJECT
  public:
    enum class State { Idle, Running, Stopping };

    DoseJob(PageContext context, QObject* parent);
    ~DoseJob() override;

    State state() const { return m_state; }
    bool isRunning() const { return m_state != State::Idle; }
    /// Copies everything it needs. Does nothing while a plan is made.
    void start(const Study& study, const RunOptions& options, const DosePlanOptions& plan);
    /// What is known by then is kept.
    void stop();

    // Of the plan that is made, or of the last one.
    const Study& study() const { return m_study; }
    const DosePlanOptions& options() const { return m_options; }
    /// Nothing before the first training has ended.
    const std::optional<DosePlan>& plan() const { return m_plan; }
    int trainingsDone() const { return m_done; }
    int trainingsPlanned() const { return m_planned; }
    /// What the worker does now, e.g. "Preparing 0033".
    QString stage() const { return m_stage; }
    /// By what the trainings so far took, small shares being quicker than large ones; negative: unknown.
    double secondsLeft() const;

  Q_SIGNALS:
    void stateChanged();
    void planChanged();
    void progressChanged();
    void finished();
    void failed(const dispersa::Error& error); ///< not for Cancelled
    void cancelled();

  private:
    struct Mailbox;
    void collect();
    void readProgress();
    void deliver(Result<DosePlan> result);
    void setState(State state);
    /// Of the first `trainings`, in units of a training on everything.
    double cost(int trainings) const;

    PageContext m_context;
    State m_state = State::Idle;
    int m_task = 0;
    std::shared_ptr<Mailbox> m_mailbox;
    Study m_study;
    DosePlanOptions m_options;
    std::optional<DosePlan> m_plan;
    int m_done = 0;
    int m_planned = 0;
    QString m_stage;
    QElapsedTimer m_sinceFirst; ///< training
    qint64 m_lastEnd_ms = 0;    ///< of a training, on that clock
};

} // namespace dispersa
