// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/wheel_guard.h"

#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>
#include <QScrollArea>
#include <QScrollBar>

namespace dispersa {

WheelGuard::WheelGuard(QScrollArea& area) : QObject(&area)
{
    for (QWidget* field : area.widget()->findChildren<QWidget*>()) {
        const bool turns = qobject_cast<QAbstractSpinBox*>(field) || qobject_cast<QComboBox*>(field) ||
                           (qobject_cast<QAbstractSlider*>(field) && !qobject_cast<QScrollBar*>(field));
        if (!turns)
            continue;
        if (field->focusPolicy() == Qt::WheelFocus)
            field->setFocusPolicy(Qt::StrongFocus); // a wheel is no way to go to a field
        field->installEventFilter(this);
    }
}

bool WheelGuard::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::Wheel || static_cast<QWidget*>(watched)->hasFocus())
        return QObject::eventFilter(watched, event);
    event->ignore(); // goes on to the area
    return true;
}

} // namespace dispersa
