// SPDX-License-Identifier: GPL-3.0-or-later
// Panels with two axes: lines, bars, scatter, histogram.
#include "widgets/figure_axes_p.h"
#include "widgets/figure_panel_p.h"
#include "widgets/palette.h"
#include "widgets/point_density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace dispersa {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Half the cap of an error bar.
const QPointF whisker(20, 0);

void include(ValueRange& range, double value)
{
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
}

QColor colorOr(const QColor& color, std::size_t index)
{
    return color.isValid() ? color : categoryColor(int(index));
}

/// Ticks depend on the room and the room on the ticks: measured twice.
void fitFrame(PlotFrame& frame, const ValueRange& x, const ValueRange& y, const QRectF& cell, const FigureStyle& style)
{
    frame.rect = cell.adjusted(400, 200, -100, -300);
    for (int pass = 0; pass < 2; ++pass) {
        frame.x = makeAxis(x, frame.x.scaling, frame.x.label, frame.rect.width(), true);
        frame.y = makeAxis(y, frame.y.scaling, frame.y.label, frame.rect.height(), false);
        layOut(frame, cell, style);
    }
}

} // namespace

QRectF drawPanel(FigureCanvas* canvas, const LinePanel& panel, const QRectF& cell, const FigureStyle& style)
{
    PlotFrame frame;
    frame.title = panel.title;
    frame.x.label = panel.xLabel;
    frame.y.label = panel.yLabel;
    frame.y.scaling = panel.logY ? DisplayScaling::Log : DisplayScaling::Linear;
    frame.yGrid = true;
    ValueRange x{infinity, -infinity};
    ValueRange y{infinity, -infinity};
    for (std::size_t s = 0; s < panel.series.size(); ++s) {
        const FigureSeries& series = panel.series[s];
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
            if (std::isfinite(series.x[i]) && std::isfinite(series.y[i]) && (!panel.logY || series.y[i] > 0)) {
                include(x, series.x[i]);
                include(y, series.y[i] - series.error(i));
                include(y, series.y[i] + series.error(i));
            }
        if (panel.legend && !series.name.isEmpty() && panel.series.size() > 1)
            frame.legend.push_back({series.name, colorOr(series.color, s), series.dashed, !series.line});
    }
    x = panel.xRange ? *panel.xRange : paddedRange(x, DisplayScaling::Linear, 0.03);
    y = panel.yRange ? *panel.yRange : paddedRange(y, frame.y.scaling, 0.06);
    fitFrame(frame, x, y, cell, style);
    if (!canvas)
        return frame.rect;

    paintGrid(*canvas, frame);
    // Words that would touch go to the next of three rows.
    std::array<double, 3> rowEnds = {-infinity, -infinity, -infinity};
    const double rowHeight = FigureCanvas::textSize(style, QStringLiteral("A"), -0.5).height();
    for (const FigureMarker& marker : panel.markers) {
        const double at = frame.map(marker.x, frame.y.range.low).x();
        if (at < frame.rect.left() || at > frame.rect.right())
            continue;
        const QColor color = marker.color.isValid() ? marker.color : style.subdued;
        canvas->line({at, frame.rect.top()}, {at, frame.rect.bottom()}, canvas->pen(color, 0.7, Qt::DashLine));
        const double width = FigureCanvas::textSize(style, marker.text, -0.5).width();
        const bool rightSide = at + width + 30 < frame.rect.right();
        const double start = rightSide ? at + 25 : at - 25 - width;
        const auto row = std::find_if(rowEnds.begin(), rowEnds.end(), [&](double end) { return start > end + 30; });
        if (row == rowEnds.end())
            continue;
        *row = start + width;
        canvas->text({start, frame.rect.top() + 20 + double(row - rowEnds.begin()) * rowHeight},
                     Qt::AlignTop | Qt::AlignLeft, marker.text, -0.5, false, style.text);
    }
    for (std::size_t s = 0; s < panel.series.size(); ++s) {
        const FigureSeries& series = panel.series[s];
        const QColor color = colorOr(series.color, s);
        QPolygonF line;
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
            line << frame.map(series.x[i], series.y[i]);
        if (series.line)
            canvas->polyline(line, canvas->pen(color, 1.2, series.dashed ? Qt::DashLine : Qt::SolidLine), frame.rect);
        for (std::size_t i = 0; i < std::size_t(line.size()); ++i) {
            if (!std::isfinite(series.y[i]) || !(series.error(i) > 0))
                continue;
            const QPointF low = frame.map(series.x[i], series.y[i] - series.error(i));
            const QPointF high = frame.map(series.x[i], series.y[i] + series.error(i));
            const QPen pen = canvas->pen(color, 0.8);
            for (const auto& [from, to] : {std::pair{low, high}, std::pair{low - whisker, low + whisker},
                                           std::pair{high - whisker, high + whisker}})
                canvas->polyline({from, to}, pen, frame.rect);
        }
        if (series.dots || line.size() == 1)
            for (const QPointF& point : line)
                if (std::isfinite(point.y()))
                    canvas->dot(point, 16, color, frame.rect);
    }
    paintFrame(*canvas, frame, cell);
    return frame.rect;
}

