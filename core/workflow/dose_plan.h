// SPDX-License-Identifier: GPL-3.0-or-later
// How much X-ray dose a study needs: what is predicted when element maps of but a part of the area, or of fewer counts, are
// trained on.
#pragma once

#include "core/assess/dose_result.h"
#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/workflow/open_scan.h"
#include "core/workflow/run_options.h"

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace dispersa {

struct DosePlanOptions {
    std::vector<double> areaShares = {0.05, 0.1, 0.2, 0.35, 0.6, 1}; ///< of the training pixels, each in (0, 1]
    /// Of the X-ray counts, each in (0, 1]; used where every training map is one of raw counts.
    std::vector<double> countShares = {0.1, 0.25, 0.5, 1};
    int seeds = 3;            ///< trainings per share, on other parts of the area; 1..20
    double tolerance = 0.02;  ///< in r: how much less than the best is good enough
    Result<void> check() const;
};

/// What is known after each training; called on the planning thread.
using DosePlanSink = std::function<void(const DosePlan&)>;

/// Trains the study's recipe once per share and seed and scores it on scans it does not train on, else on the held-out part of
/// its split. There a random split would flatter, more so the more is trained on: instead of it, whole scans are held out
/// where there are two, else blocks. What is scored on keeps all its counts. Areas are squares of the split's block_px,
/// drawn at random; filters see nothing of the area that is left out.
/// Errors: obstacles of the study, those of training, Cancelled, InvalidArgument (options).
Result<DosePlan> planDose(const Study& study, const RunOptions& options, const DosePlanOptions& plan,
                          const ProgressSink& progress, std::stop_token stop, const DosePlanSink& soFar = {});

/// Whether every training map of an element holds raw counts, so that shares of them can be drawn.
bool hasRawCounts(std::span<const OpenedScanPtr> scans, std::span<const std::string> targets);

} // namespace dispersa
