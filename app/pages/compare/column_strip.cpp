// SPDX-License-Identifier: GPL-3.0-or-later
// Widgets over the columns of a grid; see column_strip.h.
#include "app/pages/compare/column_strip.h"

#include <QEvent>
#include <QGridLayout>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>

namespace dispersa {

ColumnStrip::ColumnStrip(QScrollArea& area, QWidget* parent) : QWidget(parent), m_area(area)
{
    connect(area.horizontalScrollBar(), &QScrollBar::valueChanged, this, &ColumnStrip::place);
}

void ColumnStrip::reset(QGridLayout* grid)
{
    for (const auto& [column, widget] : m_widgets)
        delete widget;
    m_widgets.clear();
    m_grid = grid;
    // The layout moves the cells before their widgets hear of it.
    grid->parentWidget()->installEventFilter(this);
    setFixedHeight(0);
}

void ColumnStrip::add(int column, QWidget* widget)
{
    widget->setParent(this);
    widget->show();
    m_widgets[column] = widget;
    setFixedHeight(std::max(height(), widget->sizeHint().height()));
    place();
}

bool ColumnStrip::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize || event->type() == QEvent::Show)
        QMetaObject::invokeMethod(this, &ColumnStrip::place, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

void ColumnStrip::resizeEvent(QResizeEvent*)
{
    place();
}

void ColumnStrip::place()
{
    if (m_widgets.empty() || m_area.widget() != m_grid->parentWidget())
        return; // the grid is being replaced
    const int left = m_area.widget()->mapTo(&m_area, QPoint()).x() + m_area.x() - x();
    for (const auto& [column, widget] : m_widgets) {
        const QRect cell = m_grid->cellRect(0, column);
        widget->setGeometry(left + cell.x(), 0, cell.width(), height());
    }
}

} // namespace dispersa
