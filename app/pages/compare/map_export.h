// SPDX-License-Identifier: GPL-3.0-or-later
// Writes all maps of a run to a folder of the user's choice, in formats other programs open.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/workflow/run_result.h"

#include <filesystem>
#include <stop_token>

namespace dispersa {

struct MapExportFormats {
    bool mrc = true;
    bool tiff = true;
    bool csv = false;
    bool emd = false; ///< one file maps.h5 (EMD 1.0) for all
};

/// "<folder>/<scan>/<quantity>-<measured|real|predicted|corrected|sigma|interval>.<ending>", and "novelty" per scan. Returns
/// the number of files. Errors: WriteFailed, Cancelled, InvalidArgument (no format).
Result<int> exportMaps(const RunResult& run, const MapExportFormats& formats, const std::filesystem::path& folder,
                       const ProgressSink& progress, std::stop_token stop);

} // namespace dispersa
