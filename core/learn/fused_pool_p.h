// SPDX-License-Identifier: GPL-3.0-or-later
// Max-pooling 2 x 2 with ReLU, and with BatchNorm before it, in one pass over memory on the CPU.
#pragma once

#include "core/learn/part_team_p.h"

#include <torch/nn/modules/batchnorm.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace dispersa {

/// What the threads that each have a part of one batch know of all of it.
class JointBatch {
  public:
    explicit JointBatch(PartTeam& team) : m_team(team) {}
    /// Before the parts run.
    void begin(std::int64_t images) { m_images = images; }
    std::int64_t images() const { return m_images; }
    /// So many numbers that all parts see.
    std::span<double> numbers(std::size_t count)
    {
        const std::lock_guard lock(m_mutex);
        m_numbers.resize(count);
        return m_numbers;
    }
    void meet() { m_team.meet(); }

  private:
    PartTeam& m_team;
    std::int64_t m_images = 0;
    std::mutex m_mutex;
    std::vector<double> m_numbers;
};

/// Which part of a batch one thread has; the whole of it where nobody has another.
struct BatchPart {
    JointBatch* whole = nullptr;
    std::int64_t first = 0; ///< image of the whole batch
};

/// relu(max_pool2d(x, 2)), differentiable. On the CPU in channels_last (channels a multiple of 32; fp32 or bf16) this
/// keeps one byte per output for the backward pass instead of the input, the output and a 64-bit index; elsewhere it is
/// LibTorch's.
torch::Tensor poolRelu(const torch::Tensor& x);

/// relu(max_pool2d(batchNorm(x), 2)), differentiable; updates the running statistics in training mode. Where the fast
/// way is taken, its backward pass overwrites x with x's gradient: nothing else may need x then (a convolution's result
/// is not needed by the convolution's own backward pass). With x a `part` of a batch, all parts run at the same time and
/// are normalised as the whole batch would be; the first part gets the gradients of weight and bias, and updates the
/// running statistics. Parts can only take the fast way; c10::Error otherwise.
torch::Tensor batchNormPoolRelu(const torch::Tensor& x, torch::nn::BatchNorm2dImpl& batchNorm, const BatchPart& part = {});

} // namespace dispersa
