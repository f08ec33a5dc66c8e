// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/line_drawing_p.h"

#include "widgets/figure_axes_p.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "widgets/qcustomplot_header.h"

namespace dispersa {

void drawLines(QCustomPlot& plot, const LinePanel& panel, const PlotColors& colors, const QFont& font)
{
    constexpr double infinity = std::numeric_limits<double>::infinity();
    ValueRange x{infinity, -infinity};
    ValueRange y{infinity, -infinity};
    for (std::size_t s = 0; s < panel.series.size(); ++s) {
        const FigureSeries& series = panel.series[s];
        const QColor color = series.color.isValid() ? series.color : categoryColor(int(s));
        QCPGraph* graph = plot.addGraph();
        QVector<double> xs;
        QVector<double> ys;
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
            const bool shown = std::isfinite(series.y[i]) && (!panel.logY || series.y[i] > 0);
            xs.append(series.x[i]);
            ys.append(shown ? series.y[i] : std::numeric_limits<double>::quiet_NaN());
            if (!shown)
                continue;
            x = {std::min(x.low, series.x[i]), std::max(x.high, series.x[i])};
            y = {std::min(y.low, series.y[i] - series.error(i)), std::max(y.high, series.y[i] + series.error(i))};
        }
        graph->setData(xs, ys, true);
        graph->setName(series.name);
        graph->setAntialiased(true);
        graph->setPen(QPen(color, series.dashed ? 1.3 : 1.8, series.dashed ? Qt::DashLine : Qt::SolidLine));
        graph->setLineStyle(series.line ? QCPGraph::lsLine : QCPGraph::lsNone);
        if (series.dots || xs.size() == 1)
            graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, 5));
        if (series.name.isEmpty() || !panel.legend)
            graph->removeFromLegend();
        if (!series.errors.empty()) {
            QVector<double> errors;
            for (qsizetype i = 0; i < xs.size(); ++i)
                errors.append(series.error(std::size_t(i)));
            auto* whiskers = new QCPErrorBars(plot.xAxis, plot.yAxis);
            whiskers->setDataPlottable(graph);
            whiskers->setData(errors);
            whiskers->setPen(QPen(color, 1.2));
            whiskers->setWhiskerWidth(6);
            whiskers->setSymbolGap(0);
            whiskers->removeFromLegend();
        }
    }
    const DisplayScaling scaling = panel.logY ? DisplayScaling::Log : DisplayScaling::Linear;
    x = panel.xRange ? *panel.xRange : paddedRange(x, DisplayScaling::Linear, 0.03);
    y = panel.yRange ? *panel.yRange : paddedRange(y, scaling, 0.06);
    plot.xAxis->setLabel(panel.xLabel);
    plot.yAxis->setLabel(panel.yLabel);
    plot.yAxis->setScaleType(panel.logY ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    plot.xAxis->setRange(x.low, x.high);
    plot.yAxis->setRange(y.low, y.high);
    plot.xAxis->grid()->setVisible(false);
    const auto ticker = [](const ValueRange& range, DisplayScaling axisScaling, int room, int each) {
        const QSharedPointer<QCPAxisTickerText> texts(new QCPAxisTickerText);
        const std::vector<double> ticks = niceTicks(range.low, range.high, std::clamp(room / each, 2, 8), axisScaling);
        const std::vector<QString> words = tickTexts(ticks);
        for (std::size_t i = 0; i < ticks.size(); ++i)
            texts->addTick(ticks[i], words[i]);
        return texts;
    };
    plot.xAxis->setTicker(ticker(x, DisplayScaling::Linear, plot.width() - 80, 70));
    plot.yAxis->setTicker(ticker(y, scaling, plot.height() - 80, 40));

    // Words that would touch go to the next of three rows.
    std::array<double, 3> rowEnds = {-infinity, -infinity, -infinity};
    const QFontMetricsF metrics(font);
    for (const FigureMarker& marker : panel.markers) {
        auto* line = new QCPItemStraightLine(&plot);
        line->point1->setCoords(marker.x, y.low);
        line->point2->setCoords(marker.x, y.high);
        line->setPen(QPen(marker.color.isValid() ? marker.color : colors.subdued, 1, Qt::DashLine));
        const double perX = (plot.width() - 80) / (x.high - x.low);
        const double width = metrics.horizontalAdvance(marker.text) + 10;
        const bool leftSide = (marker.x - x.low) * perX + width > plot.width() - 80;
        const double start = (marker.x - x.low) * perX - (leftSide ? width : 0);
        const auto row = std::find_if(rowEnds.begin(), rowEnds.end(), [start](double end) { return start > end; });
        if (marker.text.isEmpty() || row == rowEnds.end())
            continue;
        *row = start + width;
        auto* text = new QCPItemText(&plot);
        text->position->setTypeX(QCPItemPosition::ptPlotCoords);
        text->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        text->position->setCoords(marker.x, 0.01 + double(row - rowEnds.begin()) * (metrics.height() + 2) /
                                                       std::max(40, plot.height() - 80));
        text->setPositionAlignment(Qt::AlignTop | (leftSide ? Qt::AlignRight : Qt::AlignLeft));
        text->setText(marker.text);
        text->setFont(font);
        text->setColor(colors.text);
        text->setPadding(QMargins(4, 1, 4, 1));
    }
}

QString nearestPointText(const QCustomPlot& plot, const LinePanel& panel, const QPointF& position)
{
    double best = 24;
    QString text;
    for (const FigureSeries& series : panel.series) {
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
            if (!std::isfinite(series.y[i]))
                continue;
            const double away = std::hypot(plot.xAxis->coordToPixel(series.x[i]) - position.x(),
                                           plot.yAxis->coordToPixel(series.y[i]) - position.y());
            if (away >= best)
                continue;
            best = away;
            const double error = series.error(i);
            text = QStringLiteral("%1%2: %3\n%4: %5%6")
                       .arg(series.name.isEmpty() ? QString() : series.name + QLatin1Char('\n'), panel.xLabel,
                            QString::number(series.x[i], 'g', 5), panel.yLabel, QString::number(series.y[i], 'g', 5),
                            error > 0 ? QStringLiteral(" ± ") + QString::number(error, 'g', 2) : QString());
        }
    }
    return text;
}

} // namespace dispersa
