// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/skill.h"

#include "core/assess/row_means.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dispersa {
namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

/// `values` with no data wherever `other` has none.
std::vector<float> where(std::vector<float> values, std::span<const float> other)
{
    for (std::size_t i = 0; i < values.size(); ++i)
        if (i >= other.size() || !std::isfinite(other[i]))
            values[i] = noData;
    return values;
}

} // namespace

Score meanSquaredError(std::span<const float> real, std::span<const float> predicted)
{
    double n = 0;
    double sum = 0;
    for (std::size_t i = 0; i < std::min(real.size(), predicted.size()); ++i) {
        if (!std::isfinite(real[i]) || !std::isfinite(predicted[i]))
            continue;
        const double error = static_cast<double>(real[i]) - static_cast<double>(predicted[i]);
        sum += error * error;
        n += 1;
    }
    if (n == 0)
        return {std::nullopt, "no_pixels"};
    return {sum / n, {}};
}

Score skill(std::span<const float> real, std::span<const float> predicted, std::span<const float> baseline)
{
    const std::vector<float> common = where(where({real.begin(), real.end()}, predicted), baseline);
    const Score own = meanSquaredError(common, predicted);
    const Score bar = meanSquaredError(common, baseline);
    if (!own.value)
        return own;
    if (*bar.value == 0)
        return {std::nullopt, "perfect_baseline"};
    return {1 - *own.value / *bar.value, {}};
}

BaselineComparison compareWithBaselines(const ElementMap& real, const ElementMap& predicted,
                                        std::span<const BaselineResult> baselines)
{
    BaselineComparison comparison;
    const std::vector<float> scored = where(real.values, predicted.values);
    const std::int64_t wanted = validPairs(scored, predicted.values);
    std::vector<float> common = scored;
    std::vector<const BaselineResult*> eligible;
    for (const BaselineResult& baseline : baselines) {
        const std::vector<float>& values = baseline.map.values;
        comparison.baselines.push_back({baseline.kind, validPairs(real.values, values), pearson(real.values, values),
                                        pearsonWithoutRowMeans(real, baseline.map),
                                        meanAbsoluteError(real.values, values),
                                        skill(real.values, predicted.values, values)});
        const std::int64_t had = validPairs(scored, values);
        if (had == 0 || 2 * had < wanted)
            continue;
        eligible.push_back(&baseline);
        common = where(std::move(common), values);
    }
    if (eligible.empty()) {
        comparison.skill.reason = wanted == 0 ? "no_pixels" : "no_baseline";
        return comparison;
    }
    comparison.n = validPairs(common, common);
    if (comparison.n == 0) {
        comparison.skill.reason = "no_pixels";
        return comparison;
    }
    const auto error = [&](const BaselineResult* b) { return *meanSquaredError(common, b->map.values).value; };
    const BaselineResult* best =
        *std::min_element(eligible.begin(), eligible.end(),
                          [&](const BaselineResult* a, const BaselineResult* b) { return error(a) < error(b); });
    comparison.best = best->kind;
    comparison.skill = skill(common, predicted.values, best->map.values);
    return comparison;
}

} // namespace dispersa
