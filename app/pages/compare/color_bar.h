// SPDX-License-Identifier: GPL-3.0-or-later
// A colour bar on its own, for a row or a column of maps that share a range.
#pragma once

#include "widgets/color_map.h"

#include <QWidget>

namespace dispersa {

class ColorBar : public QWidget {
    Q_OBJECT
  public:
    ColorBar(Qt::Orientation orientation, QWidget* parent);
    void setScale(const ColorScale& scale);
    const ColorScale& scale() const { return m_scale; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void paintHorizontal(QPainter& painter);
    void paintVertical(QPainter& painter);

    Qt::Orientation m_orientation;
    ColorScale m_scale;
};

} // namespace dispersa
