// SPDX-License-Identifier: GPL-3.0-or-later
// What a Direct Electron camera writes beside its MRC files: the scan in an info text, the positions in a table.
#pragma once

#include "core/base/error.h"
#include "core/data/calibration.h"
#include "core/data/geometry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// One MRC file of such an acquisition, as its companions describe it.
struct DirectElectronFile {
    enum class Role {
        Movie,     ///< the frames of the camera
        ScanImage, ///< a virtual image, or that of an external detector: one pixel per probe position
        Other      ///< the sum of the frames and the like
    };
    Role role = Role::Other;
    std::string detector = {}; ///< of a scan image, e.g. "Virt 0"
    Calibration calibration = {};
    std::optional<ScanShape> grid = {};     ///< of a movie; empty when its frames do not fit what is said
    std::vector<std::int64_t> frameOf = {}; ///< frame of each probe position, -1 for none; empty: in the file's order
    std::vector<Warning> warnings = {};
};

/// Looks for `<name>_info.txt` and `<name>_scan_coordinates.csv` beside `<name>_..._movie.mrc`, `<name>_0_..._sum.mrc`
/// and the like; nullopt when there is no info text of that maker. `frames` is the number of images in the file. Where
/// a position was visited several times the first frame counts; a warning says so.
std::optional<DirectElectronFile> readDirectElectron(const std::filesystem::path& image, std::int64_t frames);

} // namespace dispersa
