// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/baseline_source.h"

#include "core/inspect/novelty.h"
#include "core/prepare/profile_features.h"

#include <algorithm>
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

std::optional<std::size_t> trainingScan(const TrainingData& data, const OpenedScanPtr& scan)
{
    const auto found = std::find(data.scans.begin(), data.scans.end(), scan);
    return found == data.scans.end() ? std::nullopt : std::optional<std::size_t>(found - data.scans.begin());
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
    const BaselinePlace place{prediction.crop, trainingScan(data, prediction.scan), prediction.scan->map("HAADF")};
    std::vector<BaselineResult> results;
    for (const BaselineKind kind : simpleKinds)
        results.push_back({kind, baselineMap(kind, source.pixels, target, place)});
    if (number < source.ridge.size())
        results.push_back({BaselineKind::RidgeRadial, *source.ridge[number][target]});
    return results;
}

} // namespace dispersa
