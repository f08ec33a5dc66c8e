// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_account.h"

#include "core/assess/row_means.h"
#include "core/assess/spatial_statistics.h"
#include "core/workflow/baseline_source.h"
#include "core/workflow/leak_gap.h"
#include "core/workflow/prediction_intervals.h"
#include "core/workflow/scan_ceilings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

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

/// One step per target of each scan and of the test part: about a second each for a scan of 512 x 512 probes.
struct Steps {
    const ProgressSink& progress;
    const std::stop_token& stop;
    std::int64_t total = 0;
    std::int64_t done = 0;
    /// False where the user cancelled.
    bool next()
    {
        report(progress, {"compare baselines", done++, total});
        return !stop.stop_requested();
    }
};

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

/// Of each target over the scan's crop; empty accounts where the scan has no map.
std::vector<TargetAccount> accountOfScan(const OpenedStudy& opened, const ScanPrediction& prediction, std::size_t number,
                                         const TrainingData* data, const BaselineSource& source,
                                         const FittedIntervals& intervals, Steps& steps)
{
    std::vector<TargetAccount> accounts(opened.targets.size());
    const auto ceilings = noiseCeilings(opened, prediction);
    const bool seen = (data && trainingScan(*data, prediction.scan)) || intervals.fittedOnScan(prediction.scan->entry.name);
    for (std::size_t t = 0; t < accounts.size() && steps.next(); ++t) {
        if (!prediction.real[t])
            continue;
        const ElementMap &real = *prediction.real[t], &predicted = *prediction.predicted[t];
        accounts[t].withoutRowMeans = pearsonWithoutRowMeans(real, predicted);
        addUncertainty({{&real, &predicted}}, accounts[t]);
        if (data)
            accounts[t].baselines =
                compareWithBaselines(real, predicted, baselinesOf(source, *data, prediction, number, t));
        accounts[t].ceiling = ceilings[t];
        // On what was trained or fitted on, intervals hold more than they promise.
        if (!seen)
            accounts[t].intervals = intervalScores(intervals, t, prediction.real[t], prediction.predicted[t],
                                                   prediction.sigma.empty() ? nullptr : prediction.sigma[t]);
    }
    return accounts;
}

/// Of each target over the held-out part of the training scans together.
std::vector<TargetAccount> accountOfTest(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                                         const HeldOutMaps& held, const TrainingData& data, const BaselineSource& source,
                                         const FittedIntervals& intervals, Steps& steps)
{
    std::vector<TargetAccount> accounts(opened.targets.size());
    for (std::size_t t = 0; t < accounts.size() && steps.next(); ++t) {
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
                    baselines.push_back(source.folds.empty() ? baselinesOf(source, data, predictions[p], p, t)
                                                             : baselinesOfLeftOut(source, data, predictions[p], s, t));
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
        // Whole training scans hold the test part.
        const bool fittedHere = intervals.fittedIn(IntervalPlace::Test) || intervals.fittedIn(IntervalPlace::TrainingScans);
        if (!fittedHere && (sigma.empty() || sigma.size() == real.size()))
            accounts[t].intervals = intervalScores(
                intervals, t, std::make_shared<const ElementMap>(allReal), std::make_shared<const ElementMap>(allPredicted),
                sigma.empty() ? nullptr : std::make_shared<const ElementMap>(stacked(sigma)));
    }
    return accounts;
}

/// What a user must know before trusting the intervals.
std::vector<Warning> warningsAbout(const FittedIntervals& intervals, const OpenedStudy& opened, const TrainingData* data)
{
    std::vector<Warning> warnings;
    const auto elsewhere = data && intervals.fittedIn(IntervalPlace::TrainingScans) ? medianOf(positionAcrossScans(*data)) : std::nullopt;
    if (elsewhere && *elsewhere > leakyPosition) {
        char r[16];
        std::snprintf(r, sizeof r, "%.2f", *elsewhere);
        warnings.push_back({"intervals_of_one_area",
                            "The training scans show the same area (position alone predicts one from the others with r = " +
                                std::string(r) +
                                "). Intervals fitted on them are too narrow on another area: name scans of other areas "
                                "that have maps in 'account.calibrate_on'.",
                            {},
                            {}});
    }
    // Targets that no named scan has a map of are named where the study was opened.
    const auto hasMaps = [&](std::size_t target) {
        return !intervals.fittedIn(IntervalPlace::NamedScans) ||
               std::any_of(opened.scans.begin(), opened.scans.end(), [&](const OpenedScanPtr& scan) {
                   return intervals.fittedOnScan(scan->entry.name) && scan->map(opened.targets[target]);
               });
    };
    bool tooFew = false;
    for (std::size_t t = 0; t < intervals.perTarget.size(); ++t)
        tooFew = tooFew || (!intervals.perTarget[t] && hasMaps(t));
    if (tooFew)
        warnings.push_back({"too_few_blocks",
                            "The pixels that intervals are fitted on have too few independent blocks for " +
                                std::to_string(std::lround(100 * opened.study.account.level)) +
                                " %, so that some elements have none. Ask for a lower level, or hold out more.",
                            {},
                            {}});
    return warnings;
}

} // namespace

Result<std::vector<Warning>> addAccount(const Retraining& retraining, std::vector<ScanPrediction>& predictions,
                                        const TrainingData* data, const HeldOutMaps& test, RunMetrics& metrics)
{
    const OpenedStudy& opened = retraining.opened;
    BaselineSource source;
    if (data) {
        auto made = baselineSource(retraining, *data, predictions);
        if (!made)
            return fail(made.error());
        source = std::move(*made);
        for (std::size_t p = 0; p < predictions.size(); ++p)
            predictions[p].novelty = source.novelty[p];
    }
    auto intervals = fitIntervals(retraining, data, predictions, test);
    if (!intervals)
        return fail(intervals.error());
    applyIntervals(predictions, *intervals);
    std::vector<Warning> warnings = warningsAbout(*intervals, opened, data);
    const auto put = [&](std::vector<TargetAccount> accounts, std::vector<TargetScores>& scores) {
        for (TargetScores& score : scores)
            for (std::size_t t = 0; t < opened.targets.size(); ++t)
                if (opened.targets[t] == score.name)
                    score.account = std::move(accounts[t]);
    };
    Steps steps{retraining.progress, retraining.stop,
                std::int64_t((predictions.size() + (data ? 1 : 0)) * opened.targets.size())};
    for (std::size_t p = 0; p < predictions.size(); ++p)
        for (ScanScores& scan : metrics.scans)
            if (scan.name == predictions[p].scan->entry.name)
                put(accountOfScan(opened, predictions[p], p, data, source, *intervals, steps), scan.targets);
    if (data)
        put(accountOfTest(opened, predictions, test, *data, source, *intervals, steps), metrics.testTargets);
    if (retraining.stop.stop_requested())
        return fail(ErrorCode::Cancelled, "Scoring was cancelled.");
    report(retraining.progress, {"compare baselines", steps.total, steps.total});
    if (!data)
        return warnings;
    TrainingData other = *data;
    auto gap = leakGap(retraining, other, test, predictions);
    if (!gap)
        return fail(gap.error());
    metrics.leakGap = std::move(*gap);
    return warnings;
}

} // namespace dispersa
