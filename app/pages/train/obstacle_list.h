// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in the way of a run, as sentences with a link to the step that mends it. Asked anew when the study
// changes.
#pragma once

#include "app/pages/page.h"
#include "core/base/error.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QLabel;
class QVBoxLayout;

namespace dispersa {

/// The step where `error` can be mended.
Step stepThatMends(const Error& error);

class ObstacleList : public QWidget {
    Q_OBJECT
  public:
    ObstacleList(PageContext context, QWidget* parent);
    /// False until the study was looked at.
    bool isKnown() const { return m_known; }
    bool canStart() const { return m_known && m_obstacles.empty(); }
    /// The first sentence; empty if there is no obstacle.
    QString firstText() const;

  Q_SIGNALS:
    void checked();
    void stepRequested(dispersa::Step step);

  private:
    void invalidate();
    void ask();
    void show(std::vector<Error> obstacles);

    PageContext m_context;
    QTimer m_delay;
    QVBoxLayout* m_layout;
    std::vector<QLabel*> m_labels;
    std::vector<Error> m_obstacles;
    bool m_known = false;
};

} // namespace dispersa
