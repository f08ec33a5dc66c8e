// SPDX-License-Identifier: GPL-3.0-or-later
// Which files belong to one scan: diffraction and maps of a folder, matched by the numbers and stems of their names.
#include "core/io/format.h"
#include "core/io/map_naming.h"
#include "core/io/name_matching.h"

#include <algorithm>
#include <set>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

/// A 4-D dataset, or a stack that may turn out to be one.
struct DiffractionFile {
    fs::path path;
    std::string dataset;
    std::int64_t frames = 0;            ///< > 0: a flat stack that does not tell its grid
    std::vector<std::string> numbers;   ///< digit runs of the name that tell it from the other diffraction files
    std::optional<ScanShape> hint = {}; ///< a stack's grid by its metadata, when no map tells it
};

struct MapFile {
    fs::path path;
    MapNaming naming;
    ScanShape shape;
};

struct Found {
    std::vector<DiffractionFile> diffraction;
    std::vector<MapFile> maps;
    std::vector<Warning> warnings;
    std::vector<std::string> without; ///< what files hold that have no patterns, a sentence each
};

std::string nameOf(const fs::path& path)
{
    return path.filename().string();
}

void addMap(Found& found, const fs::path& path, const FileItem& item)
{
    // A single diffraction pattern and a table that may be an image are no maps of a scan.
    if (item.shape.size() != 2 || item.isGuess || (!item.axes.empty() && item.axes.front().name == "det_y"))
        return;
    auto naming = mapNaming(path);
    if (item.quantity) {
        if (!naming || naming->quantity != *item.quantity)
            naming = MapNaming{*item.quantity, naming ? naming->hint : std::nullopt,
                               naming ? naming->stem : path.stem().string()};
        if (item.unit == MapUnit::Counts) // counts of an element stand back behind its composition
            naming->hint = "counts";
    }
    if (!naming) {
        found.warnings.push_back({"map_quantity_unknown",
                                  "The name of '" + nameOf(path) +
                                      "' does not tell what it is a map of; add it by hand or rename it, for example "
                                      "to '" +
                                      path.stem().string() + "-Ge-at" + path.extension().string() + "'.",
                                  path});
        return;
    }
    naming->dataset = item.id;
    found.maps.push_back({path, *naming, ScanShape{static_cast<int>(item.shape[0]), static_cast<int>(item.shape[1])}});
}

/// A stack that is all its file holds is a scan if the format is one of patterns; one dataset among others may be anything.
bool isStackOfPatterns(const FileInfo& info, const FileItem& item)
{
    return item.kind == ItemKind::Stack && item.shape.size() == 3 && info.items.size() == 1 &&
           std::any_of(formats().begin(), formats().end(), [&](const Format* format) {
               return format->traits().name == info.format && format->traits().readsDiffraction;
           });
}

