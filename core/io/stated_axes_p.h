// SPDX-License-Identifier: GPL-3.0-or-later
// What a dataset is by the axes that a file states for it: shared by HyperSpy, NeXus and Berkeley EMD.
#pragma once

#include "core/io/axis_roles.h"
#include "core/io/format.h"

namespace dispersa {

/// An axis in array order as a file states it.
struct StatedAxis {
    NamedAxis named = {};
    double scale = 1;
    std::optional<bool> navigate = {}; ///< the file says that it runs over probe positions, or that it does not
};

/// Sets kind, axes and calibration of an item whose shape is known: 4-D is a scan; 3-D a stack, or a spectrum image
/// where one axis is an energy or the only one that does not navigate; 2-D a map, one pattern (reciprocal axes) or a
/// line of spectra; 1-D a spectrum. A line of patterns gets a scanHint of one row. Lengths become nm, reciprocal
/// lengths and angles (with `energy_kV`) 1/A with q = 1/d. A 2-D item without names and units is a guess.
void describeByAxes(FileItem& item, const std::vector<StatedAxis>& axes, std::optional<double> energy_kV,
                    const std::filesystem::path& path, std::vector<Warning>& warnings);

} // namespace dispersa
