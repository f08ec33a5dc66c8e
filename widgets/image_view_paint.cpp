// SPDX-License-Identifier: GPL-3.0-or-later
// How ImageView looks.
#include "widgets/image_view_p.h"
#include "widgets/palette.h"
#include "widgets/scale_bar.h"
#include "widgets/shape_handles.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QTransform>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr double barGap = 8;
constexpr double barWidth = 12;
constexpr double tickLength = 4;
constexpr double handleSide = 8;

QFont titleFont(const QWidget& widget)
{
    QFont font = readableFont(widget);
    font.setBold(true);
    return font;
}

std::vector<double> barTicks(const ValueRange& range, DisplayScaling scaling, double length)
{
    return niceTicks(range.low, range.high, std::clamp(int(length / 45), 2, 7), scaling);
}

/// For a bar of that length or less: a longer one has finer ticks, whose texts are longer.
double barRoom(const QFontMetricsF& metrics, const ValueRange& range, DisplayScaling scaling, double length, bool label)
{
    double widest = 0;
    for (const QString& text : tickTexts(barTicks(range, scaling, length)))
        widest = std::max(widest, metrics.horizontalAdvance(text));
    return barGap + barWidth + tickLength + 3 + widest + (label ? metrics.height() + 4 : 2);
}

void paintBar(QPainter& painter, const QRectF& bar, const ColorScale& scale, const QColor& text)
{
    QImage colors(1, 256, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        colors.setPixel(0, 255 - i, colorTable(scale.map)[std::size_t(i)]);
    painter.drawImage(bar, colors);
    painter.setPen(text);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
    const QFontMetricsF metrics(painter.font());
    const std::vector<double> ticks = barTicks(scale.range, scale.scaling, bar.height());
    const std::vector<QString> texts = tickTexts(ticks);
    double widest = 0;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        const double y = bar.bottom() - scaledPosition(ticks[i], scale.range, scale.scaling) * bar.height();
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + tickLength, y));
        // The lowest and the highest stay inside of the view, where the bar fills it.
        const double baseline = std::clamp(y + metrics.capHeight() / 2, painter.window().top() + metrics.capHeight() + 1,
                                           std::max(metrics.capHeight() + 1, double(painter.window().bottom())));
        painter.drawText(QPointF(bar.right() + tickLength + 3, baseline), texts[i]);
        widest = std::max(widest, metrics.horizontalAdvance(texts[i]));
    }
    painter.save();
    painter.translate(bar.right() + tickLength + 3 + widest + 4 + metrics.ascent(), bar.center().y());
    painter.rotate(-90);
    const QString label = metrics.elidedText(scale.label, Qt::ElideRight, bar.height());
    painter.drawText(QPointF(-metrics.horizontalAdvance(label) / 2, 0), label);
    painter.restore();
}

void paintLabel(QPainter& painter, QPointF at, const QString& text, const QColor& color, const QRectF& within)
{
    const QFontMetricsF metrics(painter.font());
    QRectF box(at, QSizeF(metrics.horizontalAdvance(text) + 8, metrics.height() + 2));
    box.moveLeft(std::clamp(box.left(), within.left(), std::max(within.left(), within.right() - box.width())));
    box.moveTop(std::clamp(box.top(), within.top(), std::max(within.top(), within.bottom() - box.height())));
    painter.fillRect(box, QColor(0, 0, 0, 150));
    painter.setPen(color);
    painter.drawText(box, Qt::AlignCenter, text);
}

void paintCross(QPainter& painter, QPointF at, double reach, double gap, const QColor& color)
{
    for (const auto& [pen, width] : {std::pair{QColor(0, 0, 0, 170), 3.6}, std::pair{color, 1.6}}) {
        painter.setPen(QPen(pen, width, Qt::SolidLine, Qt::FlatCap));
        for (const QPointF& way : {QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)})
            painter.drawLine(at + way * gap, at + way * reach);
    }
}

