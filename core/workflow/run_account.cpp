// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_account.h"

#include "core/assess/row_means.h"
#include "core/assess/spatial_statistics.h"
#include "core/prepare/map_filter.h"
#include "core/workflow/baseline_source.h"
#include "core/workflow/leak_gap.h"
#include "core/workflow/prediction_intervals.h"

#include <algorithm>

namespace dispersa {
namespace {

/// Rows of several maps, one below the other, so that maps of several scans are scored together.
ElementMap stacked(const std::vector<const ElementMap*>& maps)
{
    int width = 0, height = 0;
    for (const ElementMap* map : maps) {
        width = std::max(width, map->shape.width);
        height += map->shape.height;
    }
    ElementMap all = emptyMap(maps.front()->quantity, maps.front()->unit, {height, width});
    int top = 0;
    for (const ElementMap* map : maps) {
        for (int y = 0; y < map->shape.height; ++y)
            for (int x = 0; x < map->shape.width; ++x)
                all.at(top + y, x) = map->at(y, x);
        top += map->shape.height;
    }
    return all;
}

/// Intervals and independent samples, from maps that may be of several scans.
void addUncertainty(const std::vector<std::pair<const ElementMap*, const ElementMap*>>& maps, TargetAccount& account)
{
    std::vector<BlockSums> blocks;
    double samples = 0, lengths = 0;
    int measured = 0;
    for (const auto& [real, predicted] : maps) {
        const auto own = blockSums(*real, *predicted, blockEdge_px(*real, *predicted));
        blocks.insert(blocks.end(), own.begin(), own.end());
        samples += effectiveSampleSize(*real, *predicted).value_or(0);
        if (const auto correlation = autocorrelation(*real)) {
            lengths += autocorrelationLength(*correlation);
            ++measured;
        }
    }
    account.pearson = pearsonInterval(blocks);
    account.mae = maeInterval(blocks);
    if (samples > 0)
        account.effectiveSamples = samples;
    if (measured > 0)
        account.autocorrelation_px = lengths / measured;
}

std::optional<NoiseCeiling> ceilingOf(const OpenedStudy& opened, const ScanPrediction& prediction, std::size_t target)
{
    const MapPtr measured = prediction.scan->map(opened.targets[target]);
    if (!measured)
        return std::nullopt;
    NoiseCeilingOptions options;
    options.region = prediction.crop;
    const auto filter = [&](const ElementMap& map) {
        auto smooth = filtered(map, opened.study.mapFilter);
        return smooth ? std::move(*smooth) : map;
    };
    return noiseCeilingEstimate(*measured, filter, options);
}

/// Of each target over the scan's crop; empty accounts where the scan has no map.
std::vector<TargetAccount> accountOfScan(const OpenedStudy& opened, const ScanPrediction& prediction, std::size_t number,
                                         const TrainingData* data, const BaselineSource& source,
                                         const FittedIntervals& intervals)
{
    std::vector<TargetAccount> accounts(opened.targets.size());
    for (std::size_t t = 0; t < accounts.size(); ++t) {
        if (!prediction.real[t])
            continue;
        const ElementMap &real = *prediction.real[t], &predicted = *prediction.predicted[t];
        accounts[t].withoutRowMeans = pearsonWithoutRowMeans(real, predicted);
        addUncertainty({{&real, &predicted}}, accounts[t]);
        if (data)
            accounts[t].baselines =
                compareWithBaselines(real, predicted, baselinesOf(source, *data, prediction, number, t));
        accounts[t].ceiling = ceilingOf(opened, prediction, t);
        // On what was trained on, intervals hold more than they promise.
        if (data && !trainingScan(*data, prediction.scan))
            accounts[t].intervals = intervalScores(intervals, t, prediction.real[t], prediction.predicted[t],
                                                   prediction.sigma.empty() ? nullptr : prediction.sigma[t]);
    }
    return accounts;
}

/// Of each target over the held-out part of the training scans together.
std::vector<TargetAccount> accountOfTest(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                                         const HeldOutMaps& held, const TrainingData& data, const BaselineSource& source,
                                         const FittedIntervals& intervals)
{
    std::vector<TargetAccount> accounts(opened.targets.size());
    for (std::size_t t = 0; t < accounts.size(); ++t) {
        std::vector<const ElementMap*> real, predicted;
        std::vector<std::pair<const ElementMap*, const ElementMap*>> pairs;
        std::vector<std::vector<BaselineResult>> baselines;
        for (std::size_t s = 0; s < held.real.size(); ++s) {
            if (t >= held.real[s].size() || !held.real[s][t])
                continue;
            real.push_back(held.real[s][t].get());
            predicted.push_back(held.predicted[s][t].get());
            pairs.emplace_back(real.back(), predicted.back());
            for (std::size_t p = 0; p < predictions.size(); ++p)
                if (predictions[p].scan == data.scans[s])
                    baselines.push_back(baselinesOf(source, data, predictions[p], p, t));
        }
        if (real.empty())
            continue;
        std::vector<BaselineResult> together;
        for (std::size_t k = 0; !baselines.empty() && k < baselines.front().size(); ++k) {
            std::vector<const ElementMap*> maps;
            for (const auto& ofScan : baselines)
                maps.push_back(&ofScan[k].map);
            together.push_back({baselines.front()[k].kind, stacked(maps)});
        }
        const ElementMap allReal = stacked(real), allPredicted = stacked(predicted);
        accounts[t].withoutRowMeans = pearsonWithoutRowMeans(allReal, allPredicted);
        addUncertainty(pairs, accounts[t]);
        accounts[t].baselines = compareWithBaselines(allReal, allPredicted, together);
        std::vector<const ElementMap*> sigma;
        for (std::size_t s = 0; s < held.sigma.size(); ++s)
            if (t < held.sigma[s].size() && held.sigma[s][t])
                sigma.push_back(held.sigma[s][t].get());
        const bool fittedHere = intervals.fittedOn == "test" ||
                                (intervals.fittedOn == "scans" && opened.study.split.kind == SplitKind::LeaveOneOut);
        if (!fittedHere && (sigma.empty() || sigma.size() == real.size()))
            accounts[t].intervals = intervalScores(
                intervals, t, std::make_shared<const ElementMap>(allReal), std::make_shared<const ElementMap>(allPredicted),
                sigma.empty() ? nullptr : std::make_shared<const ElementMap>(stacked(sigma)));
    }
    return accounts;
}

} // namespace

Result<void> addAccount(const Retraining& retraining, std::vector<ScanPrediction>& predictions, const TrainingData* data,
                        const HeldOutMaps& test, RunMetrics& metrics)
{
    const OpenedStudy& opened = retraining.opened;
    BaselineSource source;
    FittedIntervals intervals;
    if (data) {
        auto made = baselineSource(retraining, *data, predictions);
        if (!made)
            return fail(made.error());
        source = std::move(*made);
        for (std::size_t p = 0; p < predictions.size(); ++p)
            predictions[p].novelty = source.novelty[p];
        auto fitted = fitIntervals(retraining, *data, predictions, test);
        if (!fitted)
            return fail(fitted.error());
        intervals = std::move(*fitted);
        applyIntervals(predictions, intervals);
    }
    const auto put = [&](std::vector<TargetAccount> accounts, std::vector<TargetScores>& scores) {
        for (TargetScores& score : scores)
            for (std::size_t t = 0; t < opened.targets.size(); ++t)
                if (opened.targets[t] == score.name)
                    score.account = std::move(accounts[t]);
    };
    for (std::size_t p = 0; p < predictions.size(); ++p)
        for (ScanScores& scan : metrics.scans)
            if (scan.name == predictions[p].scan->entry.name)
                put(accountOfScan(opened, predictions[p], p, data, source, intervals), scan.targets);
    if (!data)
        return {};
    put(accountOfTest(opened, predictions, test, *data, source, intervals), metrics.testTargets);
    TrainingData other = *data;
    auto gap = leakGap(retraining, other, test, predictions);
    if (!gap)
        return fail(gap.error());
    metrics.leakGap = std::move(*gap);
    return {};
}

} // namespace dispersa
