// SPDX-License-Identifier: GPL-3.0-or-later
// The torch side of training: network, optimizer, one pass over the data at a time.
#pragma once

#include "core/learn/device_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/random_p.h"
#include "core/learn/trainer.h"

#include <torch/optim/adam.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace dispersa {

/// After each batch: patterns of this pass done so far, and the mean loss so far, which is only computed when called
/// (reading it waits for a GPU). Returns false to stop the pass.
using BatchDone = std::function<bool(std::int64_t patterns, const std::function<double()>& loss)>;

/// Owns what changes while training. Everything belongs to the thread that trains.
class TrainingRun {
  public:
    /// `set` must outlive the run.
    TrainingRun(const TrainingSet& set, const NetworkOptions& network, const TrainOptions& options,
                const ComputePlan& plan);

    /// One epoch over the training part in a new random order; mean loss, or nothing when stopped.
    Result<std::optional<double>> train(const BatchDone& done);
    /// Mean loss over the validation part.
    Result<std::optional<double>> validate(const BatchDone& done);

    /// Outputs of the passes since the last call, [count, outputs] with NaN where nothing passed.
    std::shared_ptr<const std::vector<float>> takeOutputs();
    /// Copy of the present weights.
    NetworkState state() const { return copyState(m_network); }

  private:
    Result<std::optional<double>> pass(std::vector<std::int64_t> order, bool learning, const BatchDone& done);
    /// Mean loss of one batch (fp32, on the device).
    torch::Tensor step(float* patterns, const torch::Tensor& indices, bool learning);
    /// Sets the rate of the next step: see TrainOptions::warmupSteps.
    void warmUp();

    const TrainingSet& m_set;
    const TrainOptions& m_options;
    const ComputePlan& m_plan;
    Random m_random;
    Network m_network;
    std::optional<torch::optim::Adam> m_optimizer;
    int m_steps = 0;
    torch::Tensor m_targets; ///< [count, outputs]
    torch::Tensor m_outputs; ///< [count, outputs]
};

} // namespace dispersa
