// SPDX-License-Identifier: GPL-3.0-or-later
// The pixel size and the number of images that ImageJ hides in a TIFF's description and resolution.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dispersa {

/// Value of a "key=value" line of an ImageJ description; nullopt when it has none.
std::optional<std::string> imageJValue(std::string_view description, std::string_view key);

/// Pixel size in nm from the resolution (pixels per unit) and ImageJ's unit, else from a resolution per centimetre when
/// that gives a size a microscope can have. A resolution in dots per inch is a printer's, not a microscope's.
std::optional<double> tiffPixelSize_nm(const std::string& description, double pixelsPerUnit, bool perCentimetre);

/// The same of a pattern whose unit is a reciprocal length; q = 1/d.
std::optional<double> tiffQPixel_invA(const std::string& description, double pixelsPerUnit);

/// Images that ImageJ says are in the file: it writes those of a stack beyond 4 GB behind a single page. 1 if it says nothing.
std::int64_t imageJImages(const std::string& description);

} // namespace dispersa
