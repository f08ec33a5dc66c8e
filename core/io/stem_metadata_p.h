// SPDX-License-Identifier: GPL-3.0-or-later
// The file that the Arina's acquisition program writes beside a scan: what the microscope did, and the images of its
// other detectors.
#pragma once

#include "core/io/format.h"
#include "core/io/hdf5_p.h"

#include <filesystem>
#include <optional>

namespace dispersa::hdf5 {

/// The group that marks such a file.
inline constexpr const char* stemMetadataGroup = "STEM Metadata";

/// Empty where the file says nothing plausible.
struct StemMetadata {
    std::optional<ScanShape> scan = {};        ///< NumPixelsY rows of NumPixelsX
    std::optional<double> scanStep_nm = {};    ///< Pixel Size
    bool stepIsNominal = false;                ///< the file says that the step is not calibrated
    std::optional<double> cameraLength_m = {}; ///< nominal
    std::optional<double> acceleratingVoltage_V = {};
};

/// The lock must be held.
StemMetadata stemMetadata(hid_t file);

/// The images, each with its detector as quantity ("BF", "HAADF", "Virtual01"). The lock must be held.
std::vector<FileItem> stemImages(hid_t file, const StemMetadata& metadata);

/// Electron wavelength in A at an accelerating voltage in V, relativistic.
double electronWavelength_A(double voltage_V);

} // namespace dispersa::hdf5
