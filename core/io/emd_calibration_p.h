// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes that an EMD group states: py4DSTEM's Calibration first, the dim vectors where it says nothing.
#pragma once

#include "core/io/hdf5_p.h"
#include "core/io/stated_size.h"

namespace dispersa::hdf5 {

/// Calibration of the 4-D dataset in `group` (path of the group that holds it; "/" at the top level). `patternEdge_px`
/// is the longer edge of its patterns. Unknown units and a suspicious Q pixel become warnings; nothing is converted on
/// suspicion. The lock must be held.
Calibration scanCalibration(hid_t file, const std::string& group, std::int64_t patternEdge_px,
                            const std::filesystem::path& path, std::vector<Warning>& warnings);

/// Calibration::qrRotation_deg as py4DSTEM's calibration states it: QR_rotation_degrees, or QR_rotation in radians, beside
/// QR_flip. Axes that are exchanged too (`flip` not 0) cannot be told by an angle: nullopt and a warning.
std::optional<double> statedRotation_deg(std::optional<double> degrees, std::optional<double> radians,
                                         std::optional<double> flip, const std::filesystem::path& path,
                                         std::vector<Warning>& warnings);

/// Distance of neighbouring pixels along dim0 of a map in nm; nullopt where nothing is known.
std::optional<double> mapStep_nm(hid_t file, const std::string& group);

/// First difference and unit of a dim vector, the dataset at `path`: one that is calibrated and linear at its start.
std::optional<StatedSize> sizeOfDim(hid_t file, const std::string& path);

} // namespace dispersa::hdf5
