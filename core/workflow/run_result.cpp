// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a run's folder back.
#include "core/workflow/run_result.h"

#include "core/base/os_file.h"
#include "core/io/format.h"
#include "core/io/study_file.h"
#include "core/workflow/run_dose.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace dispersa {
namespace fs = std::filesystem;
using nlohmann::json;
namespace {

tl::unexpected<Error> damaged(const fs::path& file, const std::string& what)
{
    return fail(ErrorCode::FormatInvalid, "'" + file.string() + "' is not what a run writes: " + what + ".", file, {what});
}

std::vector<std::string> fields(const std::string& line)
{
    std::vector<std::string> result(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            result.back() += line[i++];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            result.emplace_back();
        else
            result.back() += line[i];
    }
    return result;
}

template<class T>
bool parse(const std::string& text, T& value)
{
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size();
}

Result<std::vector<EpochRecord>> readHistory(const fs::path& path)
{
    std::vector<EpochRecord> history;
    if (!fs::exists(path)) // a run with a trained model has none
        return history;
    auto text = readTextFile(path);
    if (!text)
        return fail(text.error());
    std::istringstream stream(*text);
    std::string line;
    std::getline(stream, line);
    while (std::getline(stream, line)) {
        const auto cells = fields(line);
        EpochRecord record;
        double valLoss = 0;
        if (cells.size() < 4 || !parse(cells[0], record.epoch) || !parse(cells[1], record.loss) ||
            !parse(cells[3], record.seconds))
            return damaged(path, "the line '" + line + "'");
        if (parse(cells[2], valLoss))
            record.valLoss = valLoss;
        history.push_back(record);
    }
    return history;
}

Result<std::vector<SplitPixel>> readSplit(const fs::path& path)
{
    std::vector<SplitPixel> split;
    auto text = readTextFile(path);
    if (!text)
        return fail(text.error());
    std::istringstream stream(*text);
    std::string line;
    std::getline(stream, line);
    while (std::getline(stream, line)) {
        const auto cells = fields(line);
        SplitPixel pixel;
        if (cells.size() != 4 || !parse(cells[1], pixel.y) || !parse(cells[2], pixel.x))
            return damaged(path, "the line '" + line + "'");
        pixel.scan = cells[0];
        pixel.set = cells[3];
        split.push_back(std::move(pixel));
    }
    return split;
}

Result<MapPtr> readRunMap(const fs::path& file, const std::string& quantity, MapUnit unit)
{
    auto map = readMap(file);
    if (!map)
        return fail(map.error());
    map->quantity = quantity;
    map->unit = unit;
    return std::make_shared<const ElementMap>(std::move(*map));
}

Result<ScanResult> readScan(const fs::path& folder, const json& entry)
{
    ScanResult scan;
    scan.name = entry.at("name").get<std::string>();
    const std::string role = entry.at("role").get<std::string>();
    scan.role = role == "train" ? ScanRole::Train : role == "predict" ? ScanRole::Predict : ScanRole::Ignore;
    scan.scanShape = {entry.at("scan_shape").at(0).get<int>(), entry.at("scan_shape").at(1).get<int>()};
    const json& crop = entry.at("crop");
    scan.crop = {crop.at("y").get<int>(), crop.at("x").get<int>(), crop.at("height").get<int>(),
                 crop.at("width").get<int>()};
    for (const json& item : entry.value("quantities", json::array())) {
        QuantityMaps maps;
        maps.quantity = item.at("name").get<std::string>();
        const MapUnit unit = mapUnitNamed(item.value("unit", "arbitrary")).value_or(MapUnit::Arbitrary);
        for (const json& stage : item.at("maps")) {
            const auto name = stage.get<std::string>();
            const auto known = std::find_if(storedMaps().begin(), storedMaps().end(),
                                            [&](const StoredMap& candidate) { return name == candidate.name; });
            if (known == storedMaps().end())
                continue; // of a later version
            auto map = readRunMap(folder / "maps" / scan.name / (maps.quantity + "-" + name + ".mrc"), maps.quantity, unit);
            if (!map)
                return fail(map.error());
            maps.*known->map = *map;
        }
        scan.quantities.push_back(std::move(maps));
    }
    if (entry.value("novelty", false)) {
        auto map = readRunMap(folder / "maps" / scan.name / "novelty.mrc", "novelty", MapUnit::Arbitrary);
        if (!map)
            return fail(map.error());
        scan.novelty = *map;
    }
    return scan;
}

Result<void> readRunJson(RunResult& run)
{
    const fs::path path = run.folder / "run.json";
    auto text = readTextFile(path);
    if (!text)
        return fail(text.error());
    const json root = json::parse(*text, nullptr, false);
    if (!root.is_object())
        return damaged(path, "it is not a JSON object");
    try {
        run.bestEpoch = root.at("best_epoch").get<int>();
        run.stoppedEarly = root.at("stopped_early").get<bool>();
        run.stoppedByUser = root.at("stopped_by_user").get<bool>();
        run.device = root.at("device").get<std::string>();
        run.precision = root.at("precision").is_string() ? root.at("precision").get<std::string>() : std::string();
        run.seconds = root.at("seconds").get<double>();
        for (const json& warning : root.value("warnings", json::array()))
            run.warnings.push_back({warning.value("code", ""), warning.value("message", ""), warning.value("file", ""),
                                    warning.value("scan", "")});
        for (const json& entry : root.at("scans")) {
            auto scan = readScan(run.folder, entry);
            if (!scan)
                return fail(scan.error());
            run.scans.push_back(std::move(*scan));
        }
    } catch (const json::exception& error) {
        return damaged(path, error.what());
    }
    return {};
}

} // namespace

