// SPDX-License-Identifier: GPL-3.0-or-later
// Does the same training step many times: where the device can keep what a step launches, it is launched again as a
// whole instead of one operation after the other.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace dispersa {

/// Keeps what a function launches on a device.
class StepRecorder {
  public:
    virtual ~StepRecorder() = default;
    /// Records what `step` launches, without doing it; all that it reads and writes must stay where it is in memory,
    /// and it must not draw random numbers. Empty, or why that was not possible: then nothing happened.
    virtual std::string record(const std::function<void()>& step) = 0;
    /// Does once what was recorded, on the current stream.
    virtual void replay() = 0;
};

/// What a training step reads of a batch, all on the device.
struct StepInput {
    at::Tensor counts;  ///< [n, ...] as stored, or changed at random and in fp32
    at::Tensor indices; ///< [n] of the patterns
    at::Tensor dropout; ///< [n, features] factors; undefined: nothing is dropped
};

class RepeatedStep {
  public:
    using Step = std::function<void(const StepInput&)>;

    /// Batches of `batchSize` patterns are replayed once `recorder` has recorded them; without one all run as they are.
    RepeatedStep(Step step, std::int64_t batchSize, std::unique_ptr<StepRecorder> recorder);

    /// Records the step if it ran often enough to have warmed up (libraries have chosen their algorithms and reserved
    /// their memory). Nothing else of this program may use the device meanwhile: an older CUDA forbids it.
    void beginPass();
    /// One step: replayed, or run as it is: before the recording, for a smaller batch, or where nothing can be
    /// recorded.
    void operator()(const StepInput& input);

    bool replays() const { return m_recorded; }

    static constexpr int warmUpSteps = 3; ///< as PyTorch's notes on CUDA graphs advise

  private:
    Step m_step;
    std::int64_t m_batchSize;
    std::unique_ptr<StepRecorder> m_recorder;
    StepInput m_fixed; ///< where a recorded step finds its input
    int m_warm = 0;    ///< full batches that ran as they are
    bool m_recorded = false;
};

} // namespace dispersa
