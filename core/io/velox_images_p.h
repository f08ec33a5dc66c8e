// SPDX-License-Identifier: GPL-3.0-or-later
// The images of a Velox file: detector images, element maps, camera images and stacks of them.
#pragma once

#include "core/io/hdf5_contents_p.h"
#include "core/io/velox_displays_p.h"

namespace dispersa::velox {

/// What the spectra need to know of the images they were taken with.
struct SpectrumGrid {
    std::optional<ScanShape> shape = {}; ///< rows and columns
    Calibration calibration = {};
    std::vector<std::string> elements = {}; ///< that have an EDS map, in the order found
};

/// Lists every image of /Data/Image/<id> as a map (id "/Data/Image/<id>": the frame that Velox shows), and one of
/// several frames also as a stack (id "/Data/Image/<id>/Data", shape frames, y, x). An EDS map of an element has the
/// element as its quantity, an EELS map "O (EELS)", a detector image the detector's name; a diffraction image is one
/// pattern. Smoothed maps are a warning "map_prefiltered". The lock must be held.
SpectrumGrid addImages(hid_t file, const std::filesystem::path& path, hdf5::FileContents& contents);

/// The frame of an image (path of its group) that is its map.
std::int64_t shownFrame(hid_t file, const std::string& image);

} // namespace dispersa::velox
