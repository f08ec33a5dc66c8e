// SPDX-License-Identifier: GPL-3.0-or-later
// A dose plan as sentences and CSV.
#include "core/assess/dose_result.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dispersa {
namespace {

std::string number(double value, const char* format)
{
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

void addSentences(const std::vector<LearningCurve>& curves, const std::optional<double>& enough, const char* what,
                  double tolerance, std::vector<std::string>& sentences)
{
    for (const LearningCurve& curve : curves) {
        if (curve.points.empty())
            continue;
        const CurvePoint& all = curve.points.back();
        for (const CurvePoint& point : curve.points)
            if (&point != &all)
                sentences.push_back(number(100 * point.share, "%.0f") + " % of the EDS " + what + " gives r = " +
                                    number(point.mean, "%.3f") + (point.sd ? " +- " + number(*point.sd, "%.3f") : "") +
                                    " for " + curve.target + " (" + number(all.mean, "%.3f") + " with " +
                                    number(100 * all.share, "%.0f") + " %).");
    }
    if (!enough || curves.empty())
        return;
    double most = 0;
    for (const LearningCurve& curve : curves)
        for (const CurvePoint& point : curve.points)
            most = std::max(most, point.share);
    // The largest share that was tried is within any tolerance of itself: more might be better still.
    if (*enough < most)
        sentences.push_back(number(100 * *enough, "%.0f") + " % of the EDS " + what +
                            " is enough: every element is within " + number(tolerance, "%.2f") +
                            " in r of the best that was tried.");
    else
        sentences.push_back("No less than " + number(100 * most, "%.0f") + " % of the EDS " + what +
                            " will do: with less, an element falls more than " + number(tolerance, "%.2f") +
                            " in r below the best that was tried.");
}

} // namespace

std::vector<std::string> doseSentences(const DosePlan& plan)
{
    std::vector<std::string> sentences;
    addSentences(plan.area, plan.enoughArea, "area", plan.tolerance, sentences);
    addSentences(plan.counts, plan.enoughCounts, "counts", plan.tolerance, sentences);
    return sentences;
}

std::string dosePlanToCsv(const DosePlan& plan)
{
    std::string csv = "curve,target,share,n,pearson_mean,pearson_sd\n";
    for (const auto& [name, curves] : {std::pair{"area", &plan.area}, std::pair{"counts", &plan.counts}})
        for (const LearningCurve& curve : *curves)
            for (const CurvePoint& point : curve.points)
                csv += std::string(name) + "," + curve.target + "," + number(point.share, "%g") + "," +
                       std::to_string(point.n) + "," + number(point.mean, "%.6g") + "," +
                       (point.sd ? number(*point.sd, "%.6g") : std::string()) + "\n";
    return csv;
}

} // namespace dispersa
