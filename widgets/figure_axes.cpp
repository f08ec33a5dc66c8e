// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figure_axes_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr double tickLength = 28;
constexpr double tickGap = 15;
constexpr double labelGap = 25;
constexpr double titleGap = 30;
constexpr double legendMark = 140;
constexpr double frameWidth_pt = 0.8;

double textHeight(const FigureStyle& style, double extra_pt = 0)
{
    return FigureCanvas::textSize(style, QStringLiteral("Ag"), extra_pt).height();
}

double widest(const std::vector<QString>& texts, const FigureStyle& style)
{
    double width = 0;
    for (const QString& text : texts)
        width = std::max(width, FigureCanvas::textSize(style, text).width());
    return width;
}

double entryWidth(const LegendEntry& entry, const FigureStyle& style)
{
    return legendMark + 40 + FigureCanvas::textSize(style, entry.text).width() + 120;
}

/// Rows of the legend: how many entries stand in each.
std::vector<int> legendRows(const std::vector<LegendEntry>& legend, double width, const FigureStyle& style)
{
    std::vector<int> rows;
    double used = 0;
    for (const LegendEntry& entry : legend) {
        const double needed = entryWidth(entry, style);
        if (rows.empty() || used + needed > width + 120) {
            rows.push_back(0);
            used = 0;
        }
        rows.back() += 1;
        used += needed;
    }
    return rows;
}

} // namespace

ValueRange paddedRange(ValueRange range, DisplayScaling scaling, double share, bool withZero)
{
    if (withZero) {
        range.low = std::min(range.low, 0.0);
        range.high = std::max(range.high, 0.0);
    }
    range = usableRange(range, scaling);
    if (scaling == DisplayScaling::Log) {
        const double factor = std::pow(range.high / range.low, share);
        return {range.low / factor, range.high * factor};
    }
    const double margin = (range.high - range.low) * share;
    return {withZero && range.low == 0 ? 0 : range.low - margin, withZero && range.high == 0 ? 0 : range.high + margin};
}

Axis makeAxis(const ValueRange& range, DisplayScaling scaling, const QString& label, double length, bool horizontal)
{
    Axis axis{usableRange(range, scaling), scaling, label, {}, {}};
    const int count = std::clamp(int(length / (horizontal ? 330 : 230)), 2, 7);
    axis.ticks = niceTicks(axis.range.low, axis.range.high, count, scaling);
    axis.texts = tickTexts(axis.ticks);
    return axis;
}

QPointF PlotFrame::map(double xValue, double yValue) const
{
    // Not clipped to the frame: the geometry is cut where it leaves.
    const auto place = [](double value, const Axis& axis) {
        if (axis.scaling == DisplayScaling::Log) {
            if (!(value > 0))
                return std::isnan(value) ? value : -1.0;
            return std::log(value / axis.range.low) / std::log(axis.range.high / axis.range.low);
        }
        return (value - axis.range.low) / (axis.range.high - axis.range.low);
    };
    return {rect.left() + place(xValue, x) * rect.width(), rect.bottom() - place(yValue, y) * rect.height()};
}

void layOut(PlotFrame& frame, const QRectF& cell, const FigureStyle& style)
{
    double left = widest(frame.y.texts, style) + tickLength + tickGap;
    if (!frame.y.label.isEmpty())
        left += textHeight(style) + labelGap;
    double bottom = tickLength + tickGap + textHeight(style);
    if (!frame.x.label.isEmpty())
        bottom += textHeight(style);
    double top = textHeight(style) / 2;
    if (!frame.title.isEmpty())
        top = textHeight(style, 1) + titleGap;
    double right = 30;
    if (!frame.x.texts.empty())
        right = std::max(right, FigureCanvas::textSize(style, frame.x.texts.back()).width() / 2);
    top += double(legendRows(frame.legend, cell.width() - left - right, style).size()) * textHeight(style) * 1.15;
    if (!frame.legend.empty())
        top += 20;
    frame.rect = cell.adjusted(left, top, -right, -bottom);
}

void paintGrid(FigureCanvas& canvas, const PlotFrame& frame)
{
    if (!frame.yGrid)
        return;
    for (const double tick : frame.y.ticks) {
        const double y = frame.map(frame.x.range.low, tick).y();
        if (y > frame.rect.top() + 1 && y < frame.rect.bottom() - 1)
            canvas.line({frame.rect.left(), y}, {frame.rect.right(), y}, canvas.pen(canvas.style().grid, 0.6));
    }
}

