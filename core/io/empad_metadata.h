// SPDX-License-Identifier: GPL-3.0-or-later
// What the XML file of an EMPAD acquisition, or the name of its .raw file, tells about it.
#pragma once

#include "core/base/error.h"
#include "core/data/calibration.h"
#include "core/data/geometry.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// Scan grids in the order in which they are believed; several when the XML keeps those of "acquire" and "search".
struct EmpadMetadata {
    std::string rawName; ///< file name of the frames, without folder
    std::vector<ScanShape> grids = {};
    std::optional<std::int64_t> series = {};   ///< frames of a series, which has no grid
    std::optional<double> fieldOfView_nm = {}; ///< longer side of the scan
    std::optional<double> qPixel_invA = {};

    /// Sizes for a scan of `grid`; without grid those of the detector alone.
    Calibration calibration(std::optional<ScanShape> grid) const;
};

/// Grid or length from a name such as "scan_x64_y128.raw" (64 columns, 128 rows) or "series_x10.raw"; nothing else.
EmpadMetadata empadNameMetadata(const std::filesystem::path& raw);

/// Errors: those of reading, FormatInvalid (no XML, or not of an EMPAD).
Result<EmpadMetadata> readEmpadXml(const std::filesystem::path& xml);

/// The XML file beside `raw` that names it; empty if there is none.
std::filesystem::path empadXmlBeside(const std::filesystem::path& raw);

} // namespace dispersa
