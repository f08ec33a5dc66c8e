// SPDX-License-Identifier: GPL-3.0-or-later
// The images of a Gatan DM file: their shape, type, calibration and place, from its tags.
#pragma once

#include "core/io/physical_units.h"
#include "core/io/dm_tags.h"
#include "core/io/mapped_scan.h"

#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// Size of a pixel along one axis, in the unit's own measure (nm, 1/A, mrad, eV); Unknown: no credible size is stated.
struct DmAxis {
    AxisKind kind = AxisKind::Unknown;
    double scale = 1;
};

/// One image, with its axes as they lie in the file, slowest first.
struct DmImage {
    int number = 0; ///< its place in the file's list of images
    std::string name;
    std::vector<std::int64_t> shape = {};
    std::vector<DmAxis> axes = {}; ///< as many as `shape` has
    ElementType type = ElementType::Float32;
    std::uint64_t offset = 0;                 ///< of the first value
    bool spectra = false;                     ///< a spectrum, a line of spectra or a spectrum image
    bool diffraction = false;                 ///< the tags say that it shows diffraction patterns
    std::string detector;                     ///< name of the signal that was scanned, such as "HAADF"
    std::optional<bool> detectorFastest = {}; ///< DigitalMicrograph's "Data Order Swapped"
    std::optional<ScanShape> statedScan = {}; ///< probe positions by the acquisition's own tags
    std::optional<double> voltage_V = {};     ///< 1 kV to 10 MV

    std::int64_t count() const;
};

struct DmImages {
    bool swapped = false;
    std::vector<DmImage> images = {};
    std::vector<Error> skipped = {}; ///< why an image is not listed
};

/// The images but the thumbnails; the data of each lies inside the file. `skipped` holds FormatUnsupported (complex,
/// colour, more than four axes) and FormatInvalid (sizes that contradict the data).
DmImages dmImages(const std::filesystem::path& path, const DmTags& tags);

/// How the four axes of an image are to be understood.
struct DmScanLayout {
    FrameLayout layout = {};
    bool scanFastest = false; ///< the file keeps [det_y, det_x, scan_y, scan_x]
    bool certain = true;      ///< false: no tag tells which axes are the detector's
};

/// Which of the four axes are the detector's, in this order: their units, "Data Order Swapped", the scan size that the
/// acquisition states, the age of the file (GMS wrote the scan first before it had that tag); else the usual order, the
/// detector fastest.
DmScanLayout dmScanLayout(const DmImage& image, bool swapped);

/// Size of a detector pixel in 1/A; an angle needs the voltage. Of a map's or a scan's pixel in nm.
std::optional<double> dmQPixel_invA(const DmAxis& axis, std::optional<double> voltage_V);
std::optional<double> dmStep_nm(const DmAxis& axis);

} // namespace dispersa
