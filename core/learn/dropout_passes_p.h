// SPDX-License-Identifier: GPL-3.0-or-later
// Monte Carlo dropout: how far predictions are apart when dropout stays on (Gal & Ghahramani 2016, "Dropout as a Bayesian
// approximation").
#pragma once

#include "core/learn/network_p.h"

#include <cstdint>

namespace dispersa {

/// Factors by which the network's features are multiplied, [passes, features] on `device`: 0 where dropped, else
/// 1 / (1 - dropout). Drawn on the CPU, so that a seed says the same on every device.
torch::Tensor dropoutMasks(const Network& network, int passes, std::uint64_t seed, const c10::Device& device);

/// Variance of the outputs over the passes, [n, outputs], for what trunk() made of a batch. Only the dense layers run once
/// per pass: the convolutions stand before the dropout. Every pass is one thinned network for all patterns, a draw of
/// the function as in the paper: a pattern's variance does not depend on what else is predicted, in which order and in
/// what batches, and neighbours on a map are told apart by the network and not by chance.
torch::Tensor dropoutVariance(Network& network, const torch::Tensor& features, const torch::Tensor& masks);

} // namespace dispersa
