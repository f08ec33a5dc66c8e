// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles made in memory whose values follow a composition, and a small profile recipe that learns them.
#pragma once

#include "tests/core/learn/synthetic_patterns.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace dispersa::synthetic {

inline constexpr int values = 5 + 4; // of both profiles

/// Profiles whose values follow three targets that add up to 1; a fifth validates.
inline TrainingSet profileSet(int count, std::uint64_t seed = 1)
{
    Random random(seed);
    std::vector<float> profiles;
    TrainingSet set;
    for (int i = 0; i < count; ++i) {
        const double a = 0.1 + 0.6 * random.uniform(), b = (1 - a) * (0.2 + 0.6 * random.uniform());
        for (const double target : {a, b, 1 - a - b})
            set.targets.push_back(float(target));
        for (int k = 0; k < values; ++k)
            profiles.push_back(float(std::sin(0.7 * k) * a + std::cos(0.5 * k) * b * (1 + a) + 0.02 * random.normal()));
        (i % 5 == 0 ? set.validation : set.train).push_back(i);
    }
    set.patterns = std::make_shared<const Patterns>(PatternShape{1, values}, std::move(profiles));
    return set;
}

/// Two profiles and a regression of each kind, each with options of its own.
inline ModelDescription profileDescription()
{
    using Kind = ProfileFeature::Kind;
    ModelDescription description;
    description.recipe = "radial";
    description.network.outputs = 3;
    description.targets = {"O", "Si", "Te"};
    description.diffraction.centre = CentreKind::SubPixel;
    description.profile = ProfileOptions{{{Kind::Mean, 5, 4, 8}, {Kind::Trimmed, 11, 30, 33}}, {}};
    RegressorOptions ridge{.kind = RegressorKind::Ridge, .features = {0}, .penalty = 0.3, .logarithm = true};
    RegressorOptions kernel{
        .kind = RegressorKind::Kernel, .features = {1, 0}, .penalty = 6e-4, .width = 1.25, .logarithm = true};
    RegressorOptions mlp{.kind = RegressorKind::Mlp,
                         .features = {0, 1},
                         .penalty = 0.1,
                         .dropout = 0.2,
                         .noise = 0.125,
                         .mixing = 0.75,
                         .epochs = 3,
                         .learningRate = 2e-3};
    description.profile->regressors = {ridge, kernel, mlp};
    description.profile->dose = DoseScale::Known;
    description.profile->dose_counts = 123456.5;
    return description;
}

inline TrainOptions memberOptions(int members, int threads = 2)
{
    TrainOptions options;
    options.members = members;
    options.threads = threads;
    options.seed = 5;
    return options;
}

} // namespace dispersa::synthetic
