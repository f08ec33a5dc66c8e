// SPDX-License-Identifier: GPL-3.0-or-later
// Layers, initial weights and forward pass of the paper's network.
#include "core/learn/network_p.h"

#include "core/learn/first_layer_p.h"
#include "core/learn/torch_compat.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <torch/nn/init.h>

#include <cmath>

namespace dispersa {

namespace nn = torch::nn;

namespace {

constexpr int kernel = 3;

/// Glorot & Bengio 2010, as Keras: uniform in +-sqrt(6 / (fan in + fan out)), fans counted with the kernel's area.
void glorotUniform(torch::Tensor weight, const at::Generator& generator)
{
    const double area = weight.dim() > 2 ? double(weight[0][0].numel()) : 1.0;
    const double limit = std::sqrt(6.0 / (area * double(weight.size(0) + weight.size(1))));
    weight.uniform_(-limit, limit, generator);
}

} // namespace

NetworkImpl::NetworkImpl(const NetworkOptions& options) : m_options(options)
{
    const PatternShape last = lastConvolutionShape({options.patternHeight, options.patternWidth});
    conv1 = register_module("conv1", nn::Conv2d(1, 32, kernel));
    bn1 = register_module(
        "bn1",
        nn::BatchNorm2d(nn::BatchNorm2dOptions(32).momentum(options.batchNormMomentum).eps(options.batchNormEpsilon)));
    conv2 = register_module("conv2", nn::Conv2d(32, 64, kernel));
    conv3 = register_module("conv3", nn::Conv2d(64, 128, kernel));
    conv4 = register_module("conv4", nn::Conv2d(128, 256, kernel));
    conv5 = register_module("conv5", nn::Conv2d(256, 512, kernel));
    fc1 = register_module("fc1", nn::Linear(512 * last.count(), 512));
    fc2 = register_module("fc2", nn::Linear(512, 256));
    fc3 = register_module("fc3", nn::Linear(256, 128));
    output = register_module("output", nn::Linear(128, options.outputs));
}

void NetworkImpl::initialise(std::uint64_t seed)
{
    const torch::NoGradGuard noGrad;
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    for (const nn::Conv2d& layer : {conv1, conv2, conv3, conv4, conv5}) {
        glorotUniform(layer->weight, generator);
        layer->bias.zero_();
    }
    for (const nn::Linear& layer : {fc1, fc2, fc3, output}) {
        glorotUniform(layer->weight, generator);
        layer->bias.zero_();
    }
    bn1->weight.fill_(1);
    bn1->bias.zero_();
    bn1->reset_running_stats();
}

torch::Tensor NetworkImpl::drawDropout(std::int64_t n, at::ScalarType type, const at::Generator& generator) const
{
    if (m_options.dropout == 0)
        return {};
    // at::dropout draws from the process-wide generator; with our own a seed repeats whatever else runs. And drawn apart from
    // the forward pass, that one can be recorded and repeated.
    const double kept = 1 - m_options.dropout;
    const auto options = fc1->weight.options().dtype(type).requires_grad(false);
    return at::empty({n, fc1->options.in_features()}, options).bernoulli_(kept, generator).div_(kept);
}

torch::Tensor NetworkImpl::firstLayer(const torch::Tensor& patterns, const BatchPart& part)
{
    return batchNormPoolRelu(conv1(patterns), *bn1, part);
}

torch::Tensor NetworkImpl::unroundedFirstLayer(const torch::Tensor& patterns, const BatchPart& part)
{
    // In bfloat16 the few weights of this layer round for every pixel alike, which moves whole maps: up to .020 in atomic
    // fraction instead of .004 when only the others round.
    const bool rounds = torch_compat::castsToBFloat16(patterns.device().type());
    if (canEvaluateFirstLayer(patterns, *conv1))
        return evaluatedFirstLayer(patterns, *conv1, *bn1, rounds ? torch::kBFloat16 : torch::kFloat);
    const torch_compat::NoAutocast unrounded;
    return firstLayer(patterns.to(torch::kFloat), part);
}

torch::Tensor NetworkImpl::trunk(const torch::Tensor& patterns, const BatchPart& part)
{
    // ReLU after pooling is the same function (both keep order) at a quarter of the work.
    torch::Tensor x = is_training() ? firstLayer(patterns, part) : unroundedFirstLayer(patterns, part);
    for (nn::Conv2d* layer : {&conv2, &conv3, &conv4, &conv5})
        x = poolRelu((*layer)->forward(x));
    return x.contiguous().flatten(1);
}

torch::Tensor NetworkImpl::head(const torch::Tensor& features)
{
    torch::Tensor x = features;
    for (nn::Linear* layer : {&fc1, &fc2, &fc3})
        x = (*layer)->forward(x).relu_();
    x = output(x).to(torch::kFloat);
    return m_options.activation == OutputActivation::Softmax ? at::softmax(x, 1) : x.relu_();
}

torch::Tensor NetworkImpl::forward(torch::Tensor patterns, const torch::Tensor& dropout, const BatchPart& part)
{
    const torch::Tensor features = trunk(patterns, part);
    return head(dropout.defined() ? features * dropout : features);
}

} // namespace dispersa
