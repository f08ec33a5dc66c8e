// SPDX-License-Identifier: GPL-3.0-or-later
// One run at a time, started from the window: hands runStudy() to the compute lane and brings its epochs to the GUI
// thread.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/run_study.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace dispersa {

class TrainingJob : public QObject {
    Q_OBJECT
  public:
    enum class State { Idle, Running, KeepingBest, Aborting };

    TrainingJob(PageContext context, QObject* parent);
    ~TrainingJob() override;

    State state() const { return m_state; }
    bool isRunning() const { return m_state != State::Idle; }
    /// Copies everything it needs; edits of the document do not touch a run under way.
    /// `studyFile`: where the study lies, empty if nowhere.
    /// `earlier`: the epochs of a training that is to go on.
    void start(const Study& study, const QString& studyFile, const RunOptions& options,
               const std::vector<EpochRecord>& earlier = {});
    /// First: training ends with its best weights and the run goes on to predict. Second, or where a training has
    /// nothing to keep or has ended: everything is cancelled.
    void stop();
    /// Whether stop() would keep what is trained so far.
    bool keepsOnStop() const;

    // Of the run under way, or of the last one.
    const Study& study() const { return m_study; }
    const std::filesystem::path& folder() const { return m_folder; }
    int epochsPlanned() const { return m_epochsPlanned; }
    const std::vector<EpochRecord>& history() const { return m_history; }
    int bestEpoch() const { return m_bestEpoch; }
    /// A number of the latest report, e.g. "member" of "members"; nothing if it says none.
    std::optional<double> metric(const char* name) const;
    const std::shared_ptr<const TrainingLayout>& layout() const { return m_layout; }
    /// Outputs of the best epoch so far; null before the first.
    const std::shared_ptr<const std::vector<float>>& outputs() const { return m_outputs; }
    /// The scan that is being predicted; null before.
    const std::shared_ptr<const PartialPrediction>& partial() const { return m_partial; }
    /// Latest report of the worker, and seconds since the start.
    const Progress& progress() const { return m_progress; }
    double secondsRunning() const { return m_seconds; }
    /// Of preparing, learning and predicting it is the second.
    bool isLearning() const;
    /// Of the learning, by the mean length of the last epochs; negative: unknown.
    double secondsLeft() const;

  Q_SIGNALS:
    void stateChanged();
    void layoutKnown();
    void epochsChanged(); ///< history, best epoch, outputs
    void partialChanged();
    void progressChanged();
    void finished(const dispersa::RunResultPtr& run); ///< added to the document already
    void failed(const dispersa::Error& error);        ///< not for Cancelled
    void cancelled();

  private:
    struct Mailbox;
    void collect();
    void readProgress();
    void deliver(Result<RunResultPtr> result);
    void setState(State state);

    PageContext m_context;
    State m_state = State::Idle;
    int m_task = 0;
    std::stop_source m_stopTraining;
    std::shared_ptr<Mailbox> m_mailbox;
    Study m_study;
    std::filesystem::path m_folder;
    QString m_studyFile; ///< where that study lay when it was started
    int m_epochsPlanned = 0;
    std::vector<EpochRecord> m_history;
    int m_epochsTold = 0; ///< by the worker; members of an ensemble tell an epoch again
    int m_bestEpoch = 0;
    std::shared_ptr<const TrainingLayout> m_layout;
    std::shared_ptr<const std::vector<float>> m_outputs;
    std::shared_ptr<const PartialPrediction> m_partial;
    Progress m_progress;
    double m_seconds = 0;
};

} // namespace dispersa
