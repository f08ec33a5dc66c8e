// SPDX-License-Identifier: GPL-3.0-or-later
// dose.json, written and read.
#include "core/assess/dose_result_json_p.h"
#include "core/assess/score_json_p.h"

namespace dispersa {
namespace {

using Json = nlohmann::ordered_json;

std::vector<LearningCurve> curvesFrom(const Json& list)
{
    std::vector<LearningCurve> curves;
    for (const Json& entry : list) {
        LearningCurve curve{entry.at("target").get<std::string>()};
        for (const Json& point : entry.at("points"))
            curve.points.push_back({point.at("share").get<double>(), point.at("n").get<int>(), point.at("mean").get<double>(),
                                    readNumber(point.at("sd"))});
        curves.push_back(std::move(curve));
    }
    return curves;
}

Json curvesJson(const std::vector<LearningCurve>& curves)
{
    Json list = Json::array();
    for (const LearningCurve& curve : curves) {
        Json points = Json::array();
        for (const CurvePoint& point : curve.points)
            points.push_back(
                {{"share", point.share}, {"n", point.n}, {"mean", point.mean}, {"sd", numberOrNull(point.sd)}});
        list.push_back({{"target", curve.target}, {"points", std::move(points)}});
    }
    return list;
}

} // namespace

Json dosePlanObject(const DosePlan& plan)
{
    return {{"recipe", plan.recipe},
            {"score", "pearson"},
            {"scored_on", plan.scoredOn},
            {"split", splitKindName(plan.split)},
            {"training_pixels", plan.trainingPixels},
            {"tolerance", plan.tolerance},
            {"area", curvesJson(plan.area)},
            {"enough_area", numberOrNull(plan.enoughArea)},
            {"counts", curvesJson(plan.counts)},
            {"enough_counts", numberOrNull(plan.enoughCounts)}};
}

DosePlan readDosePlan(const Json& json)
{
    DosePlan plan;
    plan.recipe = json.at("recipe").get<std::string>();
    plan.scoredOn = json.at("scored_on").get<std::string>();
    const std::string split = json.value("split", splitKindName(plan.split));
    for (const SplitKind kind : {SplitKind::Random, SplitKind::Blocks, SplitKind::Scans, SplitKind::LeaveOneOut})
        if (split == splitKindName(kind))
            plan.split = kind;
    plan.trainingPixels = json.at("training_pixels").get<std::int64_t>();
    plan.tolerance = json.at("tolerance").get<double>();
    plan.area = curvesFrom(json.at("area"));
    plan.enoughArea = readNumber(json.at("enough_area"));
    plan.counts = curvesFrom(json.at("counts"));
    plan.enoughCounts = readNumber(json.at("enough_counts"));
    return plan;
}

std::string dosePlanToJson(const DosePlan& plan)
{
    return dosePlanObject(plan).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<DosePlan> dosePlanFromJson(std::string_view text)
{
    const Json root = Json::parse(text, nullptr, false);
    if (!root.is_object())
        return fail(ErrorCode::FormatInvalid, "A dose plan is a JSON object.");
    try {
        return readDosePlan(root);
    } catch (const nlohmann::json::exception& error) {
        return fail(ErrorCode::FormatInvalid, std::string("This is no dose plan: ") + error.what());
    }
}

} // namespace dispersa
