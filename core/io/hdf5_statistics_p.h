// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a dataset of any rank from its first value to its last, in blocks, in the file's own order.
#pragma once

#include "core/io/format.h"
#include "core/io/hdf5_p.h"

namespace dispersa::hdf5 {

/// min, max, sum (compensated, in double), the first four values and the last. NaN makes the sum NaN and is left out of
/// min and max. Takes the lock per block. Errors: those of opening, FormatUnsupported, FileUnreadable, Cancelled.
Result<ItemStatistics> statisticsOf(const std::filesystem::path& path, const FileItem& item,
                                    const ProgressSink& progress, std::stop_token stop);

/// All values of a small dataset as float. Errors: those of opening, FormatUnsupported, FileTruncated, FileUnreadable.
Result<std::vector<float>> readWhole(const std::filesystem::path& path, const FileItem& item);

} // namespace dispersa::hdf5
