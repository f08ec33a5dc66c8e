// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/conformal.h"

#include "core/assess/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace dispersa {
namespace {

/// Calls use(pixel, |real - predicted|, sigma) where everything is finite.
template<class Use>
void forEachPixel(std::span<const float> real, std::span<const float> predicted, std::span<const float> sigma, Use use)
{
    std::size_t count = std::min(real.size(), predicted.size());
    if (!sigma.empty())
        count = std::min(count, sigma.size());
    for (std::size_t i = 0; i < count; ++i) {
        const double spread = sigma.empty() ? 1 : static_cast<double>(sigma[i]);
        const double error = std::abs(static_cast<double>(real[i]) - static_cast<double>(predicted[i]));
        if (std::isfinite(error) && std::isfinite(spread))
            use(i, error, spread);
    }
}

struct WeightedScore {
    double score;
    double weight;
};

} // namespace

double ConformalFit::halfWidth(double sigma) const
{
    return quantile * std::max(sigma, sigmaFloor);
}

std::optional<ConformalFit> fitConformal(std::span<const float> real, std::span<const float> predicted,
                                         std::span<const float> sigma, std::span<const int> blocks,
                                         const ConformalOptions& options, std::span<const int> scans)
{
    ConformalFit fit;
    fit.level = options.level;
    std::vector<double> spreads;
    std::map<int, double> blockSizes;
    std::map<int, std::set<int>> blocksOfScan;
    forEachPixel(real, predicted, sigma, [&](std::size_t i, double, double spread) {
        spreads.push_back(spread);
        const int block = blocks.empty() ? int(i) : blocks[i];
        blockSizes[block] += 1;
        if (!scans.empty())
            blocksOfScan[scans[i]].insert(block);
    });
    if (spreads.empty())
        return std::nullopt;
    fit.n = static_cast<std::int64_t>(spreads.size());
    fit.blocks = static_cast<std::int64_t>(blockSizes.size());
    if (!sigma.empty()) {
        std::sort(spreads.begin(), spreads.end());
        fit.sigmaFloor = options.sigmaFloorShare * dispersa::quantile(spreads, 0.5);
    }

    // In units of a block, so that weights are whole numbers where every pixel is its own.
    const auto weight = [&](std::size_t i) {
        const double ofBlock = 1 / blockSizes[blocks.empty() ? int(i) : blocks[i]];
        if (scans.empty())
            return ofBlock;
        const double blocksPerScan = double(fit.blocks) / double(blocksOfScan.size());
        return ofBlock * blocksPerScan / double(blocksOfScan[scans[i]].size());
    };
    std::vector<WeightedScore> scores;
    forEachPixel(real, predicted, sigma, [&](std::size_t i, double error, double spread) {
        const double width = std::max(spread, fit.sigmaFloor);
        // No error needs no width, whatever sigma is; an error where sigma says there is none is out of reach.
        const double score = error == 0 ? 0 : error / width;
        scores.push_back({score, weight(i)});
    });
    std::sort(scores.begin(), scores.end(),
              [](const WeightedScore& a, const WeightedScore& b) { return a.score < b.score; });
    // The slack is the rounding of the weights.
    const double wanted = fit.level * static_cast<double>(fit.blocks + 1) - 1e-9;
    double sum = 0;
    for (const WeightedScore& score : scores) {
        sum += score.weight;
        if (sum < wanted)
            continue;
        fit.quantile = score.score;
        return std::isfinite(fit.quantile) ? std::optional(fit) : std::nullopt;
    }
    return std::nullopt;
}

ConformalCheck checkConformal(const ConformalFit& fit, std::span<const float> real, std::span<const float> predicted,
                              std::span<const float> sigma)
{
    ConformalCheck check;
    double held = 0;
    double width = 0;
    forEachPixel(real, predicted, sigma, [&](std::size_t, double error, double spread) {
        const double half = fit.halfWidth(spread);
        check.n += 1;
        held += error <= half ? 1 : 0;
        width += 2 * half;
    });
    if (check.n == 0)
        return check;
    check.coverage = held / static_cast<double>(check.n);
    check.meanWidth = width / static_cast<double>(check.n);
    return check;
}

} // namespace dispersa
