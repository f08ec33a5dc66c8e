// SPDX-License-Identifier: GPL-3.0-or-later
// Maps to files other programs open. All writes are atomic.
#pragma once

#include "core/base/error.h"
#include "core/data/element_map.h"
#include "core/data/geometry.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dispersa {

/// MRC 2014, mode 2 (float32), cell in A from the probe step, true statistics, origin of the crop in nxstart/nystart and
/// a label. NaN pixels are written as NaN. Error: WriteFailed.
Result<void> writeMrc(const ElementMap& map, ScanPoint cropOrigin, const std::filesystem::path& path);

/// TIFF float32 with ImageJ description and resolution in nm. Error: WriteFailed.
Result<void> writeTiff(const ElementMap& map, ScanPoint cropOrigin, const std::filesystem::path& path);

/// Rows of comma-separated values, shortest text that reads back as the same float; empty field for no data.
Result<void> writeMapCsv(const ElementMap& map, const std::filesystem::path& path);

/// One map in an EMD file: `group` is the scan, `name` the array, e.g. "0037" / "O-predicted".
struct EmdMap {
    std::string group;
    std::string name;
    ElementMap map;
    ScanPoint cropOrigin = {};
};
/// EMD 1.0 with Root, Array and Metadata nodes, which emdfile and py4DSTEM open. Error: WriteFailed.
Result<void> writeMapsEmd(const std::vector<EmdMap>& maps, const std::filesystem::path& path);

} // namespace dispersa
