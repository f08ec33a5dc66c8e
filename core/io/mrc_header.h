// SPDX-License-Identifier: GPL-3.0-or-later
// The 1024-byte header of an MRC file and its FEI extended header, checked against the file size.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/io/byte_reader.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

/// What the first FEI1/FEI2 block tells (all SI); empty where it tells nothing credible.
struct FeiMetadata {
    std::optional<double> pixelSize_m;    ///< real-space pixel
    std::optional<double> pixelSize_invM; ///< reciprocal pixel of a diffraction image
    std::optional<double> convergence_rad;
    std::optional<std::string> element;     ///< of an EDS map
    std::optional<ScanShape> scanRectangle; ///< the full frame, not the sub-scan
    bool serpentine = false;                ///< odd rows were scanned backwards
};

/// The checked header: frame and data sizes are confirmed by the file's length.
struct MrcHeader {
    int nx = 0;
    int ny = 0;
    int nz = 0;
    ElementType type = ElementType::Float32;
    bool swapped = false;
    std::int64_t dataOffset = 0;
    std::int64_t availableFrames = 0;  ///< whole frames in the file; < nz if the acquisition stopped early
    std::int64_t availableRows = 0;    ///< whole rows of a single image; < ny if the file ends inside it
    int volumeDepth = 0;               ///< frames per volume of a volume stack (space groups 401-630), else 0
    std::optional<double> cellStep_nm; ///< cell / sampling along x
    std::optional<FeiMetadata> fei;
    bool byteSignTold = true; ///< false: mode 0 by a program that may have meant unsigned bytes
    std::string label;        ///< first label, trimmed
    std::vector<Warning> warnings;

    std::int64_t frameBytes() const { return std::int64_t(nx) * ny * static_cast<std::int64_t>(elementSize(type)); }
    /// Values that are in the file.
    std::int64_t availableValues() const { return nx * (nz == 1 ? availableRows : availableFrames * ny); }
    /// Scan grid of a volume stack.
    std::optional<ScanShape> volumeGrid() const;
    /// The FEI scan rectangle of a flat stack when it has as many positions as the stack has frames. It is that of the
    /// full frame, so a sub-scan may have another shape of the same area.
    std::optional<ScanShape> scanRectangle() const;
};

/// Bytes (mode 0) are signed, as MRC 2014 says, unless IMOD's flags tell otherwise. Errors: FormatInvalid (contradicts
/// itself or the file size), FormatUnsupported (complex and packed modes), FileTruncated (not one whole frame,
/// or less than half of a single image).
Result<MrcHeader> readMrcHeader(const std::filesystem::path& path, std::span<const std::byte> file);

/// Reads the first block of an FEI extended header; nullopt when it is too short to be one.
std::optional<FeiMetadata> readFeiMetadata(std::span<const std::byte> extended, bool swapped);

} // namespace dispersa
