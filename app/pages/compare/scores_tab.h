// SPDX-License-Identifier: GPL-3.0-or-later
// Scores as bars per target and scan beside what could be reached and what needs no model; what the split does to them;
// the table of all numbers.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/run_result.h"

#include <QWidget>

class QLabel;
class QTabBar;

namespace dispersa {

class LeakGapPanel;
class ScoreBars;
class ScoreTable;

class ScoresTab : public QWidget {
    Q_OBJECT
  public:
    ScoresTab(PageContext context, QWidget* parent);
    void setRun(RunResultPtr run);

  private:
    QWidget* makeTable();
    void showView();

    PageContext m_context;
    RunResultPtr m_run;
    QLabel* m_note;
    LeakGapPanel* m_gap;
    ScoreBars* m_pearson;
    ScoreBars* m_mae;
    ScoreBars* m_error;
    QTabBar* m_views; ///< of the table
    QLabel* m_viewHelp;
    ScoreTable* m_table;
};

} // namespace dispersa
