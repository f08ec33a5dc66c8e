// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/optimizer_p.h"

#include "core/learn/optimizer_kernels_p.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <map>

namespace dispersa {

namespace {

constexpr double beta1 = 0.9;
constexpr double beta2 = 0.999;
constexpr double epsilon = 1e-7; // Keras' default; PyTorch's is 1e-8
constexpr double momentum = 0.9;
constexpr std::int64_t chunk = 1 << 15; // numbers per piece of work: the result does not depend on the threads

/// The gradient with the parameter's order of numbers in memory.
at::Tensor gradientLike(const at::Tensor& weights)
{
    const at::Tensor& gradient = weights.grad();
    if (gradient.scalar_type() == at::kFloat && gradient.strides() == weights.strides())
        return gradient;
    at::Tensor copy = at::empty_strided(weights.sizes(), weights.strides(), weights.options().requires_grad(false));
    copy.copy_(gradient);
    return copy;
}

at::Tensor zerosLike(const at::Tensor& weights)
{
    return at::zeros_like(weights, weights.options().requires_grad(false));
}

} // namespace

Optimizer::Optimizer(std::vector<std::pair<std::string, at::Tensor>> parameters, const TrainingSettings& settings,
                     Way way)
    : m_kind(settings.optimizer), m_decay(settings.weightDecay)
{
    const torch::NoGradGuard noGrad;
    for (auto& [name, weights] : parameters) {
        Parameter parameter{name, weights, zerosLike(weights), {}};
        if (m_kind != OptimizerKind::Sgd)
            parameter.second = zerosLike(weights);
        m_parameters.push_back(std::move(parameter));
    }
    if (!m_parameters.empty() && (way == Way::TensorOperations || !m_parameters.front().weights.is_cpu()))
        m_factors = at::ones({4}, m_parameters.front().weights.options().requires_grad(false));
}

void Optimizer::begin(double rate)
{
    ++m_steps;
    m_rate = rate;
    m_stepSize = rate / (1 - std::pow(beta1, double(m_steps)));
    m_rootScale = 1 / std::sqrt(1 - std::pow(beta2, double(m_steps)));
    if (m_factors.defined()) {
        const torch::NoGradGuard noGrad;
        const double shrink = m_kind == OptimizerKind::AdamW ? 1 - rate * m_decay : 1;
        m_factors.copy_(at::tensor({float(m_stepSize), float(m_rootScale), float(shrink), float(rate)}));
    }
}

void Optimizer::apply()
{
    const torch::NoGradGuard noGrad;
    for (Parameter& parameter : m_parameters)
        if (m_factors.defined())
            applyOperations(parameter);
        else
            applyLoops(parameter);
}

void Optimizer::applyLoops(Parameter& parameter) const
{
    const at::Tensor gradient = gradientLike(parameter.weights);
    auto* weights = parameter.weights.data_ptr<float>();
    const auto* slope = gradient.data_ptr<float>();
    auto* first = parameter.first.data_ptr<float>();
    auto* second = parameter.second.defined() ? parameter.second.data_ptr<float>() : nullptr;
    const optimizer::AdamStep step{float(beta1),
                                   float(beta2),
                                   float(epsilon),
                                   float(m_stepSize),
                                   float(m_rootScale),
                                   m_kind == OptimizerKind::Adam ? float(m_decay) : 0.0f,
                                   m_kind == OptimizerKind::AdamW ? float(1 - m_rate * m_decay) : 1.0f};
    at::parallel_for(0, parameter.weights.numel(), chunk, [&](std::int64_t begin, std::int64_t end) {
        if (m_kind == OptimizerKind::Sgd)
            optimizer::sgd(weights + begin, slope + begin, first + begin, end - begin, float(m_rate), float(momentum),
                           float(m_decay));
        else
            optimizer::adam(weights + begin, slope + begin, first + begin, second + begin, end - begin, step);
    });
}

void Optimizer::applyOperations(Parameter& parameter) const
{
    at::Tensor& weights = parameter.weights;
    at::Tensor gradient = gradientLike(weights);
    if (m_decay > 0 && m_kind != OptimizerKind::AdamW)
        gradient = gradient.add(weights, m_decay);
    if (m_kind == OptimizerKind::Sgd) {
        parameter.first.mul_(momentum).add_(gradient);
        weights.addcmul_(parameter.first, m_factors[3], -1);
        return;
    }
    parameter.first.mul_(beta1).add_(gradient, 1 - beta1);
    parameter.second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    const at::Tensor root = parameter.second.sqrt().mul_(m_factors[1]).add_(epsilon);
    weights.mul_(m_factors[2]);
    weights.addcdiv_(parameter.first * m_factors[0], root, -1);
}

std::vector<std::pair<std::string, at::Tensor>> Optimizer::state() const
{
    std::vector<std::pair<std::string, at::Tensor>> state;
    for (const Parameter& parameter : m_parameters) {
        state.emplace_back(parameter.name + ".first", parameter.first);
        if (parameter.second.defined())
            state.emplace_back(parameter.name + ".second", parameter.second);
    }
    return state;
}

bool Optimizer::restore(const std::vector<std::pair<std::string, at::Tensor>>& state, std::int64_t steps)
{
    const torch::NoGradGuard noGrad;
    const std::map<std::string, at::Tensor> byName(state.begin(), state.end());
    const auto own = this->state();
    if (own.size() != byName.size())
        return false;
    for (const auto& [name, tensor] : own)
        if (const auto found = byName.find(name); found == byName.end() || found->second.sizes() != tensor.sizes())
            return false;
    for (auto [name, tensor] : own)
        tensor.copy_(byName.at(name));
    m_steps = steps;
    return true;
}

} // namespace dispersa