/// "'a.emd' holds 5 maps and 1 spectrum."; what the reader said of a file that holds nothing.
std::string contentsText(const FileInfo& info)
{
    if (info.items.empty())
        return info.warnings.empty() ? "'" + nameOf(info.path) + "' holds nothing to show." : info.warnings.front().message;
    constexpr std::pair<ItemKind, const char*> kinds[] = {
        {ItemKind::Map, "map"}, {ItemKind::Stack, "stack of images"}, {ItemKind::Spectrum, "spectrum"}};
    std::string text;
    for (const auto& [kind, name] : kinds) {
        const auto number = std::count_if(info.items.begin(), info.items.end(),
                                          [kind = kind](const FileItem& item) { return item.kind == kind; });
        if (number > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(number) + " x " + name;
    }
    return "'" + nameOf(info.path) + "' holds no diffraction patterns but " + text + ".";
}

/// The error of a place without a diffraction file: what the files hold instead, and where maps go.
Error nothingFound(const std::string& where, const Found& found, const fs::path& folder)
{
    constexpr std::size_t most = 3;
    std::string message = "There is no diffraction file " + where + ".";
    for (std::size_t i = 0; i < std::min(most, found.without.size()); ++i)
        message += " " + found.without[i];
    if (found.without.size() > most)
        message += " The other " + std::to_string(found.without.size() - most) + " files hold none either.";
    if (!found.maps.empty())
        message += " Open maps together with the 4D-STEM file of the same scan, or add them to a scan that is open (menu "
                   "Scan, Add maps).";
    std::string reasons;
    for (const Warning& warning : found.warnings)
        reasons += (reasons.empty() ? "" : " ") + warning.message;
    std::vector<std::string> arguments;
    if (!folder.empty())
        arguments.push_back(folder.string());
    return {ErrorCode::DatasetMissing, std::move(message), folder, std::move(arguments), std::move(reasons)};
}

Found inspectAll(const std::vector<fs::path>& files, bool unknownIsWorthSaying)
{
    Found found;
    std::set<fs::path> seen;
    for (const fs::path& path : files) {
        const auto info = inspectFile(path);
        if (!info) {
            if (info.error().code != ErrorCode::FormatUnknown || unknownIsWorthSaying)
                found.warnings.push_back({errorCodeName(info.error().code), info.error().message, path});
            continue;
        }
        // A side file (.hdr, .xml) leads to the data, which may stand in the list too.
        if (!seen.insert(info->path).second)
            continue;
        found.warnings.insert(found.warnings.end(), info->warnings.begin(), info->warnings.end());
        const std::size_t before = found.diffraction.size();
        for (const FileItem& item : info->items) {
            if (item.kind == ItemKind::Diffraction)
                found.diffraction.push_back({info->path, item.id, 0, {}});
            else if (isStackOfPatterns(*info, item))
                found.diffraction.push_back({info->path, item.id, item.shape.front(), {}, item.scanHint});
            else if (item.kind == ItemKind::Map)
                addMap(found, info->path, item);
        }
        if (found.diffraction.size() == before)
            found.without.push_back(contentsText(*info));
    }
    return found;
}

/// Numbers of each diffraction file's name, without those that all of them share (a date, a session).
void findNumbers(std::vector<DiffractionFile>& diffraction)
{
    std::set<fs::path> paths;
    for (const auto& file : diffraction)
        paths.insert(file.path);
    for (auto& file : diffraction) {
        for (const std::string& number : digitRuns(file.path.stem().string())) {
            const bool everywhere = std::all_of(paths.begin(), paths.end(), [&](const fs::path& other) {
                return hasDigitRun(other.stem().string(), number);
            });
            if (paths.size() == 1 || !everywhere)
                file.numbers.push_back(number);
        }
    }
}

/// How well a map's name fits a diffraction file; 0 not at all.
int affinity(const DiffractionFile& file, const MapFile& map)
{
    if (file.path == map.path)
        return 100;
    int shared = 0;
    for (const std::string& number : file.numbers)
        shared += hasDigitRun(map.path.stem().string(), number) ? 2 : 0;
    if (shared == 0 && sameStem(scanStem(file.path), map.naming.stem))
        shared = 1;
    return shared;
}

/// Index of the file each map belongs to, -1 for none.
std::vector<int> assignMaps(const Found& found)
{
    std::vector<int> owner(found.maps.size(), -1);
    std::vector<int> matched(found.diffraction.size(), 0);
    for (std::size_t m = 0; m < found.maps.size(); ++m) {
        int best = 0;
        for (std::size_t d = 0; d < found.diffraction.size(); ++d) {
            const int score = affinity(found.diffraction[d], found.maps[m]);
            if (score > best) {
                best = score;
                owner[m] = static_cast<int>(d);
            } else if (score == 1 && best == 1) {
                owner[m] = -1; // a stem that several files continue tells nothing
            }
        }
        if (owner[m] >= 0)
            ++matched[static_cast<std::size_t>(owner[m])];
    }
    // Alone in its folder, a diffraction file also takes the maps whose names do not point to another scan.
    if (found.diffraction.size() == 1)
        for (std::size_t m = 0; m < found.maps.size(); ++m)
            if (matched.front() == 0 || digitRuns(found.maps[m].path.stem().string()).empty())
                owner[m] = 0;
    return owner;
}

/// Atomic percent before weight percent before an unmarked map before counts.
int preference(const MapNaming& naming)
{
    if (naming.hint == "at")
        return 3;
    if (naming.hint == "wt")
        return 2;
    return naming.hint ? 0 : 1;
}

/// Adds a map, or replaces one of the same quantity by a better one; the other is reported.
void addMapTo(FolderScan& scan, const MapFile& map, std::vector<Warning>& warnings)
{
    std::pair<fs::path, MapNaming> added{map.path, map.naming};
    const auto same = std::find_if(scan.maps.begin(), scan.maps.end(),
                                   [&](const auto& other) { return other.second.quantity == map.naming.quantity; });
    if (same == scan.maps.end()) {
        scan.maps.push_back(std::move(added));
        return;
    }
    if (preference(map.naming) > preference(same->second))
        std::swap(*same, added);
    warnings.push_back({"map_duplicate",
                        "Scan " + scan.name + " has several maps of " + map.naming.quantity + "; '" +
                            nameOf(same->first) + "' is used and '" + nameOf(added.first) + "' is left out.",
                        added.first, scan.name});
}

/// The number that a map shares, else the last one of its own name, else the cleaned stem.
std::string nameFor(const DiffractionFile& file, const std::vector<const MapFile*>& maps)
{
    for (auto number = file.numbers.rbegin(); number != file.numbers.rend(); ++number)
        for (const MapFile* map : maps)
            if (hasDigitRun(map->path.stem().string(), *number))
                return *number;
    return scanStem(file.path);
}

std::string uniqueName(const std::string& name, const std::vector<FolderScan>& scans)
{
    const auto taken = [&](const std::string& candidate) {
        return std::any_of(scans.begin(), scans.end(), [&](const FolderScan& scan) { return scan.name == candidate; });
    };
    std::string candidate = name;
    for (int number = 2; taken(candidate); ++number)
        candidate = name + " (" + std::to_string(number) + ")";
    return candidate;
}

FolderScans group(Found found)
{
    findNumbers(found.diffraction);
    const std::vector<int> owner = assignMaps(found);
    FolderScans result;
    result.warnings = std::move(found.warnings);
    for (std::size_t d = 0; d < found.diffraction.size(); ++d) {
        const DiffractionFile& file = found.diffraction[d];
        std::vector<const MapFile*> maps;
        for (std::size_t m = 0; m < found.maps.size(); ++m)
            if (owner[m] == static_cast<int>(d))
                maps.push_back(&found.maps[m]);
        FolderScan scan;
        scan.name = uniqueName(nameFor(file, maps), result.scans);
        scan.diffraction = file.path;
        scan.dataset = file.dataset;
        if (file.frames > 0) {
            for (const MapFile* map : maps)
                if (map->shape.count() == file.frames)
                    scan.scanShape = map->shape;
            if (!scan.scanShape)
                scan.scanShape = file.hint;
            if (!scan.scanShape) {
                result.warnings.push_back({"scan_shape_unknown",
                                           "'" + nameOf(file.path) + "' is a stack of " + std::to_string(file.frames) +
                                               " patterns without a map of as many pixels beside it; give its scan "
                                               "shape to use it.",
                                           file.path, scan.name});
                scan.needsShape = true;
            }
        }
        for (const MapFile* map : maps)
            addMapTo(scan, *map, result.warnings);
        result.scans.push_back(std::move(scan));
    }
    for (std::size_t m = 0; m < found.maps.size(); ++m)
        if (owner[m] < 0)
            result.warnings.push_back({"map_without_scan",
                                       "'" + nameOf(found.maps[m].path) +
                                           "' belongs to no diffraction file: no number or stem of its name is "
                                           "shared with one.",
                                       found.maps[m].path});
    return result;
}

} // namespace

