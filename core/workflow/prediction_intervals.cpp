// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/prediction_intervals.h"

#include "core/assess/block_bootstrap.h"

#include <algorithm>

namespace dispersa {
namespace {

/// Pixels of all scans one after the other, with the block and the scan each lies in.
struct CalibrationPixels {
    std::vector<float> real, predicted, sigma;
    std::vector<int> blocks, scans;
};

CalibrationPixels pixelsOf(const HeldOutMaps& maps, std::size_t target)
{
    CalibrationPixels pixels;
    int firstBlock = 0;
    for (std::size_t s = 0; s < maps.real.size(); ++s) {
        if (target >= maps.real[s].size() || !maps.real[s][target])
            continue;
        const ElementMap &real = *maps.real[s][target], &predicted = *maps.predicted[s][target];
        const int edge = blockEdge_px(real, predicted), columns = (real.shape.width + edge - 1) / edge;
        for (int y = 0; y < real.shape.height; ++y)
            for (int x = 0; x < real.shape.width; ++x) {
                pixels.real.push_back(real.at(y, x));
                pixels.predicted.push_back(predicted.at(y, x));
                if (!maps.sigma[s].empty())
                    pixels.sigma.push_back(maps.sigma[s][target]->at(y, x));
                pixels.blocks.push_back(firstBlock + y / edge * columns + x / edge);
                pixels.scans.push_back(int(s));
            }
        firstBlock = pixels.blocks.back() + 1;
    }
    return pixels;
}

bool has(const TrainingData& data, PixelSet part)
{
    return std::any_of(data.sets.begin(), data.sets.end(), [part](const std::vector<PixelSet>& sets) {
        return std::find(sets.begin(), sets.end(), part) != sets.end();
    });
}

FittedIntervals fitOn(const HeldOutMaps& maps, std::size_t targets, double level, IntervalSource source)
{
    FittedIntervals fitted;
    fitted.fittedOn = std::move(source);
    // Whole scans stand for scans to come, whatever their size; parts of scans for other pixels of the same ones.
    const bool wholeScans =
        fitted.fittedOn.place == IntervalPlace::NamedScans || fitted.fittedOn.place == IntervalPlace::TrainingScans;
    for (std::size_t t = 0; t < targets; ++t) {
        const CalibrationPixels pixels = pixelsOf(maps, t);
        fitted.perTarget.push_back(fitConformal(pixels.real, pixels.predicted, pixels.sigma, pixels.blocks, {.level = level},
                                                wholeScans ? std::span<const int>(pixels.scans) : std::span<const int>()));
    }
    return fitted;
}

} // namespace

Result<FittedIntervals> fitIntervals(const Retraining& retraining, const TrainingData* data,
                                     const std::vector<ScanPrediction>& predictions, const HeldOutMaps& test)
{
    const OpenedStudy& opened = retraining.opened;
    const std::size_t targets = opened.targets.size();
    const double level = opened.study.account.level;
    if (const IntervalSource named{IntervalPlace::NamedScans, opened.study.account.calibrateOn}; !named.scans.empty()) {
        HeldOutMaps maps;
        for (const ScanPrediction& prediction : predictions)
            if (named.includes(prediction.scan->entry.name)) {
                maps.real.push_back(prediction.real);
                maps.predicted.push_back(prediction.predicted);
                maps.sigma.push_back(prediction.sigma);
            }
        return fitOn(maps, targets, level, named);
    }
    if (!data)
        return FittedIntervals();
    if (opened.study.split.kind == SplitKind::LeaveOneOut)
        return fitOn(test, targets, level, {IntervalPlace::TrainingScans, {}});
    if (data->scans.size() > 1 && opened.recipe->profile) {
        TrainingData folds = *data;
        SplitOptions split = opened.study.split;
        split.kind = SplitKind::LeaveOneOut;
        split.validationFraction = split.calibrationFraction = 0;
        auto maps = retrainedMaps(retraining, folds, split);
        if (maps)
            return fitOn(*maps, targets, level, {IntervalPlace::TrainingScans, {}});
        if (maps.error().code != ErrorCode::NothingToTrain) // then one of the scans has no usable pixel
            return fail(maps.error());
    }
    for (const auto& [part, place] : {std::pair{PixelSet::Calibration, IntervalPlace::Calibration},
                                      std::pair{PixelSet::Validation, IntervalPlace::Validation},
                                      std::pair{PixelSet::Test, IntervalPlace::Test}})
        if (has(*data, part))
            return fitOn(heldOutMaps(*data, predictions, part), targets, level, {place, {}});
    return FittedIntervals();
}

void applyIntervals(std::vector<ScanPrediction>& predictions, const FittedIntervals& intervals)
{
    if (intervals.perTarget.empty())
        return;
    for (ScanPrediction& prediction : predictions)
        for (std::size_t t = 0; t < intervals.perTarget.size(); ++t) {
            if (!intervals.perTarget[t]) {
                prediction.halfWidth.push_back(nullptr);
                continue;
            }
            auto width = std::make_shared<ElementMap>(*prediction.predicted[t]);
            for (std::size_t i = 0; i < width->values.size(); ++i)
                if (ElementMap::isData(width->values[i]))
                    width->values[i] = float(intervals.perTarget[t]->halfWidth(
                        prediction.sigma.empty() ? 1.0 : double(prediction.sigma[t]->values[i])));
            prediction.halfWidth.push_back(std::move(width));
        }
}

std::optional<IntervalScores> intervalScores(const FittedIntervals& intervals, std::size_t target, const MapPtr& real,
                                             const MapPtr& predicted, const MapPtr& sigma)
{
    if (target >= intervals.perTarget.size() || !intervals.perTarget[target])
        return std::nullopt;
    const ConformalFit& fit = *intervals.perTarget[target];
    const ConformalCheck check =
        checkConformal(fit, real->values, predicted->values, sigma ? std::span<const float>(sigma->values) : std::span<const float>());
    if (!check.coverage || !check.meanWidth)
        return std::nullopt;
    return IntervalScores{fit.level, *check.coverage, *check.meanWidth / 2, intervals.fittedOn};
}

} // namespace dispersa
