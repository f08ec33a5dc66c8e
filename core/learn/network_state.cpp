// SPDX-License-Identifier: GPL-3.0-or-later
// Copies weights out of and into networks, and lays them out in memory.
#include "core/learn/network_state_p.h"

#include "core/learn/model_file_p.h"

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

NetworkState TrainedModel::state() const
{
    NetworkState state;
    const int members = int(m_networks.size());
    for (int member = 0; member < members; ++member)
        for (auto& [name, tensor] : copyState(m_networks[std::size_t(member)]))
            state.emplace_back(memberPrefix(member, members) + name, std::move(tensor));
    return state;
}

ModelPtr makeModel(ModelDescription description, const NetworkState& state)
{
    std::vector<Network> networks;
    for (int member = 0; member < description.members; ++member) {
        const std::string prefix = memberPrefix(member, description.members);
        NetworkState own;
        for (const auto& [name, tensor] : state)
            if (name.starts_with(prefix))
                own.emplace_back(name.substr(prefix.size()), tensor);
        Network& network = networks.emplace_back(description.network);
        applyState(own, network);
        useChannelsLast(network);
        network->eval();
        for (torch::Tensor& parameter : network->parameters())
            parameter.set_requires_grad(false);
    }
    return std::make_shared<const TrainedModel>(std::move(description), std::move(networks));
}

ModelPtr joinedModel(ModelDescription description, const std::vector<ModelPtr>& members)
{
    std::vector<Network> networks;
    for (const ModelPtr& member : members)
        networks.push_back(dynamic_cast<const TrainedModel&>(*member).network());
    description.members = int(networks.size());
    return std::make_shared<const TrainedModel>(std::move(description), std::move(networks));
}

ModelPtr memberAlone(const Model& model, int member)
{
    const auto& networks = dynamic_cast<const TrainedModel&>(model).networks();
    ModelDescription description = model.description();
    description.members = 1;
    return std::make_shared<const TrainedModel>(
        std::move(description), std::vector{networks[std::size_t(member) < networks.size() ? std::size_t(member) : 0]});
}

} // namespace dispersa
