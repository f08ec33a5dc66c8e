// SPDX-License-Identifier: GPL-3.0-or-later
// The weights and patterns of make_network_golden.py, from the same formulas.
#pragma once

#include "core/learn/network_state_p.h"

#include <ATen/Functions.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace dispersa::formulas {

/// offset + scale * u, u in [-1, 1) from a hash of the running index and the salt.
inline std::vector<float> noise(std::int64_t count, std::uint32_t salt, double scale, double offset = 0)
{
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) {
        std::uint32_t h = std::uint32_t(i) * 2654435761u + salt * 40503u;
        h ^= h >> 15;
        h *= 2246822519u;
        h ^= h >> 13;
        values.push_back(float(offset + scale * (double(h) * 0x1p-31 - 1.0)));
    }
    return values;
}

inline torch::Tensor noiseTensor(at::IntArrayRef shape, std::uint32_t salt, double scale, double offset = 0)
{
    torch::Tensor tensor = at::empty(shape, at::kFloat);
    const std::vector<float> values = noise(tensor.numel(), salt, scale, offset);
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
    return tensor;
}

inline std::vector<float> patterns(int count, PatternShape shape)
{
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        const std::vector<float> one = noise(shape.count(), std::uint32_t(100 + i), 0.2 * (i + 1), 0.3);
        values.insert(values.end(), one.begin(), one.end());
    }
    return values;
}

/// The weights of fill() in the Python script.
inline NetworkState state(const NetworkOptions& options)
{
    const Network network(options);
    NetworkState state;
    std::uint32_t layer = 0;
    for (const char* name : {"conv1", "conv2", "conv3", "conv4", "conv5", "fc1", "fc2", "fc3", "output"}) {
        const auto named = network->named_parameters();
        const torch::Tensor weight = named[std::string(name) + ".weight"];
        const double scale = std::sqrt(6.0 / double(weight[0].numel()));
        state.emplace_back(std::string(name) + ".weight", noiseTensor(weight.sizes(), 2 * layer, scale));
        state.emplace_back(std::string(name) + ".bias", noiseTensor({weight.size(0)}, 2 * layer + 1, 0.1));
        ++layer;
    }
    state.emplace_back("bn1.weight", noiseTensor({32}, 50, 1.0));
    state.emplace_back("bn1.bias", noiseTensor({32}, 51, 0.3));
    state.emplace_back("bn1.running_mean", noiseTensor({32}, 52, 0.1));
    state.emplace_back("bn1.running_var", noiseTensor({32}, 53, 0.2, 0.4));
    state.emplace_back("bn1.num_batches_tracked", at::zeros({}, at::kLong));
    return state;
}

} // namespace dispersa::formulas
