// SPDX-License-Identifier: GPL-3.0-or-later
// The leak gap of a run: what recipe and position alone score under a random split, under blocks and on unseen scans, and
// what follows from that.
#pragma once

#include "core/workflow/run_result.h"

#include <QWidget>

class QLabel;
class QTableWidget;

namespace dispersa {

class LeakGapPanel : public QWidget {
    Q_OBJECT
  public:
    explicit LeakGapPanel(QWidget* parent);
    /// Hidden where nothing was trained.
    void setRun(const RunResult* run);

  private:
    void fill(const LeakGap& gap);

    QTableWidget* m_table;
    QLabel* m_text;
};

} // namespace dispersa
