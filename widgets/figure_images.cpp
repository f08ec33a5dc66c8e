// SPDX-License-Identifier: GPL-3.0-or-later
// Panels made of cells: images, matrices; and text.
#include "widgets/display_scaling.h"
#include "widgets/figure_axes_p.h"
#include "widgets/figure_panel_p.h"
#include "widgets/scale_bar.h"
#include "widgets/shape_handles.h"

#include <QPainterPath>
#include <QTransform>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr double tickLength = 28;
constexpr double tickGap = 15;
constexpr double barGap = 40;
constexpr double barWidth = 70;

double textHeight(const FigureStyle& style, double extra_pt = 0)
{
    return FigureCanvas::textSize(style, QStringLiteral("Ag"), extra_pt).height();
}

double titleRoom(const QString& title, const FigureStyle& style)
{
    return title.isEmpty() ? 0 : textHeight(style, 1) + 20;
}

QMarginsF imageMargins(const ImagePanel& panel, const FigureStyle& style)
{
    QMarginsF margins(0, titleRoom(panel.title, style), 0, 0);
    if (panel.axes) {
        const double number = FigureCanvas::textSize(style, QStringLiteral("−0.5")).width();
        margins += QMarginsF(tickLength + tickGap + number + textHeight(style) + 20, 0, 30,
                             tickLength + tickGap + 2 * textHeight(style));
    }
    if (panel.colorBar)
        margins.setRight(barGap + colorBarRoom(panel.colors, true, style));
    return margins;
}

double imageProportion(const ImagePanel& panel)
{
    return panel.width > 0 && panel.height > 0 ? panel.aspect * panel.height / panel.width : 1;
}

void paintScaleBar(FigureCanvas& canvas, const ImagePanel& panel, const QRectF& rect)
{
    const double unitsPerLength = rect.width() / panel.width / *panel.pixelSize;
    const ScaleBar bar = scaleBarFor(unitsPerLength, rect.width() * 0.45, panel.lengthUnit);
    if (bar.length <= 0)
        return;
    const double length = bar.length * unitsPerLength;
    const QSizeF text = FigureCanvas::textSize(canvas.style(), bar.text, -0.5);
    const double width = std::max(length, text.width()) + 50;
    const QRectF box(rect.left() + 25, rect.bottom() - text.height() - 80, width, text.height() + 55);
    if (box.right() > rect.right() || box.top() < rect.top())
        return;
    canvas.rect(box, QColor(0, 0, 0, 130), Qt::NoPen, rect);
    canvas.rect({box.center().x() - length / 2, box.bottom() - 40, length, 18}, Qt::white, Qt::NoPen, rect);
    canvas.text({box.center().x(), box.top() + 3}, Qt::AlignTop | Qt::AlignHCenter, bar.text, -0.5, false, Qt::white);
}

void paintImageAxes(FigureCanvas& canvas, const ImagePanel& panel, const QRectF& r)
{
    const ImageAxes& axes = *panel.axes;
    const QPen pen = canvas.pen(canvas.style().axis, 0.8);
    const auto ticksOf = [&](double origin, int pixels, double length, bool horizontal) {
        return makeAxis({(-0.5 - origin) * axes.step, (pixels - 0.5 - origin) * axes.step}, DisplayScaling::Linear, {},
                        length, horizontal);
    };
    const Axis x = ticksOf(axes.origin.x, panel.width, r.width(), true);
    const Axis y = ticksOf(axes.origin.y, panel.height, r.height(), true);
    for (std::size_t i = 0; i < x.ticks.size(); ++i) {
        const double at = r.left() + (x.ticks[i] - x.range.low) / (x.range.high - x.range.low) * r.width();
        canvas.line({at, r.bottom()}, {at, r.bottom() + tickLength}, pen);
        canvas.text({at, r.bottom() + tickLength + tickGap}, Qt::AlignTop | Qt::AlignHCenter, x.texts[i]);
    }
    for (std::size_t i = 0; i < y.ticks.size(); ++i) {
        const double at = r.top() + (y.ticks[i] - y.range.low) / (y.range.high - y.range.low) * r.height();
        canvas.line({r.left() - tickLength, at}, {r.left(), at}, pen);
        canvas.text({r.left() - tickLength - tickGap, at}, Qt::AlignRight | Qt::AlignVCenter, y.texts[i]);
    }
    const double number = FigureCanvas::textSize(canvas.style(), QStringLiteral("−0.5")).width();
    canvas.text({r.center().x(), r.bottom() + tickLength + tickGap + textHeight(canvas.style())},
                Qt::AlignTop | Qt::AlignHCenter, axes.label, 0, false, {}, false, r.width());
    canvas.text({r.left() - tickLength - tickGap - number - 20, r.center().y()}, Qt::AlignBottom | Qt::AlignHCenter,
                axes.label, 0, false, {}, true, r.height());
}

