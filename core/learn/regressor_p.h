// SPDX-License-Identifier: GPL-3.0-or-later
// Regressions from rows of features to targets: ridge, kernel ridge, a small network of dense layers.
#pragma once

#include "core/data/profile_options.h"
#include "core/learn/network_state_p.h"
#include "core/learn/profile_tensors_p.h"

#include <cstdint>
#include <memory>
#include <stop_token>

namespace dispersa {

/// One fitted regression. Immutable; safe from several threads.
class Regressor {
  public:
    virtual ~Regressor() = default;
    /// Features [n, features] as they come to targets [n, targets], fp32.
    virtual torch::Tensor predict(const torch::Tensor& features) const = 0;
    /// All that was learnt, by name.
    virtual NetworkState state() const = 0;
};
using RegressorPtr = std::shared_ptr<const Regressor>;

/// What a regression is fitted on: [n, features] and [n, targets], fp32, finite.
struct RegressionPoints {
    torch::Tensor features;
    torch::Tensor targets;
    /// Targets are fractions that add up to 1: so do then the outputs of the dense network (softmax) and of regressions in
    /// the logarithm.
    bool composition = false;
};

/// Features to mean 0 and deviation 1 over the training points.
struct Standardiser {
    torch::Tensor mean, scale;
    static Standardiser of(const torch::Tensor& rows);
    torch::Tensor operator()(const torch::Tensor& features) const { return (features - mean) / scale; }
};

/// Standard deviation of each column; 1 where it is below `least`: what hardly changes in the training points must not be
/// blown up to be as large as the rest.
torch::Tensor deviations(const torch::Tensor& rows, double least);

/// Fits on the CPU with the threads that are set; the same seed gives the same numbers. Throws c10::Error. Null when
/// stopped.
RegressorPtr fitRegressor(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                          const std::stop_token& stop);

/// The tensor of that name; it must be there.
const torch::Tensor& named(const NetworkState& state, const std::string& name);

/// `state` must have the tensors of such a regression (wrongInProfileTensors()).
RegressorPtr regressorFrom(const RegressorOptions& options, bool composition, const NetworkState& state);

} // namespace dispersa
