// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a run says about how well it predicted: per scan and target, correlation matrices, summary. metrics.json.
#pragma once

#include "core/assess/account.h"
#include "core/assess/calibration_fit.h"
#include "core/assess/dose_result.h"
#include "core/assess/metrics.h"
#include "core/base/error.h"
#include "core/data/element_map.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

struct CorrectedScores {
    Score pearson = {};
    Score mae = {};
};

struct TargetScores {
    std::string name;
    std::int64_t n = 0; ///< pixels scored
    Score pearson = {};
    Score mae = {};
    Score errorPercent = {};
    std::optional<CalibrationFit> correction = {};
    bool correctionInSample = false; ///< the correction was fitted on pixels scored here
    std::optional<CorrectedScores> corrected = {};
    TargetAccount account = {};
};

/// Pearson's r between targets; row-major n x n; nullopt where undefined.
struct CorrelationMatrices {
    std::vector<std::string> targets = {};
    std::vector<std::optional<double>> real = {};
    std::vector<std::optional<double>> predicted = {};
    std::vector<std::optional<double>> cross = {}; ///< [real i, predicted j]
};

struct ScanScores {
    std::string name;
    std::string role;      ///< word of the study file
    bool inSample = false; ///< some of its pixels were trained on
    std::vector<TargetScores> targets = {};
    CorrelationMatrices correlation = {};
};

struct MeanSd {
    std::optional<double> mean = {};
    std::optional<double> sd = {}; ///< population
};
struct SummaryRow {
    std::string target;
    MeanSd pearson = {};
    MeanSd mae = {};
};

struct RunMetrics {
    std::vector<ScanScores> scans = {};
    std::string splitKind = {};                ///< word of the study file; empty when nothing was trained
    std::vector<TargetScores> testTargets = {}; ///< on the test part of the split
    std::vector<SummaryRow> summary = {};      ///< over scans with role predict
    LeakGap leakGap = {};                      ///< empty when nothing was trained
    std::optional<DosePlan> dosePlan = {};     ///< where one was put into the run
};

/// Scores of one target. `correction` empty: no corrected scores. Pixels to be
/// left out are NaN in `real`.
TargetScores scoreTarget(const std::string& name, std::span<const float> real, std::span<const float> predicted,
                         const std::optional<CalibrationFit>& correction, bool correctionInSample);

/// real and predicted hold one map per target, all of the same shape.
CorrelationMatrices correlationMatrices(const std::vector<std::string>& targets, const std::vector<MapPtr>& real,
                                        const std::vector<MapPtr>& predicted);

/// Mean and population sd over the scans with role predict, per target.
std::vector<SummaryRow> summarise(const std::vector<ScanScores>& scans);

/// metrics.json as DESIGN.md lays it out, and back. Undefined values are null with an entry in "reasons".
std::string metricsToJson(const RunMetrics& metrics);
Result<RunMetrics> metricsFromJson(const std::string& json);
/// One row per scan and target, header first.
std::string metricsToCsv(const RunMetrics& metrics);

} // namespace dispersa
