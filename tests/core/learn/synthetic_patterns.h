// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns made in memory: a ring whose radius and brightness follow a composition that varies over the patterns.
#pragma once

#include "core/base/random.h"
#include "core/data/pattern_source.h"
#include "core/learn/trainer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace dispersa::synthetic {

/// `count` patterns that share one pool of floats.
class Patterns : public PatternSource {
  public:
    Patterns(PatternShape shape, std::vector<float> values) : m_shape(shape), m_values(std::move(values)) {}
    std::int64_t count() const override { return std::int64_t(m_values.size()) / m_shape.count(); }
    PatternShape patternShape() const override { return m_shape; }
    Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override
    {
        const auto size = std::size_t(m_shape.count());
        for (std::size_t i = 0; i < indices.size(); ++i) {
            if (indices[i] < 0 || indices[i] >= count())
                return fail(ErrorCode::InvalidArgument, "The index lies outside of the patterns.");
            std::copy_n(m_values.begin() + std::ptrdiff_t(std::size_t(indices[i]) * size), size,
                        out.begin() + std::ptrdiff_t(i * size));
        }
        return {};
    }

  private:
    PatternShape m_shape;
    std::vector<float> m_values;
};

/// Three targets that sum to one; the share of the first moves a bright ring outwards, that of the second brightens the
/// middle. A fifth of the patterns, drawn at random, validates.
inline TrainingSet rings(int count, PatternShape shape, std::uint64_t seed)
{
    Random random(seed);
    const auto uniform = [&random] { return double(random.next() >> 11) * 0x1p-53; };
    std::vector<float> values;
    TrainingSet set;
    for (int i = 0; i < count; ++i) {
        const double a = 0.1 + 0.6 * uniform(), b = (1 - a) * (0.2 + 0.6 * uniform());
        for (double target : {a, b, 1 - a - b})
            set.targets.push_back(float(target));
        const double radius = 0.15 * shape.width + 0.3 * shape.width * a;
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const double r = std::hypot(y - 0.5 * shape.height, x - 0.5 * shape.width);
                const double ring = std::exp(-(r - radius) * (r - radius) / 18.0);
                const double middle = b * std::exp(-r * r / 200.0);
                values.push_back(float(0.6 * ring + middle + 0.05 * uniform()));
            }
        (uniform() < 0.2 ? set.validation : set.train).push_back(i);
    }
    set.patterns = std::make_shared<const Patterns>(shape, std::move(values));
    return set;
}

/// The same patterns with targets that have nothing in common: what the training part is all of, the validation part has
/// nothing of, so that its loss grows from the first epoch on.
inline TrainingSet withOpposedValidation(TrainingSet set)
{
    const auto fill = [&set](const std::vector<std::int64_t>& indices, std::size_t target) {
        for (const std::int64_t index : indices)
            for (std::size_t t = 0; t < 3; ++t)
                set.targets[std::size_t(index) * 3 + t] = t == target ? 1.0f : 0.0f;
    };
    fill(set.train, 0);
    fill(set.validation, 2);
    return set;
}

inline ModelDescription ringDescription(PatternShape shape)
{
    ModelDescription description;
    description.recipe = "quick";
    description.network.patternHeight = shape.height;
    description.network.patternWidth = shape.width;
    description.network.outputs = 3;
    description.network.batchNormMomentum = 0.1;
    description.targets = {"O", "Si", "Te"};
    return description;
}

} // namespace dispersa::synthetic