void paintShapes(FigureCanvas& canvas, const ImagePanel& panel, const QRectF& r)
{
    QTransform toPage;
    toPage.translate(r.left(), r.top());
    toPage.scale(r.width() / panel.width, r.height() / panel.height);
    for (const FigureShape& shape : panel.shapes) {
        const QPainterPath outline = toPage.map(shapeOutline(shape.shape));
        canvas.outline(outline, canvas.pen(QColor(0, 0, 0, 90), 2.0), r);
        canvas.outline(outline, canvas.pen(shape.color, 1.1), r);
        const QRectF box = outline.boundingRect();
        if (!shape.name.isEmpty() && r.contains(box.center())) {
            const double width = FigureCanvas::textSize(canvas.style(), shape.name, 0, true).width();
            const bool rightSide = box.right() + 20 + width < r.right();
            canvas.text({rightSide ? box.right() + 20 : box.left() - 20 - width, box.center().y()},
                        Qt::AlignVCenter | Qt::AlignLeft, shape.name, 0, true, shape.color);
        }
    }
}

QMarginsF matrixMargins(const MatrixPanel& panel, const FigureStyle& style)
{
    double left = 0;
    for (const QString& label : panel.rowLabels)
        left = std::max(left, FigureCanvas::textSize(style, label).width() + 30);
    double right = 0;
    if (panel.colorBar)
        right =
            barGap + colorBarRoom({panel.map, panel.range, DisplayScaling::Linear, panel.colorBarLabel}, true, style);
    return {left, titleRoom(panel.title, style), right, panel.columnLabels.isEmpty() ? 0 : textHeight(style) + 15};
}

} // namespace

double imageHeight(const ImagePanel& panel, double width, const FigureStyle& style)
{
    const QMarginsF m = imageMargins(panel, style);
    return std::max(10.0, width - m.left() - m.right()) * imageProportion(panel) + m.top() + m.bottom();
}

double matrixHeight(const MatrixPanel& panel, double width, const FigureStyle& style)
{
    const QMarginsF m = matrixMargins(panel, style);
    const double columns = double(std::max<qsizetype>(1, panel.columnLabels.size()));
    const double rows = double(std::max<qsizetype>(1, panel.rowLabels.size()));
    return std::max(10.0, width - m.left() - m.right()) / columns * rows + m.top() + m.bottom();
}

QRectF drawPanel(FigureCanvas* canvas, const ImagePanel& panel, const QRectF& cell, const FigureStyle& style)
{
    const QRectF room = cell.marginsRemoved(imageMargins(panel, style));
    const double proportion = imageProportion(panel);
    const double width = std::max(1.0, std::min(room.width(), room.height() / proportion));
    const QRectF r(room.center().x() - width / 2, room.top(), width, width * proportion);
    if (!canvas)
        return r;
    canvas->title(panel.title, r.center().x(), cell);
    if (panel.values && panel.height > 0 && panel.width > 0) {
        canvas->pixels(r, colorImage(*panel.values, panel.height, panel.width, panel.colors.range, panel.colors.map,
                                     panel.colors.scaling));
        if (panel.hatched)
            canvas->hatch(r, *panel.hatched, panel.height, panel.width);
        if (panel.pixelSize && *panel.pixelSize > 0)
            paintScaleBar(*canvas, panel, r);
        paintShapes(*canvas, panel, r);
        if (panel.axes)
            paintImageAxes(*canvas, panel, r);
    }
    canvas->rect(r, Qt::NoBrush, canvas->pen(style.axis, 0.6), r);
    if (panel.colorBar)
        paintColorBar(*canvas, panel.colors, {r.right() + barGap, r.top(), barWidth, r.height()}, true);
    return r;
}

QString matrixCellText(const MatrixPanel& panel, int row, int column)
{
    const auto index = std::size_t(row) * std::size_t(panel.columnLabels.size()) + std::size_t(column);
    if (index >= panel.values.size() || !panel.values[index] || !std::isfinite(*panel.values[index]))
        return QStringLiteral("–");
    return numberText(*panel.values[index], panel.decimals);
}

