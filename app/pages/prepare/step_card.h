// SPDX-License-Identifier: GPL-3.0-or-later
// One preparation step in the list: its title or switch and its few parameters. A click anywhere chooses it.
#pragma once

#include "app/pages/prepare/prepare_steps.h"

#include <QFrame>

class QCheckBox;
class QHBoxLayout;
class QLabel;

namespace dispersa {

class StepCard : public QFrame {
    Q_OBJECT
  public:
    StepCard(PrepareStep step, bool hasSwitch, QWidget* parent);

    PrepareStep step() const { return m_step; }
    /// Parameters go here, left to right, below the title.
    QHBoxLayout* row() const { return m_row; }
    /// A further line of small text; empty hides it.
    void setNote(const QString& text);
    void setOn(bool on); ///< without a signal
    bool isOn() const;
    void setChosen(bool chosen);

  Q_SIGNALS:
    void chosen(dispersa::PrepareStep step);
    void switched(bool on); ///< by the user

  protected:
    void mousePressEvent(QMouseEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void childEvent(QChildEvent* event) override;

  private:
    PrepareStep m_step;
    QCheckBox* m_switch = nullptr;
    QHBoxLayout* m_row;
    QLabel* m_note;
};

} // namespace dispersa
