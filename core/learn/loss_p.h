// SPDX-License-Identifier: GPL-3.0-or-later
// What training makes small.
#pragma once

#include "core/data/training_settings.h"

#include <ATen/core/Tensor.h>

namespace dispersa {

/// Mean over a batch of outputs and targets, both [n, outputs], as a tensor without dimensions. mae: |o - t|. mse:
/// (o - t)^2. huber: (o - t)^2 / 2 up to 0.1, linear beyond (targets are fractions: an error of 10 at% is large).
/// cross_entropy: - sum t log o / sum t over batch and outputs, t clipped at 0: each pattern counts as much as its targets
/// sum to; outputs must be probabilities.
at::Tensor lossOf(LossKind kind, const at::Tensor& outputs, const at::Tensor& targets);

} // namespace dispersa
