// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and scores in JSON: what is undefined is null, and "reasons" says why.
#pragma once

#include "core/assess/metrics.h"

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace dispersa {

/// null for nothing and for what is not finite.
nlohmann::ordered_json numberOrNull(const std::optional<double>& value);
/// Throws nlohmann's exceptions where it is neither a number nor null.
std::optional<double> readNumber(const nlohmann::ordered_json& json);

/// The value, or null with an entry in `reasons`; "undefined" where the score itself gives none.
nlohmann::ordered_json scoreJson(const Score& score, const std::string& key, nlohmann::ordered_json& reasons);
/// Of `parent[key]`, whose reason stands under `reasonKey`. Throws nlohmann's exceptions where the key is missing.
Score readScore(const nlohmann::ordered_json& parent, const char* key, const nlohmann::ordered_json& reasons,
                const std::string& reasonKey);

} // namespace dispersa
