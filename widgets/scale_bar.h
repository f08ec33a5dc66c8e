// SPDX-License-Identifier: GPL-3.0-or-later
// Length and text of a scale bar.
#pragma once

#include <QString>

namespace dispersa {

struct ScaleBar {
    double length = 0; ///< in the unit of the pixel size; 1, 2 or 5 x 10^n; 0: none fits
    QString text = {}; ///< "20 nm"
};

/// The longest round bar not wider than `room`, where one unit of length takes `perLength` of the same measure as
/// `room`.
ScaleBar scaleBarFor(double perLength, double room, const QString& unit);

} // namespace dispersa
