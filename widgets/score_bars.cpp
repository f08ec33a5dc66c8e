// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/score_bars.h"

#include "widgets/figure_axes_p.h"
#include "widgets/image_view_p.h"
#include "widgets/palette.h"

#include <algorithm>
#include <cmath>

#include "widgets/qcustomplot_header.h"

namespace dispersa {

namespace {
QPen markPen(BarMark::Kind kind, const QColor& color)
{
    return QPen(color, 2, kind == BarMark::Kind::Line ? Qt::SolidLine : Qt::DotLine, Qt::FlatCap);
}

/// White with a dark edge: seen on bars of any colour and beside them.
QCPScatterStyle diamond()
{
    return QCPScatterStyle(QCPScatterStyle::ssDiamond, QPen(QColor(0x20, 0x20, 0x20), 1.2), Qt::white, 8);
}
} // namespace

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

void ScoreBars::setPanel(const BarPanel& panel)
{
    setScores(panel.categories, panel.groups, panel.yLabel);
    m_intervalName = panel.intervalName;
    m_range = panel.yRange;
}

void ScoreBars::setValueRange(std::optional<ValueRange> range)
{
    m_range = range;
    scheduleRebuild();
}

void ScoreBars::setLegendVisible(bool visible)
{
    m_legendVisible = visible;
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
    panel.intervalName = m_intervalName;
    return panel;
}

Figure ScoreBars::toFigure() const
{
    return Figure::single(panel(), m_categories.size() * qsizetype(m_groups.size()) > 16 || hasIntervals(m_groups) ? 180 : 85);
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
    ValueRange y = barRange(m_groups);
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const BarGroup& group = m_groups[g];
        auto* bars = new QCPBars(p.xAxis, p.yAxis);
        bars->setName(group.name);
        bars->setWidth(share * 0.9);
        bars->setPen(Qt::NoPen);
        if (!m_legendVisible)
            bars->removeFromLegend();
        bars->setBrush(group.color.isValid() ? group.color : categoryColor(int(g)));
        QVector<double> keys;
        QVector<double> values;
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
            keys.append(key);
            values.append(*group.values[c]);
        }
        bars->setData(keys, values);
        const double firstKey = -0.4 + share * (double(g) + 0.5);
        addWhiskers(group, firstKey);
        addMarks(group, firstKey, share);
    }
    addLegend();
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

void ScoreBars::addWhiskers(const BarGroup& group, double firstKey)
{
    QVector<double> keys, values, below, above;
    for (std::size_t c = 0; c < std::size_t(m_categories.size()); ++c)
        if (const auto whisker = whiskerOf(group, c)) {
            const double value = c < group.values.size() && group.values[c] ? *group.values[c] : whisker->low;
            keys.append(double(c) + firstKey);
            values.append(value);
            below.append(value - whisker->low);
            above.append(whisker->high - value);
        }
    if (keys.isEmpty())
        return;
    auto* points = new QCPGraph(plot()->xAxis, plot()->yAxis); // bars of their own: not every bar has a whisker
    points->setData(keys, values);
    points->setLineStyle(QCPGraph::lsNone);
    points->removeFromLegend();
    auto* whiskers = new QCPErrorBars(plot()->xAxis, plot()->yAxis);
    whiskers->setDataPlottable(points);
    whiskers->setData(below, above);
    whiskers->setPen(QPen(plotColors(palette()).text, 1.2));
    whiskers->setWhiskerWidth(6);
    whiskers->setSymbolGap(0);
    whiskers->removeFromLegend();
}

void ScoreBars::addMarks(const BarGroup& group, double firstKey, double share)
{
    const PlotColors colors = plotColors(palette());
    for (const BarMark& mark : group.marks) {
        QVector<double> keys, values;
        for (std::size_t c = 0; c < std::min(mark.values.size(), std::size_t(m_categories.size())); ++c) {
            if (!mark.values[c])
                continue;
            const double key = double(c) + firstKey;
            keys.append(key);
            values.append(*mark.values[c]);
            if (mark.kind == BarMark::Kind::Diamond)
                continue;
            auto* tick = new QCPItemLine(plot());
            tick->start->setCoords(key - share / 2, *mark.values[c]);
            tick->end->setCoords(key + share / 2, *mark.values[c]);
            tick->setPen(markPen(mark.kind, colors.text));
        }
        if (mark.kind != BarMark::Kind::Diamond || keys.isEmpty())
            continue;
        auto* diamonds = new QCPGraph(plot()->xAxis, plot()->yAxis);
        diamonds->setData(keys, values);
        diamonds->setLineStyle(QCPGraph::lsNone);
        diamonds->setScatterStyle(diamond());
        diamonds->removeFromLegend();
    }
}

/// Graphs without points: their symbols and words explain the marks.
void ScoreBars::addLegend()
{
    if (!m_legendVisible)
        return;
    const PlotColors colors = plotColors(palette());
    const auto add = [this](const QString& name) {
        auto* graph = new QCPGraph(plot()->xAxis, plot()->yAxis);
        graph->setName(name);
        graph->setLineStyle(QCPGraph::lsNone);
        return graph;
    };
    if (hasIntervals(m_groups)) {
        QPainterPath whisker;
        whisker.moveTo(0, -4);
        whisker.lineTo(0, 4);
        for (const double end : {-4.0, 4.0}) {
            whisker.moveTo(-2.5, end);
            whisker.lineTo(2.5, end);
        }
        add(m_intervalName)->setScatterStyle(QCPScatterStyle(whisker, QPen(colors.text, 1.2), Qt::NoBrush, 6));
    }
    for (const BarMark& mark : markKinds(m_groups)) {
        QCPGraph* graph = add(mark.name);
        if (mark.kind == BarMark::Kind::Diamond) {
            graph->setScatterStyle(diamond());
        } else {
            graph->setLineStyle(QCPGraph::lsLine);
            graph->setPen(markPen(mark.kind, colors.text));
        }
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
    QString text = QStringLiteral("%1, %2\n%3: %4")
                       .arg(m_categories[category], bars.name, m_valueLabel,
                            known ? QString::number(*bars.values[index], 'f', 3) : tr("undefined"));
    if (category < bars.notes.size() && !bars.notes[category].isEmpty())
        text += QLatin1Char('\n') + bars.notes[category];
    return text;
}

} // namespace dispersa
