// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_scores.h"

#include <algorithm>
#include <limits>

namespace dispersa {
namespace {

/// Scores of one map; the corrected ones over the pixels the correction was not fitted on, if there are any.
TargetScores scoresOf(const std::string& target, const std::vector<float>& real, const std::vector<float>& predicted,
                      const std::optional<LinearCorrection>& correction, const std::vector<std::uint8_t>& fitPixels)
{
    TargetScores scores = scoreTarget(target, real, predicted, std::nullopt, false);
    if (!correction)
        return scores;
    std::vector<float> unseen = real;
    for (std::size_t i = 0; i < fitPixels.size(); ++i)
        if (fitPixels[i])
            unseen[i] = std::numeric_limits<float>::quiet_NaN();
    const bool inSample = !fitPixels.empty() && validPairs(unseen, predicted) == 0;
    const TargetScores corrected = scoreTarget(target, inSample ? real : unseen, predicted, correction, inSample);
    scores.correction = corrected.correction;
    scores.correctionInSample = inSample;
    scores.corrected = corrected.corrected;
    return scores;
}

std::optional<LinearCorrection> correctionOf(const FittedCorrections& corrections, std::size_t target)
{
    return corrections.perTarget.empty() ? std::nullopt : corrections.perTarget[target];
}

ScanScores scanScores(const OpenedStudy& opened, const ScanPrediction& prediction,
                      const std::vector<std::uint8_t>& fitPixels, const FittedCorrections& corrections)
{
    ScanScores scores;
    scores.name = prediction.scan->entry.name;
    scores.role = scanRoleName(prediction.scan->entry.role);
    std::vector<std::string> names;
    std::vector<MapPtr> real;
    std::vector<MapPtr> predicted;
    for (std::size_t t = 0; t < opened.targets.size(); ++t) {
        if (!prediction.real[t])
            continue;
        names.push_back(opened.targets[t]);
        real.push_back(prediction.real[t]);
        predicted.push_back(prediction.predicted[t]);
        scores.targets.push_back(scoresOf(opened.targets[t], real.back()->values, predicted.back()->values,
                                          correctionOf(corrections, t), fitPixels));
    }
    if (!names.empty())
        scores.correlation = correlationMatrices(names, real, predicted);
    return scores;
}

} // namespace

TestPairs testPairs(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                    const TrainingData& trained, const FittedCorrections& corrections)
{
    TestPairs pairs;
    pairs.real.resize(opened.targets.size());
    pairs.predicted.resize(opened.targets.size());
    for (std::size_t p = 0; p < predictions.size(); ++p) {
        const ScanPrediction& prediction = predictions[p];
        const auto found = std::find(trained.scans.begin(), trained.scans.end(), prediction.scan);
        if (found == trained.scans.end())
            continue;
        const auto s = static_cast<std::size_t>(found - trained.scans.begin());
        for (std::size_t i = 0; i < trained.sets[s].size(); ++i) {
            if (trained.sets[s][i] != PixelSet::Test)
                continue;
            const auto& fit = corrections.fitPixels[p];
            pairs.fitted.push_back(fit.empty() ? 0 : fit[i]);
            for (std::size_t t = 0; t < opened.targets.size(); ++t) {
                pairs.real[t].push_back(trained.heldOut[s][t]->values[i]);
                pairs.predicted[t].push_back(prediction.predicted[t]->values[i]);
            }
        }
    }
    return pairs;
}

RunMetrics runMetrics(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                      const std::vector<bool>& inSample, const TrainingData* trained,
                      const FittedCorrections& corrections)
{
    RunMetrics metrics;
    for (std::size_t p = 0; p < predictions.size(); ++p) {
        const auto& real = predictions[p].real;
        if (std::none_of(real.begin(), real.end(), [](const MapPtr& map) { return map != nullptr; }))
            continue; // nothing to compare with
        metrics.scans.push_back(scanScores(opened, predictions[p], corrections.fitPixels[p], corrections));
        metrics.scans.back().inSample = inSample[p];
    }
    if (trained) {
        metrics.splitKind = splitKindName(opened.study.split.kind);
        const TestPairs pairs = testPairs(opened, predictions, *trained, corrections);
        for (std::size_t t = 0; t < opened.targets.size(); ++t)
            metrics.testTargets.push_back(scoresOf(opened.targets[t], pairs.real[t], pairs.predicted[t],
                                                   correctionOf(corrections, t), pairs.fitted));
    }
    metrics.summary = summarise(metrics.scans);
    return metrics;
}

} // namespace dispersa
