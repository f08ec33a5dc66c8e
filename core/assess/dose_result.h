// SPDX-License-Identifier: GPL-3.0-or-later
// What planning the dose found: curves of r over the share of the X-ray dose, in words, as CSV and as JSON.
#pragma once

#include "core/assess/learning_curve.h"
#include "core/base/error.h"
#include "core/data/study.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispersa {

struct DosePlan {
    std::string recipe;
    std::string scoredOn; ///< "scans" that were not trained on, or "test": the held-out part of the split
    SplitKind split = SplitKind::Random; ///< in use
    std::int64_t trainingPixels = 0;           ///< of the whole area
    std::vector<LearningCurve> area = {};      ///< Pearson's r over the share of the area, one curve per target
    std::vector<LearningCurve> counts = {};    ///< over the share of counts; empty where there are no raw counts
    std::optional<double> enoughArea = {};     ///< smallest share within the tolerance for every target
    std::optional<double> enoughCounts = {};
    double tolerance = 0;
};

/// "20 % of the EDS area gives r = .86 +- .01 for Te (.88 with all of it)." One sentence per target and what suffices;
/// English.
std::vector<std::string> doseSentences(const DosePlan& plan);

/// dose.json: recipe, scored_on, split, tolerance, and per curve target, share, n, mean, sd. The same object stands in
/// metrics.json as "dose_plan".
std::string dosePlanToJson(const DosePlan& plan);
/// Of the text of dose.json. Error: FormatInvalid.
Result<DosePlan> dosePlanFromJson(std::string_view text);
/// One row per curve, target and share, header first.
std::string dosePlanToCsv(const DosePlan& plan);

} // namespace dispersa
