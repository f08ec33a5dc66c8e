// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/loss_p.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace dispersa {

namespace {
constexpr double huberDelta = 0.1;
constexpr double least = 1e-7; // of a probability: its logarithm stays finite
} // namespace

at::Tensor lossOf(LossKind kind, const at::Tensor& outputs, const at::Tensor& targets)
{
    switch (kind) {
    case LossKind::MeanAbsolute:
        return (outputs - targets).abs().mean();
    case LossKind::MeanSquared:
        return (outputs - targets).square().mean();
    case LossKind::Huber:
        return at::huber_loss(outputs, targets, at::Reduction::Mean, huberDelta);
    case LossKind::CrossEntropy: {
        const at::Tensor weights = targets.clamp_min(0);
        return -(weights * outputs.clamp_min(least).log()).sum() / weights.sum().clamp_min(least);
    }
    }
    return {};
}

} // namespace dispersa
