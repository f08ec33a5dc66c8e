// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/velox_images_p.h"

#include "core/io/hdf5_tree_p.h"
#include "core/io/physical_units.h"
#include "core/io/stated_size.h"

#include <algorithm>
#include <array>

namespace dispersa::velox {
namespace fs = std::filesystem;
namespace {

using namespace hdf5;

/// What a detector is, by the list of detectors in the image's metadata.
std::string detectorType(const Json& metadata, const std::string& detector)
{
    const Json* detectors = at(metadata, {"Detectors"});
    if (!detectors || !detectors->is_object() || detector.empty())
        return {};
    for (const Json& entry : *detectors) // "SuperXG2" sums SuperXG21 to SuperXG24
        if (textAt(entry, {"DetectorName"}).starts_with(detector))
            return textAt(entry, {"DetectorType"});
    return {};
}

/// The element at the start of a label such as "Ca", "Ca-K" or "O (2)".
std::optional<std::string> elementOf(const std::string& label)
{
    const std::string first = label.substr(0, label.find_first_of("-_ (,"));
    return isElementSymbol(first) ? std::optional(first) : std::nullopt;
}

bool isScanningDetector(const std::string& detector)
{
    static constexpr std::array<std::string_view, 4> names = {"HAADF", "BF", "DF", "ADF"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return detector.starts_with(name); });
}

/// Technique and name of an image from its display and its metadata.
struct Meaning {
    Technique technique = Technique::Unknown;
    std::optional<std::string> quantity = {};
    std::optional<std::string> element = {};
};

Meaning meaningOf(const Json& metadata, const Display* display)
{
    const std::string detector = textAt(metadata, {"BinaryResult", "Detector"});
    const std::string type = detectorType(metadata, detector);
    Meaning meaning{display ? display->technique : Technique::Unknown, {}, {}};
    if (meaning.technique == Technique::Unknown) // before version 11 nothing but the detector tells
        meaning.technique = type == "AnalyticalDetector"                                 ? Technique::Eds
                            : type == "ScanningDetector" || isScanningDetector(detector) ? Technique::Stem
                                                                                         : Technique::Unknown;
    const auto element = display ? elementOf(display->label) : std::nullopt;
    if (meaning.technique == Technique::Stem)
        meaning.quantity = !detector.empty() ? detector : display ? display->label : "STEM";
    else if (element && type != "ImagingDetector") {
        meaning.element = element;
        meaning.quantity = meaning.technique == Technique::Eels ? *element + " (EELS)" : *element;
        if (meaning.technique == Technique::Unknown)
            meaning.technique = Technique::Eds;
    } else if (display && type != "ImagingDetector" && !display->label.empty())
        meaning.quantity = display->label;
    return meaning;
}

/// Sizes of a pixel; an image of an older version may state none.
Calibration calibrationOf(const Json& metadata, const FileItem& item, const fs::path& path,
                          std::vector<Warning>& warnings)
{
    Calibration result;
    const auto size = numberAt(metadata, {"BinaryResult", "PixelSize", "width"});
    const std::string unit = textAt(metadata, {"BinaryResult", "PixelUnitX"});
    const auto volts = numberAt(metadata, {"Optics", "AccelerationVoltage"});
    if (size && (reciprocalIn_invA(unit) || angleIn_mrad(unit)))
        setQPixel(result, {*size, unit}, patternEdge(item), volts ? std::optional(*volts / 1e3) : std::nullopt, path,
                  warnings);
    else if (size)
        setScanStep(result, {*size, unit}, path, warnings);
    const auto convergence_rad = numberAt(metadata, {"Optics", "BeamConvergence"});
    if (convergence_rad && *convergence_rad > 0 && *convergence_rad < 1)
        result.convergence_mrad = *convergence_rad * 1e3;
    return result;
}

void addFilterWarnings(hid_t file, const fs::path& path, bool hasEds, bool hasEels, FileContents& contents)
{
    for (const auto& [technique, filter] : mapFilters(file)) {
        const bool isEels = technique == Technique::Eels;
        if (isEels ? hasEels : hasEds)
            contents.warnings.push_back(
                {"map_prefiltered",
                 std::string("Velox smoothed the ") + (isEels ? "EELS" : "EDS") + " element maps of '" + path.string() +
                     "' (" + filter +
                     ") before it saved them: neighbouring pixels share counts, and a random split over them flatters "
                     "its scores." +
                     (isEels ? "" : " The counts of the spectrum stream, where it is kept, are raw."),
                 path});
    }
}

FileItem stackOf(const FileItem& image, std::int64_t frames)
{
    FileItem stack = image;
    stack.id = joined(image.id, "Data");
    stack.kind = ItemKind::Stack;
    stack.shape.insert(stack.shape.begin(), frames);
    stack.axes.insert(stack.axes.begin(), ItemAxis{"frame", 1, ""});
    stack.quantity.reset();
    return stack;
}

} // namespace

SpectrumGrid addImages(hid_t file, const fs::path& path, FileContents& contents)
{
    const auto displays = displaysOf(file);
    std::vector<std::string> ids;
    for (const std::string& name : childNames(file, "/Data/Image"))
        if (std::string id = "/Data/Image/" + name + "/Data"; isDataset(file, id))
            ids.push_back(std::move(id));

    SpectrumGrid grid;
    std::vector<FoundItem> stacks;
    bool hasEds = false, hasEels = false;
    addDatasets(
        file, path, ids,
        [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
            FileItem& item = found.item;
            if (item.shape.size() != 2 && item.shape.size() != 3)
                return false;
            const std::int64_t frames = item.shape.size() == 3 ? item.shape[2] : 1;
            item.id = parentOf(item.id);
            item.kind = ItemKind::Map;
            item.shape.resize(2);
            const Json metadata = metadataOf(file, item.id);
            const auto display = displays.find(item.id);
            const Meaning meaning = meaningOf(metadata, display == displays.end() ? nullptr : &display->second);
            item.calibration = calibrationOf(metadata, item, path, warnings);
            item.quantity = meaning.quantity;
            if (meaning.technique == Technique::Stem)
                item.unit = MapUnit::Arbitrary;
            item.axes = mapAxes(item.calibration);
            if (item.calibration.qPixel_invA)
                becomePattern(item);
            if (frames > 1)
                stacks.push_back({stackOf(item, frames)});
            hasEels = hasEels || meaning.technique == Technique::Eels;
            const bool isGrid = meaning.technique == Technique::Eds || meaning.technique == Technique::Stem;
            if (isGrid && (!grid.shape || (meaning.technique == Technique::Eds && !hasEds)) &&
                std::max(item.shape[0], item.shape[1]) < (1 << 20)) {
                grid.shape = ScanShape{static_cast<int>(item.shape[0]), static_cast<int>(item.shape[1])};
                grid.calibration = item.calibration;
            }
            hasEds = hasEds || meaning.technique == Technique::Eds;
            if (meaning.element && meaning.technique == Technique::Eds)
                grid.elements.push_back(*meaning.element);
            return true;
        },
        contents);
    for (FoundItem& stack : stacks)
        contents.items.push_back(std::move(stack));
    addFilterWarnings(file, path, hasEds, hasEels, contents);
    return grid;
}

std::int64_t shownFrame(hid_t file, const std::string& image)
{
    const auto displays = displaysOf(file);
    const auto display = displays.find(image);
    return display == displays.end() ? 0 : display->second.frame;
}

} // namespace dispersa::velox
