// SPDX-License-Identifier: GPL-3.0-or-later
// metrics.json: writing and reading back.
#include "core/assess/account_json_p.h"
#include "core/assess/comparison.h"
#include "core/assess/dose_result_json_p.h"
#include "core/assess/score_json_p.h"

#include <nlohmann/json.hpp>

namespace dispersa {
namespace {

using Json = nlohmann::ordered_json;

Json targetJson(const TargetScores& target)
{
    Json reasons = Json::object();
    Json json;
    json["name"] = target.name;
    json["n"] = target.n;
    json["pearson"] = scoreJson(target.pearson, "pearson", reasons);
    json["mae"] = scoreJson(target.mae, "mae", reasons);
    json["error_percent"] = scoreJson(target.errorPercent, "error_percent", reasons);
    json["correction"] = nullptr;
    json["corrected"] = nullptr;
    if (target.correction)
        json["correction"] = calibrationJson(*target.correction, target.correctionInSample);
    if (target.corrected)
        json["corrected"] = {{"pearson", scoreJson(target.corrected->pearson, "corrected.pearson", reasons)},
                             {"mae", scoreJson(target.corrected->mae, "corrected.mae", reasons)}};
    addAccount(target.account, json, reasons);
    json["reasons"] = std::move(reasons);
    return json;
}

Json targetsJson(const std::vector<TargetScores>& targets)
{
    Json json = Json::array();
    for (const TargetScores& target : targets)
        json.push_back(targetJson(target));
    return json;
}

Json matrixJson(const std::vector<std::optional<double>>& values, std::size_t size)
{
    Json rows = Json::array();
    for (std::size_t row = 0; row * size < values.size(); ++row) {
        Json columns = Json::array();
        for (std::size_t column = 0; column < size && row * size + column < values.size(); ++column)
            columns.push_back(numberOrNull(values[row * size + column]));
        rows.push_back(std::move(columns));
    }
    return rows;
}

Json meanSdJson(const MeanSd& value, const char* key, Json& reasons)
{
    if (!value.mean)
        reasons[key] = "no_defined_value";
    return {{"mean", numberOrNull(value.mean)}, {"sd", numberOrNull(value.sd)}};
}

Json scanJson(const ScanScores& scan)
{
    const std::size_t size = scan.correlation.targets.size();
    Json json;
    json["name"] = scan.name;
    json["role"] = scan.role;
    json["in_sample"] = scan.inSample;
    json["targets"] = targetsJson(scan.targets);
    json["correlation"] = {{"targets", scan.correlation.targets},
                           {"real", matrixJson(scan.correlation.real, size)},
                           {"predicted", matrixJson(scan.correlation.predicted, size)},
                           {"cross", matrixJson(scan.correlation.cross, size)}};
    return json;
}

std::vector<TargetScores> readTargets(const Json& json)
{
    std::vector<TargetScores> targets;
    for (const Json& item : json) {
        const Json& reasons = item.at("reasons");
        TargetScores target;
        target.name = item.at("name").get<std::string>();
        target.n = item.at("n").get<std::int64_t>();
        target.pearson = readScore(item, "pearson", reasons, "pearson");
        target.mae = readScore(item, "mae", reasons, "mae");
        target.errorPercent = readScore(item, "error_percent", reasons, "error_percent");
        if (const Json& correction = item.at("correction"); !correction.is_null()) {
            target.correction = readCalibration(correction);
            target.correctionInSample = correction.at("in_sample").get<bool>();
        }
        if (const Json& corrected = item.at("corrected"); !corrected.is_null())
            target.corrected = CorrectedScores{readScore(corrected, "pearson", reasons, "corrected.pearson"),
                                               readScore(corrected, "mae", reasons, "corrected.mae")};
        target.account = readAccount(item);
        targets.push_back(std::move(target));
    }
    return targets;
}

std::vector<std::optional<double>> readMatrix(const Json& rows, std::size_t size, const char* key)
{
    std::vector<std::optional<double>> values;
    for (const Json& row : rows)
        for (const Json& value : row)
            values.push_back(readNumber(value));
    if (!values.empty() && values.size() != size * size)
        throw std::invalid_argument(std::string("correlation.") + key + " is not as large as its list of targets");
    return values;
}

ScanScores readScan(const Json& json)
{
    ScanScores scan;
    scan.name = json.at("name").get<std::string>();
    scan.role = json.at("role").get<std::string>();
    scan.inSample = json.at("in_sample").get<bool>();
    scan.targets = readTargets(json.at("targets"));
    const Json& correlation = json.at("correlation");
    scan.correlation.targets = correlation.at("targets").get<std::vector<std::string>>();
    const std::size_t size = scan.correlation.targets.size();
    scan.correlation.real = readMatrix(correlation.at("real"), size, "real");
    scan.correlation.predicted = readMatrix(correlation.at("predicted"), size, "predicted");
    scan.correlation.cross = readMatrix(correlation.at("cross"), size, "cross");
    return scan;
}

MeanSd readMeanSd(const Json& json)
{
    return {readNumber(json.at("mean")), readNumber(json.at("sd"))};
}

} // namespace

std::string metricsToJson(const RunMetrics& metrics)
{
    Json json;
    json["scans"] = Json::array();
    for (const ScanScores& scan : metrics.scans)
        json["scans"].push_back(scanJson(scan));
    json["split"] = {{"kind", metrics.splitKind.empty() ? Json(nullptr) : Json(metrics.splitKind)},
                     {"test", {{"targets", targetsJson(metrics.testTargets)}}}};
    if (!metrics.leakGap.empty())
        json["leak_gap"] = leakGapJson(metrics.leakGap);
    if (metrics.dosePlan)
        json["dose_plan"] = dosePlanObject(*metrics.dosePlan);
    json["summary"] = Json::array();
    for (const SummaryRow& row : metrics.summary) {
        Json reasons = Json::object();
        Json item;
        item["target"] = row.target;
        item["pearson"] = meanSdJson(row.pearson, "pearson", reasons);
        item["mae"] = meanSdJson(row.mae, "mae", reasons);
        if (!reasons.empty())
            item["reasons"] = std::move(reasons);
        json["summary"].push_back(std::move(item));
    }
    // Names come from file names, which need not be valid UTF-8.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<RunMetrics> metricsFromJson(const std::string& text)
try {
    const Json json = Json::parse(text);
    RunMetrics metrics;
    for (const Json& scan : json.at("scans"))
        metrics.scans.push_back(readScan(scan));
    const Json& split = json.at("split");
    if (const Json& kind = split.at("kind"); !kind.is_null())
        metrics.splitKind = kind.get<std::string>();
    metrics.testTargets = readTargets(split.at("test").at("targets"));
    if (json.contains("leak_gap"))
        metrics.leakGap = readLeakGap(json.at("leak_gap"));
    if (json.contains("dose_plan"))
        metrics.dosePlan = readDosePlan(json.at("dose_plan"));
    for (const Json& row : json.at("summary"))
        metrics.summary.push_back(
            {row.at("target").get<std::string>(), readMeanSd(row.at("pearson")), readMeanSd(row.at("mae"))});
    return metrics;
} catch (const std::exception& exception) {
    return fail(ErrorCode::FormatInvalid,
                "The scores of the run (metrics.json) cannot be understood. Run the study again to write them anew.",
                "metrics.json", {}, exception.what());
}

} // namespace dispersa