std::span<const StoredMap> storedMaps()
{
    static constexpr std::array<StoredMap, 6> stages = {{{"measured", &QuantityMaps::measured},
                                                        {"real", &QuantityMaps::real},
                                                        {"predicted", &QuantityMaps::predicted},
                                                        {"corrected", &QuantityMaps::corrected},
                                                        {"sigma", &QuantityMaps::sigma},
                                                        {"interval", &QuantityMaps::interval}}};
    return stages;
}

const QuantityMaps* ScanResult::quantity(const std::string& wanted) const
{
    for (const QuantityMaps& maps : quantities)
        if (maps.quantity == wanted)
            return &maps;
    return nullptr;
}

const ScanResult* RunResult::scan(const std::string& wanted) const
{
    for (const ScanResult& candidate : scans)
        if (candidate.name == wanted)
            return &candidate;
    return nullptr;
}

const ScanScores* RunResult::scores(const std::string& wanted) const
{
    for (const ScanScores& candidate : metrics.scans)
        if (candidate.name == wanted)
            return &candidate;
    return nullptr;
}

Result<RunResultPtr> loadRun(const fs::path& folder)
{
    auto run = std::make_shared<RunResult>();
    run->folder = fs::absolute(folder).lexically_normal();
    if (!fs::exists(run->folder / "run.json"))
        return fail(ErrorCode::FileNotFound,
                    "'" + folder.string() + "' is not the folder of a finished run: it has no run.json.", folder,
                    {folder.string()});
    auto study = readStudy(run->folder / "study.dispersa");
    if (!study)
        return fail(study.error());
    run->study = std::move(*study);
    if (auto done = readRunJson(*run); !done)
        return fail(done.error());
    auto history = readHistory(run->folder / "history.csv");
    auto split = readSplit(run->folder / "split.csv");
    if (!history || !split)
        return fail(history ? split.error() : history.error());
    run->history = std::move(*history);
    run->split = std::move(*split);
    auto text = readTextFile(run->folder / "metrics.json");
    if (!text)
        return fail(text.error());
    auto metrics = metricsFromJson(*text);
    if (!metrics)
        return fail(metrics.error());
    run->metrics = std::move(*metrics);
    if (!run->metrics.dosePlan)
        run->metrics.dosePlan = dosePlanBeside(run->folder);
    return RunResultPtr(std::move(run));
}

fs::path checkpointFile(const fs::path& runFolder) { return runFolder / "checkpoints" / "last.safetensors"; }

Result<InterruptedRunPtr> loadInterruptedRun(const fs::path& folder)
{
    if (fs::exists(folder / "run.json") || !fs::exists(checkpointFile(folder)))
        return fail(ErrorCode::FileNotFound,
                    "'" + folder.string() + "' is not the folder of an interrupted training.", folder, {folder.string()});
    auto run = std::make_shared<InterruptedRun>();
    run->folder = fs::absolute(folder).lexically_normal();
    auto study = readStudy(run->folder / "study.dispersa");
    if (!study)
        return fail(study.error());
    run->study = std::move(*study);
    auto history = readHistory(run->folder / "history.csv");
    if (!history)
        return fail(history.error());
    run->history = std::move(*history);
    return InterruptedRunPtr(std::move(run));
}

} // namespace dispersa
