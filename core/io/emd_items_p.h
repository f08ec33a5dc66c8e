// SPDX-License-Identifier: GPL-3.0-or-later
// What an HDF5 file holds: a walk over its datasets that finds scans, maps and stacks with their calibration.
#pragma once

#include "core/io/format.h"
#include "core/io/hdf5_p.h"

namespace dispersa::hdf5 {

/// One dataset worth listing.
struct FoundItem {
    FileItem item;
    bool isDataCube = false; ///< marked as py4DSTEM's DataCube
};

struct FileContents {
    bool isEmd = false; ///< carries the mark of EMD 1.0
    std::vector<FoundItem> items = {};
    std::vector<Warning> warnings = {};
};

/// Reads no data. The lock must be held.
FileContents contentsOf(hid_t file, const std::filesystem::path& path);

/// The item of `dataset`, which may be a path to a dataset or to an EMD group with a `data` in it; also of kinds that
/// the walk leaves out (plain 2-D datasets). Errors: DatasetMissing, FormatUnsupported (not numbers).
Result<FoundItem> itemAt(hid_t file, const std::filesystem::path& path, const std::string& dataset,
                         std::vector<Warning>& warnings);

} // namespace dispersa::hdf5
