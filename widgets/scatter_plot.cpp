// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scatter_plot.h"

#include "widgets/display_scaling.h"
#include "widgets/figure_axes_p.h"
#include "widgets/palette.h"
#include "widgets/point_density.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/qcustomplot_header.h"

namespace dispersa {
namespace {

constexpr int levels = 16;

ValueRange commonRange(const std::vector<float>& a, const std::vector<float>& b)
{
    ValueRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        if (std::isfinite(a[i]) && std::isfinite(b[i])) {
            range.low = std::min<double>(range.low, std::min(a[i], b[i]));
            range.high = std::max<double>(range.high, std::max(a[i], b[i]));
        }
    return paddedRange(range, DisplayScaling::Linear, 0.04);
}

} // namespace

ScatterPlot::ScatterPlot(QWidget* parent) : PlotView(parent)
{
    setObjectName(QStringLiteral("scatterPlot"));
    setAccessibleName(tr("Actual against predicted values"));
    setPlaceholder(tr("Actual against predicted values appear here after a comparison."));
    // Equal scales on both axes, whatever the shape of the widget.
    connect(plot(), &QCustomPlot::afterLayout, this, [this] {
        if (isEmpty())
            return;
        const ValueRange range = commonRange(m_actual, m_predicted);
        const QRect rect = plot()->axisRect()->rect();
        const double perPixel = (range.high - range.low) / std::max(1, std::min(rect.width(), rect.height()));
        const double centre = (range.high + range.low) / 2;
        plot()->xAxis->setRange(centre - perPixel * rect.width() / 2, centre + perPixel * rect.width() / 2);
        plot()->yAxis->setRange(centre - perPixel * rect.height() / 2, centre + perPixel * rect.height() / 2);
    });
}

void ScatterPlot::setPairs(std::vector<float> actual, std::vector<float> predicted, const QString& quantity,
                           const QString& unit, std::optional<double> pearson)
{
    m_actual = std::move(actual);
    m_predicted = std::move(predicted);
    m_quantity = quantity;
    m_unit = unit;
    m_pearson = pearson;
    const QString r = pearson ? tr("r = %1").arg(numberText(*pearson, 3)) : tr("r undefined");
    setTitle(QStringLiteral("%1, %2").arg(quantity, r));
}

ScatterPanel ScatterPlot::panel() const
{
    ScatterPanel panel;
    panel.x = m_actual;
    panel.y = m_predicted;
    panel.title = title();
    panel.xLabel = tr("Actual %1 (%2)").arg(m_quantity, m_unit);
    panel.yLabel = tr("Predicted %1 (%2)").arg(m_quantity, m_unit);
    return panel;
}

Figure ScatterPlot::toFigure() const
{
    return Figure::single(panel());
}

bool ScatterPlot::isEmpty() const
{
    for (std::size_t i = 0; i < std::min(m_actual.size(), m_predicted.size()); ++i)
        if (std::isfinite(m_actual[i]) && std::isfinite(m_predicted[i]))
            return false;
    return true;
}

void ScatterPlot::rebuild()
{
    QCustomPlot& p = *plot();
    if (isEmpty())
        return;
    const PlotColors colors = plotColors(palette());
    const ValueRange range = commonRange(m_actual, m_predicted);
    auto* identity = new QCPItemStraightLine(&p);
    identity->point1->setCoords(range.low, range.low);
    identity->point2->setCoords(range.high, range.high);
    identity->setPen(QPen(colors.subdued, 1.2, Qt::DashLine));
    identity->setLayer(QStringLiteral("grid"));

    const std::vector<int> level = densityLevels(m_actual, m_predicted, range, levels);
    std::vector<QVector<double>> xs(levels);
    std::vector<QVector<double>> ys(levels);
    for (std::size_t i = 0; i < level.size(); ++i)
        if (level[i] >= 0) {
            xs[std::size_t(level[i])].append(m_actual[i]);
            ys[std::size_t(level[i])].append(m_predicted[i]);
        }
    const double size = level.size() > 2000 ? 2.5 : level.size() > 300 ? 4 : 6;
    for (int i = 0; i < levels; ++i) {
        QCPGraph* graph = p.addGraph();
        // Viridis but its brightest end on a light page and its darkest on a dark one.
        const int shade = isDark(palette()) ? 60 + i * 195 / (levels - 1) : i * 225 / (levels - 1);
        const QColor color = QColor::fromRgb(colorTable(ColorMap::Viridis)[std::size_t(shade)]);
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, size));
        graph->setAdaptiveSampling(false);
        graph->setData(xs[std::size_t(i)], ys[std::size_t(i)]);
        graph->removeFromLegend();
    }
    const ScatterPanel shown = panel();
    p.xAxis->setLabel(shown.xLabel);
    p.yAxis->setLabel(shown.yLabel);
    for (QCPAxis* axis : {p.xAxis, p.yAxis}) {
        axis->setRange(range.low, range.high);
        const QSharedPointer<QCPAxisTicker> ticker(new QCPAxisTicker);
        ticker->setTickCount(5);
        axis->setTicker(ticker);
        axis->setNumberFormat(QStringLiteral("g"));
    }
}

QString ScatterPlot::hoverText(const QPointF& position) const
{
    if (!plot()->axisRect()->rect().contains(position.toPoint()))
        return {};
    return tr("actual %1\npredicted %2")
        .arg(plot()->xAxis->pixelToCoord(position.x()), 0, 'g', 4)
        .arg(plot()->yAxis->pixelToCoord(position.y()), 0, 'g', 4);
}

} // namespace dispersa
