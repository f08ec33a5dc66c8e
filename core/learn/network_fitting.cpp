// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/network_fitting_p.h"

#include <ATen/Functions.h>
#include <torch/optim/adamw.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dispersa {
namespace {

constexpr std::int64_t batch = 128;

/// One cycle: up along a cosine in the first 30 % of the steps, down to almost nothing in the rest (Smith 2018).
double oneCycle(double highest, std::int64_t step, std::int64_t steps)
{
    const double rise = 0.3 * double(steps), first = highest / 25, last = first / 1e4;
    const auto cosine = [](double from, double to, double share) {
        return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * share));
    };
    return double(step) < rise ? cosine(first, highest, double(step) / rise)
                               : cosine(highest, last, (double(step) - rise) / (double(steps) - rise));
}

/// One number per row, in a shape that spreads over the rest of `like`.
torch::Tensor perRow(const torch::Tensor& numbers, const torch::Tensor& like)
{
    std::vector<std::int64_t> shape(std::size_t(like.dim()), 1);
    shape.front() = like.size(0);
    return numbers.reshape(shape);
}

} // namespace

void addFreshLayer(Layers& layers, const std::vector<std::int64_t>& shape, const at::Generator& generator)
{
    double inputs = 1;
    for (std::size_t d = 1; d < shape.size(); ++d)
        inputs *= double(shape[d]);
    const double bound = 1 / std::sqrt(inputs);
    layers.push_back(at::empty(shape).uniform_(-bound, bound, generator));
    layers.push_back(at::empty({shape.front()}).uniform_(-bound, bound, generator));
}

std::int64_t fittingSteps(std::int64_t points, const RegressorOptions& options)
{
    constexpr std::int64_t fewestSteps = 200, trialSteps = 8;
    if (options.epochs < 1)
        return trialSteps;
    const std::int64_t perEpoch = (points + batch - 1) / batch;
    // Few points are seen more often.
    return std::max<std::int64_t>(options.epochs, (fewestSteps + perEpoch - 1) / perEpoch) * perEpoch;
}

bool fitLayers(Layers& layers, const FittedNetwork& network, const torch::Tensor& x, const RegressionPoints& points,
               const RegressorOptions& options, const at::Generator& generator, const std::stop_token& stop)
{
    const torch::Tensor mean = points.targets.mean(0), deviation = deviations(points.targets, 1e-6);
    // What ends in a softmax is learned as it is, anything else in units of its deviation from its mean: it may be
    // counts.
    const torch::Tensor y = points.composition ? points.targets : (points.targets - mean) / deviation;
    const torch::Tensor unit = points.composition ? deviation : at::ones_like(deviation);
    // The last bias begins at the mean.
    layers.back() = points.composition ? mean.clamp_min(1e-4).log() : y.mean(0);
    for (torch::Tensor& layer : layers)
        layer.set_requires_grad(true);
    torch::optim::AdamW optimizer(layers,
                                  torch::optim::AdamWOptions(options.learningRate).weight_decay(options.penalty));
    const HiddenChange dropped = [&](torch::Tensor hidden, double times) {
        if (options.dropout <= 0)
            return hidden;
        const double kept = std::max(0.1, 1 - times * options.dropout);
        return hidden * at::empty_like(hidden).bernoulli_(kept, generator).div_(kept);
    };
    const auto rows = [&](const torch::Tensor& chosen) {
        torch::Tensor input = x.index_select(0, chosen);
        return network.turned ? network.turned(std::move(input), generator) : input;
    };
    const std::int64_t count = x.size(0), steps = fittingSteps(count, options);
    const auto whole = at::TensorOptions().dtype(at::kLong);
    torch::Tensor order;
    std::int64_t first = count;
    for (std::int64_t step = 0; step < steps; ++step, first += batch) {
        if (stop.stop_requested())
            return false;
        if (first >= count) {
            order = at::randperm(count, generator, whole);
            first = 0;
        }
        const torch::Tensor chosen = order.slice(0, first, std::min(count, first + batch));
        torch::Tensor input = rows(chosen), target = y.index_select(0, chosen);
        if (options.mixing > 0) {
            const torch::Tensor others = at::randint(count, {chosen.size(0)}, generator, whole);
            const torch::Tensor share = at::rand({chosen.size(0), 1}, generator) * options.mixing;
            input = at::lerp(input, rows(others), perRow(share, input));
            target = at::lerp(target, y.index_select(0, others), share);
        }
        if (options.noise > 0) {
            std::vector<std::int64_t> shape = input.sizes().vec();
            input = input + options.noise * at::randn(shape, generator, input.options());
            if (network.averagedAxis > 0) {
                shape[std::size_t(network.averagedAxis)] = 1;
                input = input + options.noise * at::randn(shape, generator, input.options());
            }
        }
        for (auto& group : optimizer.param_groups())
            static_cast<torch::optim::AdamWOptions&>(group.options()).lr(oneCycle(options.learningRate, step, steps));
        optimizer.zero_grad();
        const torch::Tensor loss = ((network.forward(input, layers, dropped) - target) / unit).square().mean();
        loss.backward();
        optimizer.step();
    }
    for (torch::Tensor& layer : layers)
        layer = layer.detach();
    if (!points.composition) { // back to the targets' units
        torch::Tensor &weight = layers[layers.size() - 2], &bias = layers.back();
        weight = weight * deviation.unsqueeze(1);
        bias = bias * deviation + mean;
    }
    return true;
}

} // namespace dispersa
