// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scale_bar.h"

#include "widgets/display_scaling.h"

namespace dispersa {

ScaleBar scaleBarFor(double perLength, double room, const QString& unit)
{
    if (!(perLength > 0) || !(room > 0))
        return {};
    const double length = niceLength(room / perLength);
    if (length <= 0)
        return {};
    QString shownUnit = unit;
    double shown = length;
    // Micrometres and picometres read better than 5000 nm and 0.001 nm.
    if (unit == QLatin1String("nm") && length >= 1000) {
        shown = length / 1000;
        shownUnit = QStringLiteral("µm");
    } else if (unit == QLatin1String("nm") && length < 0.1) {
        shown = length * 1000;
        shownUnit = QStringLiteral("pm");
    }
    return {length, tickText(shown) + QChar(0x00a0) + shownUnit};
}

} // namespace dispersa
