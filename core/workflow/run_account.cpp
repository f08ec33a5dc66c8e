// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_account.h"

#include "core/assess/row_means.h"
#include "core/assess/spatial_statistics.h"
#include "core/inspect/novelty.h"
#include "core/prepare/map_filter.h"
#include "core/prepare/profile_features.h"

#include <algorithm>
#include <numeric>

namespace dispersa {
namespace {

constexpr BaselineKind simpleKinds[] = {BaselineKind::TrainingMean, BaselineKind::SamePosition,
                                        BaselineKind::NearestNeighbours, BaselineKind::DepthProfile,
                                        BaselineKind::Haadf};

TrainingPixels trainingPixels(const TrainingData& data)
{
    TrainingPixels pixels;
    const std::size_t targets = data.description.targets.size();
    pixels.values.resize(targets);
    for (const OpenedScanPtr& scan : data.scans)
        pixels.haadf.push_back(scan->map("HAADF"));
    for (const std::int64_t index : data.set.train) {
        const TrainingPixel& pixel = data.layout->pixels[std::size_t(index)];
        pixels.scan.push_back(std::size_t(pixel.scan));
        pixels.place.push_back(pixel.point);
        for (std::size_t t = 0; t < targets; ++t)
            pixels.values[t].push_back(data.set.targets[std::size_t(index) * targets + t]);
    }
    return pixels;
}

std::optional<std::size_t> trainingScan(const TrainingData& data, const OpenedScanPtr& scan)
{
    const auto found = std::find(data.scans.begin(), data.scans.end(), scan);
    return found == data.scans.end() ? std::nullopt : std::optional<std::size_t>(found - data.scans.begin());
}

/// The scans' patterns under the pixels of the training.
class OneRowPerPixel : public PatternSource {
  public:
    OneRowPerPixel(std::shared_ptr<const ProfileFeatures> all, std::vector<std::int64_t> rows)
        : m_all(std::move(all)), m_rows(std::move(rows))
    {
    }
    std::int64_t count() const override { return std::int64_t(m_rows.size()); }
    PatternShape patternShape() const override { return m_all->patternShape(); }
    Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override
    {
        std::vector<std::int64_t> rows;
        for (const std::int64_t index : indices) {
            if (index < 0 || index >= count())
                return fail(ErrorCode::InvalidArgument, "There is no profile " + std::to_string(index) + ".");
            rows.push_back(m_rows[std::size_t(index)]);
        }
        return m_all->gather(rows, out);
    }

