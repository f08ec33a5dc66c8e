// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/batch_parts_p.h"

#include <ATen/Functions.h>

namespace dispersa {
namespace {

/// A network whose weights are those of `network`, in the same memory, with gradients of its own.
Network sharing(const Network& network)
{
    Network other(network->options());
    auto from = network->named_parameters(), to = other->named_parameters();
    for (auto& item : to)
        item.value().set_data(from[item.key()].data());
    other->train();
    return other;
}

} // namespace

BatchParts::BatchParts(const Network& network, const BatchDivision& division)
    : m_team(division), m_joint(m_team), m_networks{network},
      m_outputs(std::size_t(division.parts))
{
    const torch::NoGradGuard noGrad;
    for (int part = 1; part < division.parts; ++part)
        m_networks.push_back(sharing(network));
}

torch::Tensor BatchParts::forward(std::int64_t n, const Forward& forward)
{
    m_count = n;
    m_joint.begin(n);
    m_team.run([&](int part) {
        m_outputs[std::size_t(part)] =
            forward(m_networks[std::size_t(part)], {&m_joint, first(part)}, first(part + 1) - first(part));
    });
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> outputs;
    for (const torch::Tensor& output : m_outputs)
        outputs.push_back(output.detach());
    return at::cat(outputs);
}

torch::Tensor BatchParts::look(std::int64_t n, const Forward& forward)
{
    m_count = n;
    std::vector<torch::Tensor> outputs(m_outputs.size());
    m_team.run([&](int part) {
        const torch::NoGradGuard noGrad;
        outputs[std::size_t(part)] = forward(m_networks.front(), {nullptr, first(part)}, first(part + 1) - first(part));
    });
    return at::cat(outputs);
}

void BatchParts::backward(const torch::Tensor& gradient)
{
    m_team.run([&](int part) {
        torch::Tensor output = std::move(m_outputs[std::size_t(part)]);
        output.backward(gradient.narrow(0, first(part), first(part + 1) - first(part)));
    });
    const torch::NoGradGuard noGrad;
    const std::vector<torch::Tensor> sums = m_networks.front()->parameters();
    for (std::size_t part = 1; part < m_networks.size(); ++part) {
        std::vector<torch::Tensor> parameters = m_networks[part]->parameters();
        for (std::size_t i = 0; i < sums.size(); ++i) {
            torch::Tensor& own = parameters[i].mutable_grad();
            if (own.defined())
                sums[i].mutable_grad().add_(own);
            own = torch::Tensor();
        }
    }
}

} // namespace dispersa
