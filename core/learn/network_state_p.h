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

/// A model as it stands in its file: named tensors and a description.
class StoredModel : public Model {
  public:
    explicit StoredModel(ModelDescription description) : m_description(std::move(description)) {}
    const ModelDescription& description() const override { return m_description; }
    virtual NetworkState state() const = 0;
    /// The same weights with another description.
    virtual ModelPtr described(ModelDescription description) const = 0;

  private:
    ModelDescription m_description;
};

/// A network in eval mode on the CPU that nobody changes.
class TrainedModel : public StoredModel {
  public:
    TrainedModel(ModelDescription description, Network network)
        : StoredModel(std::move(description)), m_network(std::move(network))
    {
    }
    const Network& network() const { return m_network; }
    NetworkState state() const override { return copyState(m_network); }
    ModelPtr described(ModelDescription description) const override
    {
        return std::make_shared<const TrainedModel>(std::move(description), m_network);
    }

  private:
    Network m_network;
};

/// `state` must fit `description.network`.
ModelPtr makeModel(ModelDescription description, const NetworkState& state);

} // namespace dispersa
