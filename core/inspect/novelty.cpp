// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/novelty.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace dispersa {
namespace {

/// Variances below this share of a feature's own are rounding.
constexpr double leastVariance = 1e-9;

using Row = std::span<const float>;

bool isFinite(Row row)
{
    return std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); });
}

/// Rows that count, and of each the half where halves are given.
struct Rows {
    std::vector<Row> all = {};
    std::vector<std::uint8_t> halves = {};
    std::vector<Row> half(std::uint8_t which) const
    {
        std::vector<Row> rows;
        for (std::size_t i = 0; i < halves.size(); ++i)
            if (halves[i] == which)
                rows.push_back(all[i]);
        return rows;
    }
};

Rows finiteRows(std::span<const float> features, std::size_t width, std::span<const std::uint8_t> halves)
{
    Rows rows;
    for (std::size_t i = 0; width > 0 && (i + 1) * width <= features.size(); ++i)
        if (const Row row = features.subspan(i * width, width); isFinite(row)) {
            rows.all.push_back(row);
            if (i < halves.size())
                rows.halves.push_back(halves[i]);
        }
    return rows;
}

void standardise(NoveltyModel& model, const std::vector<Row>& rows)
{
    const std::size_t width = rows.front().size();
    const auto n = static_cast<double>(rows.size());
    model.mean.assign(width, 0);
    model.scale.assign(width, 0);
    for (const Row row : rows)
        for (std::size_t f = 0; f < width; ++f)
            model.mean[f] += static_cast<double>(row[f]) / n;
    std::vector<bool> constant(width, true);
    for (const Row row : rows)
        for (std::size_t f = 0; f < width; ++f) {
            const double deviation = static_cast<double>(row[f]) - model.mean[f];
            model.scale[f] += deviation * deviation / n;
            constant[f] = constant[f] && row[f] == rows.front()[f];
        }
    for (std::size_t f = 0; f < width; ++f)
        model.scale[f] = constant[f] ? 0 : std::sqrt(model.scale[f]);
}

void standardised(const NoveltyModel& model, Row row, std::vector<double>& result)
{
    result.resize(row.size());
    for (std::size_t f = 0; f < row.size(); ++f)
        result[f] = model.scale[f] > 0 ? (static_cast<double>(row[f]) - model.mean[f]) / model.scale[f] : 0;
}

/// Correlation of the features, features x features.
cv::Mat correlationOf(const NoveltyModel& model, const std::vector<Row>& rows)
{
    const auto width = static_cast<int>(model.features());
    cv::Mat correlation = cv::Mat::zeros(width, width, CV_64F);
    std::vector<double> z;
    for (const Row row : rows) {
        standardised(model, row, z);
        for (int i = 0; i < width; ++i) {
            const double zi = z[static_cast<std::size_t>(i)] / static_cast<double>(rows.size());
            auto* line = correlation.ptr<double>(i);
            for (int j = i; j < width; ++j)
                line[j] += zi * z[static_cast<std::size_t>(j)];
        }
    }
    cv::completeSymm(correlation);
    return correlation;
}

void keepComponents(NoveltyModel& model, const cv::Mat& correlation, const NoveltyOptions& options)
{
    cv::Mat values;
    cv::Mat vectors;
    cv::eigen(correlation, values, vectors); // falling; a row per component
    const auto varying =
        static_cast<int>(std::count_if(model.scale.begin(), model.scale.end(), [](double scale) { return scale > 0; }));
    const double total = varying; // each standardised feature has variance 1
    double kept = 0;
    int components = 0;
    while (components < std::min(varying, options.mostComponents) && kept < options.variance * total &&
           values.at<double>(components) > leastVariance) {
        kept += values.at<double>(components);
        model.variances.push_back(values.at<double>(components));
        const auto* vector = vectors.ptr<double>(components);
        model.components.insert(model.components.end(), vector, vector + model.features());
        ++components;
    }
    if (components < varying)
        model.restVariance = std::max(leastVariance, (total - kept) / (varying - components));
}

/// Without a threshold.
std::optional<NoveltyModel> modelOf(const std::vector<Row>& rows, const NoveltyOptions& options)
{
    if (rows.size() < 3)
        return std::nullopt;
    NoveltyModel model;
    standardise(model, rows);
    if (std::all_of(model.scale.begin(), model.scale.end(), [](double scale) { return scale == 0; }))
        return std::nullopt;
    keepComponents(model, correlationOf(model, rows), options);
    return model;
}

void addDistances(const NoveltyModel& model, const std::vector<Row>& rows, std::vector<double>& distances)
{
    for (const Row row : rows)
        distances.push_back(model.distance(row));
}

} // namespace

double NoveltyModel::distance(std::span<const float> features) const
{
    if (features.size() != mean.size() || !isFinite(features))
        return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> z;
    standardised(*this, features, z);
    double rest = 0;
    for (const double value : z)
        rest += value * value;
    double squared = 0;
    for (std::size_t c = 0; c < variances.size(); ++c) {
        double projection = 0;
        for (std::size_t f = 0; f < z.size(); ++f)
            projection += components[c * z.size() + f] * z[f];
        squared += projection * projection / variances[c];
        rest -= projection * projection;
    }
    if (restVariance > 0)
        squared += std::max(0.0, rest) / restVariance;
    return std::sqrt(squared);
}

std::optional<NoveltyModel> fitNovelty(std::span<const float> features, std::size_t count,
                                       const NoveltyOptions& options, std::span<const std::uint8_t> halves)
{
    const Rows rows = finiteRows(features, count > 0 ? features.size() / count : 0, halves);
    auto model = modelOf(rows.all, options);
    if (!model)
        return std::nullopt;
    std::vector<double> distances;
    const std::vector<Row> half[2] = {rows.half(0), rows.half(1)};
    // A model of a few measures only how few they are.
    const bool comparable = 3 * std::min(half[0].size(), half[1].size()) >= rows.all.size();
    const auto first = modelOf(half[0], options), second = modelOf(half[1], options);
    if (comparable && first && second) {
        addDistances(*first, half[1], distances);
        addDistances(*second, half[0], distances);
    } else {
        addDistances(*model, rows.all, distances);
    }
    std::sort(distances.begin(), distances.end());
    const auto last = static_cast<double>(distances.size() - 1);
    model->threshold =
        distances[static_cast<std::size_t>(std::ceil(std::clamp(options.thresholdShare, 0.0, 1.0) * last))];
    return model;
}

std::vector<float> novelty(const NoveltyModel& model, std::span<const float> features)
{
    std::vector<float> result;
    const std::size_t width = model.features();
    for (std::size_t at = 0; width > 0 && at + width <= features.size(); at += width)
        result.push_back(static_cast<float>(model.distance(features.subspan(at, width)) / model.threshold));
    return result;
}

} // namespace dispersa
