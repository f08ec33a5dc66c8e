// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/share_plot.h"

#include "widgets/image_view_p.h"
#include "widgets/line_drawing_p.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

#include "widgets/qcustomplot_header.h"

namespace dispersa {
namespace {

/// All points with their errors; not so narrow that differences nobody cares for look large.
ValueRange scoreRange(const LinePanel& panel)
{
    constexpr double narrowest = 0.05;
    std::optional<ValueRange> range;
    for (const FigureSeries& series : panel.series)
        for (std::size_t i = 0; i < series.y.size(); ++i) {
            const ValueRange own{series.y[i] - series.error(i), series.y[i] + series.error(i)};
            range = range ? ValueRange{std::min(range->low, own.low), std::max(range->high, own.high)} : own;
        }
    if (!range)
        return {0, 1};
    const double middle = (range->low + range->high) / 2;
    const double half = std::max(narrowest, range->high - range->low) * 0.56;
    return {middle - half, middle + half};
}

} // namespace

SharePlot::SharePlot(QWidget* parent)
    : PlotView(parent), m_shareLabel(tr("Share of the data (%)")), m_scoreLabel(tr("Score"))
{
    setObjectName(QStringLiteral("sharePlot"));
    setAccessibleName(tr("Score against the share of the data"));
}

void SharePlot::setCurves(std::vector<ShareCurve> curves)
{
    m_curves = std::move(curves);
    const std::vector<double> known = shares();
    const auto keep = [&known](const std::optional<double>& share) {
        return share && std::find(known.begin(), known.end(), *share) != known.end() ? share : std::nullopt;
    };
    setShown(keep(m_hovered), keep(m_chosen));
    scheduleRebuild();
}

void SharePlot::setLabels(const QString& share, const QString& score)
{
    m_shareLabel = share;
    m_scoreLabel = score;
    scheduleRebuild();
}

void SharePlot::setMarked(std::optional<double> share, const QString& word)
{
    m_marked = share;
    m_markedWord = word;
    scheduleRebuild();
}

std::vector<double> SharePlot::shares() const
{
    std::vector<double> all;
    for (const ShareCurve& curve : m_curves)
        for (const SharePoint& point : curve.points)
            all.push_back(point.share);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

void SharePlot::setChosenShare(std::optional<double> share)
{
    setShown(m_hovered, share);
}

void SharePlot::setShown(std::optional<double> hovered, std::optional<double> chosen)
{
    const auto before = shownShare();
    m_hovered = hovered;
    m_chosen = chosen;
    if (shownShare() == before)
        return;
    scheduleRebuild();
    Q_EMIT shownShareChanged();
}

LinePanel sharePanel(const std::vector<ShareCurve>& curves, const QString& shareLabel, const QString& scoreLabel)
{
    LinePanel panel;
    panel.xLabel = shareLabel;
    panel.yLabel = scoreLabel;
    for (std::size_t c = 0; c < curves.size(); ++c) {
        FigureSeries series;
        series.name = curves[c].name;
        series.color = categoryColor(int(c));
        series.dots = true;
        for (const SharePoint& point : curves[c].points) {
            series.x.push_back(100 * point.share);
            series.y.push_back(point.mean);
            series.errors.push_back(point.sd);
        }
        panel.series.push_back(std::move(series));
    }
    panel.xRange = ValueRange{0, 103};
    panel.yRange = scoreRange(panel);
    return panel;
}

LinePanel SharePlot::panel() const
{
    LinePanel panel = sharePanel(m_curves, m_shareLabel, m_scoreLabel);
    panel.title = title();
    if (m_marked)
        panel.markers.push_back({100 * *m_marked, m_markedWord, {}});
    return panel;
}

Figure SharePlot::toFigure() const
{
    return Figure::single(panel());
}

bool SharePlot::isEmpty() const
{
    return shares().empty();
}

void SharePlot::rebuild()
{
    drawLines(*plot(), panel(), plotColors(palette()), readableFont(*this));
    const auto shown = shownShare();
    if (!shown)
        return;
    // The share that is read out: a band under the curves, which neither hides them nor looks like a grid line.
    auto* band = new QCPItemRect(plot());
    band->setLayer(QStringLiteral("grid"));
    band->topLeft->setTypeY(QCPItemPosition::ptAxisRectRatio);
    band->bottomRight->setTypeY(QCPItemPosition::ptAxisRectRatio);
    band->topLeft->setCoords(100 * *shown - 1.2, 0);
    band->bottomRight->setCoords(100 * *shown + 1.2, 1);
    QColor color = palette().color(QPalette::Highlight);
    color.setAlpha(90);
    band->setPen(Qt::NoPen);
    band->setBrush(color);
}

QString SharePlot::hoverText(const QPointF& position) const
{
    return nearestPointText(*plot(), panel(), position);
}

std::optional<double> SharePlot::nearestShare(const QPointF& position) const
{
    if (!plot()->axisRect()->rect().contains(position.toPoint()))
        return std::nullopt;
    std::optional<double> nearest;
    double best = 0;
    for (const double share : shares()) {
        const double away = std::abs(plot()->xAxis->coordToPixel(100 * share) - position.x());
        if (!nearest || away < best) {
            nearest = share;
            best = away;
        }
    }
    return nearest;
}

bool SharePlot::eventFilter(QObject* object, QEvent* event)
{
    if (object == plot()) {
        if (event->type() == QEvent::MouseMove)
            setShown(nearestShare(static_cast<QMouseEvent*>(event)->position()), m_chosen);
        else if (event->type() == QEvent::Leave)
            setShown(std::nullopt, m_chosen);
        else if (event->type() == QEvent::MouseButtonPress &&
                 static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton) {
            setFocus(Qt::MouseFocusReason);
            if (const auto share = nearestShare(static_cast<QMouseEvent*>(event)->position()))
                setShown(m_hovered, share);
        }
    }
    return PlotView::eventFilter(object, event);
}

void SharePlot::keyPressEvent(QKeyEvent* event)
{
    const std::vector<double> all = shares();
    if (all.empty())
        return PlotView::keyPressEvent(event);
    const auto at = m_chosen ? std::find(all.begin(), all.end(), *m_chosen) : all.end();
    const auto last = all.end() - 1;
    auto next = last;
    switch (event->key()) {
    case Qt::Key_Left:
        next = at == all.end() ? last : at == all.begin() ? at : at - 1;
        break;
    case Qt::Key_Right:
        next = at == all.end() ? all.begin() : at == last ? at : at + 1;
        break;
    case Qt::Key_Home:
        next = all.begin();
        break;
    case Qt::Key_End:
        break;
    default:
        return PlotView::keyPressEvent(event);
    }
    setShown(std::nullopt, *next); // what was asked for last is what is read out
}

} // namespace dispersa
