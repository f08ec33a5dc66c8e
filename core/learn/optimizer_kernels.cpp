// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/optimizer_kernels_p.h"

#include "core/base/vector_clones.h"

#include <cmath>

namespace dispersa::optimizer {

DISPERSA_CLONES void adam(float* __restrict weights, const float* __restrict gradient, float* __restrict mean,
                          float* __restrict square, std::int64_t count, const AdamStep& step)
{
    const AdamStep s = step;
    for (std::int64_t i = 0; i < count; ++i) {
        const float g = gradient[i] + s.decay * weights[i];
        const float m = s.beta1 * mean[i] + (1 - s.beta1) * g;
        const float v = s.beta2 * square[i] + (1 - s.beta2) * g * g;
        mean[i] = m;
        square[i] = v;
        weights[i] = s.shrink * weights[i] - s.stepSize * m / (std::sqrt(v) * s.rootScale + s.epsilon);
    }
}

DISPERSA_CLONES void sgd(float* __restrict weights, const float* __restrict gradient, float* __restrict velocity,
                         std::int64_t count, float rate, float momentum, float decay)
{
    for (std::int64_t i = 0; i < count; ++i) {
        const float v = momentum * velocity[i] + gradient[i] + decay * weights[i];
        velocity[i] = v;
        weights[i] -= rate * v;
    }
}

} // namespace dispersa::optimizer
