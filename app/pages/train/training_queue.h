// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings that wait for the one under way.
#pragma once

#include "core/workflow/run_study.h"

#include <QWidget>

#include <deque>
#include <optional>

class QLabel;
class QPushButton;

namespace dispersa {

/// A line "2 trainings waiting" with buttons to add what the page shows now and to forget those that wait.
class TrainingQueue : public QWidget {
    Q_OBJECT
  public:
    explicit TrainingQueue(QWidget* parent);

    struct Waiting {
        Study study;
        QString studyFile; ///< where it lay when it was added
        RunOptions options;
    };
    /// As it is now: later edits of the document, or another one, do not touch it.
    void add(Waiting training);
    /// The next one, which waits no longer.
    std::optional<Waiting> takeNext();
    void clear();
    bool isEmpty() const { return m_waiting.empty(); }
    void setCanAdd(bool can);

  Q_SIGNALS:
    void addRequested();

  private:
    void refresh();

    std::deque<Waiting> m_waiting;
    QPushButton* m_add;
    QPushButton* m_clear;
    QLabel* m_text;
};

} // namespace dispersa
