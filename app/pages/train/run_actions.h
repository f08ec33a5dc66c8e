// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with a run of the list to train further: go on with it, or begin another training with its weights.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/run_result.h"

#include <QWidget>

#include <optional>

class QPushButton;

namespace dispersa {

/// A run as it stands in the list: finished, or interrupted and able to go on. One of the two is null.
struct ListedRun {
    RunResultPtr finished = {};
    InterruptedRunPtr interrupted = {};
    bool isEmpty() const { return !finished && !interrupted; }
    const std::filesystem::path& folder() const { return finished ? finished->folder : interrupted->folder; }
    const Study& study() const { return finished ? finished->study : interrupted->study; }
    const std::vector<EpochRecord>& history() const { return finished ? finished->history : interrupted->history; }
    /// Weights that another training can start from: those of the run, or of its last finished epoch.
    std::filesystem::path modelFile() const;
};

/// How many epochs the study of a run asks for.
int epochsAskedFor(const Study& study);
/// And how many members, each of so many epochs.
int membersAskedFor(const Study& study);

/// Two buttons that know when they can be used and say why when they cannot.
class RunActions : public QWidget {
    Q_OBJECT
  public:
    RunActions(PageContext context, QWidget* parent);
    /// The run they work on.
    void setRun(const ListedRun& run);
    /// Why no run can go on now, whichever it is; empty: nothing is in the way.
    void setObstacle(const QString& sentence);

  Q_SIGNALS:
    /// `study` is the run's own, with as many epochs in all as it is to have.
    void continueRequested(const dispersa::ListedRun& run, const dispersa::Study& study);

  private:
    void refresh();
    QString whyNotContinue() const;
    QString whyNotStartFrom() const;
    void continueRun();
    void startFromModel();
    /// An interrupted run goes on to what its study asks for; of a finished one the user says how far.
    std::optional<int> epochsInAll();

    PageContext m_context;
    QPushButton* m_continue;
    QPushButton* m_startFrom;
    ListedRun m_run;
    QString m_obstacle;
};

} // namespace dispersa