void paintFrame(FigureCanvas& canvas, const PlotFrame& frame, const QRectF& cell)
{
    const FigureStyle& style = canvas.style();
    const QRectF& r = frame.rect;
    const QPen pen = canvas.pen(style.axis, frameWidth_pt);
    canvas.rect(r, Qt::NoBrush, pen, r);
    for (std::size_t i = 0; i < frame.x.ticks.size(); ++i) {
        const double x = frame.map(frame.x.ticks[i], frame.y.range.low).x();
        canvas.line({x, r.bottom()}, {x, r.bottom() + tickLength}, pen);
        canvas.text({x, r.bottom() + tickLength + tickGap}, Qt::AlignTop | Qt::AlignHCenter, frame.x.texts[i]);
    }
    for (std::size_t i = 0; i < frame.y.ticks.size(); ++i) {
        const double y = frame.map(frame.x.range.low, frame.y.ticks[i]).y();
        canvas.line({r.left() - tickLength, y}, {r.left(), y}, pen);
        canvas.text({r.left() - tickLength - tickGap, y}, Qt::AlignRight | Qt::AlignVCenter, frame.y.texts[i]);
    }
    canvas.text({r.center().x(), cell.bottom()}, Qt::AlignBottom | Qt::AlignHCenter, frame.x.label, 0, false, {}, false,
                cell.width());
    canvas.text({cell.left(), r.center().y()}, Qt::AlignTop | Qt::AlignHCenter, frame.y.label, 0, false, {}, true,
                cell.height());
    canvas.title(frame.title, r.center().x(), cell);

    const double height = textHeight(style) * 1.15;
    double y = cell.top() + (frame.title.isEmpty() ? 0 : textHeight(style, 1) + titleGap);
    std::size_t next = 0;
    for (const int count : legendRows(frame.legend, r.width(), style)) {
        double x = r.left();
        for (int i = 0; i < count; ++i, ++next) {
            const LegendEntry& entry = frame.legend[next];
            const double middle = y + height / 2;
            const QRectF symbol(x, y, legendMark, height);
            if (entry.diamond)
                paintDiamond(canvas, symbol.center(), symbol);
            else if (entry.whisker)
                paintWhisker(canvas, symbol.center() + QPointF(0, 40), symbol.center() - QPointF(0, 40), 20, symbol);
            else if (entry.box)
                canvas.rect({x + 20, middle - 35, 100, 70}, entry.color, Qt::NoPen, symbol);
            else
                canvas.line({x, middle}, {x + legendMark, middle},
                            canvas.pen(entry.color, 1.4, entry.dashed ? Qt::DashLine : Qt::SolidLine));
            canvas.text({x + legendMark + 40, middle}, Qt::AlignLeft | Qt::AlignVCenter, entry.text);
            x += entryWidth(entry, style);
        }
        y += height;
    }
}

void paintDiamond(FigureCanvas& canvas, QPointF centre, const QRectF& clip)
{
    constexpr double half = 22;
    const QPolygonF diamond{centre - QPointF(0, half), centre + QPointF(half, 0), centre + QPointF(0, half),
                            centre - QPointF(half, 0)};
    canvas.polygon(diamond, Qt::white, canvas.pen(canvas.style().axis, 0.8), clip);
}

void paintWhisker(FigureCanvas& canvas, QPointF low, QPointF high, double cap, const QRectF& clip)
{
    const QPen pen = canvas.pen(canvas.style().axis, 0.8);
    canvas.polyline(QPolygonF{low, high}, pen, clip);
    for (const QPointF& end : {low, high})
        canvas.polyline(QPolygonF{end - QPointF(cap, 0), end + QPointF(cap, 0)}, pen, clip);
}

double colorBarRoom(const ColorScale& scale, bool vertical, const FigureStyle& style)
{
    const double bar = 70 + 40 + tickLength + tickGap;
    const double label = scale.label.isEmpty() ? 0 : textHeight(style);
    if (!vertical)
        return bar + textHeight(style) + label;
    const Axis axis = makeAxis(scale.range, scale.scaling, {}, 1200, false);
    return bar + widest(axis.texts, style) + (scale.label.isEmpty() ? 0 : label + labelGap);
}

void paintColorBar(FigureCanvas& canvas, const ColorScale& scale, const QRectF& bar, bool vertical)
{
    const FigureStyle& style = canvas.style();
    const QPen pen = canvas.pen(style.axis, 0.6);
    canvas.picture(bar, colorBarImage(scale.map, vertical));
    canvas.rect(bar, Qt::NoBrush, pen, bar);
    if (vertical) {
        const Axis axis = makeAxis(scale.range, scale.scaling, {}, bar.height(), false);
        for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
            const double y = bar.bottom() - scaledPosition(axis.ticks[i], scale.range, scale.scaling) * bar.height();
            canvas.line({bar.right(), y}, {bar.right() + tickLength, y}, pen);
            canvas.text({bar.right() + tickLength + tickGap, y}, Qt::AlignLeft | Qt::AlignVCenter, axis.texts[i]);
        }
        const double x = bar.right() + tickLength + tickGap + widest(axis.texts, style) + labelGap;
        canvas.text({x, bar.center().y()}, Qt::AlignTop | Qt::AlignHCenter, scale.label, 0, false, {}, true);
        return;
    }
    Axis axis = makeAxis(scale.range, scale.scaling, {}, std::max(1100.0, bar.width()), true);
    // Narrow bars: no two numbers may touch.
    while (axis.ticks.size() > 2 && widest(axis.texts, style) * 1.25 > bar.width() / double(axis.ticks.size() - 1)) {
        for (std::size_t i = axis.ticks.size(); i-- > 0;)
            if (i % 2 == 1) {
                axis.ticks.erase(axis.ticks.begin() + std::ptrdiff_t(i));
                axis.texts.erase(axis.texts.begin() + std::ptrdiff_t(i));
            }
    }
    for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
        const double x = bar.left() + scaledPosition(axis.ticks[i], scale.range, scale.scaling) * bar.width();
        canvas.line({x, bar.bottom()}, {x, bar.bottom() + tickLength}, pen);
        // The outer numbers stay over the bar: the next column's bar is near.
        const double half = FigureCanvas::textSize(style, axis.texts[i]).width() / 2 - 20;
        canvas.text({std::clamp(x, bar.left() + half, std::max(bar.left() + half, bar.right() - half)),
                     bar.bottom() + tickLength + tickGap},
                    Qt::AlignTop | Qt::AlignHCenter, axis.texts[i]);
    }
    canvas.text({bar.center().x(), bar.bottom() + tickLength + tickGap + textHeight(style)},
                Qt::AlignTop | Qt::AlignHCenter, scale.label, 0, false, {}, false, bar.width() * 1.1);
}

} // namespace dispersa
