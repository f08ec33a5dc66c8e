// SPDX-License-Identifier: GPL-3.0-or-later
// The status bar's line about a place on a scan: "y 42  x 17 | (44.2 nm, 17.9 nm) | O 0.51  Te 0.12".
#pragma once

#include "core/data/calibration.h"
#include "core/data/element_map.h"

#include <QString>

#include <vector>

namespace dispersa {

QString scanReadout(ScanPoint point, const Calibration& calibration, const std::vector<MapPtr>& maps);

/// A length for people: "17.9 nm", "1.2 µm".
QString lengthText(double length_nm);

/// "4 min left", "20 s left"; empty for an unknown time.
QString timeLeftText(double seconds);

} // namespace dispersa
