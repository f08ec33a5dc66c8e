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

/// One network or the members of an ensemble, in eval mode on the CPU; nobody changes them.
class TrainedModel : public StoredModel {
  public:
    /// As many networks as the description has members.
    TrainedModel(ModelDescription description, std::vector<Network> networks)
        : StoredModel(std::move(description)), m_networks(std::move(networks))
    {
    }
    const std::vector<Network>& networks() const { return m_networks; }
    /// The first one.
    const Network& network() const { return m_networks.front(); }
    NetworkState state() const override;
    ModelPtr described(ModelDescription description) const override
    {
        return std::make_shared<const TrainedModel>(std::move(description), m_networks);
    }

  private:
    std::vector<Network> m_networks;
};

/// `state` must fit `description.network` and its members.
ModelPtr makeModel(ModelDescription description, const NetworkState& state);

/// The first networks of several models as one model with so many members; `description` is that of any of them.
ModelPtr joinedModel(ModelDescription description, const std::vector<ModelPtr>& members);
/// One member of a model that is no profile model, or the first where there is none of that number.
ModelPtr memberAlone(const Model& model, int member);

} // namespace dispersa
