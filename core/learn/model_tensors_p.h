// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors of a model as they stand in its file.
#pragma once

#include "core/learn/network_state_p.h"
#include "core/learn/safetensors_p.h"

#include <optional>
#include <string>

namespace dispersa {

/// Tensors whose names begin so belong to the training and not to the network.
inline constexpr const char* trainingPrefix = "training.";

/// `tensor` must lie on the CPU, row-major, and live until the file is written.
safetensors::Entry tensorEntry(std::string name, const torch::Tensor& tensor);
/// A copy; nothing for types that no model has.
std::optional<torch::Tensor> tensorFrom(const safetensors::Entry& entry);

/// Weights and description, ready to be written. Points into `state`.
safetensors::Contents modelContents(const ModelDescription& description, const NetworkState& state);

/// Empty if `entries`, but for those of the training, are the tensors of a network of `options`, else what is wrong.
/// Makes no network: a hostile file must not cause its allocation.
std::string wrongInTensors(const std::vector<safetensors::Entry>& entries, const NetworkOptions& options);

} // namespace dispersa
