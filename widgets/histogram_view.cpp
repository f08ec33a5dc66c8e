// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_view.h"

#include "widgets/display_scaling.h"
#include "widgets/image_view_p.h"
#include "widgets/palette.h"
#include "widgets/view_menu.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace dispersa {
namespace {

void include(ValueRange& range, std::span<const float> values)
{
    for (const float value : values)
        if (std::isfinite(value)) {
            range.low = std::min<double>(range.low, value);
            range.high = std::max<double>(range.high, value);
        }
}

std::vector<double> counted(std::span<const float> values, const ValueRange& extent, int bins)
{
    std::vector<double> counts(std::size_t(std::max(1, bins)), 0.0);
    if (values.empty())
        return {};
    for (const float value : values)
        if (std::isfinite(value)) {
            const double place = (value - extent.low) / (extent.high - extent.low) * bins;
            counts[std::size_t(std::clamp(int(place), 0, bins - 1))] += 1;
        }
    return counts;
}

} // namespace

HistogramView::HistogramView(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("histogramView"));
    setAccessibleName(tr("Histogram"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setFocusPolicy(Qt::StrongFocus);
}

void HistogramView::setValues(std::span<const float> values, int bins)
{
    setValues(values, {}, bins);
}

void HistogramView::setValues(std::span<const float> before, std::span<const float> after, int bins)
{
    ValueRange extent{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    include(extent, before);
    include(extent, after);
    m_extent = usableRange(extent, DisplayScaling::Linear);
    m_before = counted(before, m_extent, std::max(1, bins));
    m_after = counted(after, m_extent, std::max(1, bins));
    update();
}

void HistogramView::setNames(const QString& before, const QString& after)
{
    m_beforeName = before;
    m_afterName = after;
    update();
}

void HistogramView::setLabel(const QString& label)
{
    m_label = label;
    update();
}

void HistogramView::setLogCounts(bool on)
{
    m_log = on;
    update();
}

void HistogramView::setRange(std::optional<ValueRange> range, bool editable)
{
    m_range = range;
    m_editable = editable;
    update();
}

Figure HistogramView::toFigure() const
{
    if (m_after.empty())
        return Figure::single(HistogramPanel{m_before, m_extent, {}, m_label, tr("pixels"), m_log, {}});
    LinePanel panel;
    panel.xLabel = m_label;
    panel.yLabel = tr("pixels");
    const auto steps = [this](const std::vector<double>& counts, const QString& name) {
        FigureSeries series;
        series.name = name;
        const double step = (m_extent.high - m_extent.low) / double(counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i) {
            series.x.insert(series.x.end(), {m_extent.low + step * double(i), m_extent.low + step * double(i + 1)});
            series.y.insert(series.y.end(), {counts[i], counts[i]});
        }
        return series;
    };
    panel.series = {steps(m_before, m_beforeName), steps(m_after, m_afterName)};
    return Figure::single(panel);
}

QSize HistogramView::sizeHint() const
{
    return {320, 110};
}
QSize HistogramView::minimumSizeHint() const
{
    return {120, 70};
}

QRectF HistogramView::plotRect() const
{
    const QFontMetricsF metrics(readableFont(*this));
    const double below = metrics.height() * (m_label.isEmpty() ? 1 : 2) + 7;
    const double above = m_after.empty() ? 4 : metrics.height() + 4;
    return QRectF(rect()).adjusted(14, above, -14, -below);
}

double HistogramView::toX(double value) const
{
    const QRectF r = plotRect();
    return r.left() + (value - m_extent.low) / (m_extent.high - m_extent.low) * r.width();
}

double HistogramView::toValue(double x) const
{
    const QRectF r = plotRect();
    return m_extent.low + (x - r.left()) / std::max(1.0, r.width()) * (m_extent.high - m_extent.low);
}

void HistogramView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(readableFont(*this));
    const PlotColors colors = plotColors(palette());
    const QRectF r = plotRect();
    const QFontMetricsF metrics(painter.font());
    painter.fillRect(r, colors.background);
    double most = 1;
    for (const std::vector<double>* counts : {&m_before, &m_after})
        for (const double count : *counts)
            most = std::max(most, count);
    const auto height = [&](double count) {
        return r.height() * 0.95 * (m_log ? std::log1p(count) / std::log1p(most) : count / most);
    };
    const auto paintCounts = [&](const std::vector<double>& counts, const QColor& color) {
        if (counts.empty())
            return;
        QPainterPath path(r.bottomLeft());
        const double step = r.width() / double(counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i) {
            path.lineTo(r.left() + step * double(i), r.bottom() - height(counts[i]));
            path.lineTo(r.left() + step * double(i + 1), r.bottom() - height(counts[i]));
        }
        path.lineTo(r.bottomRight());
        QColor fill = color;
        fill.setAlpha(m_after.empty() ? 200 : 90);
        painter.fillPath(path, fill);
        painter.setPen(QPen(color, 1.2));
        painter.drawPath(path);
    };
    paintCounts(m_before, categoryColor(0));
    paintCounts(m_after, categoryColor(1));
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(colors.axis);
    painter.drawLine(r.bottomLeft(), r.bottomRight());
    painter.setPen(palette().color(QPalette::WindowText));
    const std::vector<double> ticks = niceTicks(m_extent.low, m_extent.high, std::clamp(int(r.width() / 70), 2, 8));
    const std::vector<QString> texts = tickTexts(ticks);
    for (std::size_t i = 0; i < ticks.size() && !m_before.empty(); ++i) {
        const double x = toX(ticks[i]);
        painter.drawLine(QPointF(x, r.bottom()), QPointF(x, r.bottom() + 3));
        const double width = metrics.horizontalAdvance(texts[i]);
        painter.drawText(
            QPointF(std::clamp(x - width / 2, 0.0, this->width() - width), r.bottom() + 4 + metrics.ascent()),
            texts[i]);
    }
    const QString label = metrics.elidedText(m_label, Qt::ElideRight, width());
    painter.drawText(QPointF((width() - metrics.horizontalAdvance(label)) / 2, this->height() - metrics.descent() - 1),
                     label);
    if (!m_after.empty()) {
        double x = r.left();
        for (const auto& [name, color] :
             {std::pair{m_beforeName, categoryColor(0)}, std::pair{m_afterName, categoryColor(1)}}) {
            painter.fillRect(QRectF(x, 5, 12, metrics.height() - 6), color);
            painter.drawText(QPointF(x + 16, 2 + metrics.ascent()), name);
            x += 32 + metrics.horizontalAdvance(name);
        }
    }
    if (m_range) {
        painter.setRenderHint(QPainter::Antialiasing);
        for (const double value : {m_range->low, m_range->high}) {
            const double x = std::clamp(toX(value), r.left(), r.right());
            painter.setPen(QPen(hasFocus() && m_editable ? palette().color(QPalette::Highlight) : colors.text, 1.6));
            painter.drawLine(QPointF(x, r.top()), QPointF(x, r.bottom()));
            if (m_editable) {
                painter.setBrush(colors.background);
                painter.drawEllipse(QPointF(x, r.top() + 5), 4, 4);
            }
        }
    }
}

void HistogramView::moveEnd(int end, double value)
{
    const double least = (m_extent.high - m_extent.low) / 1000;
    if (end == 0)
        m_range->low = std::clamp(value, m_extent.low, m_range->high - least);
    else
        m_range->high = std::clamp(value, m_range->low + least, m_extent.high);
    update();
    Q_EMIT rangeChanged(*m_range);
}

void HistogramView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_range || !m_editable)
        return;
    const double low = std::abs(event->position().x() - toX(m_range->low));
    const double high = std::abs(event->position().x() - toX(m_range->high));
    m_dragged = low < high ? 0 : 1;
    moveEnd(m_dragged, toValue(event->position().x()));
}

void HistogramView::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragged >= 0 && m_range)
        moveEnd(m_dragged, toValue(event->position().x()));
}

void HistogramView::mouseReleaseEvent(QMouseEvent*)
{
    if (m_dragged >= 0 && m_range)
        Q_EMIT rangeEdited(*m_range);
    m_dragged = -1;
}

void HistogramView::keyPressEvent(QKeyEvent* event)
{
    const bool left = event->key() == Qt::Key_Left;
    if (!m_range || !m_editable || (!left && event->key() != Qt::Key_Right)) {
        QWidget::keyPressEvent(event);
        return;
    }
    const double step = (m_extent.high - m_extent.low) / 100 * (left ? -1 : 1);
    const int end = event->modifiers() & Qt::ShiftModifier ? 1 : 0;
    moveEnd(end, (end == 0 ? m_range->low : m_range->high) + step);
    Q_EMIT rangeEdited(*m_range);
}

void HistogramView::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu(this);
    addViewActions(
        menu, this, [this] { return toFigure(); }, [this] { Q_EMIT dataExportRequested(); });
    menu.exec(event->globalPos());
}

} // namespace dispersa
