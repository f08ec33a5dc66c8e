// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/dropout_passes_p.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include <vector>

namespace dispersa {

torch::Tensor dropoutMasks(const Network& network, int passes, std::uint64_t seed, const c10::Device& device)
{
    const double kept = 1 - network->options().dropout;
    const std::int64_t features = network->fc1->options.in_features();
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return at::empty({passes, features}).bernoulli_(kept, generator).div_(kept).to(device);
}

torch::Tensor dropoutVariance(Network& network, const torch::Tensor& features, const torch::Tensor& masks)
{
    std::vector<torch::Tensor> outputs;
    for (std::int64_t pass = 0; pass < masks.size(0); ++pass)
        outputs.push_back(network->head(features * masks[pass]));
    const torch::Tensor all = at::stack(outputs);
    return (all - all.mean(0)).square().mean(0);
}

} // namespace dispersa
