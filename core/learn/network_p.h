// SPDX-License-Identifier: GPL-3.0-or-later
// The network of Kumar & Rakita 2025. An nn.Module in Python with the same attribute names loads its weights.
#pragma once

#include "core/learn/fused_pool_p.h"
#include "core/learn/recipe.h"

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

namespace dispersa {

/// conv1 - bn1 - ReLU - pool, four times conv - ReLU - pool, dropout, flatten, three dense layers, output.
/// Flatten order is PyTorch's: channel, row, column, whatever the memory format of the convolutions.
class NetworkImpl : public torch::nn::Module {
  public:
    /// `options` must have passed layerTable().
    explicit NetworkImpl(const NetworkOptions& options);

    /// Patterns [n, 1, height, width] to outputs [n, outputs] in fp32. What leaves the convolutions is multiplied by
    /// `dropout` if that is defined. Safe from several threads in eval mode. In training mode the patterns may be a `part` of
    /// a batch whose other parts other networks with the same weights see.
    torch::Tensor forward(torch::Tensor patterns, const torch::Tensor& dropout = {}, const BatchPart& part = {});
    /// Its two parts, between which dropout stands: what leaves the convolutions, flattened [n, features], and what the
    /// dense layers make of it. `features` stay as they are. In eval mode the first layer is fp32 whatever is cast around it.
    torch::Tensor trunk(const torch::Tensor& patterns, const BatchPart& part = {});
    torch::Tensor head(const torch::Tensor& features);

    /// Keras' defaults: Glorot-uniform kernels, zero biases, BatchNorm at identity. The same on every device.
    void initialise(std::uint64_t seed);

    /// Dropout's factors for `n` patterns, [n, features] on the weights' device: 0 or 1 / (share that is kept). Undefined
    /// where nothing is dropped. `type`: that of the features. The generator must belong to the device.
    torch::Tensor drawDropout(std::int64_t n, at::ScalarType type, const at::Generator& generator) const;

    const NetworkOptions& options() const { return m_options; }

    torch::nn::Conv2d conv1{nullptr}, conv2{nullptr}, conv3{nullptr}, conv4{nullptr}, conv5{nullptr};
    torch::nn::BatchNorm2d bn1{nullptr};
    torch::nn::Linear fc1{nullptr}, fc2{nullptr}, fc3{nullptr}, output{nullptr};

  private:
    torch::Tensor firstLayer(const torch::Tensor& patterns, const BatchPart& part);
    torch::Tensor unroundedFirstLayer(const torch::Tensor& patterns, const BatchPart& part);

    NetworkOptions m_options;
};

TORCH_MODULE(Network);

} // namespace dispersa
