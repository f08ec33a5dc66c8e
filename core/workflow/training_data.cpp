// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/training_data.h"

#include "core/workflow/preparation_notes.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

bool isHeldOut(PixelSet set)
{
    return set == PixelSet::Validation || set == PixelSet::Calibration || set == PixelSet::Test;
}

std::vector<std::uint8_t> maskOf(const std::vector<PixelSet>& sets, bool (*chosen)(PixelSet))
{
    std::vector<std::uint8_t> mask;
    mask.reserve(sets.size());
    for (const PixelSet set : sets)
        mask.push_back(chosen(set) ? 1 : 0);
    return mask;
}

/// The HAADF scale from training pixels alone: held-out values must not reach the fit.
HaadfScale fitHaadf(const TrainingData& data, const std::vector<TargetMaps>& trainTargets, std::size_t target)
{
    std::vector<float> values;
    for (std::size_t s = 0; s < data.scans.size(); ++s)
        for (std::size_t i = 0; i < data.sets[s].size(); ++i)
            if (const float value = trainTargets[s][target]->values[i];
                data.sets[s][i] == PixelSet::Train && ElementMap::isData(value))
                values.push_back(value);
    return values.empty() ? HaadfScale{} : haadfScaleOf(values);
}

void scaleAll(std::vector<TargetMaps>& scans, const HaadfScale& haadf)
{
    for (TargetMaps& maps : scans)
        for (MapPtr& map : maps)
            map = inTargetScale(map, haadf);
}

void fillSet(TrainingData& data, const std::vector<TargetMaps>& trainTargets, bool testStops)
{
    const std::size_t outputs = data.description.targets.size();
    data.set.patterns = data.input.source();
    data.set.targets.assign(static_cast<std::size_t>(data.set.patterns->count()) * outputs, 0.0f);
    for (std::size_t s = 0; s < data.scans.size(); ++s) {
        for (std::size_t i = 0; i < data.sets[s].size(); ++i) {
            const PixelSet set = data.sets[s][i];
            const bool trains = set == PixelSet::Train;
            const bool stops = set == (testStops ? PixelSet::Test : PixelSet::Validation);
            if (!trains && !stops)
                continue;
            const TargetMaps& maps = trains ? trainTargets[s] : data.heldOut[s];
            const std::size_t index = static_cast<std::size_t>(data.offsets[s]) + i;
            bool finite = true;
            for (std::size_t t = 0; t < outputs; ++t) {
                const float value = maps[t]->values[i];
                finite = finite && ElementMap::isData(value);
                data.set.targets[index * outputs + t] = value;
            }
            if (!finite)
                data.sets[s][i] = PixelSet::Unused;
            else
                (trains ? data.set.train : data.set.validation).push_back(static_cast<std::int64_t>(index));
        }
    }
}

void describe(TrainingData& data, const OpenedStudy& opened, const NetworkOptions& network)
{
    ModelDescription& description = data.description;
    description.recipe = opened.recipe->name;
    description.network = network;
    description.profile = data.input.profile();
    if (description.profile)
        description.profile->ringWidth_invA = ringWidth_invA(*data.scans.front());
    description.targets = opened.targets;
    description.diffraction = opened.diffraction;
    description.mapFilter = opened.study.mapFilter;
    description.normalise = opened.study.normalise;
    description.calibration = data.scans.front()->calibration;
    description.haadfLow = data.haadf.low;
    description.haadfHigh = data.haadf.high;
}

void averageTargets(TrainingData& data)
{
    const std::size_t outputs = data.description.targets.size();
    data.description.trainingMean.assign(outputs, 0.0);
    for (const std::int64_t index : data.set.train)
        for (std::size_t t = 0; t < outputs; ++t)
            data.description.trainingMean[t] += data.set.targets[static_cast<std::size_t>(index) * outputs + t];
    for (double& mean : data.description.trainingMean)
        mean /= static_cast<double>(data.set.train.size());
}

std::shared_ptr<const TrainingLayout> layoutOf(const TrainingData& data, std::vector<TargetMaps> real)
{
    auto layout = std::make_shared<TrainingLayout>();
    layout->targets = data.description.targets;
    layout->crops = data.crops;
    layout->real = std::move(real);
    for (std::size_t s = 0; s < data.scans.size(); ++s) {
        layout->scans.push_back(data.scans[s]->entry.name);
        for (int y = 0; y < data.crops[s].height; ++y)
            for (int x = 0; x < data.crops[s].width; ++x)
                layout->pixels.push_back({static_cast<int>(s), {data.crops[s].y + y, data.crops[s].x + x}});
    }
    return layout;
}

void warnAboutSplit(TrainingData& data, const OpenedStudy& opened)
{
    const int reach = 2 * opened.study.mapFilter.radius();
    if (opened.study.split.kind == SplitKind::Random && reach > 0)
        data.warnings.push_back({"random_split_leaks",
                                 "The split is random: neighbouring pixels share counts after the filter, so the scores of "
                                 "the test part flatter. Compare with blocks or with another scan.",
                                 {},
                                 {}});
    if (opened.study.split.kind == SplitKind::Blocks && guardInUse(opened) < reach)
        data.warnings.push_back({"guard_small",
                                 "The guard of " + std::to_string(guardInUse(opened)) +
                                     " pixels is smaller than twice the filter's radius (" + std::to_string(reach) +
                                     "); held-out pixels share counts with training pixels.",
                                 {},
                                 {}});
}

} // namespace

std::optional<std::size_t> trainingScan(const TrainingData& data, const OpenedScanPtr& scan)
{
    const auto found = std::find(data.scans.begin(), data.scans.end(), scan);
    return found == data.scans.end() ? std::nullopt : std::optional<std::size_t>(found - data.scans.begin());
}

