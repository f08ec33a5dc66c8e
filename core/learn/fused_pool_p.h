// SPDX-License-Identifier: GPL-3.0-or-later
// Max-pooling 2 x 2 with ReLU, and with BatchNorm before it, in one pass over memory on the CPU.
#pragma once

#include <torch/nn/modules/batchnorm.h>

namespace dispersa {

/// relu(max_pool2d(x, 2)), differentiable. On the CPU in channels_last (channels a multiple of 32; fp32 or bf16) this
/// keeps one byte per output for the backward pass instead of the input, the output and a 64-bit index; elsewhere it is
/// LibTorch's.
torch::Tensor poolRelu(const torch::Tensor& x);

/// relu(max_pool2d(batchNorm(x), 2)), differentiable; updates the running statistics in training mode. Where the fast
/// way is taken, its backward pass overwrites x with x's gradient: nothing else may need x then (a convolution's result
/// is not needed by the convolution's own backward pass).
torch::Tensor batchNormPoolRelu(const torch::Tensor& x, torch::nn::BatchNorm2dImpl& batchNorm);

} // namespace dispersa
