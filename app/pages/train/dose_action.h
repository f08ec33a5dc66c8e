// SPDX-License-Identifier: GPL-3.0-or-later
// "Dose planner...": enabled when the study can be trained; opens the dialog, which stays when it is closed.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/run_options.h"

#include <QAction>

#include <functional>

namespace dispersa {

class DoseDialog;

class DoseAction : public QAction {
    Q_OBJECT
  public:
    /// `machine` as DoseDialog takes it; `parent` the page it belongs to.
    DoseAction(PageContext context, std::function<RunOptions()> machine, QWidget* parent);

    bool isPlanning() const;
    /// `sentence`: why nothing can be trained now; empty if it can. A plan that is made or shown stays within reach.
    void setObstacle(const QString& sentence);

  Q_SIGNALS:
    void planningChanged();

  private:
    void open();

    PageContext m_context;
    std::function<RunOptions()> m_machine;
    QWidget* m_page;
    DoseDialog* m_dialog = nullptr;
    QString m_obstacle;
};

} // namespace dispersa
