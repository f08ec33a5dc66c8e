// SPDX-License-Identifier: GPL-3.0-or-later
// Named weights of a network outside of it: snapshots while training, contents of a model file.
#pragma once

#include "core/learn/model.h"
#include "core/learn/network_p.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dispersa {

/// Parameters and buffers by their PyTorch names, on the CPU, row-major.
using NetworkState = std::vector<std::pair<std::string, torch::Tensor>>;

/// Independent copy of what the network holds now.
NetworkState copyState(const Network& network);

/// Puts a state into a network of the same options (checked by whoever made the state).
void applyState(const NetworkState& state, Network& network);

/// Convolution weights in channels_last, which makes every convolution run so; the input must be too (scaledInput).
void useChannelsLast(Network& network);

/// Writes a model file. Error: WriteFailed.
Result<void> writeModel(const ModelDescription& description, const NetworkState& state,
                        const std::filesystem::path& path);

/// The concrete model: a network in eval mode on the CPU that nobody changes.
class TrainedModel : public Model {
  public:
    TrainedModel(ModelDescription description, Network network)
        : m_description(std::move(description)), m_network(std::move(network))
    {
    }
    const ModelDescription& description() const override { return m_description; }
    const Network& network() const { return m_network; }

  private:
    ModelDescription m_description;
    Network m_network;
};

/// `state` must fit `description.network`.
ModelPtr makeModel(ModelDescription description, const NetworkState& state);

} // namespace dispersa
