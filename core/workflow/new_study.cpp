// SPDX-License-Identifier: GPL-3.0-or-later
// Studies from folders and files; declared in open_scan.h.
#include "core/io/map_naming.h"
#include "core/learn/recipe.h"
#include "core/workflow/open_scan.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

StudyScan studyScan(const FolderScan& found)
{
    StudyScan scan;
    scan.name = found.name;
    DiffractionSource source;
    source.path = fs::absolute(found.diffraction).lexically_normal();
    source.dataset = found.dataset;
    source.scanShape = found.scanShape;
    scan.diffraction = std::move(source);
    for (const auto& [path, naming] : found.maps) {
        MapSource map;
        map.quantity = naming.quantity;
        map.path = fs::absolute(path).lexically_normal();
        scan.maps.push_back(std::move(map));
    }
    return scan;
}

bool contains(const std::vector<std::string>& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool hasElementMap(const StudyScan& scan)
{
    return std::any_of(scan.maps.begin(), scan.maps.end(), [](const MapSource& m) { return isElementSymbol(m.quantity); });
}

/// `waiting`: scans that cannot take part before a person gives their grid.
Result<void> assignRoles(Study& study, const NewStudyOptions& options, const std::vector<std::string>& waiting)
{
    std::string known;
    for (const StudyScan& scan : study.scans)
        known += (known.empty() ? "" : ", ") + scan.name;
    for (const auto* list : {&options.train, &options.predict})
        for (const std::string& name : *list)
            if (!study.scan(name))
                return fail(ErrorCode::InvalidArgument,
                            "There is no scan '" + name + "'; the scans found are: " + known + ".", {}, {name, known});
    // Without a word from the user the first scan that has element maps trains, one that can be read at once if possible.
    std::vector<std::string> train = options.train;
    if (train.empty()) {
        const auto mayTrain = [&](const StudyScan& scan) {
            return hasElementMap(scan) && !contains(options.predict, scan.name);
        };
        auto first = std::find_if(study.scans.begin(), study.scans.end(), [&](const StudyScan& scan) {
            return mayTrain(scan) && !contains(waiting, scan.name);
        });
        if (first == study.scans.end())
            first = std::find_if(study.scans.begin(), study.scans.end(), mayTrain);
        if (first != study.scans.end())
            train.push_back(first->name);
    }
    for (StudyScan& scan : study.scans) {
        if (contains(train, scan.name))
            scan.role = ScanRole::Train;
        else if (contains(options.predict, scan.name) || (options.predict.empty() && !contains(waiting, scan.name)))
            scan.role = ScanRole::Predict;
        else
            scan.role = ScanRole::Ignore;
    }
    return {};
}

/// The paper's order where it applies, then as the files come.
std::vector<std::string> commonElements(const Study& study)
{
    std::vector<std::string> result;
    bool first = true;
    for (const StudyScan& scan : study.scans) {
        if (scan.role != ScanRole::Train)
            continue;
        std::vector<std::string> elements;
        for (const MapSource& map : scan.maps)
            if (isElementSymbol(map.quantity) && map.quantity != "Au" && !contains(elements, map.quantity))
                elements.push_back(map.quantity);
        if (first)
            result = elements;
        else
            std::erase_if(result, [&](const std::string& e) { return !contains(elements, e); });
        first = false;
    }
    const std::vector<std::string> paper = {"O", "Si", "Ge", "Sb", "Te"};
    const auto rank = [&](const std::string& e) { return std::find(paper.begin(), paper.end(), e) - paper.begin(); };
    std::stable_sort(result.begin(), result.end(),
                     [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    return result;
}

Result<NewStudy> studyFrom(FolderScans found, const NewStudyOptions& options)
{
    auto recipe = recipeNamed(options.recipe);
    if (!recipe)
        return fail(recipe.error());
    NewStudy result;
    result.warnings = std::move(found.warnings);
    for (const FolderScan& scan : found.scans)
        result.study.scans.push_back(studyScan(scan));
    std::vector<std::string> waiting;
    for (const FolderScan& scan : found.scans)
        if (scan.needsShape)
            waiting.push_back(scan.name);
    if (auto assigned = assignRoles(result.study, options, waiting); !assigned)
        return fail(assigned.error());
    result.study.crop = options.crop;
    result.study.recipe = unchanged(*recipe);
    const auto targets = options.targets.empty() ? commonElements(result.study) : options.targets;
    if (!targets.empty())
        result.study.targets = targets;
    if (auto checked = result.study.check(); !checked)
        return fail(checked.error());
    return result;
}

} // namespace

Result<NewStudy> studyFromFolder(const fs::path& folder, const NewStudyOptions& options)
{
    auto found = scansInFolder(folder);
    if (!found)
        return fail(found.error());
    return studyFrom(std::move(*found), options);
}

Result<NewStudy> studyFromFiles(const std::vector<fs::path>& files, const NewStudyOptions& options)
{
    auto found = scansOfFiles(files);
    if (!found)
        return fail(found.error());
    return studyFrom(std::move(*found), options);
}

} // namespace dispersa
