// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/optimizer_p.h"

#include "core/learn/optimizer_kernels_p.h"
#include "core/learn/torch_compat.h"

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
constexpr std::int64_t alignment = 64;  // numbers: 256 bytes, as a GPU's allocator aligns

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

/// The numbers of a dense tensor in the order of its memory.
at::Tensor inMemoryOrder(const at::Tensor& dense)
{
    return dense.as_strided({dense.numel()}, {1});
}

} // namespace

Optimizer::Optimizer(std::vector<std::pair<std::string, at::Tensor>> parameters, const TrainingSettings& settings,
                     Way way)
    : m_kind(settings.optimizer), m_decay(settings.weightDecay)
{
    const torch::NoGradGuard noGrad;
    for (auto& [name, weights] : parameters)
        m_parameters.push_back({name, weights, {}, {}});
    if (!m_parameters.empty() && (way == Way::TensorOperations || !m_parameters.front().weights.is_cpu())) {
        moveIntoBlock();
        return;
    }
    for (Parameter& parameter : m_parameters) {
        parameter.first = zerosLike(parameter.weights);
        if (m_kind != OptimizerKind::Sgd)
            parameter.second = zerosLike(parameter.weights);
    }
}

void Optimizer::moveIntoBlock()
{
    const auto options = m_parameters.front().weights.options().requires_grad(false);
    std::vector<std::int64_t> offsets;
    std::int64_t size = 0;
    for (const Parameter& parameter : m_parameters) {
        offsets.push_back(size);
        const std::int64_t end = size + parameter.weights.numel();
        size = (end + alignment - 1) / alignment * alignment;
        m_block.gaps.push_back(at::zeros({size - end}, options));
    }
    m_block.weights = at::zeros({size}, options);
    m_block.first = at::zeros({size}, options);
    if (m_kind != OptimizerKind::Sgd)
        m_block.second = at::zeros({size}, options);
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        Parameter& parameter = m_parameters[i];
        const auto placeIn = [&](const at::Tensor& block) {
            return block.as_strided(parameter.weights.sizes(), parameter.weights.strides(), offsets[i]);
        };
        const at::Tensor place = placeIn(m_block.weights).copy_(parameter.weights);
        parameter.weights.set_data(place);
        parameter.first = placeIn(m_block.first);
        if (m_block.second.defined())
            parameter.second = placeIn(m_block.second);
    }
    m_factors = at::ones({5}, options);
    m_epsilon = at::full({}, epsilon, options);
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
        const at::Tensor factors =
            at::tensor({float(m_stepSize), float(m_rootScale), float(shrink), float(rate), float(m_steps)});
        // From page-locked memory the copy waits for nothing: each step would else wait for the one before.
        m_factors.copy_(m_factors.is_cuda() ? factors.pin_memory() : factors, /*non_blocking=*/true);
    }
}

void Optimizer::apply()
{
    const torch::NoGradGuard noGrad;
    if (!m_factors.defined()) {
        for (Parameter& parameter : m_parameters)
            applyLoops(parameter);
        return;
    }
    if (!applyFused())
        applyOperations();
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

at::Tensor Optimizer::gradientBlock() const
{
    std::vector<at::Tensor> pieces;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        pieces.push_back(inMemoryOrder(gradientLike(m_parameters[i].weights)));
        if (m_block.gaps[i].numel() > 0)
            pieces.push_back(m_block.gaps[i]);
    }
    return at::cat(pieces);
}

bool Optimizer::applyFused() const
{
    if (!torch_compat::hasFusedAdam || m_kind == OptimizerKind::Sgd || !m_factors.is_cuda())
        return false;
    std::vector<at::Tensor> weights, gradients, first, second;
    for (const Parameter& parameter : m_parameters) {
        weights.push_back(parameter.weights);
        gradients.push_back(gradientLike(parameter.weights));
        first.push_back(parameter.first);
        second.push_back(parameter.second);
    }
    const std::vector<at::Tensor> steps(weights.size(), m_factors[4]);
    const bool decoupled = m_kind == OptimizerKind::AdamW;
    if (decoupled)
        m_block.weights.mul_(m_factors[2]);
    torch_compat::fusedAdam(weights, gradients, first, second, steps, m_factors[3],
                            {beta1, beta2, decoupled ? 0 : m_decay, epsilon});
    return true;
}

/// Kingma & Ba 2015. The factors of a step are tensors, so that a CUDA graph replays it with another rate.
void Optimizer::applyOperations()
{
    at::Tensor gradient = gradientBlock();
    auto& [weights, first, second, gaps] = m_block;
    if (m_decay > 0 && m_kind != OptimizerKind::AdamW)
        gradient.add_(weights, m_decay);
    if (m_kind == OptimizerKind::Sgd) {
        first.mul_(momentum).add_(gradient);
        weights.addcmul_(first, m_factors[3], -1);
        return;
    }
    first.lerp_(gradient, 1 - beta1);
    second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    const at::Tensor root = at::addcmul(m_epsilon, second.sqrt(), m_factors[1]);
    if (m_kind == OptimizerKind::AdamW)
        weights.mul_(m_factors[2]);
    weights.addcdiv_(first * m_factors[0], root, -1);
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
