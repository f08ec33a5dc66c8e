// SPDX-License-Identifier: GPL-3.0-or-later
// The pixel size that ImageJ hides in a TIFF's description and resolution.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dispersa {

/// Value of a "key=value" line of an ImageJ description; nullopt when it has none.
std::optional<std::string> imageJValue(std::string_view description, std::string_view key);

/// Pixel size in nm from the resolution (pixels per unit) and ImageJ's unit, else from a resolution per centimetre when
/// that gives a size a microscope can have. A resolution in dots per inch is a printer's, not a microscope's.
std::optional<double> tiffPixelSize_nm(const std::string& description, double pixelsPerUnit, bool perCentimetre);

} // namespace dispersa
