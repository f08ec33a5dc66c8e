// SPDX-License-Identifier: GPL-3.0-or-later
// Copies weights out of and into networks, and lays them out in memory.
#include "core/learn/network_state_p.h"

#include <ATen/Functions.h>

namespace dispersa {

namespace {

template<class Visit>
void forEachTensor(const Network& network, const Visit& visit)
{
    for (const auto& item : network->named_parameters())
        visit(item.key(), item.value());
    for (const auto& item : network->named_buffers())
        visit(item.key(), item.value());
}

} // namespace

NetworkState copyState(const Network& network)
{
    const torch::NoGradGuard noGrad;
    NetworkState state;
    forEachTensor(network, [&state](const std::string& name, const torch::Tensor& tensor) {
        torch::Tensor copy = at::empty(tensor.sizes(), tensor.options().device(at::kCPU).requires_grad(false));
        copy.copy_(tensor);
        state.emplace_back(name, std::move(copy));
    });
    return state;
}

void applyState(const NetworkState& state, Network& network)
{
    const torch::NoGradGuard noGrad;
    forEachTensor(network, [&state](const std::string& name, torch::Tensor tensor) {
        for (const auto& [key, value] : state)
            if (key == name)
                tensor.copy_(value);
    });
}

void useChannelsLast(Network& network)
{
    const torch::NoGradGuard noGrad;
    for (torch::nn::Conv2d layer : {network->conv1, network->conv2, network->conv3, network->conv4, network->conv5})
        layer->weight.set_data(layer->weight.contiguous(at::MemoryFormat::ChannelsLast));
}

ModelPtr makeModel(ModelDescription description, const NetworkState& state)
{
    Network network(description.network);
    applyState(state, network);
    useChannelsLast(network);
    network->eval();
    for (torch::Tensor& parameter : network->parameters())
        parameter.set_requires_grad(false);
    return std::make_shared<const TrainedModel>(std::move(description), std::move(network));
}

} // namespace dispersa
