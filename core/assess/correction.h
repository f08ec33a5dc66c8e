// SPDX-License-Identifier: GPL-3.0-or-later
// The paper's linear correction y = alpha y_network + beta. It mends bias and MAE; it cannot change Pearson's r.
#pragma once

#include <optional>
#include <span>

namespace dispersa {

struct LinearCorrection {
    double alpha = 1;
    double beta = 0;
    double apply(double y) const { return alpha * y + beta; }
};

/// Least squares of real on predicted over finite pairs; nullopt with fewer than 3 pairs or a constant prediction.
std::optional<LinearCorrection> fitLinearCorrection(std::span<const float> real, std::span<const float> predicted);

} // namespace dispersa