QRectF drawPanel(FigureCanvas* canvas, const BarPanel& panel, const QRectF& cell, const FigureStyle& style)
{
    PlotFrame frame;
    frame.title = panel.title;
    frame.y.label = panel.yLabel;
    frame.yGrid = true;
    ValueRange y = barRange(panel.groups);
    const std::vector<BarMark> marks = markKinds(panel.groups);
    const bool explains = hasIntervals(panel.groups) || !marks.empty();
    if (panel.legend && (panel.groups.size() > 1 || explains))
        for (std::size_t g = 0; g < panel.groups.size(); ++g)
            frame.legend.push_back({panel.groups[g].name, colorOr(panel.groups[g].color, g), false, true});
    if (panel.legend && hasIntervals(panel.groups))
        frame.legend.push_back({.text = panel.intervalName, .color = style.axis, .whisker = true});
    for (const BarMark& mark : marks)
        if (panel.legend)
            frame.legend.push_back({.text = mark.name,
                                    .color = style.axis,
                                    .dashed = mark.kind == BarMark::Kind::DashedLine,
                                    .diamond = mark.kind == BarMark::Kind::Diamond});
    const ValueRange x{-0.5, double(std::max<qsizetype>(1, panel.categories.size())) - 0.5};
    y = panel.yRange ? *panel.yRange : paddedRange(y, DisplayScaling::Linear, 0.06, true);
    fitFrame(frame, x, y, cell, style);
    frame.x.ticks.clear();
    frame.x.texts.clear();
    for (qsizetype c = 0; c < panel.categories.size(); ++c) {
        frame.x.ticks.push_back(double(c));
        frame.x.texts.push_back(panel.categories[c]);
    }
    layOut(frame, cell, style);
    if (!canvas)
        return frame.rect;

    paintGrid(*canvas, frame);
    const double share = 0.8 / double(std::max<std::size_t>(1, panel.groups.size()));
    const double base = std::clamp(0.0, frame.y.range.low, frame.y.range.high);
    for (std::size_t g = 0; g < panel.groups.size(); ++g) {
        const BarGroup& group = panel.groups[g];
        const QColor color = colorOr(group.color, g);
        for (std::size_t c = 0; c < group.values.size() && c < std::size_t(panel.categories.size()); ++c) {
            const double left = double(c) - 0.4 + share * double(g);
            const QPointF foot = frame.map(left + share / 2, base);
            if (!group.values[c] || !std::isfinite(*group.values[c])) {
                canvas->text(foot - QPointF(0, 30), Qt::AlignBottom | Qt::AlignHCenter, QStringLiteral("–"));
                continue;
            }
            const QRectF bar(frame.map(left + share * 0.05, *group.values[c]), frame.map(left + share * 0.95, base));
            canvas->rect(bar, color, Qt::NoPen, frame.rect);
            const double middle = left + share / 2;
            if (const auto whisker = whiskerOf(group, c))
                paintWhisker(*canvas, frame.map(middle, whisker->low), frame.map(middle, whisker->high),
                             std::min(25.0, bar.width() / 4), frame.rect);
            for (const BarMark& mark : group.marks) {
                if (c >= mark.values.size() || !mark.values[c])
                    continue;
                if (mark.kind == BarMark::Kind::Diamond)
                    paintDiamond(*canvas, frame.map(middle, *mark.values[c]), frame.rect);
                else
                    canvas->polyline(QPolygonF{frame.map(left, *mark.values[c]), frame.map(left + share, *mark.values[c])},
                                     canvas->pen(style.axis, 1.3,
                                                 mark.kind == BarMark::Kind::Line ? Qt::SolidLine : Qt::DashLine),
                                     frame.rect);
            }
        }
    }
    if (frame.y.range.low < 0 && frame.y.range.high > 0)
        canvas->line(frame.map(x.low, 0), frame.map(x.high, 0), canvas->pen(style.axis, 0.8));
    paintFrame(*canvas, frame, cell);
    return frame.rect;
}

