// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/py4dstem_tree_p.h"

#include "core/io/hdf5_tree_p.h"

namespace dispersa::hdf5 {
namespace {

/// The dataset of numbers in an object's group; "" if there is none.
std::string dataOf(hid_t file, const std::string& group)
{
    for (const char* name : {"data", "datacube", "realslice", "diffractionslice", "counted_datacube"})
        if (const std::string path = joined(group, name); isDataset(file, path))
            return path;
    return {};
}

std::vector<std::string> dataBelow(hid_t file, const std::string& parent)
{
    std::vector<std::string> ids;
    for (const std::string& name : childNames(file, parent))
        if (std::string id = dataOf(file, joined(parent, name)); !id.empty())
            ids.push_back(std::move(id));
    return ids;
}

/// "O" and "HAADF" of an object's name; others are names of virtual images.
std::string quantityOf(const std::string& name)
{
    const std::string first = name.substr(0, name.find_first_of("-_ "));
    return isElementSymbol(first) || first == "HAADF" || first == "BF" || first == "DF" ? first : name;
}

} // namespace

void addTree(hid_t file, const std::filesystem::path& path, const std::string& top, const TreeSizes& sizes,
             FileContents& contents)
{
    const std::string data = joined(top, "data");
    const auto measure = [&](FoundItem& found, std::vector<Warning>& warnings) {
        found.item.calibration = sizes.calibration(parentOf(found.item.id), patternEdge(found.item), warnings);
    };
    for (const char* cubes : {"datacubes", "counted_datacubes"})
        addDatasets(
            file, path, dataBelow(file, joined(data, cubes)),
            [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
                if (found.item.shape.size() < 3)
                    return false;
                found.isMain = found.item.kind == ItemKind::Diffraction;
                measure(found, warnings);
                found.item.axes = found.isMain ? scanAxes(found.item.calibration) : stackAxes(found.item.calibration);
                return true;
            },
            contents);
    addDatasets(
        file, path, dataBelow(file, joined(data, "realslices")),
        [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
            const std::size_t rank = found.item.shape.size();
            if (rank != 2 && rank != 3)
                return false;
            measure(found, warnings);
            found.item.calibration.qPixel_invA.reset();
            if (rank == 2) {
                found.item.quantity = quantityOf(nameOf(parentOf(found.item.id)));
                found.item.axes = mapAxes(found.item.calibration);
            } else { // the slices lie along the last axis
                found.item.axes = mapAxes(found.item.calibration);
                found.item.axes.push_back({"slice", 1, ""});
            }
            return true;
        },
        contents);
    addDatasets(
        file, path, dataBelow(file, joined(data, "diffractionslices")),
        [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
            const std::size_t rank = found.item.shape.size();
            if (rank != 2 && rank != 3)
                return false;
            measure(found, warnings);
            becomePattern(found.item);
            if (rank == 3)
                found.item.axes.push_back({"slice", 1, ""});
            return true;
        },
        contents);
}

std::vector<std::string> treeTops(hid_t file)
{
    std::vector<std::string> tops;
    for (const std::string& name : childNames(file, "/"))
        if (const std::string data = "/" + name + "/data";
            isGroup(file, data) &&
            (isGroup(file, joined(data, "datacubes")) || isGroup(file, joined(data, "realslices"))))
            tops.push_back("/" + name);
    return tops;
}

} // namespace dispersa::hdf5
