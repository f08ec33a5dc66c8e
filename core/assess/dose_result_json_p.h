// SPDX-License-Identifier: GPL-3.0-or-later
// A dose plan as the JSON object that dose.json is and metrics.json holds.
#pragma once

#include "core/assess/dose_result.h"

#include <nlohmann/json.hpp>

namespace dispersa {

nlohmann::ordered_json dosePlanObject(const DosePlan& plan);
/// Throws nlohmann's exceptions.
DosePlan readDosePlan(const nlohmann::ordered_json& json);

} // namespace dispersa
