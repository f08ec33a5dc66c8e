// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/info_json.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

namespace dispersa::cli {
namespace {

using nlohmann::ordered_json;

/// JSON has no NaN or infinity.
ordered_json number(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(); }

ordered_json numbers(const std::vector<double>& values)
{
    ordered_json list = ordered_json::array();
    for (const double value : values)
        list.push_back(number(value));
    return list;
}

ordered_json itemJson(const FileItem& item, const ItemStatistics* statistics, const ScanStatistics* scan)
{
    ordered_json json = {{"id", item.id},
                         {"kind", itemKindName(item.kind)},
                         {"quantity", item.quantity ? ordered_json(*item.quantity) : ordered_json()},
                         {"shape", item.shape},
                         {"dtype", elementTypeName(item.type)},
                         {"axes", ordered_json::array()}};
    for (const ItemAxis& axis : item.axes)
        json["axes"].push_back({{"name", axis.name}, {"scale", number(axis.scale)}, {"unit", axis.unit}});
    if (item.isSerpentine)
        json["serpentine"] = true;
    if (item.isGuess)
        json["guess"] = true;
    if (statistics)
        json["stats"] = {{"min", number(statistics->min)},
                         {"max", number(statistics->max)},
                         {"sum", number(statistics->sum)},
                         {"first", numbers(statistics->first)},
                         {"last", number(statistics->last)}};
    if (scan)
        json["stats"].update({{"mean", number(scan->mean)},
                              {"saturated", scan->saturated},
                              {"negative", scan->negative},
                              {"not_finite", scan->notFinite}});
    return json;
}

std::string shapeText(const std::vector<std::int64_t>& shape)
{
    std::string text;
    for (const std::int64_t size : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(size);
    return text;
}

std::string axesText(const FileItem& item)
{
    std::string text;
    for (const ItemAxis& axis : item.axes) {
        char scale[32];
        std::snprintf(scale, sizeof scale, " %.5g ", axis.scale);
        text += (text.empty() ? "" : ", ") + axis.name + scale + axis.unit;
    }
    return text;
}

template<class Statistics>
const Statistics* find(const std::map<std::string, Statistics>& all, const FileItem& item)
{
    const auto found = all.find(item.id);
    return found == all.end() ? nullptr : &found->second;
}

} // namespace

std::string infoAsJson(const std::vector<InfoEntry>& entries)
{
    ordered_json files = ordered_json::array();
    for (const InfoEntry& entry : entries) {
        ordered_json file = {{"path", entry.path.string()},
                             {"format", nullptr},
                             {"items", ordered_json::array()},
                             {"warnings", ordered_json::array()},
                             {"error", nullptr}};
        if (entry.info) {
            file["format"] = entry.info->format;
            for (const FileItem& item : entry.info->items)
                file["items"].push_back(itemJson(item, find(entry.statistics, item), find(entry.scanStatistics, item)));
            for (const Warning& warning : entry.info->warnings)
                file["warnings"].push_back(warning.message);
        } else {
            file["error"] = {{"code", errorCodeName(entry.info.error().code)}, {"message", entry.info.error().message}};
        }
        files.push_back(std::move(file));
    }
    return ordered_json{{"files", files}}.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string infoAsText(const std::vector<InfoEntry>& entries)
{
    std::string text;
    for (const InfoEntry& entry : entries) {
        text += entry.path.string() + "\n";
        if (!entry.info) {
            text += "  cannot be opened: " + entry.info.error().message + "\n";
            continue;
        }
        for (const FileItem& item : entry.info->items) {
            text += "  " + std::string(itemKindName(item.kind)) + (item.isGuess ? ", by its shape alone" : "") +
                    (item.quantity ? " of " + *item.quantity : "") +
                    (item.unit == MapUnit::Counts ? " in counts" : "") + ": " +
                    shapeText(item.shape) + " " + elementTypeName(item.type) +
                    (item.isSerpentine ? ", odd rows scanned backwards" : "") + (item.id.empty() ? "" : "  " + item.id) +
                    "\n";
            if (!item.axes.empty())
                text += "    " + axesText(item) + "\n";
            if (const ItemStatistics* statistics = find(entry.statistics, item)) {
                char line[160];
                std::snprintf(line, sizeof line, "    min %.9g, max %.9g, sum %.17g\n", statistics->min, statistics->max,
                              statistics->sum);
                text += line;
            }
            if (const ScanStatistics* scan = find(entry.scanStatistics, item)) {
                char line[160];
                std::snprintf(line, sizeof line, "    mean %.9g, saturated %lld, negative %lld, NaN or Inf %lld\n",
                              scan->mean, static_cast<long long>(scan->saturated),
                              static_cast<long long>(scan->negative), static_cast<long long>(scan->notFinite));
                text += line;
            }
        }
        for (const Warning& warning : entry.info->warnings)
            text += "  note: " + warning.message + "\n";
    }
    return text;
}

} // namespace dispersa::cli
