// SPDX-License-Identifier: GPL-3.0-or-later
// How each kind of panel is measured and painted. Private to the figure.
#pragma once

#include "widgets/figure_canvas_p.h"

namespace dispersa {

/// Height that a panel wants in a cell of `width`; both in units.
double wantedHeight(const FigurePanel& panel, double width, const FigureStyle& style);
/// Where its data will be drawn.
QRectF axesRect(const FigurePanel& panel, const QRectF& cell, const FigureStyle& style);
void paintPanel(FigureCanvas& canvas, const FigurePanel& panel, const QRectF& cell);

// The plots (figure_plots.cpp) and the images (figure_images.cpp); `canvas` null: measure only. They return the axes.
QRectF drawPanel(FigureCanvas* canvas, const LinePanel& panel, const QRectF& cell, const FigureStyle& style);
QRectF drawPanel(FigureCanvas* canvas, const BarPanel& panel, const QRectF& cell, const FigureStyle& style);
QRectF drawPanel(FigureCanvas* canvas, const ScatterPanel& panel, const QRectF& cell, const FigureStyle& style);
QRectF drawPanel(FigureCanvas* canvas, const HistogramPanel& panel, const QRectF& cell, const FigureStyle& style);
QRectF drawPanel(FigureCanvas* canvas, const ImagePanel& panel, const QRectF& cell, const FigureStyle& style);
QRectF drawPanel(FigureCanvas* canvas, const MatrixPanel& panel, const QRectF& cell, const FigureStyle& style);
QRectF drawPanel(FigureCanvas* canvas, const TextPanel& panel, const QRectF& cell, const FigureStyle& style);
double imageHeight(const ImagePanel& panel, double width, const FigureStyle& style);
double matrixHeight(const MatrixPanel& panel, double width, const FigureStyle& style);

/// What stands in a cell of a matrix: the rounded value, or a dash.
QString matrixCellText(const MatrixPanel& panel, int row, int column);

} // namespace dispersa
