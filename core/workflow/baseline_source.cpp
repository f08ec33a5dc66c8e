// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/baseline_source.h"

#include "core/inspect/novelty.h"
#include "core/prepare/profile_features.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace dispersa {
namespace {

constexpr BaselineKind simpleKinds[] = {BaselineKind::TrainingMean, BaselineKind::SamePosition,
                                        BaselineKind::NearestNeighbours, BaselineKind::DepthProfile,
                                        BaselineKind::Haadf};

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

/// One step per fit and per map made with it: about a second each for a scan of 512 x 512 probes.
struct FitSteps {
    const Retraining& retraining;
    std::int64_t total;
    std::int64_t done = 0;
    /// False where the user cancelled.
    bool next()
    {
        report(retraining.progress, {"fit baselines", done++, total});
        return !retraining.stop.stop_requested();
    }
};

/// Which half of a chessboard each trained pixel lies on, at the same places in every scan. Its squares are larger than
/// the neighbourhood whose electrons features share.
std::vector<std::uint8_t> chessboard(const TrainingData& data, const std::vector<std::int64_t>& pixels)
{
    constexpr int square_px = 8;
    std::vector<std::uint8_t> halves;
    for (const std::int64_t index : pixels) {
        const ScanPoint point = data.layout->pixels[std::size_t(index)].point;
        halves.push_back(std::uint8_t((point.y / square_px + point.x / square_px) % 2));
    }
    return halves;
}

/// Distance of the mean profile over `values` of the features from those of the training, per prediction.
std::vector<MapPtr> noveltyMaps(const ProfileFeatures& features, std::size_t first, std::size_t values,
                                const TrainingData& data, const PatternSource& training,
                                const std::vector<ScanPrediction>& predictions, FitSteps& steps)
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
    if (!steps.next())
        return maps;
    const std::vector<std::int64_t>& trained = data.set.train;
    const auto model = fitNovelty(columns(training, trained), trained.size(), {}, chessboard(data, trained));
    if (!model)
        return maps;
    std::int64_t offset = 0;
    for (std::size_t p = 0; p < predictions.size() && steps.next(); ++p) {
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

/// What a regression makes of the patterns from `first` on under the crop of `prediction`.
Result<TargetMaps> predictedMaps(const Model& model, const ProfileFeatures& features, std::int64_t first,
                                 const ScanPrediction& prediction, int threads, const std::stop_token& stop)
{
    std::vector<std::int64_t> indices(std::size_t(prediction.crop.count()));
    std::iota(indices.begin(), indices.end(), first);
    PredictOptions options;
    options.threads = threads;
    auto outputs = predictPatterns(model, features, indices, options, {}, stop);
    if (!outputs)
        return fail(outputs.error());
    const std::vector<std::string>& targets = model.description().targets;
    TargetMaps maps;
    for (std::size_t t = 0; t < targets.size(); ++t) {
        ElementMap map = emptyMap(targets[t], MapUnit::Fraction, prediction.crop.shape());
        for (std::size_t i = 0; i < map.values.size(); ++i)
            if (ElementMap::isData(prediction.predicted[t]->values[i]))
                map.values[i] = outputs->outputs[i * targets.size() + t];
        maps.push_back(std::make_shared<const ElementMap>(std::move(map)));
    }
    return maps;
}

/// Ridge regression on the plain radial profile of one probe, what anybody would try first, and novelty on that of 5 x
/// 5 probes, where single electrons do not count.
Result<void> addProfiles(const Retraining& retraining, const TrainingData& data,
                         const std::vector<ScanPrediction>& predictions, BaselineSource& source)
{
    ProfileOptions profile;
    profile.features = {{.kind = ProfileFeature::Kind::Mean, .neighbourhood = 1, .firstRing = 4, .lastRing = 60},
                        {.kind = ProfileFeature::Kind::Mean, .neighbourhood = 5, .firstRing = 4, .lastRing = 60}};
    profile.dose = DoseScale::IfKnown;
    profile.regressors = {{.kind = RegressorKind::Ridge, .features = {0}, .penalty = 1e-2}};
    std::vector<PatternSelection> selections;
    std::vector<std::int64_t> offsets;
    std::int64_t offset = 0;
    for (const ScanPrediction& prediction : predictions) {
        selections.push_back({prediction.scan->diffraction, prediction.crop, {}});
        offsets.push_back(offset);
        offset += prediction.crop.count();
    }
    auto features = ProfileFeatures::create(selections, data.description.diffraction, profile, retraining.progress,
                                            retraining.stop);
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
    const bool leavesOut = retraining.opened.study.split.kind == SplitKind::LeaveOneOut;
    FitSteps steps{retraining, std::int64_t(2 * (1 + predictions.size()) + (leavesOut ? 2 * data.scans.size() : 0))};
    source.novelty = noveltyMaps(**features, std::size_t(profile.features[0].values()),
                                 std::size_t(profile.features[1].values()), data, *set.patterns, predictions, steps);
    ModelDescription description = data.description;
    description.profile = profile;
    TrainOptions options;
    options.threads = retraining.options.threads;
    const auto ridgeFrom = [&](const TrainingSet& from, const std::vector<std::size_t>& numbers,
                               const std::function<void(TargetMaps)>& done) -> Result<void> {
        steps.next(); // cancelling is the training's and the prediction's own
        auto outcome = trainNetwork(from, description, options, {}, {}, retraining.stop);
        if (!outcome)
            return fail(outcome.error());
        for (const std::size_t p : numbers) {
            steps.next();
            auto maps = predictedMaps(*outcome->model, **features, offsets[p], predictions[p], options.threads,
                                      retraining.stop);
            if (!maps)
                return fail(maps.error());
            done(std::move(*maps));
        }
        return {};
    };
    std::vector<std::size_t> all(predictions.size());
    std::iota(all.begin(), all.end(), std::size_t(0));
    if (auto made = ridgeFrom(set, all, [&](TargetMaps maps) { source.ridge.push_back(std::move(maps)); }); !made)
        return made;
    if (!leavesOut)
        return {};
    for (std::size_t s = 0; s < data.scans.size(); ++s) {
        source.folds.push_back({withoutScan(source.pixels, s), {}});
        TrainingSet others = set;
        std::erase_if(others.train, [&](std::int64_t index) {
            return index >= data.offsets[s] && index < data.offsets[s] + data.crops[s].count();
        });
        const auto own = std::find_if(predictions.begin(), predictions.end(), [&](const ScanPrediction& prediction) {
            return prediction.scan == data.scans[s];
        });
        if (others.train.empty() || own == predictions.end())
            continue;
        if (auto made = ridgeFrom(others, {std::size_t(own - predictions.begin())},
                                  [&](TargetMaps maps) { source.folds.back().ridge = std::move(maps); });
            !made)
            return made;
    }
    return {};
}

std::vector<BaselineResult> allBaselines(const TrainingPixels& pixels, const BaselinePlace& place,
                                         const TrainingData& data, std::size_t target, const TargetMaps& ridge)
{
    std::vector<BaselineResult> results;
    for (const BaselineKind kind : simpleKinds)
        if (kind != BaselineKind::Haadf || data.description.targets[target] != "HAADF")
            results.push_back({kind, baselineMap(kind, pixels, target, place)});
    if (!ridge.empty())
        results.push_back({BaselineKind::RidgeRadial, *ridge[target]});
    return results;
}

} // namespace

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

TrainingPixels withoutScan(const TrainingPixels& pixels, std::size_t scan)
{
    TrainingPixels others;
    others.haadf = pixels.haadf;
    others.values.resize(pixels.values.size());
    for (std::size_t i = 0; i < pixels.scan.size(); ++i) {
        if (pixels.scan[i] == scan)
            continue;
        others.scan.push_back(pixels.scan[i]);
        others.place.push_back(pixels.place[i]);
        for (std::size_t t = 0; t < pixels.values.size(); ++t)
            others.values[t].push_back(pixels.values[t][i]);
    }
    return others;
}

Result<BaselineSource> baselineSource(const Retraining& retraining, const TrainingData& data,
                                      const std::vector<ScanPrediction>& predictions)
{
    BaselineSource source;
    source.pixels = trainingPixels(data);
    if (auto added = addProfiles(retraining, data, predictions, source); !added)
        return fail(added.error());
    return source;
}

std::vector<BaselineResult> baselinesOf(const BaselineSource& source, const TrainingData& data,
                                        const ScanPrediction& prediction, std::size_t number, std::size_t target)
{
    return allBaselines(source.pixels,
                        {prediction.crop, trainingScan(data, prediction.scan), prediction.scan->map("HAADF")}, data,
                        target, number < source.ridge.size() ? source.ridge[number] : TargetMaps());
}

std::vector<BaselineResult> baselinesOfLeftOut(const BaselineSource& source, const TrainingData& data,
                                               const ScanPrediction& prediction, std::size_t trainingScan,
                                               std::size_t target)
{
    const BaselineSource::Fold& fold = source.folds.at(trainingScan);
    return allBaselines(fold.pixels, {prediction.crop, std::nullopt, prediction.scan->map("HAADF")}, data, target,
                        fold.ridge);
}

} // namespace dispersa
