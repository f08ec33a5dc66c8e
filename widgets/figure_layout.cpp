// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figure_layout_p.h"

#include "widgets/figure_axes_p.h"
#include "widgets/figure_panel_p.h"

#include <algorithm>

namespace dispersa {
namespace {

constexpr double pageMargin = 30;
constexpr double barThickness = 70;
constexpr double tallestRow = 110 * unitsPerMm;

double lineHeight(const FigureStyle& style, double extra_pt)
{
    return FigureCanvas::textSize(style, QStringLiteral("Ag"), extra_pt).height();
}

} // namespace

FigureLayout::FigureLayout(const Figure& figure) : m_figure(figure)
{
    const FigureStyle& style = figure.m_style;
    // Plots bring their own margins; maps stand close together.
    const bool images = std::all_of(figure.m_cells.begin(), figure.m_cells.end(), [](const Figure::Cell& cell) {
        return std::holds_alternative<ImagePanel>(cell.panel) || std::holds_alternative<TextPanel>(cell.panel);
    });
    const double gap = images ? 60 : 140;

    double left = pageMargin;
    if (!figure.m_rowLabels.isEmpty())
        left += lineHeight(style, 1) + 30;
    double right = pageMargin;
    for (const auto& [row, scale] : figure.m_rowBars)
        right = std::max(right, pageMargin + 40 + colorBarRoom(scale, true, style));
    const double pageWidth = figure.m_width_mm * unitsPerMm;
    const int columns = std::max(1, figure.m_columns);
    const int rows = std::max(1, figure.m_rows);

    std::vector<double> weights = figure.m_columnWeights;
    weights.resize(std::size_t(columns), 1.0);
    double sum = 0;
    for (const double weight : weights)
        sum += weight;
    const double room = pageWidth - left - right - gap * (columns - 1);
    double x = left;
    for (const double weight : weights) {
        m_columnX.push_back(x);
        m_columnWidth.push_back(std::max(10.0, room * weight / sum));
        x += m_columnWidth.back() + gap;
    }
    m_rightBarX = x - gap + 40;

    double y = pageMargin;
    if (!figure.m_title.isEmpty())
        y += lineHeight(style, 2) + 30;
    m_headerY = y;
    if (!figure.m_columnHeaders.isEmpty())
        y += lineHeight(style, 1) + 20;
    m_rowHeight.assign(std::size_t(rows), 0);
    const auto spanWidth = [this](const Figure::Cell& cell) {
        const auto last = std::size_t(cell.column + cell.columnSpan - 1);
        return m_columnX[last] + m_columnWidth[last] - m_columnX[std::size_t(cell.column)];
    };
    for (const Figure::Cell& cell : figure.m_cells) {
        const double height = std::min(wantedHeight(cell.panel, spanWidth(cell), style), tallestRow);
        if (cell.rowSpan == 1)
            m_rowHeight[std::size_t(cell.row)] = std::max(m_rowHeight[std::size_t(cell.row)], height);
    }
    for (const Figure::Cell& cell : figure.m_cells) {
        if (cell.rowSpan == 1)
            continue;
        double have = gap * (cell.rowSpan - 1);
        for (int row = cell.row; row < cell.row + cell.rowSpan; ++row)
            have += m_rowHeight[std::size_t(row)];
        const double missing = std::min(wantedHeight(cell.panel, spanWidth(cell), style), tallestRow) - have;
        if (missing > 0)
            for (int row = cell.row; row < cell.row + cell.rowSpan; ++row)
                m_rowHeight[std::size_t(row)] += missing / cell.rowSpan;
    }
    for (const auto& [row, height] : figure.m_rowHeights_mm)
        if (row >= 0 && row < rows)
            m_rowHeight[std::size_t(row)] = height * unitsPerMm;
    for (const double height : m_rowHeight) {
        m_rowY.push_back(y);
        y += height + gap;
    }
    y -= gap;
    m_barTop = y + 50;
    double below = 0;
    for (const auto& [column, scale] : figure.m_columnBars)
        below = std::max(below, 50 + colorBarRoom(scale, false, style));
    m_page = {pageWidth, y + below + pageMargin};
}

QRectF FigureLayout::cellRect(const Figure::Cell& cell) const
{
    const auto column = std::size_t(cell.column);
    const auto row = std::size_t(cell.row);
    const auto lastColumn = std::size_t(cell.column + cell.columnSpan - 1);
    const auto lastRow = std::size_t(cell.row + cell.rowSpan - 1);
    return {QPointF(m_columnX[column], m_rowY[row]),
            QPointF(m_columnX[lastColumn] + m_columnWidth[lastColumn], m_rowY[lastRow] + m_rowHeight[lastRow])};
}

void FigureLayout::paint(FigureCanvas& canvas) const
{
    const FigureStyle& style = canvas.style();
    canvas.text({m_page.width() / 2, pageMargin}, Qt::AlignTop | Qt::AlignHCenter, m_figure.m_title, 2, true, {}, false,
                m_page.width() - 2 * pageMargin);
    for (qsizetype i = 0; i < std::min<qsizetype>(m_figure.m_columnHeaders.size(), m_figure.m_columns); ++i)
        canvas.text({m_columnX[std::size_t(i)] + m_columnWidth[std::size_t(i)] / 2, m_headerY},
                    Qt::AlignTop | Qt::AlignHCenter, m_figure.m_columnHeaders[i], 1, true, {}, false,
                    m_columnWidth[std::size_t(i)]);
    // A column's bar is as wide as its images, a row's bar as high.
    std::vector<QRectF> columnAxes(m_columnX.size());
    std::vector<QRectF> rowAxes(m_rowY.size());
    for (const Figure::Cell& cell : m_figure.m_cells) {
        const QRectF area = cellRect(cell);
        const QRectF axes = axesRect(cell.panel, area, style);
        paintPanel(canvas, cell.panel, area);
        if (std::holds_alternative<TextPanel>(cell.panel))
            continue;
        for (int column = cell.column; column < cell.column + cell.columnSpan; ++column)
            columnAxes[std::size_t(column)] = columnAxes[std::size_t(column)] | axes;
        for (int row = cell.row; row < cell.row + cell.rowSpan; ++row)
            rowAxes[std::size_t(row)] = rowAxes[std::size_t(row)] | axes;
    }
    for (qsizetype i = 0; i < std::min<qsizetype>(m_figure.m_rowLabels.size(), m_figure.m_rows); ++i) {
        const QRectF& axes = rowAxes[std::size_t(i)];
        const double middle =
            axes.isEmpty() ? m_rowY[std::size_t(i)] + m_rowHeight[std::size_t(i)] / 2 : axes.center().y();
        canvas.text({pageMargin, middle}, Qt::AlignTop | Qt::AlignHCenter, m_figure.m_rowLabels[i], 1, true, {}, true,
                    m_rowHeight[std::size_t(i)]);
    }
    for (const auto& [column, scale] : m_figure.m_columnBars) {
        if (column < 0 || column >= m_figure.m_columns)
            continue;
        QRectF axes = columnAxes[std::size_t(column)];
        if (axes.isEmpty())
            axes = {m_columnX[std::size_t(column)], 0, m_columnWidth[std::size_t(column)], 1};
        paintColorBar(canvas, scale, {axes.left(), m_barTop, axes.width(), barThickness}, false);
    }
    for (const auto& [row, scale] : m_figure.m_rowBars) {
        if (row < 0 || row >= m_figure.m_rows)
            continue;
        QRectF axes = rowAxes[std::size_t(row)];
        if (axes.isEmpty())
            axes = {0, m_rowY[std::size_t(row)], 1, m_rowHeight[std::size_t(row)]};
        paintColorBar(canvas, scale, {m_rightBarX, axes.top(), barThickness, axes.height()}, true);
    }
}

} // namespace dispersa
