// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/velox_displays_p.h"

#include "core/data/element_map.h"
#include "core/io/hdf5_tree_p.h"
#include "core/io/xray_lines.h"

#include <algorithm>

namespace dispersa::velox {
namespace {

using namespace hdf5;

/// JSON of every text dataset in a group, with its path.
std::vector<std::pair<std::string, Json>> jsonsIn(hid_t file, const std::string& group)
{
    std::vector<std::pair<std::string, Json>> found;
    for (const std::string& name : childNames(file, group))
        if (Json json = jsonAt(file, joined(group, name)); json.is_object())
            found.emplace_back(joined(group, name), std::move(json));
    return found;
}

Technique techniqueNamed(const std::string& name)
{
    if (name == "Eds")
        return Technique::Eds;
    if (name == "Eels")
        return Technique::Eels;
    return name == "Stem" ? Technique::Stem : Technique::Unknown;
}

/// Techniques by the path of the display, from version 11 on.
std::map<std::string, Technique> techniques(hid_t file)
{
    std::map<std::string, Technique> found;
    for (const auto& [path, json] : jsonsIn(file, "/SharedProperties/DisplayGroupItem"))
        if (const std::string display = pathAt(json, {"display"}); !display.empty())
            found[display] = techniqueNamed(textAt(json, {"groupType"}));
    return found;
}

/// An image may be shown twice: the display that names an element or belongs to a technique tells more.
void add(std::map<std::string, Display>& displays, const std::string& image, Display display)
{
    const auto [place, isNew] = displays.emplace(image, display);
    if (!isNew && place->second.technique == Technique::Unknown && !isElementSymbol(place->second.label))
        place->second = std::move(display);
}

std::string filterText(const Json& settings)
{
    if (!isTrue(settings, {"enabled"}))
        return {};
    const std::string name = textAt(settings, {"filter"});
    const auto size = numberAt(settings, {"kernelSize"});
    return (name.empty() ? "a filter" : name) +
           (size && *size > 0 && *size < 10000 ? ", " + std::to_string(static_cast<int>(*size)) + " px" : "");
}

} // namespace

std::optional<int> versionOf(hid_t file)
{
    const Json json = jsonAt(file, "/Version");
    if (textAt(json, {"format"}) != "Velox")
        return std::nullopt;
    const auto number = numberAt(json, {"version"});
    return number && *number >= 0 && *number < 1e6 ? static_cast<int>(*number) : 0;
}

std::map<std::string, Display> displaysOf(hid_t file)
{
    std::map<std::string, Display> displays;
    const auto groups = techniques(file);
    for (const auto& [path, json] : jsonsIn(file, "/Displays/ImageDisplay")) {
        const std::string reference = pathAt(json, {"data"});
        const Json target = reference.empty() ? Json() : jsonAt(file, reference);
        const std::string image = pathAt(target, {"dataPath"});
        if (image.empty())
            continue;
        const auto technique = groups.find(path);
        const std::string id = textAt(json, {"id"});
        add(displays, image,
            {id.empty() ? textAt(json, {"title"}) : id,
             technique == groups.end() ? Technique::Unknown : technique->second,
             static_cast<std::int64_t>(std::clamp(numberAt(target, {"frameIndex"}).value_or(0), 0.0, 1e9))});
    }
    for (const auto& [path, json] : jsonsIn(file, "/Presentation/Displays/ImageDisplay")) // before version 11
        if (const std::string image = pathAt(json, {"dataPath"}); !image.empty())
            add(displays, image,
                {textAt(json, {"display", "label"}), Technique::Unknown,
                 static_cast<std::int64_t>(std::clamp(numberAt(json, {"seriesIndex"}).value_or(0), 0.0, 1e9))});
    return displays;
}

Quantification quantificationOf(hid_t file)
{
    Quantification result;
    for (const char* group :
         {"/SharedProperties/EDSSpectrumQuantificationSettings", "/Operations/ImageQuantificationOperation"})
        for (const auto& [path, json] : jsonsIn(file, group)) {
            if (const Json* selection = at(json, {"elementSelection"}); selection && selection->is_array())
                for (const Json& entry : *selection) {
                    const auto number = numberAt(Json{{"z", entry}}, {"z"}).value_or(0);
                    const auto element = number >= 1 && number <= 200 ? elementOfNumber(static_cast<int>(number))
                                                                      : std::optional<std::string>();
                    if (element &&
                        std::find(result.elements.begin(), result.elements.end(), *element) == result.elements.end())
                        result.elements.push_back(*element);
                }
            if (const Json* properties = at(json, {"elementProperties"}); properties && properties->is_array())
                for (const Json& entry : *properties) {
                    const auto number = numberAt(entry, {"element"}).value_or(0);
                    const auto element = number >= 1 && number <= 200 ? elementOfNumber(static_cast<int>(number))
                                                                      : std::optional<std::string>();
                    if (element)
                        result.families[*element] = textAt(entry, {"atomicShellFamily"});
                }
        }
    return result;
}

std::map<Technique, std::string> mapFilters(hid_t file)
{
    std::map<Technique, std::string> filters;
    for (const auto& [path, json] : jsonsIn(file, "/Features/SIFeature"))
        for (const auto& [key, technique] : {std::pair{"eds", Technique::Eds}, std::pair{"eels", Technique::Eels}})
            if (const std::string settings = pathAt(json, {key, "quantificationKernelFilterSettings"});
                !settings.empty())
                if (std::string text = filterText(jsonAt(file, settings)); !text.empty())
                    filters[technique] = std::move(text);
    // Before version 11 the settings lie in the operations that made the maps.
    for (const std::string& kind : childNames(file, "/Operations"))
        if (kind.find("Quantification") != std::string::npos || kind.find("Filter") != std::string::npos)
            for (const auto& [path, json] : jsonsIn(file, "/Operations/" + kind)) {
                std::string text = filterText(json);
                for (const char* key : {"preFilter", "prefilter", "kernelFilter", "filterSettings"})
                    if (const Json* nested = at(json, {key}); nested && text.empty())
                        text = filterText(*nested);
                if (!text.empty())
                    filters.emplace(Technique::Eds, std::move(text));
            }
    return filters;
}

} // namespace dispersa::velox
