// SPDX-License-Identifier: GPL-3.0-or-later
// The switches that say how a file's frames lie on the scan grid.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QGroupBox>

#include "core/data/scan_order.h"

class QCheckBox;
class QSpinBox;

namespace dispersa {

class FrameOrderPanel : public QGroupBox {
    Q_OBJECT
  public:
    explicit FrameOrderPanel(QWidget* parent);
    /// `partial` is none of the switches: it follows from the grid.
    void setOrder(const ScanOrder& order);
    ScanOrder order() const;
    /// Limits the number of skipped frames to what the file has.
    void setFrames(std::int64_t frames);

  Q_SIGNALS:
    void orderChanged();

  private:
    QCheckBox* addSwitch(const QString& name, const QString& text, const QString& toolTip);

    QCheckBox* m_serpentine;
    QCheckBox* m_transpose;
    QCheckBox* m_flipY;
    QCheckBox* m_flipX;
    QCheckBox* m_swapAxes;
    QSpinBox* m_skipFirst;
    QSpinBox* m_skipPerRow;
};

} // namespace dispersa
