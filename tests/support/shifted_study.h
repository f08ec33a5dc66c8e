// SPDX-License-Identifier: GPL-3.0-or-later
// A study whose maps do not lie on the probe positions of its patterns, and a scene with enough detail to find that
// out.
#pragma once

#include "core/base/error.h"
#include "core/data/study.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dispersa::test {

/// Writes "<name> 4DSTEM.h5" of `scan` probe positions (96 x 96 pixels; counts at high angles follow the scene, the
/// direct beam its opposite) and maps O, Te, HAADF of `map` pixels, all showing one scene, the maps at map = scale *
/// scan + (dy, dx). Recipe quick; the first scan trains. map_from_scan is left for the test.
Result<Study> writeShiftedStudy(const std::filesystem::path& folder, ScanShape scan, ScanShape map,
                                const MapFromScan& place, const std::vector<std::string>& names = {"0050"});

} // namespace dispersa::test
