// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/score_bars.h"

#include "widgets/figure_axes_p.h"
#include "widgets/image_view_p.h"
#include "widgets/palette.h"

#include <algorithm>
#include <cmath>

#include "widgets/qcustomplot_header.h"

namespace dispersa {

ScoreBars::ScoreBars(QWidget* parent) : PlotView(parent)
{
    setObjectName(QStringLiteral("scoreBars"));
    setAccessibleName(tr("Scores"));
    setPlaceholder(tr("Scores appear here when a prediction is compared with real maps."));
}

void ScoreBars::setScores(QStringList categories, std::vector<BarGroup> groups, const QString& valueLabel)
{
    m_categories = std::move(categories);
    m_groups = std::move(groups);
    m_valueLabel = valueLabel;
    scheduleRebuild();
}

void ScoreBars::setValueRange(std::optional<ValueRange> range)
{
    m_range = range;
    scheduleRebuild();
}

BarPanel ScoreBars::panel() const
{
    BarPanel panel;
    panel.categories = m_categories;
    panel.groups = m_groups;
    panel.title = title();
    panel.yLabel = m_valueLabel;
    panel.yRange = m_range;
    return panel;
}

Figure ScoreBars::toFigure() const
{
    return Figure::single(panel(), m_categories.size() * qsizetype(m_groups.size()) > 16 ? 180 : 85);
}

bool ScoreBars::isEmpty() const
{
    return m_categories.isEmpty() || m_groups.empty();
}

void ScoreBars::rebuild()
{
    const PlotColors colors = plotColors(palette());
    QCustomPlot& p = *plot();
    const double share = 0.8 / double(std::max<std::size_t>(1, m_groups.size()));
    ValueRange y{0, 0};
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const BarGroup& group = m_groups[g];
        auto* bars = new QCPBars(p.xAxis, p.yAxis);
        bars->setName(group.name);
        bars->setWidth(share * 0.9);
        bars->setPen(Qt::NoPen);
        bars->setBrush(group.color.isValid() ? group.color : categoryColor(int(g)));
        QVector<double> keys;
        QVector<double> values;
        QVector<double> errors;
        for (std::size_t c = 0; c < std::min(group.values.size(), std::size_t(m_categories.size())); ++c) {
            const double key = double(c) - 0.4 + share * (double(g) + 0.5);
            if (!group.values[c] || !std::isfinite(*group.values[c])) {
                auto* dash = new QCPItemText(&p);
                dash->position->setCoords(key,
                                          std::clamp(0.0, m_range ? m_range->low : 0.0, m_range ? m_range->high : 0.0));
                dash->setPositionAlignment(Qt::AlignBottom | Qt::AlignHCenter);
                dash->setText(QStringLiteral("–"));
                dash->setFont(readableFont(*this));
                dash->setColor(colors.text);
                continue;
            }
            const double error = c < group.errors.size() && group.errors[c] ? *group.errors[c] : 0;
            keys.append(key);
            values.append(*group.values[c]);
            errors.append(error);
            y = {std::min(y.low, values.last() - error), std::max(y.high, values.last() + error)};
        }
        bars->setData(keys, values);
        if (std::any_of(errors.begin(), errors.end(), [](double e) { return e > 0; })) {
            auto* whiskers = new QCPErrorBars(p.xAxis, p.yAxis);
            whiskers->setDataPlottable(bars);
            whiskers->setData(errors);
            whiskers->setPen(QPen(colors.axis, 1));
            whiskers->setSymbolGap(0);
            whiskers->removeFromLegend();
        }
    }
    y = m_range ? *m_range : paddedRange(y, DisplayScaling::Linear, 0.06, true);
    const QSharedPointer<QCPAxisTickerText> names(new QCPAxisTickerText);
    for (qsizetype c = 0; c < m_categories.size(); ++c)
        names->addTick(double(c), m_categories[c]);
    p.xAxis->setTicker(names);
    p.xAxis->setRange(-0.5, double(m_categories.size()) - 0.5);
    p.xAxis->grid()->setVisible(false);
    const QSharedPointer<QCPAxisTickerText> numbers(new QCPAxisTickerText);
    const std::vector<double> ticks = niceTicks(y.low, y.high, std::clamp((p.height() - 80) / 40, 2, 8));
    const std::vector<QString> texts = tickTexts(ticks);
    for (std::size_t i = 0; i < ticks.size(); ++i)
        numbers->addTick(ticks[i], texts[i]);
    p.yAxis->setTicker(numbers);
    p.yAxis->setRange(y.low, y.high);
    p.yAxis->setLabel(m_valueLabel);
    if (y.low < 0 && y.high > 0) {
        auto* zero = new QCPItemStraightLine(&p);
        zero->point1->setCoords(-1, 0);
        zero->point2->setCoords(double(m_categories.size()), 0);
        zero->setPen(QPen(colors.axis, 1));
    }
}

QString ScoreBars::hoverText(const QPointF& position) const
{
    const double x = plot()->xAxis->pixelToCoord(position.x());
    const auto category = qsizetype(std::floor(x + 0.5));
    const double share = 0.8 / double(std::max<std::size_t>(1, m_groups.size()));
    const auto group = int(std::floor((x - double(category) + 0.4) / share));
    if (!plot()->axisRect()->rect().contains(position.toPoint()) || category < 0 || category >= m_categories.size() ||
        group < 0 || group >= int(m_groups.size()))
        return {};
    const BarGroup& bars = m_groups[std::size_t(group)];
    const auto index = std::size_t(category);
    const bool known = index < bars.values.size() && bars.values[index];
    return QStringLiteral("%1, %2\n%3: %4")
        .arg(m_categories[category], bars.name, m_valueLabel,
             known ? QString::number(*bars.values[index], 'f', 3) : tr("undefined"));
}

} // namespace dispersa
