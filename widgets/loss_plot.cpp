// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_plot.h"

#include "widgets/image_view_p.h"
#include "widgets/line_drawing_p.h"

#include <QAction>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/qcustomplot_header.h"

namespace dispersa {
namespace {

FigureSeries lossSeries(const std::vector<EpochRecord>& epochs, const QString& name)
{
    FigureSeries series;
    series.name = name;
    for (const EpochRecord& epoch : epochs) {
        series.x.push_back(epoch.epoch);
        series.y.push_back(epoch.loss);
    }
    return series;
}

/// Without a single value there is no validation curve.
std::optional<FigureSeries> validationSeries(const std::vector<EpochRecord>& epochs, const QString& name)
{
    FigureSeries series;
    series.name = name;
    bool any = false;
    for (const EpochRecord& epoch : epochs) {
        any = any || epoch.valLoss;
        series.x.push_back(epoch.epoch);
        series.y.push_back(epoch.valLoss.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    return any ? std::optional(series) : std::nullopt;
}

} // namespace

LossPlot::LossPlot(QWidget* parent) : PlotView(parent), m_lossLabel(tr("Loss (MAE)"))
{
    setObjectName(QStringLiteral("lossPlot"));
    setAccessibleName(tr("Loss curves"));
    setPlaceholder(tr("The loss of every epoch appears here while a network trains."));
}

void LossPlot::setHistory(std::vector<EpochRecord> epochs)
{
    m_history = std::move(epochs);
    scheduleRebuild();
}

void LossPlot::appendEpoch(const EpochRecord& epoch)
{
    m_history.push_back(epoch);
    scheduleRebuild();
}

void LossPlot::setOverlays(std::vector<NamedHistory> overlays)
{
    m_overlays = std::move(overlays);
    scheduleRebuild();
}

void LossPlot::setBestEpoch(int epoch)
{
    m_bestEpoch = epoch;
    scheduleRebuild();
}

void LossPlot::setLogarithmic(bool on)
{
    m_logarithmic = on;
    scheduleRebuild();
}

void LossPlot::setStepLabel(const QString& label)
{
    m_stepLabel = label;
    scheduleRebuild();
}

void LossPlot::setLossLabel(const QString& label)
{
    m_lossLabel = label;
    scheduleRebuild();
}

void LossPlot::setValidationName(const QString& name)
{
    m_validationName = name;
    scheduleRebuild();
}

QString LossPlot::validationName() const
{
    return m_validationName.isEmpty() ? tr("Validation") : m_validationName;
}

LinePanel LossPlot::panel() const
{
    LinePanel panel;
    panel.title = title();
    panel.xLabel = m_stepLabel.isEmpty() ? tr("Epoch") : m_stepLabel;
    panel.yLabel = m_lossLabel;
    panel.logY = m_logarithmic;
    if (!m_history.empty()) {
        FigureSeries training = lossSeries(m_history, tr("Training"));
        training.color = categoryColor(0);
        training.dots = m_history.size() <= 30;
        panel.series.push_back(training);
        if (std::optional<FigureSeries> validation = validationSeries(m_history, validationName())) {
            validation->color = categoryColor(1);
            validation->dots = training.dots;
            panel.series.push_back(*validation);
        }
    }
    for (std::size_t i = 0; i < m_overlays.size(); ++i) {
        const NamedHistory& overlay = m_overlays[i];
        const QColor color = categoryColor(int(i) + 2);
        const QString name = overlay.name;
        // One colour per run: validation drawn through, training dashed.
        std::optional<FigureSeries> validation = validationSeries(overlay.epochs, name);
        FigureSeries training = lossSeries(overlay.epochs, validation ? QString() : name);
        training.color = color;
        training.dashed = validation.has_value();
        panel.series.push_back(training);
        if (validation) {
            validation->color = color;
            panel.series.push_back(*validation);
        }
    }
    const bool known = std::any_of(m_history.begin(), m_history.end(),
                                   [this](const EpochRecord& e) { return e.epoch == m_bestEpoch; });
    if (m_bestEpoch > 0 && known)
        panel.markers.push_back({double(m_bestEpoch), tr("best: epoch %1").arg(m_bestEpoch), {}});
    // Whole epochs only, also when there is but one.
    int last = 1;
    for (const FigureSeries& series : panel.series)
        for (const double epoch : series.x)
            last = std::max(last, int(epoch));
    panel.xRange = ValueRange{1 - 0.03 * std::max(3, last), last + 0.03 * std::max(3, last)};
    return panel;
}

Figure LossPlot::toFigure() const
{
    return Figure::single(panel());
}
bool LossPlot::isEmpty() const
{
    return m_history.empty() && m_overlays.empty();
}

void LossPlot::rebuild()
{
    drawLines(*plot(), panel(), plotColors(palette()), readableFont(*this));
    const QSharedPointer<QCPAxisTickerFixed> whole(new QCPAxisTickerFixed);
    whole->setTickStep(1);
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    plot()->xAxis->setTicker(whole);
}

QString LossPlot::hoverText(const QPointF& position) const
{
    return nearestPointText(*plot(), panel(), position);
}

void LossPlot::addMenuActions(QMenu& menu)
{
    QAction* log = menu.addAction(tr("Logarithmic"));
    log->setCheckable(true);
    log->setChecked(m_logarithmic);
    connect(log, &QAction::toggled, this, [this](bool on) {
        setLogarithmic(on);
        Q_EMIT logarithmicChanged(on);
    });
}

} // namespace dispersa
