// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a LinePanel on a QCustomPlot, so that the screen shows what the figure will show. Private to the plots.
#pragma once

#include "widgets/figure_panels.h"
#include "widgets/palette.h"

class QCustomPlot;

namespace dispersa {

void drawLines(QCustomPlot& plot, const LinePanel& panel, const PlotColors& colors, const QFont& font);
/// "name\nx label: 3\ny label: 0.25" of the point nearest to `position` (within 24 px); empty: none.
QString nearestPointText(const QCustomPlot& plot, const LinePanel& panel, const QPointF& position);

} // namespace dispersa
