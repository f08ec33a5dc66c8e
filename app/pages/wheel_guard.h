// SPDX-License-Identifier: GPL-3.0-or-later
// A column of fields that scrolls: the wheel scrolls it and changes only the field that a person has gone to.
#pragma once

#include <QObject>

class QScrollArea;

namespace dispersa {

/// Watches the fields (spin and combo boxes, sliders) that `area`'s widget has now: a wheel over one without the keyboard
/// focus scrolls the area, and gives it no focus. A number must not change because it passed under the mouse.
class WheelGuard : public QObject {
    Q_OBJECT
  public:
    explicit WheelGuard(QScrollArea& area);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace dispersa
