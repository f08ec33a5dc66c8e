// SPDX-License-Identifier: GPL-3.0-or-later
// What the unit beside an axis of a vendor's file means.
#pragma once

#include <string_view>

namespace dispersa {

/// Kinds of axes a microscope's file has. Inverse is q = 1/d.
enum class AxisKind { Unknown, Length, Inverse, Angle, Energy };

struct AxisUnit {
    AxisKind kind = AxisKind::Unknown;
    double factor = 1; ///< to nm, 1/A, mrad or eV
};

/// From UTF-8 or Latin-1. Knows nm, um, pm, A, mm, m and their inverses ("1/nm", "nm^-1", "1/\u00c5"), mrad, rad, deg, eV, keV, meV.
AxisUnit axisUnit(std::string_view text);

/// "nm", "1/A", "mrad", "eV", or "px".
const char* axisUnitName(AxisKind kind);

} // namespace dispersa
