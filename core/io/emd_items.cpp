// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/emd_items_p.h"

#include "core/io/emd_calibration_p.h"

#include <algorithm>

namespace dispersa::hdf5 {
namespace {

std::string parentOf(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string nameOf(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

std::string groupText(hid_t file, const std::string& group, const char* attribute)
{
    const Handle object = ownObject(H5Oopen(file, group.c_str(), H5P_DEFAULT));
    return object ? textAttribute(object.get(), attribute).value_or("") : "";
}

/// Paths of all datasets, in the order of their names; those of metadata bundles are no data.
std::vector<std::string> datasetPaths(hid_t file)
{
    std::vector<std::string> paths;
    H5Ovisit(
        file, H5_INDEX_NAME, H5_ITER_INC,
        [](hid_t, const char* name, const H5O_info_t* info, void* out) -> herr_t {
            const std::string path = std::string("/") + name;
            if (info->type == H5O_TYPE_DATASET && path.find("/metadatabundle/") == std::string::npos)
                static_cast<std::vector<std::string>*>(out)->push_back(path);
            return 0;
        },
        &paths);
    return paths;
}

std::vector<ItemAxis> axesOf(const std::vector<std::int64_t>& shape, const Calibration& calibration)
{
    const ItemAxis scan{"", calibration.scanStep_nm.value_or(1), calibration.scanStep_nm ? "nm" : "px"};
    const ItemAxis detector{"", calibration.qPixel_invA.value_or(1), calibration.qPixel_invA ? "1/A" : "px"};
    const auto named = [](ItemAxis axis, const char* name) {
        axis.name = name;
        return axis;
    };
    switch (shape.size()) {
    case 4:
        return {named(scan, "scan_y"), named(scan, "scan_x"), named(detector, "det_y"), named(detector, "det_x")};
    case 3:
        return {{"frame", 1, ""}, {"y", 1, "px"}, {"x", 1, "px"}};
    case 2:
        return {named(scan, "y"), named(scan, "x")};
    default:
        return std::vector<ItemAxis>(shape.size(), ItemAxis{"axis", 1, ""});
    }
}

ItemKind kindOf(std::size_t rank)
{
    return rank == 4   ? ItemKind::Diffraction
           : rank == 2 ? ItemKind::Map
           : rank == 1 ? ItemKind::Spectrum
                       : ItemKind::Stack;
}

void describeMap(hid_t file, hid_t dataset, const std::string& group, FoundItem& found)
{
    found.item.quantity = textDataset(file, group + "/metadatabundle/map/quantity");
    if (!found.item.quantity && isElementSymbol(nameOf(group)))
        found.item.quantity = nameOf(group);
    if (const auto unit = textAttribute(dataset, "units"))
        found.item.unit = mapUnitNamed(*unit);
    found.item.calibration.scanStep_nm = mapStep_nm(file, group);
}

/// nullopt: the dataset does not hold numbers.
std::optional<FoundItem> describe(hid_t file, const std::filesystem::path& path, const std::string& id, hid_t dataset,
                                  std::vector<Warning>& warnings)
{
    const Handle type = ownType(H5Dget_type(dataset));
    const auto element = elementTypeOf(type.get());
    if (!element)
        return std::nullopt;
    FoundItem found;
    found.item.id = id;
    found.item.type = *element;
    found.item.shape = shapeOf(dataset);
    found.item.kind = kindOf(found.item.shape.size());
    const std::string group = parentOf(id);
    found.isDataCube = groupText(file, group, "python_class") == "DataCube";
    if (found.item.kind == ItemKind::Diffraction)
        found.item.calibration =
            scanCalibration(file, group, std::max(found.item.shape[2], found.item.shape[3]), path, warnings);
    else if (found.item.kind == ItemKind::Map)
        describeMap(file, dataset, group, found);
    found.item.axes = axesOf(found.item.shape, found.item.calibration);
    return found;
}

/// Tables and axes of other programs are 2-D or less: only what an EMD array marks as an image is a map.
bool isListed(hid_t file, const FoundItem& found)
{
    const auto& shape = found.item.shape;
    if (std::any_of(shape.begin(), shape.end(), [](std::int64_t extent) { return extent <= 0; }))
        return false;
    if (shape.size() >= 3)
        return true;
    return shape.size() == 2 && nameOf(found.item.id) == "data" &&
           groupText(file, parentOf(found.item.id), "emd_group_type") == "array";
}

} // namespace

FileContents contentsOf(hid_t file, const std::filesystem::path& path)
{
    FileContents contents;
    contents.isEmd = groupText(file, "/", "emd_group_type") == "file";
    for (const std::string& id : datasetPaths(file)) {
        const Handle dataset = ownDataset(H5Dopen2(file, id.c_str(), H5P_DEFAULT));
        if (!dataset) {
            contents.warnings.push_back({"dataset_unreadable", "The dataset '" + id + "' cannot be opened.", path});
            continue;
        }
        std::vector<Warning> warnings;
        auto found = describe(file, path, id, dataset.get(), warnings);
        if (!found || !isListed(file, *found))
            continue;
        contents.warnings.insert(contents.warnings.end(), warnings.begin(), warnings.end());
        if (const auto filter = missingFilter(dataset.get()))
            contents.warnings.push_back({"filter_missing",
                                         "The dataset '" + id + "' is compressed with HDF5 filter " + *filter +
                                             ", which is not installed here.",
                                         path});
        contents.items.push_back(std::move(*found));
    }
    std::stable_partition(contents.items.begin(), contents.items.end(),
                          [](const FoundItem& f) { return f.isDataCube; });
    return contents;
}

Result<FoundItem> itemAt(hid_t file, const std::filesystem::path& path, const std::string& dataset,
                         std::vector<Warning>& warnings)
{
    std::string id = dataset.starts_with('/') ? dataset : "/" + dataset;
    while (id.size() > 1 && id.ends_with('/'))
        id.pop_back();
    Handle object = exists(file, id) ? ownObject(H5Oopen(file, id.c_str(), H5P_DEFAULT)) : Handle();
    if (object && H5Iget_type(object.get()) == H5I_GROUP && exists(file, id + "/data")) {
        id = id == "/" ? "/data" : id + "/data";
        object = ownObject(H5Oopen(file, id.c_str(), H5P_DEFAULT));
    }
    if (const auto expected = object ? std::nullopt : danglingLink(file, id))
        return fail(ErrorCode::DatasetMissing,
                    "'" + id + "' of '" + path.string() + "' is kept in another file, '" + *expected +
                        "', which cannot be read. Put that file beside this one.",
                    path, {id, *expected});
    if (!object || H5Iget_type(object.get()) != H5I_DATASET)
        return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no dataset '" + dataset + "'.", path,
                    {dataset});
    auto found = describe(file, path, id, object.get(), warnings);
    if (!found)
        return fail(ErrorCode::FormatUnsupported,
                    "The dataset '" + id + "' of '" + path.string() + "' does not hold plain numbers.", path, {id});
    return std::move(*found);
}

} // namespace dispersa::hdf5
