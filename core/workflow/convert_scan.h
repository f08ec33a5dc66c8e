// SPDX-License-Identifier: GPL-3.0-or-later
// Any scan that opens, as EMD 1.0 / py4DSTEM HDF5.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"

#include <filesystem>

namespace dispersa {

/// Streams the scan's raw values to `out` with its calibration; memory stays bounded. The input is never the output.
/// Errors: InvalidArgument (out is the input), WriteFailed, Cancelled, those of reading.
Result<void> convertScan(const DiffractionScan& scan, const std::filesystem::path& out, bool compressed,
                         const ProgressSink& progress, std::stop_token stop);

} // namespace dispersa
