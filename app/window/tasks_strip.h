// SPDX-License-Identifier: GPL-3.0-or-later
// The strip below the pages: what runs, how far it is, how long it takes, and a button to stop it.
#pragma once

#include "app/tasks/task_runner.h"

#include <QFrame>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <vector>

class QTimer;
class QVBoxLayout;

namespace dispersa {

class TasksStrip : public QFrame {
    Q_OBJECT
  public:
    TasksStrip(TaskRunner& tasks, QWidget* parent);
    /// A place at the right end of the strip, for the messages button.
    void addCornerWidget(QWidget* widget);

  private:
    struct Row {
        QWidget* widget = nullptr;
        QLabel* title = nullptr;
        QProgressBar* bar = nullptr;
        QLabel* timeLeft = nullptr;
        QToolButton* stop = nullptr;
        int task = 0;
    };
    Row makeRow();
    void fill(Row& row, const TaskStatus& status);
    void refresh();

    TaskRunner& m_tasks;
    std::vector<Row> m_rows;
    QVBoxLayout* m_rowLayout;
    QLabel* m_idle;
    QToolButton* m_more; ///< shows or hides all tasks but the first
    QTimer* m_clock;     ///< ticks while something runs
};

} // namespace dispersa
