// SPDX-License-Identifier: GPL-3.0-or-later
// A training of the synthetic rings that takes a second on one core, and predicting with what it made.
#pragma once

#include "tests/core/learn/synthetic_patterns.h"

#include <utility>

namespace dispersa::quick {

inline constexpr PatternShape shape = {94, 94};

inline TrainOptions quickly(int epochs)
{
    TrainOptions options;
    options.epochs = epochs;
    options.patience = epochs;
    options.batchSize = 16;
    options.learningRate = 1e-3;
    options.device = DeviceChoice::Cpu;
    options.precision = PrecisionChoice::Float32;
    options.threads = 1; // a second one would wait for the first wherever tests share the cores
    return options;
}

inline PredictOptions onCpu(int threads = 1)
{
    PredictOptions options;
    options.device = DeviceChoice::Cpu;
    options.threads = threads;
    return options;
}

inline Result<TrainOutcome> train(const TrainingSet& set, const TrainOptions& options, const EpochSink& onEpoch = {},
                                  const ProgressSink& progress = {}, std::stop_token stop = {})
{
    return trainNetwork(set, synthetic::ringDescription(shape), options, onEpoch, progress, std::move(stop));
}

inline bool hasGpu()
{
    return deviceDescription(DeviceChoice::Auto, 0).starts_with("CUDA");
}

} // namespace dispersa::quick
