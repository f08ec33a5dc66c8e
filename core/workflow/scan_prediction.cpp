// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/scan_prediction.h"

#include "core/assess/simplex.h"
#include "core/workflow/preparation_notes.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>

namespace dispersa {
namespace {

/// Network outputs [pixel, target] to maps; pixels without a pattern are no data.
TargetMaps mapsOf(const std::vector<float>& outputs, const std::vector<std::string>& targets, const OpenedScan& scan,
                  const Region& crop)
{
    TargetMaps maps;
    for (std::size_t t = 0; t < targets.size(); ++t) {
        ElementMap map = emptyMap(targets[t], targets[t] == "HAADF" ? MapUnit::Arbitrary : MapUnit::Fraction, crop.shape());
        map.scanStep_nm = scan.calibration.scanStep_nm;
        for (std::size_t i = 0; i < map.values.size(); ++i) {
            const ScanPoint point{crop.y + static_cast<int>(i) / crop.width, crop.x + static_cast<int>(i) % crop.width};
            if (scan.diffraction->isAvailable(point))
                map.values[i] = outputs[i * targets.size() + t];
        }
        maps.push_back(std::make_shared<const ElementMap>(std::move(map)));
    }
    return maps;
}

/// Pixels of one training scan that the correction is fitted on.
std::vector<std::uint8_t> fitMask(const std::vector<PixelSet>& sets, PixelSet wanted)
{
    std::vector<std::uint8_t> mask;
    for (const PixelSet set : sets)
        mask.push_back(set == wanted ? 1 : 0);
    return mask;
}

} // namespace

Result<ScanPrediction> predictScan(const OpenedStudy& opened, const OpenedScanPtr& scan, const Model& model,
                                   const TrainingData* trained, const PredictOptions& options,
                                   const std::filesystem::path& scratch, const ProgressSink& progress,
                                   std::stop_token stop, const PatternCache& cache, const PartialSink& onPartial)
{
    const ModelDescription& description = model.description();
    ScanPrediction result;
    result.scan = scan;
    result.crop = opened.crop(*scan);
    PatternSourcePtr patterns;
    std::vector<std::int64_t> indices(static_cast<std::size_t>(result.crop.count()));
    std::iota(indices.begin(), indices.end(), 0);
    if (const auto number = trained ? trainingScan(*trained, scan) : std::nullopt) {
        patterns = trained->input.source();
        for (std::int64_t& i : indices)
            i += trained->offsets[*number];
    } else {
        auto input = RecipeInput::create(
            {{scan->diffraction, result.crop, cache.folder.empty() ? std::string() : patternIdentity(*scan)}},
            description.diffraction, description.profile, scratch, cache, progress, stop);
        if (!input)
            return fail(input.error());
        input->useQuantile(description.scalingQuantile);
        patterns = input->source();
        result.notes = preparationNotes(scan->entry.name, input->reports().front(),
                                        description.profile ? description.profile->dose_counts : std::nullopt);
    }
    auto real = targetMaps(opened, *scan);
    if (!real)
        return fail(real.error());
    for (const MapPtr& map : *real)
        result.real.push_back(inTargetScale(map, {description.haadfLow, description.haadfHigh}));

    PredictOptions telling = options;
    std::vector<float> soFar;
    if (onPartial) {
        using Clock = std::chrono::steady_clock;
        const std::size_t targets = description.targets.size();
        soFar.assign(indices.size() * targets, std::numeric_limits<float>::quiet_NaN());
        telling.onOutputs = [&, targets, last = Clock::time_point()](std::int64_t first,
                                                                     std::span<const float> outputs) mutable {
            std::copy(outputs.begin(), outputs.end(), soFar.begin() + first * std::int64_t(targets));
            const double share = double(first + std::int64_t(outputs.size() / targets)) / double(indices.size());
            if (share < 1 && Clock::now() - last < std::chrono::milliseconds(200))
                return;
            last = Clock::now();
            onPartial({scan->entry.name, result.real, mapsOf(soFar, description.targets, *scan, result.crop), share});
        };
    }
    auto outputs = predictPatterns(model, *patterns, indices, telling, progress, stop, "predict " + scan->entry.name);
    if (!outputs)
        return fail(outputs.error());
    result.predicted = mapsOf(outputs->outputs, description.targets, *scan, result.crop);
    if (!outputs->sigma.empty())
        result.sigma = mapsOf(outputs->sigma, description.targets, *scan, result.crop);
    return result;
}

FittedCorrections fitCorrections(const OpenedStudy& opened, const std::vector<ScanPrediction>& predictions,
                                 const TrainingData* trained)
{
    FittedCorrections fitted;
    fitted.fitPixels.resize(predictions.size());
    if (opened.study.correction.kind == CorrectionKind::None)
        return fitted;
    const std::string& fitOn = opened.study.correction.fitOn;
    const bool onSplit = fitOn == "validation" || fitOn == "test" || fitOn == "calibration";
    if (onSplit && !trained)
        return fitted;
    // Without a validation part the test part is what stops the training, so it is what "validation" means.
    const bool onTest = fitOn == "test" || (fitOn == "validation" && opened.study.split.validationFraction == 0);
    const PixelSet wanted = onTest                   ? PixelSet::Test
                            : fitOn == "calibration" ? PixelSet::Calibration
                                                     : PixelSet::Validation;
    std::vector<std::vector<float>> real(opened.targets.size());
    std::vector<std::vector<float>> predicted(opened.targets.size());
    for (std::size_t p = 0; p < predictions.size(); ++p) {
        const ScanPrediction& prediction = predictions[p];
        const auto number = trained ? trainingScan(*trained, prediction.scan) : std::nullopt;
        const TargetMaps& measured = onSplit && number ? trained->heldOut[*number] : prediction.real;
        if (onSplit && number)
            fitted.fitPixels[p] = fitMask(trained->sets[*number], wanted);
        else if (!onSplit && prediction.scan->entry.name == fitOn)
            fitted.fitPixels[p].assign(static_cast<std::size_t>(prediction.crop.count()), 1);
        for (std::size_t i = 0; i < fitted.fitPixels[p].size(); ++i) {
            if (!fitted.fitPixels[p][i])
                continue;
            for (std::size_t t = 0; t < real.size(); ++t) {
                const MapPtr& truth = measured[t];
                if (!truth)
                    continue;
                real[t].push_back(truth->values[i]);
                predicted[t].push_back(prediction.predicted[t]->values[i]);
            }
        }
    }
    for (std::size_t t = 0; t < real.size(); ++t)
        fitted.perTarget.push_back(
            fitCalibration(calibrationKind(opened.study.correction.kind), real[t], predicted[t]));
    if (std::none_of(fitted.perTarget.begin(), fitted.perTarget.end(), [](const auto& c) { return c.has_value(); })) {
        fitted.perTarget.clear();
        for (auto& pixels : fitted.fitPixels)
            pixels.clear();
    }
    return fitted;
}

void putOnSimplex(const std::vector<std::string>& targets, std::vector<std::vector<float>>& values)
{
    std::vector<std::size_t> elements;
    std::vector<std::vector<float>> composition;
    for (std::size_t t = 0; t < targets.size(); ++t)
        if (isElementSymbol(targets[t])) {
            elements.push_back(t);
            composition.push_back(values[t]);
        }
    if (elements.size() < 2)
        return;
    composition = onSimplex(composition);
    for (std::size_t e = 0; e < elements.size(); ++e)
        values[elements[e]] = std::move(composition[e]);
}

CalibrationKind calibrationKind(CorrectionKind kind)
{
    switch (kind) {
    case CorrectionKind::Polynomial:
        return CalibrationKind::Quadratic;
    case CorrectionKind::Isotonic:
        return CalibrationKind::Isotonic;
    case CorrectionKind::Quantile:
        return CalibrationKind::Quantile;
    case CorrectionKind::None:
    case CorrectionKind::Linear:
        break;
    }
    return CalibrationKind::Linear;
}

void applyCorrections(const OpenedStudy& opened, std::vector<ScanPrediction>& predictions,
                      const FittedCorrections& corrections)
{
    if (corrections.perTarget.empty())
        return;
    for (ScanPrediction& prediction : predictions) {
        const bool simplex = opened.study.correction.simplex;
        std::vector<std::vector<float>> values;
        for (std::size_t t = 0; t < prediction.predicted.size(); ++t) {
            values.push_back(prediction.predicted[t]->values);
            if (corrections.perTarget[t])
                for (float& value : values.back())
                    value = static_cast<float>(corrections.perTarget[t]->apply(value));
        }
        if (simplex)
            putOnSimplex(opened.targets, values);
        for (std::size_t t = 0; t < values.size(); ++t) {
            if (!corrections.perTarget[t] && !(simplex && isElementSymbol(opened.targets[t]))) {
                prediction.corrected.push_back(nullptr);
                continue;
            }
            auto map = std::make_shared<ElementMap>(*prediction.predicted[t]);
            map->values = std::move(values[t]);
            prediction.corrected.push_back(std::move(map));
        }
    }
}

} // namespace dispersa
