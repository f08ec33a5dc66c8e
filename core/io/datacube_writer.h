// SPDX-License-Identifier: GPL-3.0-or-later
// A 4-D scan as EMD 1.0 / py4DSTEM HDF5, written pattern by pattern in scan order; appears whole or not at all.
#pragma once

#include "core/base/error.h"
#include "core/data/calibration.h"
#include "core/data/diffraction_scan.h"

#include <filesystem>
#include <memory>
#include <span>

namespace dispersa {

struct DataCubeOptions {
    ScanShape scanShape = {};
    PatternShape patternShape = {};
    ElementType type = ElementType::UInt16;
    Calibration calibration = {};
    bool compressed = false; ///< gzip level 1 with shuffle, in chunks
    bool chunked = false;    ///< in chunks though not compressed; else contiguous, which reads fastest here
};

/// Patterns of one row that a chunk holds: as many as fit into 1 MiB, the chunk cache of HDF5's readers, at least one.
int chunkPatterns(ScanShape scan, PatternShape pattern, ElementType type);

class DataCubeWriter {
  public:
    /// Error: WriteFailed, InvalidArgument.
    static Result<std::unique_ptr<DataCubeWriter>> create(const std::filesystem::path& path,
                                                          const DataCubeOptions& options);
    virtual ~DataCubeWriter() = default;
    /// Appends whole patterns in scan order; raw values of options.type. Error: WriteFailed.
    virtual Result<void> append(std::span<const std::byte> patterns) = 0;
    /// Checks that every pattern came, then renames into place. Errors: WriteFailed, InvalidArgument.
    virtual Result<void> commit() = 0;
};

} // namespace dispersa
