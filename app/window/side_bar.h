// SPDX-License-Identifier: GPL-3.0-or-later
// The five steps, always reachable, each with its number, name and state.
#pragma once

#include "app/pages/page.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QFrame>

#include <array>

namespace dispersa {

inline constexpr std::array allSteps{Step::Scans, Step::Prepare, Step::Train, Step::Compare, Step::Inspect};

/// Name of a step for people ("Scans") and for object names ("scans").
QString stepTitle(Step step);
QString stepName(Step step);

/// One step: number, name, a coloured glyph whose shape also tells the state, and a short text.
class StepButton : public QAbstractButton {
    Q_OBJECT
  public:
    StepButton(Step step, QWidget* parent);
    void setStatus(const StepStatus& status);
    const StepStatus& status() const { return m_status; }
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Step m_step;
    StepStatus m_status;
};

class SideBar : public QFrame {
    Q_OBJECT
  public:
    explicit SideBar(QWidget* parent = nullptr);
    void setStatus(Step step, const StepStatus& status);
    void setCurrent(Step step);

  Q_SIGNALS:
    void stepChosen(dispersa::Step step);

  private:
    QButtonGroup m_buttons;
};

} // namespace dispersa
