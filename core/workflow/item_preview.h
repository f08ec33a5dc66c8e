// SPDX-License-Identifier: GPL-3.0-or-later
// What one item of a file looks like, to choose it by, and what choosing it means.
#pragma once

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/io/format.h"

#include <vector>

namespace dispersa {

struct ItemPreview {
    bool isPattern = false; ///< one pattern from the middle of the scan or stack; else a map
    int height = 0;
    int width = 0;
    std::vector<float> values = {};
};

/// True for items that can be opened as patterns (3-D and 4-D) or read as a map (2-D).
bool holdsPatterns(const FileItem& item);
bool holdsMap(const FileItem& item);
/// Bytes of the values, uncompressed; 0 when the shape makes no sense.
std::uint64_t itemBytes(const FileItem& item);

/// True if a file holds several scans, or things of which it does not say what they are: then a person chooses.
bool needsChoice(const FileInfo& info);

/// Reads no more than one pattern or map. Errors: DatasetMissing (nothing to show), those of opening and reading.
Result<ItemPreview> itemPreview(const std::filesystem::path& path, const FileItem& item);

} // namespace dispersa
