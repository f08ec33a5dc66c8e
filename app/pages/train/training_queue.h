// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings that wait for the one under way.
#pragma once

#include "core/workflow/run_study.h"

#include <QWidget>

#include <deque>
#include <optional>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace dispersa {

/// A line "2 trainings waiting" with buttons to add what the page shows now and to forget those that wait; below it the next
/// ones, each with a button to take it out.
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
    /// Takes out the one at `place`, 0 being the next.
    void remove(std::size_t place);
    void clear();
    bool isEmpty() const { return m_waiting.empty(); }
    void setCanAdd(bool can);

  Q_SIGNALS:
    void addRequested();

  private:
    void refresh();
    QWidget* makeItem(std::size_t place);

    static constexpr std::size_t mostShown = 4;
    std::deque<Waiting> m_waiting;
    QPushButton* m_add;
    QPushButton* m_clear;
    QLabel* m_text;
    QVBoxLayout* m_items;
};

} // namespace dispersa
