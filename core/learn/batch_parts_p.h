// SPDX-License-Identifier: GPL-3.0-or-later
// One training step with its batch divided between threads: on a CPU a network on each core, with a part of the batch, does
// more patterns a second than all cores together on one layer after the other.
#pragma once

#include "core/learn/network_p.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace dispersa {

class BatchParts {
  public:
    /// What the network makes of so many patterns of the batch: [count, outputs] in fp32. Called on several threads.
    using Forward = std::function<torch::Tensor(Network& network, const BatchPart& part, std::int64_t count)>;

    /// `network` (on the CPU, channels_last) is the first part's; those of the others have the same weights in the same
    /// memory. `division` has two parts or more.
    BatchParts(const Network& network, const BatchDivision& division);

    /// Fewer patterns are not worth dividing.
    std::int64_t fewest() const { return 2 * m_team.parts(); }
    /// Outputs of a batch of `n` patterns, [n, outputs], without a graph: what they are asked to become goes to backward().
    torch::Tensor forward(std::int64_t n, const Forward& forward);
    /// Outputs of a batch of `n` patterns by the network that was given, in evaluation mode, without gradients.
    torch::Tensor look(std::int64_t n, const Forward& forward);
    /// Fills the gradients of the network that was given, which must have been undefined, from those of the outputs.
    void backward(const torch::Tensor& gradient);

  private:
    std::int64_t first(int part) const { return m_team.first(m_count, part); }

    PartTeam m_team;
    JointBatch m_joint;
    std::vector<Network> m_networks;
    std::int64_t m_count = 0;             ///< patterns of the present batch
    std::vector<torch::Tensor> m_outputs; ///< of each part, with their graphs
};

} // namespace dispersa
