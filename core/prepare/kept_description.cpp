// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/kept_description.h"

#include <nlohmann/json.hpp>

namespace dispersa {

namespace {

using Json = nlohmann::ordered_json;

/// Goes up when the same options prepare differently than before.
constexpr int preparationVersion = 1;

} // namespace

std::string keptKey(const std::vector<PatternSelection>& selections, const DiffractionOptions& options)
{
    Json key = {{"version", preparationVersion},
                {"bad_pixels", badPixelsName(options.badPixels)},
                {"bad_pixel_sigmas", options.badPixel_sigmas},
                {"centre", centreName(options.centre)},
                {"descan", descanName(options.descan)},
                {"ellipse_ratio", options.ellipseRatio},
                {"ellipse_angle_deg", options.ellipseAngle_deg},
                {"beam_mask_px", options.beamMask_px},
                {"beam_mask_edge_px", options.beamMaskEdge_px},
                {"bin", options.bin}};
    for (const PatternSelection& selection : selections) {
        if (selection.identity.empty())
            return {};
        key["selections"].push_back({selection.identity, toText(selection.region), toText(selection.scan->scanShape()),
                                     toText(selection.scan->patternShape()),
                                     elementTypeName(selection.scan->elementType())});
    }
    return key.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string keptDescription(const std::string& key, const std::vector<PreparationReport>& reports)
{
    Json json = {{"key", key}, {"reports", Json::array()}};
    for (const PreparationReport& report : reports)
        json["reports"].push_back({report.hotPixels, report.deadPixels, report.saturation.has_value(),
                                   report.saturation.value_or(Saturation()).ceiling,
                                   report.saturation.value_or(Saturation()).values, report.descanSamples,
                                   report.descanOutliers, report.descanResidual_px});
    return json.dump();
}

std::optional<std::vector<PreparationReport>> keptReports(const std::string& description, const std::string& key,
                                                          std::size_t count)
{
    try {
        const Json json = Json::parse(description);
        if (json.at("key").get<std::string>() != key || json.at("reports").size() != count)
            return std::nullopt;
        std::vector<PreparationReport> reports;
        for (const Json& item : json.at("reports")) {
            PreparationReport report;
            report.hotPixels = item.at(0);
            report.deadPixels = item.at(1);
            if (item.at(2).get<bool>())
                report.saturation = Saturation{item.at(3), item.at(4)};
            report.descanSamples = item.at(5);
            report.descanOutliers = item.at(6);
            report.descanResidual_px = item.at(7);
            reports.push_back(report);
        }
        return reports;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

} // namespace dispersa
