// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/score_json_p.h"

#include <cmath>

namespace dispersa {

using Json = nlohmann::ordered_json;

Json numberOrNull(const std::optional<double>& value)
{
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

std::optional<double> readNumber(const Json& json)
{
    return json.is_null() ? std::nullopt : std::optional<double>(json.get<double>());
}

Json scoreJson(const Score& score, const std::string& key, Json& reasons)
{
    Json json = numberOrNull(score.value);
    if (json.is_null())
        reasons[key] = score.reason.empty() ? "undefined" : score.reason;
    return json;
}

Score readScore(const Json& parent, const char* key, const Json& reasons, const std::string& reasonKey)
{
    Score score;
    score.value = readNumber(parent.at(key));
    if (!score.value)
        score.reason = reasons.value(reasonKey, "undefined");
    return score;
}

} // namespace dispersa
