// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors of a model as they stand in its file.
#pragma once

#include "core/learn/network_state_p.h"
#include "core/learn/safetensors_p.h"

#include <optional>
#include <string>

namespace dispersa {

/// `tensor` must lie on the CPU, row-major, and live until the file is written.
safetensors::Entry tensorEntry(std::string name, const torch::Tensor& tensor);
/// A copy; nothing for types that no model has.
std::optional<torch::Tensor> tensorFrom(const safetensors::Entry& entry);

/// Weights and description, ready to be written. Points into `state`.
safetensors::Contents modelContents(const ModelDescription& description, const NetworkState& state);

} // namespace dispersa
