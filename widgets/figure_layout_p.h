// SPDX-License-Identifier: GPL-3.0-or-later
// Where the parts of a figure stand on its page, in units of 0.1 pt.
#pragma once

#include "widgets/figure_canvas_p.h"

namespace dispersa {

class FigureLayout {
  public:
    explicit FigureLayout(const Figure& figure);

    QSizeF pageSize() const { return m_page; }
    QRectF cellRect(const Figure::Cell& cell) const;
    void paint(FigureCanvas& canvas) const;

  private:
    const Figure& m_figure;
    QSizeF m_page;
    std::vector<double> m_columnX; ///< left ends
    std::vector<double> m_columnWidth;
    std::vector<double> m_rowY;
    std::vector<double> m_rowHeight;
    double m_barTop = 0;    ///< colour bars below the columns
    double m_rightBarX = 0; ///< colour bars right of the rows
    double m_headerY = 0;
};

} // namespace dispersa
