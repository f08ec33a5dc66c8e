// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_scores.h"

#include <algorithm>
#include <limits>

namespace dispersa {
namespace {

/// Scores of one map; the corrected ones over the pixels the correction was not fitted on, if there are any.
TargetScores scoresOf(const std::string& target, const std::vector<float>& real, const std::vector<float>& predicted,
                      const std::vector<float>& correctedValues, const std::optional<CalibrationFit>& correction,
                      const std::vector<std::uint8_t>& fitPixels)
{
    TargetScores scores = scoreTarget(target, real, predicted, std::nullopt, false);
    if (!correction)
        return scores;
    std::vector<float> unseen = real;
    for (std::size_t i = 0; i < fitPixels.size(); ++i)
        if (fitPixels[i])
            unseen[i] = std::numeric_limits<float>::quiet_NaN();
    const bool inSample = !fitPixels.empty() && validPairs(unseen, predicted) == 0;
    scores.correction = correction;
    scores.correctionInSample = inSample;
    // From the values themselves: they may have been moved to where they add up to 1 after the curve.
    const std::vector<float>& compared = inSample ? real : unseen;
    scores.corrected = CorrectedScores{pearson(compared, correctedValues), meanAbsoluteError(compared, correctedValues)};
    return scores;
}

std::optional<CalibrationFit> correctionOf(const FittedCorrections& corrections, std::size_t target)
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
        static const std::vector<float> none;
        const bool corrected = !prediction.corrected.empty() && prediction.corrected[t];
        scores.targets.push_back(scoresOf(opened.targets[t], real.back()->values, predicted.back()->values,
                                          corrected ? prediction.corrected[t]->values : none,
                                          correctionOf(corrections, t), fitPixels));
    }
    if (!names.empty())
        scores.correlation = correlationMatrices(names, real, predicted);
    return scores;
}

} // namespace

TestPairs testPairs(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions, const TrainingData& trained,
                    const HeldOutMaps& held, const FittedCorrections& corrections)
{
    TestPairs pairs;
    pairs.real.resize(opened.targets.size());
    pairs.predicted.resize(opened.targets.size());
    pairs.corrected.resize(opened.targets.size());
    for (std::size_t s = 0; s < held.real.size(); ++s) {
        const TargetMaps &real = held.real[s], &predicted = held.predicted[s];
        if (real.empty())
            continue;
        const auto own = std::find_if(predictions.begin(), predictions.end(),
                                      [&](const ScanPrediction& prediction) { return prediction.scan == trained.scans[s]; });
        const auto* fit =
            own == predictions.end() ? nullptr : &corrections.fitPixels[std::size_t(own - predictions.begin())];
        for (std::size_t i = 0; i < real.front()->values.size(); ++i) {
            if (std::none_of(real.begin(), real.end(), [i](const MapPtr& map) { return ElementMap::isData(map->values[i]); }))
                continue;
            pairs.fitted.push_back(fit && !fit->empty() ? (*fit)[i] : 0);
            for (std::size_t t = 0; t < opened.targets.size(); ++t) {
                const float value = predicted[t]->values[i];
                pairs.real[t].push_back(real[t]->values[i]);
                pairs.predicted[t].push_back(value);
                // A model that left the scan out predicts otherwise than the one that is kept, but is corrected alike.
                const auto& fitted = correctionOf(corrections, t);
                pairs.corrected[t].push_back(fitted ? float(fitted->apply(double(value))) : value);
            }
        }
    }
    if (!corrections.perTarget.empty() && opened.study.correction.simplex)
        putOnSimplex(opened.targets, pairs.corrected);
    return pairs;
}

RunMetrics runMetrics(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                      const std::vector<bool>& inSample, const TestPairs* test, const FittedCorrections& corrections)
{
    RunMetrics metrics;
    for (std::size_t p = 0; p < predictions.size(); ++p) {
        const auto& real = predictions[p].real;
        if (std::none_of(real.begin(), real.end(), [](const MapPtr& map) { return map != nullptr; }))
            continue; // nothing to compare with
        metrics.scans.push_back(scanScores(opened, predictions[p], corrections.fitPixels[p], corrections));
        metrics.scans.back().inSample = inSample[p];
    }
    if (test) {
        metrics.splitKind = splitKindName(opened.study.split.kind);
        for (std::size_t t = 0; t < opened.targets.size(); ++t)
            metrics.testTargets.push_back(scoresOf(opened.targets[t], test->real[t], test->predicted[t],
                                                   test->corrected[t], correctionOf(corrections, t), test->fitted));
    }
    metrics.summary = summarise(metrics.scans);
    return metrics;
}

} // namespace dispersa
