// SPDX-License-Identifier: GPL-3.0-or-later
// Three correlation matrices of a scan: between real maps, between predicted maps, and across.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/run_result.h"

#include <QWidget>

#include <array>

class QLabel;

namespace dispersa {

class MatrixView;
class RunScanBox;

class CorrelationTab : public QWidget {
    Q_OBJECT
  public:
    CorrelationTab(PageContext context, QWidget* parent);
    void setRun(RunResultPtr run);

  private:
    void refresh();
    void exportMatrix(int which);

    PageContext m_context;
    RunScanBox* m_scan;
    QLabel* m_note;
    std::array<MatrixView*, 3> m_views;
    RunResultPtr m_run;
};

} // namespace dispersa
