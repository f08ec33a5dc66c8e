// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/account_json_p.h"

#include "core/assess/score_json_p.h"

#include <stdexcept>

namespace dispersa {
namespace {

using Json = nlohmann::ordered_json;

/// Nothing where an earlier version wrote none.
Score readOptional(const Json& parent, const char* key, const Json& reasons, const std::string& reasonKey)
{
    return parent.contains(key) ? readScore(parent, key, reasons, reasonKey) : Score();
}

Json intervalJson(const ScoreInterval& interval)
{
    return Json::array({interval.low, interval.high});
}

std::optional<ScoreInterval> readInterval(const Json& json, const char* key, int blocks)
{
    if (!json.contains(key))
        return std::nullopt;
    return ScoreInterval{json.at(key).at(0).get<double>(), json.at(key).at(1).get<double>(), blocks};
}

IntervalSource readIntervalSource(const Json& conformal)
{
    const auto word = conformal.at("fitted_on").get<std::string>();
    if (word == intervalPlaceName(IntervalPlace::NamedScans))
        return {IntervalPlace::NamedScans, conformal.at("fitted_on_scans").get<std::vector<std::string>>()};
    for (const IntervalPlace place : {IntervalPlace::TrainingScans, IntervalPlace::Calibration, IntervalPlace::Validation,
                                      IntervalPlace::Test})
        if (word == intervalPlaceName(place))
            return {place, {}};
    // Earlier versions wrote "scans", or the name of the one scan.
    return word == "scans" ? IntervalSource{IntervalPlace::TrainingScans, {}}
                           : IntervalSource{IntervalPlace::NamedScans, {word}};
}

Json baselinesJson(const BaselineComparison& comparison, Json& reasons)
{
    Json list = Json::array();
    for (const BaselineScores& baseline : comparison.baselines) {
        const std::string name = baselineName(baseline.kind), key = "baselines." + name;
        Json json = {{"name", name}, {"n", baseline.n}};
        json["pearson"] = scoreJson(baseline.pearson, key + ".pearson", reasons);
        json["pearson_without_row_means"] =
            scoreJson(baseline.pearsonWithoutRowMeans, key + ".pearson_without_row_means", reasons);
        json["mae"] = scoreJson(baseline.mae, key + ".mae", reasons);
        json["skill"] = scoreJson(baseline.skill, key + ".skill", reasons);
        list.push_back(std::move(json));
    }
    return list;
}

BaselineComparison readBaselines(const Json& target, const Json& reasons)
{
    BaselineComparison comparison;
    if (!target.contains("baselines"))
        return comparison;
    for (const Json& json : target.at("baselines")) {
        const auto name = json.at("name").get<std::string>();
        const auto kind = baselineNamed(name);
        if (!kind)
            continue; // of a later version
        const std::string key = "baselines." + name;
        BaselineScores& baseline = comparison.baselines.emplace_back();
        baseline.kind = *kind;
        baseline.n = json.at("n").get<std::int64_t>();
        baseline.pearson = readOptional(json, "pearson", reasons, key + ".pearson");
        baseline.pearsonWithoutRowMeans =
            readOptional(json, "pearson_without_row_means", reasons, key + ".pearson_without_row_means");
        baseline.mae = readOptional(json, "mae", reasons, key + ".mae");
        baseline.skill = readOptional(json, "skill", reasons, key + ".skill");
    }
    if (const Json& best = target.at("best_baseline"); !best.is_null())
        comparison.best = baselineNamed(best.get<std::string>());
    comparison.skill = readOptional(target, "skill", reasons, "skill");
    comparison.n = target.value("skill_n", std::int64_t(0));
    return comparison;
}

Json perTarget(const std::vector<std::optional<double>>& values, const std::vector<std::string>& targets)
{
    if (values.empty())
        return nullptr;
    Json json = Json::object();
    for (std::size_t t = 0; t < values.size() && t < targets.size(); ++t)
        json[targets[t]] = numberOrNull(values[t]);
    json["median"] = numberOrNull(medianOf(values));
    return json;
}

std::vector<std::optional<double>> readPerTarget(const Json& row, const char* key, const std::vector<std::string>& targets)
{
    std::vector<std::optional<double>> values;
    if (!row.contains(key) || row.at(key).is_null())
        return values;
    for (const std::string& target : targets)
        values.push_back(readNumber(row.at(key).at(target)));
    return values;
}

} // namespace

void addAccount(const TargetAccount& account, Json& target, Json& reasons)
{
    if (account.withoutRowMeans.value || !account.withoutRowMeans.reason.empty())
        target["pearson_without_row_means"] =
            scoreJson(account.withoutRowMeans, "pearson_without_row_means", reasons);
    if (account.pearson || account.mae) {
        Json interval = {{"level", 0.95}, {"blocks", (account.pearson ? account.pearson : account.mae)->blocks}};
        if (account.pearson)
            interval["pearson"] = intervalJson(*account.pearson);
        if (account.mae)
            interval["mae"] = intervalJson(*account.mae);
        target["interval"] = std::move(interval);
    }
    if (account.autocorrelation_px)
        target["autocorrelation_px"] = *account.autocorrelation_px;
    if (account.effectiveSamples)
        target["effective_n"] = *account.effectiveSamples;
    if (!account.baselines.baselines.empty()) {
        target["baselines"] = baselinesJson(account.baselines, reasons);
        target["best_baseline"] =
            account.baselines.best ? Json(baselineName(*account.baselines.best)) : Json(nullptr);
        target["skill"] = scoreJson(account.baselines.skill, "skill", reasons);
        target["skill_n"] = account.baselines.n;
    }
    if (account.ceiling) {
        Json ceiling = {{"kind", ceilingKindName(account.ceiling->kind)}};
        ceiling["pearson"] = scoreJson(account.ceiling->r, "ceiling.pearson", reasons);
        ceiling["reliability"] = scoreJson(account.ceiling->reliability, "ceiling.reliability", reasons);
        target["ceiling"] = std::move(ceiling);
    }
    if (account.intervals) {
        Json conformal = {{"level", account.intervals->level},
                          {"coverage", account.intervals->coverage},
                          {"half_width", account.intervals->halfWidth},
                          {"fitted_on", intervalPlaceName(account.intervals->fittedOn.place)}};
        if (account.intervals->fittedOn.place == IntervalPlace::NamedScans)
            conformal["fitted_on_scans"] = account.intervals->fittedOn.scans;
        target["conformal"] = std::move(conformal);
    }
}

TargetAccount readAccount(const Json& target)
{
    const Json& reasons = target.at("reasons");
    TargetAccount account;
    account.withoutRowMeans = readOptional(target, "pearson_without_row_means", reasons, "pearson_without_row_means");
    if (target.contains("interval")) {
        const Json& interval = target.at("interval");
        const int blocks = interval.at("blocks").get<int>();
        account.pearson = readInterval(interval, "pearson", blocks);
        account.mae = readInterval(interval, "mae", blocks);
    }
    if (target.contains("autocorrelation_px"))
        account.autocorrelation_px = readNumber(target.at("autocorrelation_px"));
    if (target.contains("effective_n"))
        account.effectiveSamples = readNumber(target.at("effective_n"));
    account.baselines = readBaselines(target, reasons);
    if (target.contains("ceiling")) {
        const Json& json = target.at("ceiling");
        NoiseCeiling ceiling;
        ceiling.kind = json.at("kind").get<std::string>() == ceilingKindName(CeilingKind::Counts) ? CeilingKind::Counts
                                                                                                  : CeilingKind::Estimate;
        ceiling.r = readOptional(json, "pearson", reasons, "ceiling.pearson");
        ceiling.reliability = readOptional(json, "reliability", reasons, "ceiling.reliability");
        account.ceiling = ceiling;
    }
    if (target.contains("conformal")) {
        const Json& json = target.at("conformal");
        account.intervals =
            IntervalScores{json.at("level").get<double>(), json.at("coverage").get<double>(),
                           json.at("half_width").get<double>(), readIntervalSource(json)};
    }
    return account;
}

Json calibrationJson(const CalibrationFit& fit, bool inSample)
{
    Json json = Json::object();
    if (fit.kind != CalibrationKind::Linear) // the line stands as earlier versions wrote it
        json["kind"] = calibrationName(fit.kind);
    if (const auto* line = std::get_if<LinearCorrection>(&fit.curve)) {
        json["alpha"] = line->alpha;
        json["beta"] = line->beta;
    } else if (const auto* curve = std::get_if<PolynomialCalibration>(&fit.curve)) {
        json["centre"] = curve->polynomial.centre;
        json["half_range"] = curve->polynomial.halfRange;
        json["coefficients"] = curve->polynomial.coefficients;
    } else {
        const auto& knots = std::get<KnotCalibration>(fit.curve);
        json["x"] = knots.x;
        json["y"] = knots.y;
    }
    json["in_sample"] = inSample;
    return json;
}

CalibrationFit readCalibration(const Json& json)
{
    // Runs of earlier versions know but the line.
    const auto kind = calibrationNamed(json.value("kind", std::string("linear")));
    if (!kind)
        throw std::invalid_argument("correction.kind names no curve");
    if (*kind == CalibrationKind::Linear)
        return LinearCorrection{json.at("alpha").get<double>(), json.at("beta").get<double>()};
    if (json.contains("coefficients"))
        return {*kind, PolynomialCalibration{{json.at("centre").get<double>(), json.at("half_range").get<double>(),
                                              json.at("coefficients").get<std::vector<double>>()}}};
    KnotCalibration knots{json.at("x").get<std::vector<double>>(), json.at("y").get<std::vector<double>>()};
    if (knots.x.empty() || knots.x.size() != knots.y.size())
        throw std::invalid_argument("correction.x and correction.y must have as many knots");
    return {*kind, std::move(knots)};
}

Json leakGapJson(const LeakGap& gap)
{
    Json rows = Json::array();
    for (const LeakGapRow& row : gap.rows)
        rows.push_back({{"model", row.model},
                        {"random", perTarget(row.random, gap.targets)},
                        {"blocks", perTarget(row.blocks, gap.targets)},
                        {"held_out_scans", perTarget(row.heldOutScans, gap.targets)}});
    return {{"targets", gap.targets},
            {"guard_px", gap.guard_px},
            {"blocks_training_share", numberOrNull(gap.blocksTrain)},
            {"rows", rows}};
}

LeakGap readLeakGap(const Json& json)
{
    LeakGap gap;
    if (json.is_null())
        return gap;
    gap.targets = json.at("targets").get<std::vector<std::string>>();
    gap.guard_px = json.at("guard_px").get<int>();
    if (json.contains("blocks_training_share"))
        gap.blocksTrain = readNumber(json.at("blocks_training_share"));
    for (const Json& row : json.at("rows"))
        gap.rows.push_back({row.at("model").get<std::string>(), readPerTarget(row, "random", gap.targets),
                            readPerTarget(row, "blocks", gap.targets),
                            readPerTarget(row, "held_out_scans", gap.targets)});
    return gap;
}

} // namespace dispersa
