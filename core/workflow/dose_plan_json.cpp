// SPDX-License-Identifier: GPL-3.0-or-later
// dose.json, written and read.
#include "core/workflow/dose_plan.h"

#include <nlohmann/json.hpp>

namespace dispersa {
namespace {

using Json = nlohmann::ordered_json;

std::optional<double> maybe(const Json& value)
{
    return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

std::vector<LearningCurve> curvesFrom(const Json& list)
{
    std::vector<LearningCurve> curves;
    for (const Json& entry : list) {
        LearningCurve curve{entry.at("target").get<std::string>()};
        for (const Json& point : entry.at("points"))
            curve.points.push_back({point.at("share").get<double>(), point.at("n").get<int>(), point.at("mean").get<double>(),
                                    maybe(point.at("sd"))});
        curves.push_back(std::move(curve));
    }
    return curves;
}

} // namespace

std::string dosePlanToJson(const DosePlan& plan)
{
    const auto curves = [](const std::vector<LearningCurve>& all) {
        Json list = Json::array();
        for (const LearningCurve& curve : all) {
            Json points = Json::array();
            for (const CurvePoint& point : curve.points)
                points.push_back({{"share", point.share},
                                  {"n", point.n},
                                  {"mean", point.mean},
                                  {"sd", point.sd ? Json(*point.sd) : Json(nullptr)}});
            list.push_back({{"target", curve.target}, {"points", points}});
        }
        return list;
    };
    const auto share = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    const Json json = {{"recipe", plan.recipe},
                       {"score", "pearson"},
                       {"scored_on", plan.scoredOn},
                       {"split", splitKindName(plan.split)},
                       {"training_pixels", plan.trainingPixels},
                       {"tolerance", plan.tolerance},
                       {"area", curves(plan.area)},
                       {"enough_area", share(plan.enoughArea)},
                       {"counts", curves(plan.counts)},
                       {"enough_counts", share(plan.enoughCounts)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<DosePlan> dosePlanFromJson(std::string_view text)
{
    const Json root = Json::parse(text, nullptr, false);
    if (!root.is_object())
        return fail(ErrorCode::FormatInvalid, "A dose plan is a JSON object.");
    try {
        DosePlan plan;
        plan.recipe = root.at("recipe").get<std::string>();
        plan.scoredOn = root.at("scored_on").get<std::string>();
        const std::string split = root.value("split", splitKindName(plan.split));
        for (const SplitKind kind : {SplitKind::Random, SplitKind::Blocks, SplitKind::Scans, SplitKind::LeaveOneOut})
            if (split == splitKindName(kind))
                plan.split = kind;
        plan.trainingPixels = root.at("training_pixels").get<std::int64_t>();
        plan.tolerance = root.at("tolerance").get<double>();
        plan.area = curvesFrom(root.at("area"));
        plan.enoughArea = maybe(root.at("enough_area"));
        plan.counts = curvesFrom(root.at("counts"));
        plan.enoughCounts = maybe(root.at("enough_counts"));
        return plan;
    } catch (const nlohmann::json::exception& error) {
        return fail(ErrorCode::FormatInvalid, std::string("This is no dose plan: ") + error.what());
    }
}

} // namespace dispersa
