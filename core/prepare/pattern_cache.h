// SPDX-License-Identifier: GPL-3.0-or-later
// Prepared patterns that outlive a run: one file per preparation of a set of scans, in a folder of bounded size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dispersa {

/// Where prepared patterns are kept between runs.
struct PatternCache {
    std::filesystem::path folder = {};          ///< empty: nothing is kept
    std::uint64_t mostBytes = 20ull << 30;      ///< of all files in it; the ones used longest ago go first
};

/// File for what `key` describes. Different keys may share one: the key must stand in the file too.
std::filesystem::path cacheFile(const PatternCache& cache, const std::string& key);

/// Notes that `file` was used now.
void markUsed(const std::filesystem::path& file);

/// Removes the files used longest ago until the rest fits, never `file`, and temporaries that a killed program left more
/// than a day ago. Only files that the cache named itself are touched; failures are passed over.
void trimCache(const PatternCache& cache, const std::filesystem::path& file);

} // namespace dispersa
