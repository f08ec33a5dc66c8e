// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/comparison.h"

#include "core/data/study.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

std::span<const float> valuesOf(const MapPtr& map)
{
    return map ? std::span<const float>(map->values) : std::span<const float>();
}

std::vector<std::optional<double>> correlations(const std::vector<MapPtr>& rows, const std::vector<MapPtr>& columns)
{
    std::vector<std::optional<double>> matrix;
    matrix.reserve(rows.size() * columns.size());
    for (const MapPtr& row : rows)
        for (const MapPtr& column : columns)
            matrix.push_back(pearson(valuesOf(row), valuesOf(column)).value);
    return matrix;
}

MeanSd meanSd(const std::vector<double>& values)
{
    if (values.empty())
        return {};
    const auto n = static_cast<double>(values.size());
    double mean = 0;
    for (const double value : values)
        mean += value / n;
    double variance = 0;
    for (const double value : values)
        variance += (value - mean) * (value - mean) / n;
    return {mean, std::sqrt(variance)};
}

} // namespace

TargetScores scoreTarget(const std::string& name, std::span<const float> real, std::span<const float> predicted,
                         const std::optional<CalibrationFit>& correction, bool correctionInSample)
{
    TargetScores scores;
    scores.name = name;
    scores.n = validPairs(real, predicted);
    scores.pearson = pearson(real, predicted);
    scores.mae = meanAbsoluteError(real, predicted);
    scores.errorPercent = errorPercent(real, predicted);
    if (!correction)
        return scores;
    // Rounded to float as the exported map is, so that whoever recomputes the scores from it gets the same.
    std::vector<float> corrected(predicted.size());
    std::transform(predicted.begin(), predicted.end(), corrected.begin(),
                   [&](float value) { return static_cast<float>(correction->apply(static_cast<double>(value))); });
    scores.correction = correction;
    scores.correctionInSample = correctionInSample;
    scores.corrected = CorrectedScores{pearson(real, corrected), meanAbsoluteError(real, corrected)};
    return scores;
}

CorrelationMatrices correlationMatrices(const std::vector<std::string>& targets, const std::vector<MapPtr>& real,
                                        const std::vector<MapPtr>& predicted)
{
    CorrelationMatrices matrices;
    matrices.targets = targets;
    matrices.real = correlations(real, real);
    matrices.predicted = correlations(predicted, predicted);
    matrices.cross = correlations(real, predicted);
    return matrices;
}

std::vector<SummaryRow> summarise(const std::vector<ScanScores>& scans)
{
    const std::string predict = scanRoleName(ScanRole::Predict);
    std::vector<std::string> targets;
    for (const ScanScores& scan : scans)
        if (scan.role == predict)
            for (const TargetScores& target : scan.targets)
                if (std::find(targets.begin(), targets.end(), target.name) == targets.end())
                    targets.push_back(target.name);

    std::vector<SummaryRow> rows;
    for (const std::string& name : targets) {
        std::vector<double> pearsons;
        std::vector<double> errors;
        for (const ScanScores& scan : scans) {
            if (scan.role != predict)
                continue;
            for (const TargetScores& target : scan.targets) {
                if (target.name == name && target.pearson.value)
                    pearsons.push_back(*target.pearson.value);
                if (target.name == name && target.mae.value)
                    errors.push_back(*target.mae.value);
            }
        }
        rows.push_back({name, meanSd(pearsons), meanSd(errors)});
    }
    return rows;
}

} // namespace dispersa
