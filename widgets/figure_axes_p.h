// SPDX-License-Identifier: GPL-3.0-or-later
// Axes of a figure's plots: ranges, ticks, margins, frame and legend.
#pragma once

#include "widgets/figure_canvas_p.h"

namespace dispersa {

struct Axis {
    ValueRange range = {0, 1};
    DisplayScaling scaling = DisplayScaling::Linear;
    QString label = {};
    std::vector<double> ticks = {};
    std::vector<QString> texts = {};
};

/// Range around values with a margin; `withZero` includes zero without a margin beyond it.
ValueRange paddedRange(ValueRange range, DisplayScaling scaling, double share, bool withZero = false);
/// An axis `length` units long with as many ticks as fit.
Axis makeAxis(const ValueRange& range, DisplayScaling scaling, const QString& label, double length, bool horizontal);

struct LegendEntry {
    QString text = {};
    QColor color = {};
    bool dashed = false;
    bool box = false;
    bool diamond = false;
    bool whisker = false;
};

/// A frame with two axes, a title above and a legend between title and frame.
struct PlotFrame {
    QRectF rect = {}; ///< where data is drawn
    Axis x = {};
    Axis y = {};
    QString title = {};
    std::vector<LegendEntry> legend = {};
    bool yGrid = false;

    QPointF map(double xValue, double yValue) const;
};

/// Sets `frame.rect` so that labels, title and legend fit into `cell`.
void layOut(PlotFrame& frame, const QRectF& cell, const FigureStyle& style);
/// Grid, to be drawn before the data; frame, ticks, labels, title and legend after it.
void paintGrid(FigureCanvas& canvas, const PlotFrame& frame);
void paintFrame(FigureCanvas& canvas, const PlotFrame& frame, const QRectF& cell);

/// A diamond that can be told from any bar: white with a dark edge.
void paintDiamond(FigureCanvas& canvas, QPointF centre, const QRectF& clip);
/// A vertical line with caps of half width `cap`.
void paintWhisker(FigureCanvas& canvas, QPointF low, QPointF high, double cap, const QRectF& clip);

/// Thickness of a colour bar with its ticks and label, and the bar itself along `side` of `area`.
double colorBarRoom(const ColorScale& scale, bool vertical, const FigureStyle& style);
void paintColorBar(FigureCanvas& canvas, const ColorScale& scale, const QRectF& bar, bool vertical);

} // namespace dispersa