/// In the lower left corner of the image. Where that is too narrow for the text, this stands beside it, in the `room`
/// that is free to the right.
void paintScaleBar(QPainter& painter, const ScaleBar& bar, double perLength, const QRectF& image, double room,
                   const QColor& outside)
{
    constexpr double inset = 5, padding = 6, thickness = 3;
    const QFontMetricsF metrics(painter.font());
    const double length = bar.length * perLength, textWidth = metrics.horizontalAdvance(bar.text);
    const auto box = [&](double width, double height) {
        return QRectF(image.left() + inset, image.bottom() - height - inset, width + 2 * padding, height);
    };
    const auto paintBox = [&](const QRectF& at) {
        painter.fillRect(at, QColor(0, 0, 0, 140));
        painter.fillRect(QRectF(at.center().x() - length / 2, at.bottom() - 2 * thickness, length, thickness),
                         Qt::white);
    };
    const auto fits = [&](const QRectF& at) { return at.right() < image.right() && at.top() > image.top(); };
    if (length <= 0)
        return;
    if (const QRectF whole = box(std::max(length, textWidth), metrics.height() + 9); fits(whole)) {
        paintBox(whole);
        painter.setPen(Qt::white);
        painter.drawText(QRectF(whole.left(), whole.top(), whole.width(), metrics.height()), Qt::AlignCenter, bar.text);
    } else if (const QRectF narrow = box(length, 3 * thickness); fits(narrow) && textWidth + inset <= room) {
        paintBox(narrow);
        painter.save();
        painter.setClipping(false);
        painter.setPen(outside);
        painter.drawText(
            QRectF(image.right() + inset, narrow.center().y() - metrics.height() / 2, textWidth + 1, metrics.height()),
            Qt::AlignVCenter | Qt::AlignLeft, bar.text);
        painter.restore();
    }
}

} // namespace

QRectF ImageView::canvasRect() const
{
    QMarginsF margins = axisMargins() + QMarginsF(2, 2, 2, 2);
    if (!d->title.isEmpty())
        margins.setTop(margins.top() + QFontMetricsF(titleFont(*this)).height() + 4);
    if (d->colorBar)
        margins.setRight(margins.right() + barRoom(QFontMetricsF(readableFont(*this)), d->range, d->scaling, height(),
                                                   !d->colorBarLabel.isEmpty()));
    QRectF canvas = QRectF(rect()).marginsRemoved(margins);
    canvas.setWidth(std::max(8.0, canvas.width()));
    canvas.setHeight(std::max(8.0, canvas.height()));
    return canvas;
}

void ImageView::paintDecoration(QPainter&) {}

void ImageView::paintHatch(QPainter& painter, const QRectF& visible)
{
    const QRectF full = imageRect();
    const double ratio = devicePixelRatioF();
    // As large as what is seen, and cut from the mask there: a zoomed view costs no more.
    const QSize size((visible.size() * ratio).toSize());
    QImage part = hatchImage(*d->hatched, d->height, d->width, size, hatchPeriod_px * ratio,
                             QRectF((visible.left() - full.left()) / full.width() * d->width,
                                    (visible.top() - full.top()) / full.height() * d->height,
                                    visible.width() / full.width() * d->width, visible.height() / full.height() * d->height));
    painter.drawImage(visible, part);
}

