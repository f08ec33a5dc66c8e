// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers behind a run's figures (DIR/figure_data.h5): named float32 arrays with text attributes, in plain HDF5.
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dispersa {

struct FigureArray {
    std::string path;                                                 ///< absolute HDF5 path, e.g. "/scatter/O/real"
    std::vector<std::int64_t> shape = {};                             ///< one extent or more, each >= 0
    std::vector<float> values = {};                                   ///< row-major, as many as the shape says
    std::vector<std::pair<std::string, std::string>> attributes = {}; ///< read back in the order of their names
    bool operator==(const FigureArray&) const = default;
};

/// Writes atomically. Errors: InvalidArgument (bad path or shape), WriteFailed.
Result<void> writeFigureData(const std::filesystem::path& path, const std::vector<FigureArray>& arrays);

/// Every float32 array, in the order of their paths. Errors: those of opening an HDF5 file, FileTruncated,
/// FileUnreadable.
Result<std::vector<FigureArray>> readFigureData(const std::filesystem::path& path);

} // namespace dispersa