Result<TrainingData> openTrainingData(const OpenedStudy& opened, const std::filesystem::path& scratch,
                                      const ProgressSink& progress, std::stop_token stop, const PatternCache& cache)
{
    TrainingData data;
    std::vector<PatternSelection> selections;
    std::int64_t offset = 0;
    for (const OpenedScanPtr& scan : opened.scans) {
        if (scan->entry.role != ScanRole::Train)
            continue;
        data.scans.push_back(scan);
        data.crops.push_back(opened.crop(*scan));
        data.offsets.push_back(offset);
        offset += data.crops.back().count();
        data.usable.push_back(usablePixels(opened, *scan));
        selections.push_back(
            {scan->diffraction, data.crops.back(), cache.folder.empty() ? std::string() : patternIdentity(*scan)});
    }
    // A split that cannot be made is known before minutes of preparing.
    if (auto split = splitPixels(data.usable, opened.study.split, guardInUse(opened)); !split)
        return fail(split.error());
    auto input = RecipeInput::create(selections, opened.diffraction, opened.recipe->profile, scratch, cache, progress, stop);
    if (!input)
        return fail(input.error());
    data.input = std::move(*input);
    for (std::size_t s = 0; s < data.scans.size(); ++s)
        for (Warning& note : preparationNotes(data.scans[s]->entry.name, data.input.reports()[s]))
            data.warnings.push_back(std::move(note));
    return data;
}

namespace {

/// Fills what depends on `data.sets`. `excluded`: what filters of the training maps may not see.
Result<void> fillFromSets(TrainingData& data, const OpenedStudy& opened, const SplitOptions& split,
                          bool (*excluded)(PixelSet))
{
    auto network = networkFor(opened);
    if (!network)
        return fail(network.error());
    data.heldOut.clear();
    data.haadf = {};
    data.set = {};
    data.description = {};
    std::vector<TargetMaps> trainTargets;
    std::vector<TargetMaps> whole;
    for (std::size_t s = 0; s < data.scans.size(); ++s) {
        auto all = targetMaps(opened, *data.scans[s]);
        if (!all)
            return fail(all.error());
        auto train = excluded ? targetMaps(opened, *data.scans[s], maskOf(data.sets[s], excluded)) : all;
        // A random split cannot separate the sides: every neighbourhood holds pixels of both.
        auto held = split.kind == SplitKind::Random
                        ? all
                        : targetMaps(opened, *data.scans[s],
                                     maskOf(data.sets[s], [](PixelSet set) { return set == PixelSet::Train; }));
        if (!train || !held)
            return fail(train ? held.error() : train.error());
        whole.push_back(std::move(*all));
        trainTargets.push_back(std::move(*train));
        data.heldOut.push_back(std::move(*held));
    }
    const auto haadf = std::find(opened.targets.begin(), opened.targets.end(), "HAADF");
    if (haadf != opened.targets.end())
        data.haadf = fitHaadf(data, trainTargets, static_cast<std::size_t>(haadf - opened.targets.begin()));
    for (auto* scans : {&trainTargets, &data.heldOut, &whole})
        scaleAll(*scans, data.haadf);
    describe(data, opened, *network);
    // Without a validation part the test part stops the training, as in the paper; a scan that is left out never does.
    fillSet(data, trainTargets, split.validationFraction == 0 && split.kind != SplitKind::LeaveOneOut);
    if (data.set.train.empty())
        return fail(ErrorCode::NothingToTrain,
                    "No pixel of the training scans has both a pattern and every target. Check the crop and the maps.");
    auto quantile = data.input.scalingQuantile(data.set.train);
    if (!quantile)
        return fail(quantile.error());
    data.description.scalingQuantile = *quantile;
    data.input.useQuantile(*quantile);
    data.set.patterns = data.input.source();
    averageTargets(data);
    data.layout = layoutOf(data, std::move(whole));
    return {};
}

} // namespace

Result<void> applySplit(TrainingData& data, const OpenedStudy& opened, const SplitOptions& split,
                        std::optional<std::size_t> testScan)
{
    auto sets = splitPixels(data.usable, split, guardInUse(opened), testScan);
    if (!sets)
        return fail(sets.error());
    data.sets = std::move(*sets);
    return fillFromSets(data, opened, split, split.kind == SplitKind::Random ? nullptr : isHeldOut);
}

Result<void> keepForTraining(TrainingData& data, const OpenedStudy& opened,
                             const std::vector<std::vector<std::uint8_t>>& kept)
{
    for (std::size_t s = 0; s < data.sets.size(); ++s)
        for (std::size_t i = 0; i < data.sets[s].size(); ++i)
            if (data.sets[s][i] == PixelSet::Train && !kept[s][i])
                data.sets[s][i] = PixelSet::Unused;
    return fillFromSets(data, opened, opened.study.split, [](PixelSet set) { return set != PixelSet::Train; });
}

Result<TrainingData> makeTrainingData(const OpenedStudy& opened, const std::filesystem::path& scratch,
                                      const ProgressSink& progress, std::stop_token stop, const PatternCache& cache)
{
    auto data = openTrainingData(opened, scratch, progress, stop, cache);
    if (!data)
        return data;
    if (auto split = applySplit(*data, opened, opened.study.split); !split)
        return fail(split.error());
    for (std::size_t s = 0; s < data->scans.size(); ++s)
        if (auto warning = sumWarning(opened, data->scans[s]->entry.name, data->layout->real[s]))
            data->warnings.push_back(*warning);
    warnAboutSplit(*data, opened);
    return data;
}

} // namespace dispersa
