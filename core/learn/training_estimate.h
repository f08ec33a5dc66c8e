// SPDX-License-Identifier: GPL-3.0-or-later
// What a training will cost, from a trial of about a second with made-up patterns.
#pragma once

#include "core/base/error.h"
#include "core/learn/trainer.h"

#include <cstdint>
#include <stop_token>
#include <string>

namespace dispersa {

/// How much there is to do.
struct TrainingAmount {
    std::int64_t train = 0;
    std::int64_t validation = 0;
    std::int64_t predict = 0; ///< patterns predicted afterwards
    bool wholeNumbers = true; ///< prepared counts are uint16, else float
};

struct TrainingEstimate {
    double secondsPerEpoch = 0;      ///< of one member
    double trainingSeconds = 0;      ///< for all epochs of all members, if patience does not end them earlier
    double predictionSeconds = 0;    ///< by all members, without dropout passes
    std::uint64_t memory_bytes = 0;  ///< of the program itself; prepared patterns are page cache and not counted
    std::string device = {};
};

/// Trains and predicts batches of random patterns for about a second. Uses the machine as the training will, so not beside
/// another one. Errors: those of trainNetwork; Cancelled.
Result<TrainingEstimate> estimateTraining(const ModelDescription& description, const TrainOptions& options,
                                          const TrainingAmount& amount, std::stop_token stop);

} // namespace dispersa
