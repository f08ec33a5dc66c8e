// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beside prepared patterns that are kept between runs: what they are, and what preparing them found.
#pragma once

#include "core/prepare/prepared_patterns.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// What the prepared counts depend on; scaling happens later. Empty if a selection cannot be told from others.
std::string keptKey(const std::vector<PatternSelection>& selections, const DiffractionOptions& options);

/// The key and one report per selection, as JSON.
std::string keptDescription(const std::string& key, const std::vector<PreparationReport>& reports);
/// The reports of `count` selections; nothing if the description is not one of `key`.
std::optional<std::vector<PreparationReport>> keptReports(const std::string& description, const std::string& key,
                                                          std::size_t count);

} // namespace dispersa
