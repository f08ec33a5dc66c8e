// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/held_out.h"

#include "core/assess/mean_scores.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace dispersa {
namespace {

/// `map` where `sets` is `part`, no data elsewhere.
MapPtr maskedTo(const MapPtr& map, const std::vector<PixelSet>& sets, PixelSet part)
{
    if (!map)
        return nullptr;
    auto masked = std::make_shared<ElementMap>(*map);
    for (std::size_t i = 0; i < sets.size(); ++i)
        if (sets[i] != part)
            masked->values[i] = std::numeric_limits<float>::quiet_NaN();
    return masked;
}

TargetMaps maskedTo(const TargetMaps& maps, const std::vector<PixelSet>& sets, PixelSet part)
{
    TargetMaps masked;
    for (const MapPtr& map : maps)
        masked.push_back(maskedTo(map, sets, part));
    return masked;
}

/// Predicted maps of scan `s`, and their sigma, from outputs [crop pixel, target].
TargetMaps mapsFrom(const std::vector<float>& outputs, const TrainingData& data, std::size_t s)
{
    TargetMaps maps;
    const auto& targets = data.description.targets;
    for (std::size_t t = 0; t < targets.size(); ++t) {
        ElementMap map = emptyMap(targets[t], MapUnit::Fraction, data.crops[s].shape());
        for (std::size_t i = 0; i < map.values.size(); ++i)
            map.values[i] = outputs[i * targets.size() + t];
        maps.push_back(std::make_shared<const ElementMap>(std::move(map)));
    }
    return maps;
}

/// Trains on the split that `data` has and adds the test part of every scan that has one.
Result<void> addTestPart(const Retraining& retraining, const TrainingData& data, HeldOutMaps& maps)
{
    TrainOptions options = retraining.options;
    options.checkpointFolder.clear();
    options.tensorboardFolder.clear();
    options.historyFile.clear();
    options.resumeFrom.clear();
    // Not the run's own training, whose epochs are counted and can be kept.
    const ProgressSink again = [&](const Progress& progress) {
        report(retraining.progress, {"retrain", progress.done, progress.total, progress.metrics});
    };
    auto outcome = trainNetwork(data.set, data.description, options, {}, again, retraining.stop);
    if (!outcome)
        return fail(outcome.error());
    PredictOptions predict;
    predict.device = options.device;
    predict.threads = options.threads;
    // What intervals are fitted on must have a sigma of the same kind as what they are put around.
    predict.dropoutPasses = retraining.opened.study.account.dropoutPasses;
    predict.seed = options.seed;
    for (std::size_t s = 0; s < data.scans.size(); ++s) {
        const auto& sets = data.sets[s];
        if (std::find(sets.begin(), sets.end(), PixelSet::Test) == sets.end())
            continue;
        std::vector<std::int64_t> indices(sets.size());
        std::iota(indices.begin(), indices.end(), data.offsets[s]);
        auto outputs = predictPatterns(*outcome->model, *data.set.patterns, indices, predict, retraining.progress,
                                       retraining.stop, "predict held-out part");
        if (!outputs)
            return fail(outputs.error());
        maps.real[s] = maskedTo(data.heldOut[s], sets, PixelSet::Test);
        maps.predicted[s] = maskedTo(mapsFrom(outputs->outputs, data, s), sets, PixelSet::Test);
        if (!outputs->sigma.empty())
            maps.sigma[s] = maskedTo(mapsFrom(outputs->sigma, data, s), sets, PixelSet::Test);
    }
    return {};
}

} // namespace

HeldOutMaps heldOutMaps(const TrainingData& data, const std::vector<ScanPrediction>& predictions, PixelSet part)
{
    HeldOutMaps maps;
    for (std::size_t s = 0; s < data.scans.size(); ++s) {
        maps.real.emplace_back();
        maps.predicted.emplace_back();
        maps.sigma.emplace_back();
        const auto prediction = std::find_if(predictions.begin(), predictions.end(),
                                             [&](const ScanPrediction& p) { return p.scan == data.scans[s]; });
        if (prediction == predictions.end())
            continue;
        maps.real[s] = maskedTo(data.heldOut[s], data.sets[s], part);
        maps.predicted[s] = maskedTo(prediction->predicted, data.sets[s], part);
        maps.sigma[s] = maskedTo(prediction->sigma, data.sets[s], part);
    }
    return maps;
}

Result<HeldOutMaps> retrainedMaps(const Retraining& retraining, TrainingData& data, const SplitOptions& split)
{
    HeldOutMaps maps;
    maps.real.resize(data.scans.size());
    maps.predicted.resize(data.scans.size());
    maps.sigma.resize(data.scans.size());
    const std::size_t folds = split.kind == SplitKind::LeaveOneOut ? data.scans.size() : 1;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        std::optional<std::size_t> left;
        if (split.kind == SplitKind::LeaveOneOut)
            left = fold;
        if (auto applied = applySplit(data, retraining.opened, split, left); !applied)
            return fail(applied.error());
        if (auto added = addTestPart(retraining, data, maps); !added)
            return fail(added.error());
    }
    return maps;
}

std::vector<std::optional<double>> pearsonPerTarget(const HeldOutMaps& maps, std::size_t targets)
{
    MeanScores scores(targets);
    for (std::size_t s = 0; s < maps.real.size(); ++s)
        for (std::size_t t = 0; t < maps.real[s].size(); ++t)
            if (maps.real[s][t] && maps.predicted[s][t])
                scores.add(t, pearson(maps.real[s][t]->values, maps.predicted[s][t]->values));
    return scores.means();
}

} // namespace dispersa