  private:
    std::shared_ptr<const ProfileFeatures> m_all;
    std::vector<std::int64_t> m_rows;
};

/// Distance of the mean profile over `values` of the features from those of the training, per prediction.
std::vector<MapPtr> noveltyMaps(const ProfileFeatures& features, std::size_t first, std::size_t values,
                                const TrainingSet& set, const PatternSource& training,
                                const std::vector<ScanPrediction>& predictions)
{
    const auto columns = [&](const PatternSource& source, std::span<const std::int64_t> indices) {
        const auto width = std::size_t(source.patternShape().count());
        std::vector<float> rows(indices.size() * width), chosen;
        if (!source.gather(indices, rows))
            return chosen;
        for (std::size_t i = 0; i < indices.size(); ++i)
            chosen.insert(chosen.end(), rows.begin() + std::ptrdiff_t(i * width + first),
                          rows.begin() + std::ptrdiff_t(i * width + first + values));
        return chosen;
    };
    std::vector<MapPtr> maps(predictions.size());
    const auto model = fitNovelty(columns(training, set.train), set.train.size());
    if (!model)
        return maps;
    std::int64_t offset = 0;
    for (std::size_t p = 0; p < predictions.size(); ++p) {
        std::vector<std::int64_t> indices(std::size_t(predictions[p].crop.count()));
        std::iota(indices.begin(), indices.end(), offset);
        offset += predictions[p].crop.count();
        ElementMap map = emptyMap("novelty", MapUnit::Arbitrary, predictions[p].crop.shape());
        map.scanStep_nm = predictions[p].scan->calibration.scanStep_nm;
        const std::vector<float> distances = novelty(*model, columns(features, indices));
        for (std::size_t i = 0; i < distances.size(); ++i)
            if (ElementMap::isData(predictions[p].predicted.front()->values[i]))
                map.values[i] = distances[i];
        maps[p] = std::make_shared<const ElementMap>(std::move(map));
    }
    return maps;
}

/// Ridge regression on the plain radial profile of one probe, what anybody would try first, and novelty on that of 5 x 5
/// probes, where single electrons do not count.
Result<void> addProfiles(const Retraining& retraining, const TrainingData& data,
                         const std::vector<ScanPrediction>& predictions, BaselineSource& source)
{
    ProfileOptions profile;
    profile.features = {{.kind = ProfileFeature::Kind::Mean, .neighbourhood = 1, .firstRing = 4, .lastRing = 60},
                        {.kind = ProfileFeature::Kind::Mean, .neighbourhood = 5, .firstRing = 4, .lastRing = 60}};
    profile.regressors = {{.kind = RegressorKind::Ridge, .features = {0}, .penalty = 1e-2}};
    std::vector<PatternSelection> selections;
    std::vector<std::int64_t> offsets;
    std::int64_t offset = 0;
    for (const ScanPrediction& prediction : predictions) {
        selections.push_back({prediction.scan->diffraction, prediction.crop, {}});
        offsets.push_back(offset);
        offset += prediction.crop.count();
    }
    auto features = ProfileFeatures::create(selections, data.description.diffraction, profile.features,
                                            retraining.progress, retraining.stop);
    if (!features)
        return fail(features.error());
    std::vector<std::int64_t> rows; // of the training scans' pixels among all
    for (std::size_t s = 0; s < data.scans.size(); ++s)
        for (std::size_t p = 0; p < predictions.size(); ++p)
            if (predictions[p].scan == data.scans[s])
                for (std::int64_t i = 0; i < data.crops[s].count(); ++i)
                    rows.push_back(offsets[p] + i);
    TrainingSet set = data.set;
    set.patterns = std::make_shared<const OneRowPerPixel>(*features, std::move(rows));
    set.validation.clear();
    source.novelty = noveltyMaps(**features, std::size_t(profile.features[0].values()),
                                 std::size_t(profile.features[1].values()), set, *set.patterns, predictions);
    ModelDescription description = data.description;
    description.profile = profile;
    TrainOptions options;
    options.threads = retraining.options.threads;
    auto outcome = trainNetwork(set, description, options, {}, {}, retraining.stop);
    if (!outcome)
        return fail(outcome.error());
    PredictOptions predict;
    predict.threads = options.threads;
    auto outputs = predictPatterns(*outcome->model, **features, {}, predict, {}, retraining.stop);
    if (!outputs)
        return fail(outputs.error());
    const std::size_t targets = description.targets.size();
    for (std::size_t p = 0; p < predictions.size(); ++p) {
        TargetMaps& scan = source.ridge.emplace_back();
        for (std::size_t t = 0; t < targets; ++t) {
            ElementMap map = emptyMap(description.targets[t], MapUnit::Fraction, predictions[p].crop.shape());
            for (std::size_t i = 0; i < map.values.size(); ++i)
                if (ElementMap::isData(predictions[p].predicted[t]->values[i]))
                    map.values[i] = outputs->outputs[(std::size_t(offsets[p]) + i) * targets + t];
            scan.push_back(std::make_shared<const ElementMap>(std::move(map)));
        }
    }
    return {};
}

/// All baselines of one target over the crop of `prediction`.
std::vector<BaselineResult> baselinesOf(const BaselineSource& source, const TrainingData& data,
                                        const ScanPrediction& prediction, std::size_t number, std::size_t target)
{
    const BaselinePlace place{prediction.crop, trainingScan(data, prediction.scan), prediction.scan->map("HAADF")};
    std::vector<BaselineResult> results;
    for (const BaselineKind kind : simpleKinds)
        results.push_back({kind, baselineMap(kind, source.pixels, target, place)});
    if (number < source.ridge.size())
        results.push_back({BaselineKind::RidgeRadial, *source.ridge[number][target]});
    return results;
}

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

/// Scores where every network trains in seconds, or the study asks for it.
bool mayTrainAgain(const OpenedStudy& opened)
{
    return opened.recipe && (opened.recipe->profile || opened.study.account.leakGap);
}

/// What the nearest training pixels predict of the test part, from the split that `data` has.
std::vector<std::optional<double>> positionScores(const TrainingData& data)
{
    const TrainingPixels pixels = trainingPixels(data);
    std::vector<std::optional<double>> scores;
    for (std::size_t t = 0; t < data.description.targets.size(); ++t) {
        std::vector<float> real, predicted;
        for (std::size_t s = 0; s < data.scans.size(); ++s) {
            const ElementMap map = baselineMap(BaselineKind::NearestNeighbours, pixels, t, {data.crops[s], s, nullptr});
            for (std::size_t i = 0; i < data.sets[s].size(); ++i)
                if (data.sets[s][i] == PixelSet::Test) {
                    real.push_back(data.heldOut[s][t]->values[i]);
                    predicted.push_back(map.values[i]);
                }
        }
        scores.push_back(pearson(real, predicted).value);
    }
    return scores;
}

/// Mean over the scans that were not trained on, of what `predict` makes of each.
template<class Predict>
std::vector<std::optional<double>> unseenScanScores(const TrainingData& data,
                                                    const std::vector<ScanPrediction>& predictions,
                                                    const Predict& predict)
{
    std::vector<std::optional<double>> scores(data.description.targets.size());
    for (std::size_t t = 0; t < scores.size(); ++t) {
        double sum = 0;
        int count = 0;
        for (const ScanPrediction& prediction : predictions) {
            if (trainingScan(data, prediction.scan) || !prediction.real[t])
                continue;
            const ElementMap map = predict(prediction, t);
            if (const Score score = pearson(prediction.real[t]->values, map.values); score.value) {
                sum += *score.value;
                ++count;
            }
        }
        if (count > 0)
            scores[t] = sum / count;
    }
    return scores;
}

} // namespace

Result<BaselineSource> baselineSource(const Retraining& retraining, const TrainingData& data,
                                      const std::vector<ScanPrediction>& predictions)
{
    BaselineSource source;
    source.pixels = trainingPixels(data);
    if (auto added = addProfiles(retraining, data, predictions, source); !added)
        return fail(added.error());
    return source;
}

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
    if (!scansKnown && (own == SplitKind::Scans || own == SplitKind::LeaveOneOut))
        recipe.heldOutScans = pearsonPerTarget(test, gap.targets.size());
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
