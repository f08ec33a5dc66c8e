// SPDX-License-Identifier: GPL-3.0-or-later
// The wavelength of fast electrons, which turns the angles that detectors are calibrated in into q = 1/d.
#pragma once

#include <cmath>

namespace dispersa {

/// Relativistic de Broglie wavelength in A of electrons accelerated by `voltage_V` > 0; 0.025079 A at 200 kV.
/// h / sqrt(2 m e V (1 + e V / 2 m c^2)) with CODATA 2018 constants.
inline double electronWavelength_A(double voltage_V)
{
    constexpr double nonRelativistic_A = 12.264259660; ///< h / sqrt(2 m e), in A sqrt(V)
    constexpr double relativistic_invV = 9.784755918e-7; ///< e / 2 m c^2
    return nonRelativistic_A / std::sqrt(voltage_V * (1 + relativistic_invV * voltage_V));
}

} // namespace dispersa
