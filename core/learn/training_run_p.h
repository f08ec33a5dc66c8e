// SPDX-License-Identifier: GPL-3.0-or-later
// The torch side of training: network, optimiser, one pass over the data at a time.
#pragma once

#include "core/learn/augmentation_p.h"
#include "core/learn/batch_parts_p.h"
#include "core/learn/device_p.h"
#include "core/learn/device_stream_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/optimizer_p.h"
#include "core/learn/pattern_feed_p.h"
#include "core/learn/rate_schedule_p.h"
#include "core/learn/recycled_memory_p.h"
#include "core/learn/repeated_step_p.h"
#include "core/learn/trainer.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace dispersa {

/// After each batch: patterns of this pass done so far, and the mean loss so far, which is only computed when called
/// (reading it waits for a GPU). Returns false to stop the pass.
using BatchDone = std::function<bool(std::int64_t patterns, const std::function<double()>& loss)>;

/// Owns what changes while training. Everything belongs to the thread that trains. All random numbers of an epoch come from
/// the seed and the epoch's number, so that a training can go on after any epoch.
class TrainingRun {
  public:
    /// `set` and the others must outlive the run. `initial` replaces fresh weights where its tensors have the network's
    /// names and shapes.
    TrainingRun(const TrainingSet& set, const NetworkOptions& network, const TrainOptions& options,
                const ComputePlan& plan, const NetworkState& initial);
    /// The same with a recorder of the caller's for the training step; none: each step runs as it is.
    TrainingRun(const TrainingSet& set, const NetworkOptions& network, const TrainOptions& options,
                const ComputePlan& plan, const NetworkState& initial, std::unique_ptr<StepRecorder> recorder);
    TrainingRun(const TrainingRun&) = delete; // the step knows where this is
    TrainingRun& operator=(const TrainingRun&) = delete;

    /// One epoch (1-based) over the training part in a new random order; mean loss, or nothing when stopped.
    Result<std::optional<double>> train(int epoch, const BatchDone& done);
    /// Mean loss over the validation part.
    Result<std::optional<double>> validate(const BatchDone& done);
    /// Tells the loss that the schedule watches.
    void epochEnded(double loss) { m_schedule.epochEnded(loss); }

    /// Outputs of the passes since the last call, [count, outputs] with NaN where nothing passed.
    std::shared_ptr<const std::vector<float>> takeOutputs();
    /// Copy of the present weights.
    NetworkState state() const { return copyState(m_network); }
    const Optimizer& optimizer() const { return *m_optimizer; }
    /// True once steps are repeated as recorded.
    bool replays() const { return m_learn->replays(); }
    /// Puts the run where another one was after `history`. False if the optimiser's state is another network's.
    bool restore(const NetworkState& weights, const NetworkState& moments, const std::vector<EpochRecord>& history);

  private:
    std::int64_t stepsPerEpoch() const;
    /// Keeps the patterns on the GPU from now on, if they fit and the plan wants it. Errors: those of reading.
    Result<void> settleOnDevice();
    std::unique_ptr<PatternFeed> feed(std::vector<std::int64_t> order) const;
    Result<std::optional<double>> pass(std::vector<std::int64_t> order, bool learning, const BatchDone& done);
    /// Changes a batch at random and draws its dropout: what cannot be recorded.
    StepInput drawn(const torch::Tensor& stored, const torch::Tensor& indices);
    /// What a network makes of patterns.
    torch::Tensor outputOf(Network& network, const StepInput& input, const BatchPart& part = {}) const;
    /// Whether the batch is divided between threads, and what each of them does with its part.
    bool isDivided(const StepInput& input) const;
    BatchParts::Forward partOf(const StepInput& input) const;
    /// Outputs and loss of a batch that is not learned from.
    void look(const StepInput& input);
    /// Mean loss of a batch; keeps its outputs and adds its loss up.
    torch::Tensor lossOfBatch(const torch::Tensor& output, const torch::Tensor& indices);
    /// Forward, backward and the optimiser's step: operations on fixed memory, without random numbers.
    void learn(const StepInput& input);

    const RecycledMemory m_memory; ///< each step asks for the same again; first, so that it outlives the tensors
    const TrainingSet& m_set;
    const TrainOptions& m_options;
    const ComputePlan& m_plan;
    RateSchedule m_schedule;
    Network m_network;
    std::optional<c10::Stream> m_stream;
    at::Generator m_dropout;
    Augmenter m_augmenter;
    std::optional<Optimizer> m_optimizer;
    std::unique_ptr<BatchParts> m_parts; ///< on a CPU of several threads
    std::shared_ptr<const ResidentPatterns> m_resident;
    bool m_settled = false;
    torch::Tensor m_targets; ///< [count, outputs]
    torch::Tensor m_outputs; ///< [count, outputs]
    torch::Tensor m_lossSum; ///< of this pass, over patterns; on the device: reading it makes a GPU wait for us and us for it
    std::optional<RepeatedStep> m_learn;
};

} // namespace dispersa
