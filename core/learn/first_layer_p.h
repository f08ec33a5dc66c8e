// SPDX-License-Identifier: GPL-3.0-or-later
// The network's first layer where nothing is learnt from it: convolution, BatchNorm, pooling and ReLU in one pass on
// the CPU.
#pragma once

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>

namespace dispersa {

/// relu(max_pool2d(batchNorm(convolution(patterns)), 2)) with the running statistics, computed in fp32 and given as
/// `type` (fp32 or bf16), channels_last; not differentiable. `patterns`: [n, 1, height, width] on the CPU. What the
/// convolution makes, four times as much as what pooling leaves of it, never reaches the memory.
torch::Tensor evaluatedFirstLayer(const torch::Tensor& patterns, const torch::nn::Conv2dImpl& convolution,
                                  const torch::nn::BatchNorm2dImpl& batchNorm, at::ScalarType type);

/// Whether it can: a 3 x 3 convolution of one channel to a multiple of 32, in fp32 on the CPU.
bool canEvaluateFirstLayer(const torch::Tensor& patterns, const torch::nn::Conv2dImpl& convolution);

} // namespace dispersa
