// SPDX-License-Identifier: GPL-3.0-or-later
// One step of an optimiser over the numbers of one parameter, in a single pass over memory; no torch types.
#pragma once

#include <cstdint>

namespace dispersa::optimizer {

/// What one step needs beside weights and gradient.
struct AdamStep {
    float beta1, beta2, epsilon;
    float stepSize;  ///< rate / (1 - beta1^t)
    float rootScale; ///< 1 / sqrt(1 - beta2^t)
    float decay;     ///< added to the gradient: decay * weight
    float shrink;    ///< weights are multiplied by this first (AdamW: 1 - rate * decay)
};

/// Kingma & Ba 2015; with shrink Loshchilov & Hutter 2019. All arrays have `count` numbers.
void adam(float* weights, const float* gradient, float* mean, float* square, std::int64_t count, const AdamStep& step);

/// Momentum as PyTorch's SGD: velocity = momentum * velocity + gradient, weights -= rate * velocity.
void sgd(float* weights, const float* gradient, float* velocity, std::int64_t count, float rate, float momentum,
         float decay);

} // namespace dispersa::optimizer
