// SPDX-License-Identifier: GPL-3.0-or-later
// A 4-D dataset of an HDF5 file as a scan: mapped into memory where the file allows, else decoded chunk by chunk.
#pragma once

#include "core/io/format.h"
#include "core/io/hdf5_p.h"

namespace dispersa::hdf5 {

/// Opens `item.id`. A 3-D dataset is a flat stack and needs `scanShape`.
/// Errors: DatasetMissing, FormatUnsupported (filter missing, not 3-D or 4-D), FormatInvalid (absurd extents),
/// FileTruncated, ScanShapeUnknown, ShapeMismatch.
Result<ScanPtr> openScan(const std::filesystem::path& path, const FileItem& item, std::optional<ScanShape> scanShape);

} // namespace dispersa::hdf5
