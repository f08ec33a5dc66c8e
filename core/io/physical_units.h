// SPDX-License-Identifier: GPL-3.0-or-later
// Units as microscopy programs write them: "Å^-1", "1 / nm", "[n_m]", "$A^{-1}$", "q_A^-1", "1/\u00C5".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dispersa {

/// Kinds of axes a microscope's file has. Inverse is a reciprocal length.
enum class AxisKind { Unknown, Length, Inverse, Angle, Energy };

struct AxisUnit {
    AxisKind kind = AxisKind::Unknown;
    double factor = 1;  ///< to nm, 1/A (q = 1/d, the 2 pi is already taken out), mrad or eV
    bool twoPi = false; ///< the unit itself says Q = 2 pi/d, as pyxem's "q_A^-1" and "rad/nm" do
};

/// What `text` means: lengths, their inverses, angles and energies by their symbols and English names, in UTF-8, Latin-1,
/// TeX, or with ImageJ's escapes.
AxisUnit axisUnit(std::string_view text);

/// "nm", "1/A", "mrad", "eV", or "px".
const char* axisUnitName(AxisKind kind);

/// Nanometres in one such unit; nullopt unless it is a length.
std::optional<double> lengthIn_nm(std::string_view unit);

/// Milliradians in one such unit; nullopt unless it is an angle.
std::optional<double> angleIn_mrad(std::string_view unit);

/// The unit if it is a reciprocal length.
std::optional<AxisUnit> reciprocalIn_invA(std::string_view unit);

/// True for what programs write where nothing is known: "", "pixels", "unknown", "<undefined>", ...
bool isUncalibrated(std::string_view unit);

} // namespace dispersa
