// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace dispersa {
namespace {

CurvePoint pointOf(double share, const std::vector<double>& scores)
{
    const auto n = static_cast<double>(scores.size());
    CurvePoint point{share, static_cast<int>(scores.size())};
    for (const double score : scores)
        point.mean += score / n;
    if (scores.size() < 2)
        return point;
    double squares = 0;
    for (const double score : scores)
        squares += (score - point.mean) * (score - point.mean);
    point.sd = std::sqrt(squares / (n - 1));
    return point;
}

} // namespace

std::vector<LearningCurve> learningCurves(std::span<const ShareScore> scores)
{
    std::vector<std::pair<std::string, std::map<double, std::vector<double>>>> targets;
    for (const ShareScore& score : scores) {
        auto found =
            std::find_if(targets.begin(), targets.end(), [&](const auto& t) { return t.first == score.target; });
        if (found == targets.end())
            found = targets.insert(targets.end(), {score.target, {}});
        if (std::isfinite(score.score) && std::isfinite(score.share))
            found->second[score.share].push_back(score.score);
    }
    std::vector<LearningCurve> curves;
    for (const auto& [target, shares] : targets) {
        LearningCurve curve{target};
        for (const auto& [share, values] : shares)
            curve.points.push_back(pointOf(share, values));
        curves.push_back(std::move(curve));
    }
    return curves;
}

std::optional<double> sufficientShare(const LearningCurve& curve, double tolerance, ScoreSense sense)
{
    const double sign = sense == ScoreSense::HigherIsBetter ? 1 : -1;
    const auto& points = curve.points;
    if (points.empty())
        return std::nullopt;
    double best = sign * points.front().mean;
    for (const CurvePoint& point : points)
        best = std::max(best, sign * point.mean);
    return std::find_if(points.begin(), points.end(),
                        [&](const CurvePoint& point) { return sign * point.mean >= best - tolerance; })
        ->share;
}

std::optional<double> sufficientShare(std::span<const LearningCurve> curves, double tolerance, ScoreSense sense)
{
    std::optional<double> largest;
    for (const LearningCurve& curve : curves)
        if (const auto share = sufficientShare(curve, tolerance, sense))
            largest = std::max(largest.value_or(*share), *share);
    return largest;
}

} // namespace dispersa