void ImageView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(readableFont(*this));
    const QColor text = palette().color(QPalette::WindowText);
    if (!d->values) {
        painter.setPen(plotColors(palette()).subdued);
        painter.drawText(rect().adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, d->placeholder);
        return;
    }
    if (d->imageOld) {
        d->image = colorImage(*d->values, d->height, d->width, d->range, d->map, d->scaling);
        d->hasNoData = std::any_of(d->values->begin(), d->values->end(), [](float v) { return !std::isfinite(v); });
        d->imageOld = false;
    }
    const QRectF full = imageRect();
    const QRectF visible = full & canvasRect();

    // Only the visible pixels are drawn: a large image costs no more than a small one.
    const double perColumn = full.width() / d->width;
    const double perRow = full.height() / d->height;
    const int x0 = std::clamp(int((visible.left() - full.left()) / perColumn), 0, d->width - 1);
    const int y0 = std::clamp(int((visible.top() - full.top()) / perRow), 0, d->height - 1);
    const int x1 = std::clamp(int(std::ceil((visible.right() - full.left()) / perColumn)), x0 + 1, d->width);
    const int y1 = std::clamp(int(std::ceil((visible.bottom() - full.top()) / perRow)), y0 + 1, d->height);
    painter.save();
    painter.setClipRect(visible);
    if (d->hasNoData)
        painter.fillRect(visible, noDataBrush(devicePixelRatioF()));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, perColumn * devicePixelRatioF() < 1);
    painter.drawImage(
        QRectF(full.left() + x0 * perColumn, full.top() + y0 * perRow, (x1 - x0) * perColumn, (y1 - y0) * perRow),
        d->image, QRectF(x0, y0, x1 - x0, y1 - y0));
    painter.restore();
    if (d->hatched)
        paintHatch(painter, visible);
    painter.setPen(
        QPen(hasFocus() ? palette().color(QPalette::Highlight) : plotColors(palette()).axis, hasFocus() ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(visible);

    if (!d->title.isEmpty()) {
        painter.save();
        painter.setFont(titleFont(*this));
        painter.setPen(text);
        const QFontMetricsF metrics(painter.font());
        const QString shown = metrics.elidedText(d->title, Qt::ElideRight, width() - 4);
        const double half = metrics.horizontalAdvance(shown) / 2;
        const double x = std::clamp(visible.center().x(), half + 2, std::max(half + 2, width() - half - 2));
        painter.drawText(QPointF(x - half, visible.top() - 5 - metrics.descent() + 1), shown);
        painter.restore();
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paintDecoration(painter);
    if (d->colorBar)
        paintBar(painter, {visible.right() + barGap, visible.top(), barWidth, visible.height()},
                 {d->map, d->range, d->scaling, d->colorBarLabel}, text);

    painter.setClipRect(visible.adjusted(-1, -1, 1, 1));
    paintOwnShape(painter);
    QTransform toScreen;
    toScreen.translate(full.left(), full.top());
    toScreen.scale(perColumn, perRow);
    const auto paintShape = [&](const Shape& shape, const QColor& color, bool strong, bool handles,
                                const QString& name) {
        const QPainterPath outline = toScreen.map(shapeOutline(shape));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(0, 0, 0, 150), strong ? 4.5 : 3.4));
        painter.drawPath(outline);
        painter.setPen(QPen(color, strong ? 2.4 : 1.6));
        painter.drawPath(outline);
        if (handles)
            for (const ShapeHandle& handle : shapeHandles(shape)) {
                const QPointF at = toWidget(handle.place);
                painter.setPen(QPen(Qt::black, 1));
                painter.setBrush(color.lighter(150));
                painter.drawRect(QRectF(at.x() - handleSide / 2, at.y() - handleSide / 2, handleSide, handleSide));
            }
        if (!name.isEmpty()) {
            const QRectF box = outline.boundingRect();
            paintLabel(painter, {box.right() + 5, box.top()}, name, color, visible);
        }
    };
    for (std::size_t i = 0; i < d->shapes.size(); ++i) {
        const OverlayShape& shape = d->shapes[i];
        const bool active = int(i) == d->selected || int(i) == d->hovered;
        paintShape(shape.shape, shape.color.isValid() ? shape.color : QColor(Qt::white), int(i) == d->selected,
                   active && shape.editable, shape.name);
    }
    if (d->draft)
        paintShape(*d->draft, d->drawingColor, true, d->drawing == ShapeKind::Polygon, {});

    if (d->scaleBar && d->size_x && *d->size_x > 0) {
        const double perLength = perColumn / *d->size_x;
        paintScaleBar(painter, scaleBarFor(perLength, visible.width() * 0.45, d->unit), perLength, visible,
                      d->colorBar ? 0 : width() - visible.right(), text);
    }
    if (d->ghost)
        paintCross(painter, toWidget({double(d->ghost->y), double(d->ghost->x)}), 9, 2, QColor(255, 255, 255, 200));
    if (d->marker) {
        const QPointF at = toWidget({double(d->marker->y), double(d->marker->x)});
        const double gap = std::max({3.0, perColumn / 2, perRow / 2});
        if (perColumn > 4) {
            painter.setBrush(Qt::NoBrush);
            for (const auto& [color, thick] :
                 {std::pair{QColor(0, 0, 0, 170), 3.2}, std::pair{QColor(Qt::white), 1.4}}) {
                painter.setPen(QPen(color, thick));
                painter.drawRect(QRectF(at.x() - perColumn / 2, at.y() - perRow / 2, perColumn, perRow));
            }
        }
        paintCross(painter, at, gap + 9, gap, Qt::white);
    }
}

} // namespace dispersa
