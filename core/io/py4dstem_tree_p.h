// SPDX-License-Identifier: GPL-3.0-or-later
// The tree that py4DSTEM had before version 0.13 and that Prismatic still writes: <top>/data/{datacubes,realslices,
// diffractionslices}/<name>/<data or datacube, realslice, diffractionslice> with dim1, dim2, ...
#pragma once

#include "core/io/hdf5_contents_p.h"

namespace dispersa::hdf5 {

/// What a program says about sizes in such a tree.
struct TreeSizes {
    /// Sizes of the dataset in `group`; `edge_px` is its longer edge in the last two dimensions.
    std::function<Calibration(const std::string& group, std::int64_t edge_px, std::vector<Warning>& warnings)>
        calibration;
};

/// Lists data cubes as scans (main), 2-D real-space slices as maps, 2-D diffraction slices as patterns, both with more
/// dimensions as stacks. The lock must be held.
void addTree(hid_t file, const std::filesystem::path& path, const std::string& top, const TreeSizes& sizes,
             FileContents& contents);

/// Names of the root's groups that hold such a tree.
std::vector<std::string> treeTops(hid_t file);

} // namespace dispersa::hdf5
