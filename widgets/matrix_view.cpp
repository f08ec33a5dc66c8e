// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/matrix_view.h"

#include "widgets/figure_panel_p.h"
#include "widgets/image_view_p.h"
#include "widgets/palette.h"
#include "widgets/view_menu.h"

#include <QContextMenuEvent>
#include <QFontInfo>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>

#include <cmath>

namespace dispersa {
namespace {

FigureStyle screenStyle(const QWidget& widget)
{
    const QFont font = readableFont(widget);
    const PlotColors colors = plotColors(widget.palette());
    FigureStyle style;
    style.fontFamily = QFontInfo(font).family();
    style.fontSize_pt = QFontInfo(font).pointSizeF();
    style.background = widget.palette().color(QPalette::Window);
    style.text = widget.palette().color(QPalette::WindowText);
    style.axis = colors.axis;
    style.grid = colors.grid;
    style.subdued = colors.subdued;
    return style;
}

double unitsPerPixel(const QWidget& widget)
{
    return 720.0 / widget.logicalDpiX();
}

QRectF cellOf(const QWidget& widget)
{
    const QRectF area = QRectF(widget.rect()).adjusted(4, 2, -4, -2);
    const double scale = unitsPerPixel(widget);
    return {area.topLeft() * scale, area.size() * scale};
}

} // namespace

MatrixView::MatrixView(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("matrixView"));
    setAccessibleName(tr("Correlation matrix"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
}

void MatrixView::setMatrix(QStringList rowLabels, QStringList columnLabels, std::vector<std::optional<double>> values)
{
    m_panel.rowLabels = std::move(rowLabels);
    m_panel.columnLabels = std::move(columnLabels);
    m_panel.values = std::move(values);
    update();
}

void MatrixView::setTitle(const QString& title)
{
    m_panel.title = title;
    update();
}

void MatrixView::setRange(const ValueRange& range)
{
    m_panel.range = range;
    update();
}

void MatrixView::setColorBarVisible(bool visible)
{
    m_panel.colorBar = visible;
    m_panel.colorBarLabel = tr("Pearson r");
    update();
}

QString MatrixView::cellText(int row, int column) const
{
    const auto columns = int(m_panel.columnLabels.size());
    if (row < 0 || column < 0 || row >= int(m_panel.rowLabels.size()) || column >= columns)
        return {};
    return matrixCellText(m_panel, row, column);
}

Figure MatrixView::toFigure() const
{
    return Figure::single(m_panel);
}
QSize MatrixView::sizeHint() const
{
    return {300, 300};
}
QSize MatrixView::minimumSizeHint() const
{
    return {160, 160};
}

void MatrixView::paintEvent(QPaintEvent*)
{
    if (m_panel.rowLabels.isEmpty() || m_panel.columnLabels.isEmpty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(1 / unitsPerPixel(*this), 1 / unitsPerPixel(*this));
    const FigureStyle style = screenStyle(*this);
    FigureCanvas canvas(painter, style);
    drawPanel(&canvas, m_panel, cellOf(*this), style);
}

bool MatrixView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && !m_panel.rowLabels.isEmpty() && !m_panel.columnLabels.isEmpty()) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QRectF axes = drawPanel(nullptr, m_panel, cellOf(*this), screenStyle(*this));
        const QPointF at = QPointF(help->pos()) * unitsPerPixel(*this) - axes.topLeft();
        const int row = int(std::floor(at.y() / axes.height() * double(m_panel.rowLabels.size())));
        const int column = int(std::floor(at.x() / axes.width() * double(m_panel.columnLabels.size())));
        const QString text = cellText(row, column);
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(
                help->globalPos(),
                QStringLiteral("%1 – %2: %3").arg(m_panel.rowLabels[row], m_panel.columnLabels[column], text), this);
        return true;
    }
    return QWidget::event(event);
}

void MatrixView::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu(this);
    addViewActions(
        menu, this, [this] { return toFigure(); }, [this] { Q_EMIT dataExportRequested(); });
    menu.exec(event->globalPos());
}

} // namespace dispersa
