// SPDX-License-Identifier: GPL-3.0-or-later
// How far a pattern's features lie from those a model was trained on. It says where nothing like the pattern was seen,
// not how wrong the prediction is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dispersa {

struct NoveltyOptions {
    double variance = 0.99; ///< share of the variance that the components shall hold
    int mostComponents = 30;
    double thresholdShare = 0.99; ///< share of the training patterns that are not novel
};

/// The distribution of training features. Plain numbers, to be stored as they are.
struct NoveltyModel {
    std::vector<double> mean = {};  ///< per feature
    std::vector<double> scale = {}; ///< per feature: standard deviation; 0 for one that never varied, which is left out
    std::vector<double> components = {}; ///< [component][feature], orthonormal, of standardised features
    std::vector<double> variances = {};  ///< per component, falling, > 0
    double restVariance = 0; ///< mean variance of each direction beyond the components; 0 when there is none
    double threshold = 1;    ///< distance that thresholdShare of the training's kind do not exceed, > 0

    std::size_t features() const { return mean.size(); }
    /// Mahalanobis distance of one pattern's features() features; NaN when one of them is not finite.
    double distance(std::span<const float> features) const;
};

/// Fits to `count` patterns, features[pattern][feature] row-major; rows with a value that is not finite do not count.
/// Features are standardised and their principal components kept up to `variance` or `mostComponents`. What lies beyond
/// those is measured too, by its mean variance (the covariance of probabilistic PCA, Tipping & Bishop 1999): a Bragg
/// spot that no training pattern had lies in just those directions. At most some hundreds of features: their
/// correlation is decomposed whole. nullopt: fewer than 3 rows that count, or no feature varies.
/// `halves`: 0 or 1 per pattern. The threshold is then set by the distances of each half from a model of the other:
/// patterns that a model was fitted to lie nearer to it than others of their kind, the fewer there are the more. Halves
/// should share no electrons, as neighbouring probes do. Empty, or less than a third of the patterns in one of them: the
/// patterns' own distances set it.
std::optional<NoveltyModel> fitNovelty(std::span<const float> features, std::size_t count,
                                       const NoveltyOptions& options = {}, std::span<const std::uint8_t> halves = {});

/// distance / threshold per pattern: above 1 is novel; NaN where a feature is not finite. Rows as for fitNovelty(),
/// each of model.features().
std::vector<float> novelty(const NoveltyModel& model, std::span<const float> features);

} // namespace dispersa