QRectF drawPanel(FigureCanvas* canvas, const ScatterPanel& panel, const QRectF& cell, const FigureStyle& style)
{
    ValueRange both{infinity, -infinity};
    const std::size_t count = std::min(panel.x.size(), panel.y.size());
    for (std::size_t i = 0; i < count; ++i)
        if (std::isfinite(panel.x[i]) && std::isfinite(panel.y[i])) {
            include(both, panel.x[i]);
            include(both, panel.y[i]);
        }
    const ValueRange range = panel.range ? *panel.range : paddedRange(both, DisplayScaling::Linear, 0.04);
    PlotFrame frame;
    frame.title = panel.title;
    frame.x.label = panel.xLabel;
    frame.y.label = panel.yLabel;
    fitFrame(frame, range, range, cell, style);
    // Equal scales on both axes need a square.
    const double side = std::min(frame.rect.width(), frame.rect.height());
    const QRectF square(frame.rect.center().x() - side / 2, frame.rect.top(), side, side);
    QRectF inner = cell;
    inner.setLeft(cell.left() + square.left() - frame.rect.left());
    inner.setRight(cell.right() - (frame.rect.right() - square.right()));
    inner.setBottom(cell.bottom() - (frame.rect.bottom() - square.bottom()));
    fitFrame(frame, range, range, inner, style);
    frame.y = makeAxis(range, DisplayScaling::Linear, panel.yLabel, frame.rect.width(), true);
    frame.x = makeAxis(range, DisplayScaling::Linear, panel.xLabel, frame.rect.width(), true);
    layOut(frame, inner, style);
    if (!canvas)
        return frame.rect;

    if (panel.identityLine)
        canvas->polyline(QPolygonF{frame.map(range.low, range.low), frame.map(range.high, range.high)},
                         canvas->pen(style.subdued, 0.9, Qt::DashLine), frame.rect);
    constexpr int levels = 24;
    const std::vector<int> level = densityLevels(panel.x, panel.y, range, levels);
    std::vector<QPolygonF> points(levels);
    std::set<std::pair<int, int>> taken; // dots on the same spot are drawn once: the same picture in a smaller file
    for (std::size_t i = 0; i < count; ++i) {
        if (level[i] < 0)
            continue;
        const QPointF at = frame.map(panel.x[i], panel.y[i]);
        if (taken.insert({int(at.x() / 3), int(at.y() / 3)}).second)
            points[std::size_t(panel.density ? level[i] : 0)] << at;
    }
    const double radius = count > 2000 ? 7 : count > 300 ? 10 : 14;
    for (int i = 0; i < levels; ++i) {
        const auto shade = std::size_t(i * 235 / (levels - 1));
        const QColor color = panel.density ? QColor::fromRgb(colorTable(ColorMap::Viridis)[shade]) : categoryColor(0);
        canvas->dots(points[std::size_t(i)], radius, color, frame.rect);
    }
    paintFrame(*canvas, frame, inner);
    return frame.rect;
}

QRectF drawPanel(FigureCanvas* canvas, const HistogramPanel& panel, const QRectF& cell, const FigureStyle& style)
{
    PlotFrame frame;
    frame.title = panel.title;
    frame.x.label = panel.xLabel;
    frame.y.label = panel.yLabel;
    double most = 1;
    for (const double count : panel.counts)
        most = std::max(most, count);
    frame.y.scaling = panel.logY ? DisplayScaling::Log : DisplayScaling::Linear;
    fitFrame(frame, panel.range, {panel.logY ? 0.7 : 0, most * (panel.logY ? 1.5 : 1.06)}, cell, style);
    if (!canvas)
        return frame.rect;
    const double step = (panel.range.high - panel.range.low) / double(std::max<std::size_t>(1, panel.counts.size()));
    // One outline for all bins: no hair lines between them.
    QPolygonF steps;
    steps << frame.map(panel.range.low, frame.y.range.low);
    for (std::size_t i = 0; i < panel.counts.size(); ++i) {
        const double value = std::max(panel.counts[i], frame.y.range.low);
        steps << frame.map(panel.range.low + step * double(i), value)
              << frame.map(panel.range.low + step * double(i + 1), value);
    }
    steps << frame.map(panel.range.high, frame.y.range.low);
    canvas->polygon(steps, colorOr(panel.color, 0), Qt::NoPen, frame.rect);
    paintFrame(*canvas, frame, cell);
    return frame.rect;
}

} // namespace dispersa
