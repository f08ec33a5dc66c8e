// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/leak_gap.h"

#include "core/assess/mean_scores.h"
#include "core/workflow/baseline_source.h"

#include <algorithm>

namespace dispersa {
namespace {

/// Scores where every network trains in seconds, or the study asks for it.
bool mayTrainAgain(const OpenedStudy& opened)
{
    return opened.recipe && (opened.recipe->profile || opened.study.account.leakGap);
}

/// Of the usable pixels.
double trainingShare(const TrainingData& data)
{
    std::int64_t usable = 0;
    for (const SplitScan& scan : data.usable)
        usable += std::count(scan.usable.begin(), scan.usable.end(), std::uint8_t(1));
    return usable > 0 ? double(data.set.train.size()) / double(usable) : 0;
}

/// What the nearest training pixels predict of the test part, from the split that `data` has.
std::vector<std::optional<double>> positionScores(const TrainingData& data)
{
    const TrainingPixels pixels = trainingPixels(data);
    MeanScores scores(data.description.targets.size());
    for (std::size_t t = 0; t < data.description.targets.size(); ++t)
        for (std::size_t s = 0; s < data.scans.size(); ++s) {
            const ElementMap map = baselineMap(BaselineKind::NearestNeighbours, pixels, t, {data.crops[s], s, nullptr});
            std::vector<float> real, predicted;
            for (std::size_t i = 0; i < data.sets[s].size(); ++i)
                if (data.sets[s][i] == PixelSet::Test) {
                    real.push_back(data.heldOut[s][t]->values[i]);
                    predicted.push_back(map.values[i]);
                }
            scores.add(t, pearson(real, predicted));
        }
    return scores.means();
}

/// Mean over the scans that were not trained on, of what `predict` makes of each.
template<class Predict>
std::vector<std::optional<double>> unseenScanScores(const TrainingData& data,
                                                    const std::vector<ScanPrediction>& predictions,
                                                    const Predict& predict)
{
    MeanScores scores(data.description.targets.size());
    for (const ScanPrediction& prediction : predictions) {
        if (trainingScan(data, prediction.scan))
            continue;
        for (std::size_t t = 0; t < data.description.targets.size(); ++t)
            if (prediction.real[t])
                scores.add(t, pearson(prediction.real[t]->values, predict(prediction, t).values));
    }
    return scores.means();
}

} // namespace

std::vector<std::optional<double>> positionAcrossScans(const TrainingData& data)
{
    const TrainingPixels pixels = trainingPixels(data);
    MeanScores scores(data.description.targets.size());
    for (std::size_t s = 0; s < data.scans.size(); ++s) {
        const TrainingPixels others = withoutScan(pixels, s);
        for (std::size_t t = 0; t < data.description.targets.size(); ++t) {
            const ElementMap map =
                baselineMap(BaselineKind::NearestNeighbours, others, t, {data.crops[s], std::nullopt, nullptr});
            scores.add(t, pearson(data.layout->real[s][t]->values, map.values));
        }
    }
    return scores.means();
}

Result<LeakGap> leakGap(const Retraining& retraining, TrainingData& data, const HeldOutMaps& test,
                        const std::vector<ScanPrediction>& predictions)
{
    const OpenedStudy& opened = retraining.opened;
    LeakGap gap;
    gap.targets = opened.targets;
    gap.guard_px = guardInUse(opened);
    LeakGapRow recipe{opened.recipe->name}, position{"position"};
    const SplitKind own = opened.study.split.kind;
    recipe.heldOutScans = unseenScanScores(data, predictions, [](const ScanPrediction& prediction, std::size_t t) {
        return *prediction.predicted[t];
    });
    const TrainingPixels trained = trainingPixels(data);
    position.heldOutScans = unseenScanScores(data, predictions, [&](const ScanPrediction& prediction, std::size_t t) {
        return baselineMap(BaselineKind::NearestNeighbours, trained, t, {prediction.crop, std::nullopt, nullptr});
    });
    if (own == SplitKind::Random)
        recipe.random = pearsonPerTarget(test, gap.targets.size());
    if (own == SplitKind::Blocks)
        recipe.blocks = pearsonPerTarget(test, gap.targets.size());
    const bool scansKnown = std::any_of(recipe.heldOutScans.begin(), recipe.heldOutScans.end(),
                                        [](const auto& score) { return score.has_value(); });
    if (!scansKnown && (own == SplitKind::Scans || own == SplitKind::LeaveOneOut)) {
        recipe.heldOutScans = pearsonPerTarget(test, gap.targets.size());
        position.heldOutScans = own == SplitKind::Scans ? positionScores(data) : positionAcrossScans(data);
    }
    for (const SplitKind kind : {SplitKind::Random, SplitKind::Blocks}) {
        SplitOptions split = opened.study.split;
        split.kind = kind;
        auto& ownScores = kind == SplitKind::Random ? recipe.random : recipe.blocks;
        auto& positionOnly = kind == SplitKind::Random ? position.random : position.blocks;
        if (auto applied = applySplit(data, opened, split); !applied) {
            if (applied.error().code == ErrorCode::NothingToTrain)
                continue; // the crop is too small for blocks and their guard
            return fail(applied.error());
        }
        positionOnly = positionScores(data);
        if (kind == SplitKind::Blocks)
            gap.blocksTrain = trainingShare(data);
        if (!ownScores.empty() || !mayTrainAgain(opened))
            continue;
        auto maps = retrainedMaps(retraining, data, split);
        if (!maps)
            return fail(maps.error());
        ownScores = pearsonPerTarget(*maps, gap.targets.size());
    }
    gap.rows = {std::move(recipe), std::move(position)};
    return gap;
}

} // namespace dispersa