Result<FolderScans> scansInFolder(const fs::path& folder)
{
    std::error_code code;
    if (!fs::is_directory(folder, code))
        return fail(ErrorCode::FileNotFound, "There is no folder '" + folder.string() + "'.", folder,
                    {folder.string()});
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        std::error_code ignored;
        if (entry->is_regular_file(ignored) && !nameOf(entry->path()).starts_with('.'))
            files.push_back(entry->path());
    }
    if (code)
        return fail(ErrorCode::FileUnreadable, "Cannot list '" + folder.string() + "': " + code.message() + ".", folder,
                    {code.message()}, code.message());
    std::sort(files.begin(), files.end(),
              [](const fs::path& a, const fs::path& b) { return naturalLess(nameOf(a), nameOf(b)); });
    Found found = inspectAll(files, false);
    if (found.diffraction.empty())
        return fail(nothingFound("in '" + folder.string() + "'", found, folder));
    return group(std::move(found));
}

Result<FolderScans> scansOfFiles(const std::vector<fs::path>& files)
{
    std::vector<fs::path> sorted = files;
    std::sort(sorted.begin(), sorted.end(),
              [](const fs::path& a, const fs::path& b) { return naturalLess(nameOf(a), nameOf(b)); });
    Found found = inspectAll(sorted, true);
    if (found.diffraction.empty())
        return fail(nothingFound("among the files", found, {}));
    return group(std::move(found));
}

} // namespace dispersa
