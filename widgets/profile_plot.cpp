// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/profile_plot.h"

#include "widgets/image_view_p.h"
#include "widgets/line_drawing_p.h"

#include <QAction>
#include <QMenu>

#include <algorithm>
#include <numbers>

namespace dispersa {

ProfilePlot::ProfilePlot(QWidget* parent) : PlotView(parent), m_intensityLabel(tr("Mean intensity (counts)"))
{
    setObjectName(QStringLiteral("profilePlot"));
    setAccessibleName(tr("Radial profiles"));
    setPlaceholder(tr("Choose a region: its radial profile appears here."));
}

void ProfilePlot::setCurves(std::vector<RadialCurve> curves)
{
    m_curves = std::move(curves);
    scheduleRebuild();
}

void ProfilePlot::setQPixel(std::optional<double> qPixel_invA, bool asQ)
{
    m_qPixel_invA = qPixel_invA && *qPixel_invA > 0 ? qPixel_invA : std::nullopt;
    m_asQ = asQ;
    scheduleRebuild();
}

void ProfilePlot::setLogarithmic(bool on)
{
    m_logarithmic = on;
    scheduleRebuild();
}

void ProfilePlot::setIntensityLabel(const QString& label)
{
    m_intensityLabel = label;
    scheduleRebuild();
}

double ProfilePlot::step() const
{
    return m_qPixel_invA ? *m_qPixel_invA * (m_asQ ? 2 * std::numbers::pi : 1.0) : 1.0;
}

QString ProfilePlot::axisLabel() const
{
    if (!m_qPixel_invA)
        return tr("Radius (px)");
    return m_asQ ? tr("Q = 2π/d (1/Å)") : tr("q = 1/d (1/Å)");
}

LinePanel ProfilePlot::panel() const
{
    LinePanel panel;
    panel.title = title();
    panel.xLabel = axisLabel();
    panel.yLabel = m_intensityLabel;
    panel.logY = m_logarithmic;
    for (std::size_t c = 0; c < m_curves.size(); ++c) {
        const RadialCurve& curve = m_curves[c];
        FigureSeries series;
        series.name = curve.name;
        series.color = curve.color.isValid() ? curve.color : categoryColor(int(c));
        for (std::size_t r = 0; r < curve.intensity.size(); ++r) {
            series.x.push_back(double(r) * step());
            series.y.push_back(curve.intensity[r]);
        }
        panel.series.push_back(series);
        for (const int peak : curve.peaks)
            panel.markers.push_back(
                {peak * step(), QString::number(peak * step(), 'f', m_qPixel_invA ? 2 : 0), series.color});
    }
    std::sort(panel.markers.begin(), panel.markers.end(),
              [](const FigureMarker& a, const FigureMarker& b) { return a.x < b.x; });
    return panel;
}

Figure ProfilePlot::toFigure() const
{
    return Figure::single(panel());
}

bool ProfilePlot::isEmpty() const
{
    return std::all_of(m_curves.begin(), m_curves.end(), [](const RadialCurve& c) { return c.intensity.empty(); });
}

void ProfilePlot::rebuild()
{
    drawLines(*plot(), panel(), plotColors(palette()), readableFont(*this));
}
QString ProfilePlot::hoverText(const QPointF& position) const
{
    return nearestPointText(*plot(), panel(), position);
}

void ProfilePlot::addMenuActions(QMenu& menu)
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
