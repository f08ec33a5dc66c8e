// SPDX-License-Identifier: GPL-3.0-or-later
// The example study: six seeded scans of a Ge-Sb-Te film with maps and HAADF. Kinematic: for trying the program and for
// tests, never to claim that a model is good.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"

#include <cstdint>
#include <filesystem>

namespace dispersa {

struct ExampleOptions {
    int scans = 6;    ///< 1..20, named 0033, 0034, ...
    int rows = 110;   ///< probe positions, 8..2000
    int cols = 45;    ///< 8..2000
    int pixels = 256; ///< pattern edge, 32..1024
    std::uint64_t seed = 1;
    int threads = 0; ///< 0: all cores; the files do not depend on it
    Result<void> check() const;
};

/// Writes "NNNN 4DSTEM.h5", "GST - NNNN-<El>-at.mrc", "GST - NNNN-HAADF.mrc" per scan and "example.dispersa" (trains
/// 0033, predicts the rest; recipe quick) into `folder`. A grain is planted in 0037 (or the last scan). Returns the
/// study's path. Errors: InvalidArgument, WriteFailed, Cancelled.
Result<std::filesystem::path> writeExampleStudy(const std::filesystem::path& folder, const ExampleOptions& options,
                                                const ProgressSink& progress, std::stop_token stop);

} // namespace dispersa
