// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of this study: the one shown, those laid over the loss curve, runs opened from disk, and trainings that were
// interrupted.
#pragma once

#include "app/pages/page.h"
#include "app/pages/train/run_actions.h"
#include "core/workflow/run_result.h"
#include "widgets/loss_plot.h"

#include <QWidget>

#include <set>

class QPushButton;
class QTableWidget;

namespace dispersa {

class RunList : public QWidget {
    Q_OBJECT
  public:
    RunList(PageContext context, QWidget* parent);
    /// Histories of the runs with a check mark, but the current one.
    std::vector<NamedHistory> overlays() const;
    /// The run under way, whose folder is not that of an interrupted one; empty: none.
    void setUnderWay(const std::filesystem::path& folder);
    /// Why no run of the list can go on now; empty: nothing is in the way.
    void setContinueObstacle(const QString& sentence) { m_actions->setObstacle(sentence); }
    /// Lists and selects what a training that did not end left in `folder`. True if it can go on.
    bool addInterrupted(const std::filesystem::path& folder);

  Q_SIGNALS:
    void overlaysChanged();
    void continueRequested(const dispersa::ListedRun& run, const dispersa::Study& study);

  private:
    void refresh();
    void openFolder();
    /// Reads the runs that lie with the study just opened.
    void findRuns();
    /// Lists a run and shows it if it is finished; one that is listed already is only shown.
    void add(const ListedRun& run);
    void showRow(int row, const ListedRun& run);
    void removeSelected();
    ListedRun selected() const;
    ListedRun listed(int row) const;

    PageContext m_context;
    QTableWidget* m_table;
    QPushButton* m_open;
    QPushButton* m_remove;
    RunActions* m_actions;
    std::vector<ListedRun> m_listed; ///< by row
    std::vector<InterruptedRunPtr> m_interrupted;
    std::filesystem::path m_underWay;
    std::set<RunResultPtr> m_overlaid;
};

} // namespace dispersa
