// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_folder.h"

#include "core/base/os_file.h"
#include "core/io/map_writers.h"
#include "core/io/study_file.h"
#include "core/workflow/run_log.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace dispersa {
namespace fs = std::filesystem;
using nlohmann::ordered_json;
namespace {

ordered_json runJson(const RunResult& run, const Provenance& provenance)
{
    ordered_json json = ordered_json::parse(provenanceJson(provenance));
    json["finished"] = utcNow();
    json["seconds"] = run.seconds;
    json["epochs"] = run.history.size();
    json["best_epoch"] = run.bestEpoch;
    json["stopped_early"] = run.stoppedEarly;
    json["stopped_by_user"] = run.stoppedByUser;
    if (provenance.members > 0)
        json["members"] = provenance.members;
    if (provenance.dropoutPasses > 0)
        json["dropout_passes"] = provenance.dropoutPasses;
    json["peak_memory_bytes"] = peakResidentMemory();
    if (provenance.trainingSeconds > 0) {
        json["training_seconds"] = provenance.trainingSeconds;
        json["training_memory_bytes"] = provenance.trainingMemory_bytes;
    }
    if (provenance.estimate)
        json["estimate"] = {{"seconds_per_epoch", provenance.estimate->secondsPerEpoch},
                            {"memory_bytes", provenance.estimate->memory_bytes}};
    json["scans"] = ordered_json::array();
    for (const ScanResult& scan : run.scans) {
        ordered_json entry = {{"name", scan.name},
                              {"role", scanRoleName(scan.role)},
                              {"scan_shape", {scan.scanShape.height, scan.scanShape.width}},
                              {"crop",
                               {{"y", scan.crop.y},
                                {"x", scan.crop.x},
                                {"height", scan.crop.height},
                                {"width", scan.crop.width}}}};
        for (const QuantityMaps& maps : scan.quantities) {
            ordered_json quantity = {{"name", maps.quantity}, {"maps", ordered_json::array()}};
            for (const StoredMap& stage : storedMaps())
                if (const MapPtr& map = maps.*stage.map) {
                    quantity["maps"].push_back(stage.name);
                    quantity["unit"] = mapUnitName(map->unit);
                }
            entry["quantities"].push_back(quantity);
        }
        if (scan.novelty)
            entry["novelty"] = true;
        json["scans"].push_back(entry);
    }
    json["warnings"] = ordered_json::array();
    for (const Warning& warning : run.warnings)
        json["warnings"].push_back({{"code", warning.code},
                                    {"message", warning.message},
                                    {"file", warning.file.string()},
                                    {"scan", warning.scan}});
    return json;
}

Result<void> writeMaps(const RunResult& run)
{
    std::vector<EmdMap> all;
    for (const ScanResult& scan : run.scans) {
        const fs::path folder = run.folder / "maps" / scan.name;
        const ScanPoint origin{scan.crop.y, scan.crop.x};
        for (const QuantityMaps& maps : scan.quantities) {
            for (const StoredMap& stage : storedMaps()) {
                const MapPtr& map = maps.*stage.map;
                if (!map)
                    continue;
                const std::string name = maps.quantity + "-" + stage.name;
                if (auto written = writeMrc(*map, origin, folder / (name + ".mrc")); !written)
                    return written;
                if (auto written = writeTiff(*map, origin, folder / (name + ".tif")); !written)
                    return written;
                all.push_back({scan.name, name, *map, origin});
            }
        }
        if (scan.novelty) {
            if (auto written = writeMrc(*scan.novelty, origin, folder / "novelty.mrc"); !written)
                return written;
            if (auto written = writeTiff(*scan.novelty, origin, folder / "novelty.tif"); !written)
                return written;
            all.push_back({scan.name, "novelty", *scan.novelty, origin});
        }
    }
    return writeMapsEmd(all, run.folder / "maps.h5");
}

/// True for the names a run gives its maps, e.g. "O-predicted.mrc".
bool isRunMap(const fs::path& path)
{
    const std::string stem = path.stem().string();
    return (path.extension() == ".mrc" || path.extension() == ".tif") &&
           (stem == "novelty" ||
           std::any_of(storedMaps().begin(), storedMaps().end(),
                       [&](const StoredMap& stage) { return stem.ends_with(std::string("-") + stage.name); }));
}

/// A folder that an earlier run made: its log begins with our name.
bool isRunFolder(const fs::path& folder)
{
    std::ifstream log(folder / "run.log");
    std::string line;
    return std::getline(log, line) && line.find("Dispersa") != std::string::npos;
}

/// Maps of an earlier run in the same folder would otherwise pass for this one's.
void removeStaleMaps(const RunResult& run)
{
    std::set<fs::path> current;
    for (const ScanResult& scan : run.scans) {
        std::vector<std::string> names;
        if (scan.novelty)
            names.emplace_back("novelty");
        for (const QuantityMaps& maps : scan.quantities)
            for (const StoredMap& stage : storedMaps())
                if (maps.*stage.map)
                    names.push_back(maps.quantity + "-" + stage.name);
        for (const std::string& name : names)
            for (const char* extension : {".mrc", ".tif"})
                current.insert(run.folder / "maps" / scan.name / (name + extension));
    }
    std::error_code code;
    std::vector<fs::path> stale;
    for (auto entry = fs::recursive_directory_iterator(run.folder / "maps", code);
         !code && entry != fs::recursive_directory_iterator(); entry.increment(code))
        if (isRunMap(entry->path()) && !current.contains(entry->path()))
            stale.push_back(entry->path());
    for (const fs::path& path : stale)
        fs::remove(path, code);
}

/// A field as RFC 4180 writes it: quoted when it holds a comma or a quote.
std::string csvField(const std::string& text)
{
    if (text.find_first_of(",\"\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string splitCsv(const std::vector<SplitPixel>& split)
{
    std::string text = "scan,y,x,set\n";
    for (const SplitPixel& pixel : split)
        text += csvField(pixel.scan) + "," + std::to_string(pixel.y) + "," + std::to_string(pixel.x) + "," + pixel.set + "\n";
    return text;
}

} // namespace

Result<void> makeRunFolder(const fs::path& folder, bool resume)
{
    std::error_code code;
    if (fs::exists(folder, code) && fs::is_directory(folder, code) && !fs::is_empty(folder, code) && !isRunFolder(folder))
        return fail(ErrorCode::InvalidArgument,
                    "The folder '" + folder.string() +
                        "' holds other files. Name a new folder, an empty one or that of an earlier run.",
                    folder, {folder.string()});
    for (const char* name : {"", "checkpoints", "tensorboard", "figures", "maps"})
        if (auto made = makeWritableFolder(*name ? folder / name : folder); !made)
            return made;
    if (!resume) {
        forgetFinishedRun(folder);
        fs::remove(folder / "history.csv", code);
    }
    return {};
}

void forgetFinishedRun(const fs::path& folder)
{
    // run.json marks a finished run: while another goes on, the folder is not one. Nothing of an earlier run may pass for
    // the new one's.
    std::error_code code;
    for (const char* stale : {"run.json", "split.csv", "metrics.json", "metrics.csv", "dose.json", "dose.csv", "figure_data.h5",
                              "report.html"})
        fs::remove(folder / stale, code);
}

std::string provenanceJson(const Provenance& provenance)
{
    ordered_json json = {{"program", "Dispersa"},
                         {"version", DISPERSA_VERSION},
                         {"started", provenance.started},
                         {"device", provenance.device},
                         {"precision", provenance.precision.empty() ? ordered_json() : ordered_json(provenance.precision)},
                         {"prediction_precision", provenance.predictionPrecision},
                         {"threads", provenance.threads},
                         {"seed", provenance.seed},
                         {"trained_on", provenance.trainedOn},
                         {"inputs", ordered_json::array()}};
    for (const auto& [path, hash] : provenance.inputs)
        json["inputs"].push_back({{"path", path.string()}, {"fingerprint", hash}});
    return json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

Result<std::vector<std::pair<fs::path, std::string>>> inputFingerprints(const Study& study)
{
    std::vector<fs::path> files;
    for (const StudyScan& scan : study.scans) {
        if (scan.role == ScanRole::Ignore)
            continue;
        if (scan.diffraction)
            files.push_back(scan.diffraction->path);
        for (const MapSource& map : scan.maps)
            files.push_back(map.path);
    }
    if (study.model)
        files.push_back(*study.model);
    else if (study.recipe.startFrom)
        files.push_back(*study.recipe.startFrom);
    std::vector<std::pair<fs::path, std::string>> result;
    for (const fs::path& file : files) {
        auto hash = fingerprint(file);
        if (!hash)
            return fail(hash.error());
        result.emplace_back(file, *hash);
    }
    return result;
}

Result<void> writeRunFiles(const RunResult& run, const Provenance& provenance)
{
    if (auto written = writeMaps(run); !written)
        return written;
    removeStaleMaps(run);
    if (auto written = writeStudy(run.study, run.folder / "study.dispersa"); !written)
        return written;
    if (auto written = writeFileAtomically(run.folder / "split.csv", splitCsv(run.split)); !written)
        return written;
    if (auto written = writeFileAtomically(run.folder / "metrics.json", metricsToJson(run.metrics)); !written)
        return written;
    if (auto written = writeFileAtomically(run.folder / "metrics.csv", metricsToCsv(run.metrics)); !written)
        return written;
    // Last: a folder with run.json is a finished run.
    return writeFileAtomically(run.folder / "run.json",
                               runJson(run, provenance).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

} // namespace dispersa
