// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figure.h"

#include "widgets/figure_layout_p.h"
#include "widgets/figure_panel_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa {

Figure Figure::single(FigurePanel panel, double width_mm)
{
    Figure figure = grid(1, 1, width_mm);
    figure.set(0, 0, std::move(panel));
    return figure;
}

Figure Figure::grid(int rows, int columns, double width_mm)
{
    Figure figure;
    figure.m_rows = std::max(0, rows);
    figure.m_columns = std::max(0, columns);
    figure.m_width_mm = std::clamp(width_mm, 10.0, 2000.0);
    return figure;
}

Figure& Figure::set(int row, int column, FigurePanel panel, int rowSpan, int columnSpan)
{
    if (row < 0 || column < 0 || row >= m_rows || column >= m_columns)
        return *this;
    m_cells.push_back({row, column, std::clamp(rowSpan, 1, m_rows - row), std::clamp(columnSpan, 1, m_columns - column),
                       std::move(panel)});
    return *this;
}

Figure& Figure::setTitle(const QString& title)
{
    m_title = title;
    return *this;
}

Figure& Figure::setColumnHeaders(const QStringList& headers)
{
    m_columnHeaders = headers;
    return *this;
}

Figure& Figure::setRowLabels(const QStringList& labels)
{
    m_rowLabels = labels;
    return *this;
}

Figure& Figure::setColumnColorBar(int column, const ColorScale& scale)
{
    m_columnBars[column] = scale;
    return *this;
}

Figure& Figure::setRowColorBar(int row, const ColorScale& scale)
{
    m_rowBars[row] = scale;
    return *this;
}

Figure& Figure::setRowHeight(int row, double height_mm)
{
    m_rowHeights_mm[row] = height_mm;
    return *this;
}

Figure& Figure::setColumnWeights(std::vector<double> weights)
{
    m_columnWeights = std::move(weights);
    return *this;
}

Figure& Figure::setStyle(const FigureStyle& style)
{
    m_style = style;
    return *this;
}

QSizeF Figure::size_mm() const
{
    return FigureLayout(*this).pageSize() / unitsPerMm;
}

void Figure::paint(QPainter& painter, const QRectF& target) const
{
    const FigureLayout layout(*this);
    const QSizeF page = layout.pageSize();
    const double scale = std::min(target.width() / page.width(), target.height() / page.height());
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing | QPainter::LosslessImageRendering);
    // The page at its natural size (SVG, PDF) needs no transform; files stay readable without one.
    if (scale != 1 || !target.topLeft().isNull()) {
        painter.translate(target.center() - QPointF(page.width(), page.height()) * scale / 2);
        painter.scale(scale, scale);
    }
    painter.fillRect(QRectF(QPointF(0, 0), page), m_style.background);
    FigureCanvas canvas(painter, m_style);
    layout.paint(canvas);
    painter.restore();
}

QImage Figure::toImage(int dpi) const
{
    const QSizeF page = FigureLayout(*this).pageSize();
    const double scale = dpi / 720.0;
    QImage image(int(std::ceil(page.width() * scale)), int(std::ceil(page.height() * scale)), QImage::Format_RGB32);
    if (image.isNull())
        return image;
    image.setDotsPerMeterX(int(std::lround(dpi / 0.0254)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    image.fill(m_style.background);
    QPainter painter(&image);
    paint(painter, QRectF(QPointF(0, 0), page * scale));
    return image;
}

std::vector<QRectF> Figure::axesRects_mm() const
{
    const FigureLayout layout(*this);
    std::vector<QRectF> rects;
    for (const Cell& cell : m_cells) {
        const QRectF axes = axesRect(cell.panel, layout.cellRect(cell), m_style);
        rects.emplace_back(axes.topLeft() / unitsPerMm, axes.size() / unitsPerMm);
    }
    return rects;
}

} // namespace dispersa