QRectF drawPanel(FigureCanvas* canvas, const MatrixPanel& panel, const QRectF& cell, const FigureStyle& style)
{
    const QRectF room = cell.marginsRemoved(matrixMargins(panel, style));
    const int rows = int(panel.rowLabels.size());
    const int columns = int(panel.columnLabels.size());
    const double side = std::max(1.0, std::min(room.width() / std::max(1, columns), room.height() / std::max(1, rows)));
    const QRectF r(room.center().x() - side * columns / 2, room.top(), side * columns, side * rows);
    if (!canvas)
        return r;
    canvas->title(panel.title, r.center().x(), cell);
    // One size for all numbers, so that no value looks more important than another.
    double widest = 0;
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x)
            widest = std::max(widest, FigureCanvas::textSize(style, matrixCellText(panel, y, x)).width());
    const double fitting = std::min(1.0, side * 0.88 / std::max(1.0, widest));
    const double extra_pt = style.fontSize_pt * (std::max(0.6, fitting) - 1);
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < columns; ++x) {
            const QRectF square(r.left() + x * side, r.top() + y * side, side, side);
            const auto index = std::size_t(y) * std::size_t(columns) + std::size_t(x);
            const bool known =
                index < panel.values.size() && panel.values[index] && std::isfinite(*panel.values[index]);
            const QColor fill =
                QColor::fromRgb(known ? colorOf(*panel.values[index], panel.range, panel.map) : noDataColor());
            canvas->rect(square, fill, canvas->pen(style.background, 0.5), r);
            const QString text = matrixCellText(panel, y, x);
            const bool bright = qGray(fill.rgb()) > 140;
            canvas->text(square.center(), Qt::AlignVCenter | Qt::AlignHCenter, text, extra_pt, false,
                         bright ? Qt::black : Qt::white, false, side - 10);
        }
        canvas->text({r.left() - 25, r.top() + (y + 0.5) * side}, Qt::AlignVCenter | Qt::AlignRight,
                     panel.rowLabels[y]);
    }
    for (int x = 0; x < columns; ++x)
        canvas->text({r.left() + (x + 0.5) * side, r.bottom() + 15}, Qt::AlignTop | Qt::AlignHCenter,
                     panel.columnLabels[x], 0, false, {}, false, side - 6);
    if (panel.colorBar)
        paintColorBar(*canvas, {panel.map, panel.range, DisplayScaling::Linear, panel.colorBarLabel},
                      {r.right() + barGap, r.top(), barWidth, r.height()}, true);
    return r;
}

QRectF drawPanel(FigureCanvas* canvas, const TextPanel& panel, const QRectF& cell, const FigureStyle& style)
{
    if (!canvas)
        return cell;
    const QStringList lines = panel.text.split(QLatin1Char('\n'));
    const double height = textHeight(style);
    double x = cell.center().x();
    if (panel.alignment & Qt::AlignLeft)
        x = cell.left();
    else if (panel.alignment & Qt::AlignRight)
        x = cell.right();
    double y = cell.center().y() - height * double(lines.size()) / 2;
    if (panel.alignment & Qt::AlignTop)
        y = cell.top();
    for (const QString& line : lines) {
        canvas->text({x, y}, (panel.alignment & Qt::AlignHorizontal_Mask) | Qt::AlignTop, line, 0, panel.bold, {},
                     false, cell.width());
        y += height;
    }
    return cell;
}

double wantedHeight(const FigurePanel& panel, double width, const FigureStyle& style)
{
    if (const auto* image = std::get_if<ImagePanel>(&panel))
        return imageHeight(*image, width, style);
    if (const auto* matrix = std::get_if<MatrixPanel>(&panel))
        return matrixHeight(*matrix, width, style);
    if (const auto* text = std::get_if<TextPanel>(&panel))
        return textHeight(style) * double(text->text.count(QLatin1Char('\n')) + 1);
    if (std::holds_alternative<ScatterPanel>(panel))
        return width;
    if (const auto* bars = std::get_if<BarPanel>(&panel))
        return width * (bars->categories.size() * qsizetype(bars->groups.size()) > 16 ? 0.45 : 0.68);
    return width * 0.7;
}

QRectF axesRect(const FigurePanel& panel, const QRectF& cell, const FigureStyle& style)
{
    return std::visit([&](const auto& p) { return drawPanel(nullptr, p, cell, style); }, panel);
}

void paintPanel(FigureCanvas& canvas, const FigurePanel& panel, const QRectF& cell)
{
    std::visit([&](const auto& p) { drawPanel(&canvas, p, cell, canvas.style()); }, panel);
}

} // namespace dispersa
