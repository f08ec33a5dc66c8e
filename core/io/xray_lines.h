// SPDX-License-Identifier: GPL-3.0-or-later
// Energies of the X-ray lines that EDS counts, and the window around a line that holds its counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dispersa {

enum class XrayFamily { K, L, M };

/// Mean energy of the alpha lines of a family; nullopt where the element has none or is unknown (Z 1 to 98). Source:
/// Elam, Ravel & Sieber, Radiat. Phys. Chem. 63, 121 (2002) by way of XrayDB; tests/core/io/xray_lines.py makes the
/// table.
std::optional<double> xrayLine_keV(std::string_view element, XrayFamily family);

/// "O" for 8; nullopt outside 1 to 98.
std::optional<std::string> elementOfNumber(int atomicNumber);

/// A window of energies around a line.
struct EnergyWindow {
    XrayFamily family = XrayFamily::K;
    double line_keV = 0;
    double low_keV = 0;
    double high_keV = 0;
};

/// Window of one full width at half maximum to each side of the element's line: of `preferred` where it lies above
/// `lowest_keV` and below 40 keV, else K while it lies below 15 keV, then L, then M. The width is that of a silicon
/// detector with 130 eV at Mn K-alpha. nullopt: no line that a detector sees.
std::optional<EnergyWindow> countingWindow(std::string_view element, double lowest_keV,
                                           std::optional<XrayFamily> preferred = std::nullopt);

} // namespace dispersa
