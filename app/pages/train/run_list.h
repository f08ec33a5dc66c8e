// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of this study: the one shown, those laid over the loss curve, and runs opened from disk.
#pragma once

#include "app/pages/page.h"
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

  Q_SIGNALS:
    void overlaysChanged();

  private:
    void refresh();
    void openFolder();
    /// Reads the finished runs that lie with the study just opened.
    void findRuns();
    /// Lists a run and shows it; one that is listed already is only shown.
    void add(const RunResultPtr& run);
    void removeSelected();
    RunResultPtr selected() const;

    PageContext m_context;
    QTableWidget* m_table;
    QPushButton* m_open;
    QPushButton* m_remove;
    std::set<RunResultPtr> m_overlaid;
};

} // namespace dispersa
