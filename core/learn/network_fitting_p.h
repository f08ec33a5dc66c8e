// SPDX-License-Identifier: GPL-3.0-or-later
// The training that the small networks among the regressions share: AdamW over one cycle of rates, with noise and
// mixing against learning single points by heart.
#pragma once

#include "core/learn/regressor_p.h"

#include <ATen/core/Generator.h>

#include <functional>
#include <utility>
#include <vector>

namespace dispersa {

using Layers = std::vector<torch::Tensor>;
/// What may change hidden units while training: dropout, of so many times the share that is chosen.
using HiddenChange = std::function<torch::Tensor(torch::Tensor, double times)>;

/// Changes nothing: for predictions.
inline torch::Tensor unchangedHidden(torch::Tensor hidden, double)
{
    return hidden;
}

/// The network as the training sees it.
struct FittedNetwork {
    /// Standardised features to targets.
    std::function<torch::Tensor(const torch::Tensor& input, const Layers& layers, const HiddenChange& dropped)> forward;
    /// Turns a batch so that its targets stay what they are; empty: nothing does.
    std::function<torch::Tensor(torch::Tensor input, const at::Generator& generator)> turned = {};
    /// Axis of the input that the network averages over, and with it noise that is its own in each place: noise that is
    /// the same along the axis is added to it. None: 0.
    std::int64_t averagedAxis = 0;
};

/// PyTorch's usual start of a dense or convolution layer, uniform in +-sqrt(1 / inputs): weight of `shape`, whose first
/// dimension counts the outputs, and bias.
void addFreshLayer(Layers& layers, const std::vector<std::int64_t>& shape, const at::Generator& generator);
/// Steps of a fit to `points` points; at least 200, since a cycle of fewer learns nothing.
std::int64_t fittingSteps(std::int64_t points, const RegressorOptions& options);

/// Fits `layers`, whose last two are weight and bias of the output, to `x`, the standardised features of `points`;
/// leaves them detached. The loss is the mean square error in deviations of each target. False when stopped.
bool fitLayers(Layers& layers, const FittedNetwork& network, const torch::Tensor& x, const RegressionPoints& points,
               const RegressorOptions& options, const at::Generator& generator, const std::stop_token& stop);

} // namespace dispersa
