// SPDX-License-Identifier: GPL-3.0-or-later
// Units as microscopy programs write them: "Å^-1", "1 / nm", "[n_m]", "$A^{-1}$", "q_A^-1".
#pragma once

#include <optional>
#include <string>

namespace dispersa {

/// Nanometres in one such unit; nullopt unless it is a length.
std::optional<double> lengthIn_nm(const std::string& unit);

/// A reciprocal length.
struct ReciprocalUnit {
    double invA = 1;    ///< 1/A (q = 1/d) in one such unit; the 2 pi is already taken out
    bool twoPi = false; ///< the unit itself says Q = 2 pi/d, as pyxem's "q_A^-1" and "rad/nm" do
};
std::optional<ReciprocalUnit> reciprocalIn_invA(const std::string& unit);

/// Milliradians in one such unit; nullopt unless it is an angle.
std::optional<double> angleIn_mrad(const std::string& unit);

/// True for what programs write where nothing is known: "", "pixels", "unknown", "<undefined>", ...
bool isUncalibrated(const std::string& unit);

} // namespace dispersa
