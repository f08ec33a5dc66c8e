// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of metrics.json that are not plain scores: accounts, correction curves, the leak gap.
#pragma once

#include "core/assess/account.h"
#include "core/assess/calibration_fit.h"

#include <nlohmann/json.hpp>

namespace dispersa {

/// Adds what is known of the account to a target's object; undefined scores are null with an entry in `reasons`.
void addAccount(const TargetAccount& account, nlohmann::ordered_json& target, nlohmann::ordered_json& reasons);
/// Throws nlohmann's exceptions or std::invalid_argument. What an earlier version did not write stays unknown.
TargetAccount readAccount(const nlohmann::ordered_json& target);

/// A correction curve: alpha and beta of a line, coefficients of a polynomial, knots of a curve.
nlohmann::ordered_json calibrationJson(const CalibrationFit& fit, bool inSample);
CalibrationFit readCalibration(const nlohmann::ordered_json& json);

nlohmann::ordered_json leakGapJson(const LeakGap& gap);
LeakGap readLeakGap(const nlohmann::ordered_json& json);

} // namespace dispersa
