// SPDX-License-Identifier: GPL-3.0-or-later
// A 4-D dataset of an HDF5 file as a scan: mapped into memory where the file allows, else read block by block.
#pragma once

#include "core/io/format.h"
#include "core/io/hdf5_p.h"

namespace dispersa::hdf5 {

/// Opens `item.id`. A 3-D dataset is a flat stack and needs `scanShape`.
/// Errors: DatasetMissing, FormatUnsupported (filter missing, not 3-D or 4-D), FormatInvalid (absurd extents),
/// FileTruncated, ScanShapeUnknown, ShapeMismatch.
Result<ScanPtr> openScan(const std::filesystem::path& path, const FileItem& item, std::optional<ScanShape> scanShape);

/// Place of the dataset's values in the file when they lie there in one piece, unfiltered and in this machine's byte
/// order; nullopt otherwise. The lock must be held.
std::optional<std::uint64_t> contiguousOffset(hid_t dataset, ElementType type);

} // namespace dispersa::hdf5
