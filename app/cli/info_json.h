// SPDX-License-Identifier: GPL-3.0-or-later
// What `info` prints: of each file what is in it, as JSON or as text.
#pragma once

#include "core/base/error.h"
#include "core/io/format.h"
#include "core/prepare/scan_pass.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dispersa::cli {

/// One file of the report: found items, or why there are none. `statistics` by item id, if they were asked for.
struct InfoEntry {
    std::filesystem::path path;
    Result<FileInfo> info;
    std::map<std::string, ItemStatistics> statistics = {};
    std::map<std::string, ScanStatistics> scanStatistics = {}; ///< of diffraction items
};

std::string infoAsJson(const std::vector<InfoEntry>& entries);
std::string infoAsText(const std::vector<InfoEntry>& entries);

} // namespace dispersa::cli
