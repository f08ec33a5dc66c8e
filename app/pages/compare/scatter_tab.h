// SPDX-License-Identifier: GPL-3.0-or-later
// Real against predicted values, one plot per target: of the test part or of a whole scan.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/run_result.h"

#include <QWidget>

#include <vector>

class QGridLayout;
class QLabel;

namespace dispersa {

class RunScanBox;
class ScatterPlot;

class ScatterTab : public QWidget {
    Q_OBJECT
  public:
    ScatterTab(PageContext context, QWidget* parent);
    void setRun(RunResultPtr run);

  private:
    void rebuild();
    void exportPairs(const std::string& target);

    PageContext m_context;
    RunScanBox* m_scan;
    QLabel* m_note;
    QGridLayout* m_grid;
    std::vector<ScatterPlot*> m_plots;
    RunResultPtr m_run;
};

} // namespace dispersa
