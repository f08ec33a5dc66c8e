// SPDX-License-Identifier: GPL-3.0-or-later
// The learning rate of each step: warm-up, then constant, a cosine to zero, or halved on plateaus.
#pragma once

#include "core/data/training_settings.h"

#include <cstdint>
#include <limits>

namespace dispersa {

/// LibTorch 1.13 has only a step schedule. All that changes is in State, so that a resumed training goes on alike.
class RateSchedule {
  public:
    struct State {
        std::int64_t steps = 0; ///< taken so far
        double factor = 1;      ///< plateau: 1, 1/2, 1/4, ...
        int waited = 0;         ///< plateau: epochs without improvement
        double best = std::numeric_limits<double>::infinity();
        bool operator==(const State&) const = default;
    };

    /// `stepsPerEpoch` >= 1.
    RateSchedule(const TrainingSettings& settings, std::int64_t stepsPerEpoch);

    /// Rate of the next step, which is counted.
    double next();
    /// Tells the validation loss of an epoch (the training loss where there is none); NaN never improves.
    void epochEnded(double loss);

    const State& state() const { return m_state; }
    void restore(const State& state) { m_state = state; }

    static constexpr int plateauPatience = 2;    ///< epochs without improvement before the rate is halved
    static constexpr double plateauFactor = 0.5;

  private:
    const TrainingSettings& m_settings;
    std::int64_t m_total;
    State m_state;
};

} // namespace dispersa
