// SPDX-License-Identifier: GPL-3.0-or-later
// Any scan that opens, as EMD 1.0 / py4DSTEM HDF5.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace dispersa {

struct ConvertOptions {
    bool compressed = false;       ///< gzip; smaller, and slower to write and to read
    bool chunked = false;          ///< chunks of several patterns (about 1 MiB) though not compressed
    Calibration calibration = {};  ///< overrides what the file says, as a study's does; the Q pixel of the raw detector
    std::optional<DiffractionOptions> preparation = {}; ///< apply the count steps (centre, mask, bin), not the scaling
    std::optional<Region> crop = {};                    ///< part of the scan; empty: all of it
};

/// What the file will hold.
struct ConvertedScan {
    ScanShape scan = {};
    PatternShape pattern = {};
    ElementType type = ElementType::UInt16;
    Calibration calibration = {};
    std::uint64_t bytes = 0; ///< of the patterns before compression
};

/// Shape, type and size of the result; reads no pattern. Errors: ShapeMismatch (the crop does not fit), StudyInvalid
/// (preparation out of range), PatternTooSmall.
Result<ConvertedScan> convertedScan(const DiffractionScan& scan, const ConvertOptions& options);

/// Streams the scan to `out`; memory stays bounded, nothing half-written is left behind. The input is never the output.
/// Patterns that do not exist become zeros. Errors: InvalidArgument (out is the input), WriteFailed, Cancelled, those of
/// convertedScan() and of reading.
Result<void> convertScan(const ScanPtr& scan, const std::filesystem::path& out, const ConvertOptions& options,
                         const ProgressSink& progress, std::stop_token stop);

} // namespace dispersa
