// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_view.h"

#include "widgets/image_view_p.h"
#include "widgets/palette.h"
#include "widgets/view_menu.h"

#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QStackedLayout>
#include <QToolTip>

#include "widgets/qcustomplot_header.h"

namespace dispersa {

PlotView::PlotView(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
    m_plot = new QCustomPlot(this);
    m_plot->setObjectName(QStringLiteral("plot"));
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_emptyText = new QLabel(this);
    m_emptyText->setAlignment(Qt::AlignCenter);
    m_emptyText->setWordWrap(true);
    m_emptyText->setMargin(12);
    m_stack = new QStackedLayout(this);
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(m_plot);
    m_stack->addWidget(m_emptyText);
    m_plot->axisRect()->insetLayout()->take(m_plot->legend);
    m_plot->legend->setVisible(false);
}

PlotView::~PlotView() = default;

void PlotView::setTitle(const QString& title)
{
    m_title = title;
    scheduleRebuild();
}

void PlotView::setPlaceholder(const QString& text)
{
    m_emptyText->setText(text);
    scheduleRebuild();
}

QString PlotView::hoverText(const QPointF&) const
{
    return {};
}
QSize PlotView::sizeHint() const
{
    return {420, 300};
}
QSize PlotView::minimumSizeHint() const
{
    return {200, 150};
}

void PlotView::scheduleRebuild()
{
    if (m_pending)
        return;
    m_pending = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_pending)
                rebuildNow();
        },
        Qt::QueuedConnection);
}

void PlotView::rebuildNow()
{
    m_pending = false;
    m_stack->setCurrentWidget(isEmpty() ? static_cast<QWidget*>(m_emptyText) : m_plot);
    m_plot->clearItems();
    m_plot->clearPlottables();
    rebuild();
    applyStyle();
    m_plot->replot(QCustomPlot::rpQueuedRefresh);
}

void PlotView::applyStyle()
{
    const PlotColors colors = plotColors(palette());
    const QFont font = readableFont(*this);
    QFont bold = font;
    bold.setBold(true);
    m_plot->setBackground(colors.background);
    m_plot->axisRect()->setupFullAxesBox(false);
    for (QCPAxis* axis : m_plot->axisRect()->axes()) {
        const bool labelled = axis == m_plot->xAxis || axis == m_plot->yAxis;
        axis->setBasePen(QPen(colors.axis, 1));
        axis->setTickPen(QPen(colors.axis, 1));
        axis->setSubTickPen(QPen(colors.axis, 1));
        axis->setTicks(labelled);
        axis->setTickLabels(labelled);
        axis->setTickLength(0, 4);
        axis->setSubTicks(false);
        axis->setTickLabelFont(font);
        axis->setTickLabelColor(colors.text);
        axis->setLabelFont(font);
        axis->setLabelColor(colors.text);
        axis->setLabelPadding(4);
        axis->grid()->setPen(QPen(colors.grid, 1));
        axis->grid()->setZeroLinePen(QPen(colors.grid, 1));
        axis->grid()->setSubGridVisible(false);
        axis->setSelectableParts(QCPAxis::spNone);
    }

    // Title and legend stand above the axes, where they never cover data.
    QCPLayoutGrid* grid = m_plot->plotLayout();
    if (m_titleElement) {
        grid->remove(m_titleElement);
        m_titleElement = nullptr;
    }
    QCPLegend* legend = m_plot->legend;
    if (m_legendRow) {
        m_legendRow->take(legend);
        grid->remove(m_legendRow);
        m_legendRow = nullptr;
    }
    QCPAxisRect* axes = m_plot->axisRect();
    grid->take(axes);
    grid->simplify();
    int row = 0;
    if (!m_title.isEmpty()) {
        m_titleElement = new QCPTextElement(m_plot, m_title, bold);
        m_titleElement->setTextColor(colors.text);
        grid->addElement(row, 0, m_titleElement);
        grid->setRowStretchFactor(row++, 0.001);
    }
    const bool withLegend = legend->itemCount() > 1;
    legend->setVisible(withLegend);
    if (withLegend) {
        legend->setBorderPen(Qt::NoPen);
        legend->setBrush(Qt::NoBrush);
        legend->setFont(font);
        legend->setTextColor(colors.text);
        legend->setIconSize(22, QFontMetrics(font).height() + 2);
        legend->setColumnSpacing(14);
        legend->setRowSpacing(0);
        legend->setMargins(QMargins(40, 4, 6, 2));
        legend->setFillOrder(QCPLegend::foColumnsFirst, false);
        double widest = 1;
        for (int i = 0; i < legend->itemCount(); ++i)
            if (const QCPAbstractLegendItem* item = legend->item(i)) // a wrapped legend counts its empty places too
                widest = std::max(widest, double(item->minimumOuterSizeHint().width()));
        legend->setWrap(std::clamp(int((m_plot->width() - 70) / (widest + 14)), 1, 12));
        legend->setFillOrder(QCPLegend::foColumnsFirst, true);
        // As wide as its words need: an empty element takes the rest of the row.
        m_legendRow = new QCPLayoutGrid;
        grid->addElement(row, 0, m_legendRow);
        m_legendRow->addElement(0, 0, legend);
        m_legendRow->addElement(0, 1, new QCPLayoutElement(m_plot));
        m_legendRow->setColumnStretchFactor(0, 0.001);
        grid->setRowStretchFactor(row++, 0.001);
    }
    grid->addElement(row, 0, axes);
    grid->setRowStretchFactor(row, 1);
    grid->setRowSpacing(2);
}

void PlotView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        scheduleRebuild();
}

void PlotView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    scheduleRebuild();
}

void PlotView::contextMenuEvent(QContextMenuEvent* event)
{
    if (isEmpty())
        return;
    QMenu menu(this);
    addMenuActions(menu);
    if (!menu.isEmpty())
        menu.addSeparator();
    addViewActions(
        menu, this, [this] { return toFigure(); }, [this] { Q_EMIT dataExportRequested(); });
    menu.exec(event->globalPos());
}

bool PlotView::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_plot) {
        if (event->type() == QEvent::Paint && m_pending)
            rebuildNow();
        if (event->type() == QEvent::Resize)
            scheduleRebuild(); // the legend wraps by width
        if (event->type() == QEvent::MouseMove && !isEmpty()) {
            const auto* mouse = static_cast<QMouseEvent*>(event);
            const QString text = hoverText(mouse->position());
            if (text.isEmpty())
                QToolTip::hideText();
            else
                QToolTip::showText(mouse->globalPosition().toPoint(), text, m_plot);
        }
    }
    return QWidget::eventFilter(object, event);
}

} // namespace dispersa
