// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/block_bootstrap.h"

#include "core/assess/quantile.h"
#include "core/assess/spatial_statistics.h"
#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace dispersa {
namespace {

constexpr double blockLengths = 4;
constexpr double wantedBlocks = 12;
constexpr std::size_t fewestBlocks = 5;

void add(BlockSums& sum, const BlockSums& block)
{
    sum.n += block.n;
    sum.real += block.real;
    sum.predicted += block.predicted;
    sum.realSquared += block.realSquared;
    sum.predictedSquared += block.predictedSquared;
    sum.product += block.product;
    sum.absoluteError += block.absoluteError;
}

/// NaN where one map is constant.
double pearsonOf(const BlockSums& sum)
{
    const double xx = sum.realSquared - sum.real * sum.real / sum.n;
    const double yy = sum.predictedSquared - sum.predicted * sum.predicted / sum.n;
    const double xy = sum.product - sum.real * sum.predicted / sum.n;
    // What rounding leaves of a constant map.
    if (xx <= 1e-13 * sum.realSquared || yy <= 1e-13 * sum.predictedSquared)
        return std::numeric_limits<double>::quiet_NaN();
    return std::clamp(xy / (std::sqrt(xx) * std::sqrt(yy)), -1.0, 1.0);
}

double maeOf(const BlockSums& sum)
{
    return sum.absoluteError / sum.n;
}

template<class Statistic>
std::optional<ScoreInterval> interval(std::span<const BlockSums> blocks, const BlockBootstrapOptions& options,
                                      Statistic statistic)
{
    if (blocks.size() < fewestBlocks || options.resamples < 1)
        return std::nullopt;
    Random random(options.seed);
    std::vector<double> scores;
    for (int i = 0; i < options.resamples; ++i) {
        BlockSums sum;
        for (std::size_t b = 0; b < blocks.size(); ++b)
            add(sum, blocks[random.below(blocks.size())]);
        const double score = statistic(sum);
        if (std::isfinite(score))
            scores.push_back(score);
    }
    if (2 * scores.size() < static_cast<std::size_t>(options.resamples))
        return std::nullopt;
    std::sort(scores.begin(), scores.end());
    return ScoreInterval{quantile(scores, (1 - options.level) / 2), quantile(scores, (1 + options.level) / 2),
                         static_cast<int>(blocks.size())};
}

/// What each pixel adds to r, to first order, and to MAE; no data where either map has none.
std::array<ElementMap, 2> influences(const ElementMap& real, const ElementMap& predicted)
{
    std::array<ElementMap, 2> maps = {emptyMap({}, MapUnit::Arbitrary, real.shape),
                                      emptyMap({}, MapUnit::Arbitrary, real.shape)};
    BlockSums sum;
    for (const BlockSums& block : blockSums(real, predicted, std::max(real.shape.height, real.shape.width)))
        add(sum, block);
    const double r = pearsonOf(sum);
    const double meanReal = sum.real / sum.n;
    const double meanPredicted = sum.predicted / sum.n;
    const double varianceReal = sum.realSquared / sum.n - meanReal * meanReal;
    const double variancePredicted = sum.predictedSquared / sum.n - meanPredicted * meanPredicted;
    for (std::size_t i = 0; i < real.values.size(); ++i) {
        const double a = static_cast<double>(real.values[i]) - meanReal;
        const double b = static_cast<double>(predicted.values[i]) - meanPredicted;
        const double product = a * b / std::sqrt(varianceReal * variancePredicted);
        maps[0].values[i] = static_cast<float>(product - r / 2 * (a * a / varianceReal + b * b / variancePredicted));
        maps[1].values[i] = std::abs(real.values[i] - predicted.values[i]);
    }
    return maps;
}

} // namespace

int blockEdge_px(const ElementMap& real, const ElementMap& predicted)
{
    if (real.shape != predicted.shape)
        return 1;
    double pixels = 0;
    double length = 0;
    for (const ElementMap& map : influences(real, predicted)) {
        const auto correlation = autocorrelation(map);
        if (!correlation)
            continue;
        pixels = correlation->pixels();
        length = std::max(length, autocorrelationLength(*correlation));
    }
    return std::max(1,
                    static_cast<int>(std::lround(std::min(blockLengths * length, std::sqrt(pixels / wantedBlocks)))));
}

std::vector<BlockSums> blockSums(const ElementMap& real, const ElementMap& predicted, int edge_px)
{
    std::vector<BlockSums> blocks;
    const ScanShape shape = real.shape;
    if (shape != predicted.shape || edge_px < 1)
        return blocks;
    for (int top = 0; top < shape.height; top += edge_px)
        for (int left = 0; left < shape.width; left += edge_px) {
            BlockSums sum;
            for (int y = top; y < std::min(top + edge_px, shape.height); ++y)
                for (int x = left; x < std::min(left + edge_px, shape.width); ++x) {
                    if (!ElementMap::isData(real.at(y, x)) || !ElementMap::isData(predicted.at(y, x)))
                        continue;
                    const double a = static_cast<double>(real.at(y, x));
                    const double b = static_cast<double>(predicted.at(y, x));
                    add(sum, {1, a, b, a * a, b * b, a * b, std::abs(a - b)});
                }
            if (sum.n > 0)
                blocks.push_back(sum);
        }
    return blocks;
}

std::optional<ScoreInterval> pearsonInterval(std::span<const BlockSums> blocks, const BlockBootstrapOptions& options)
{
    return interval(blocks, options, pearsonOf);
}

std::optional<ScoreInterval> maeInterval(std::span<const BlockSums> blocks, const BlockBootstrapOptions& options)
{
    return interval(blocks, options, maeOf);
}

} // namespace dispersa
