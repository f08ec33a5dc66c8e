// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_contents_p.h"

#include "core/io/hdf5_tree_p.h"

#include <algorithm>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

ItemAxis scanAxis(const char* name, const Calibration& calibration)
{
    return {name, calibration.scanStep_nm.value_or(1), calibration.scanStep_nm ? "nm" : "px"};
}

ItemAxis detectorAxis(const char* name, const Calibration& calibration)
{
    return {name, calibration.qPixel_invA.value_or(1), calibration.qPixel_invA ? "1/A" : "px"};
}

ItemKind kindOf(std::size_t rank)
{
    return rank == 4   ? ItemKind::Diffraction
           : rank == 2 ? ItemKind::Map
           : rank == 1 ? ItemKind::Spectrum
                       : ItemKind::Stack;
}

std::vector<ItemAxis> plainAxes(std::size_t rank)
{
    switch (rank) {
    case 4:
        return scanAxes({});
    case 3:
        return stackAxes({});
    case 2:
        return mapAxes({});
    default:
        return std::vector<ItemAxis>(rank, ItemAxis{"axis", 1, ""});
    }
}

/// nullopt: the dataset does not hold numbers.
std::optional<FoundItem> plainItem(const std::string& id, hid_t dataset)
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
    found.item.axes = plainAxes(found.item.shape.size());
    return found;
}

/// Lists of points are one-dimensional or of variable length; what remains looks like data, so its absence is said.
bool isWorthMissing(hid_t dataset)
{
    const Handle type = ownType(H5Dget_type(dataset));
    const H5T_class_t kind = H5Tget_class(type.get());
    return (kind == H5T_COMPOUND || kind == H5T_ARRAY || kind == H5T_FLOAT || kind == H5T_INTEGER) &&
           shapeOf(dataset).size() >= 2;
}

Warning unreadable(const fs::path& path, const std::string& id)
{
    return {"dataset_unreadable", "The dataset '" + id + "' cannot be opened.", path};
}

} // namespace

std::vector<ItemAxis> scanAxes(const Calibration& calibration)
{
    return {scanAxis("scan_y", calibration), scanAxis("scan_x", calibration), detectorAxis("det_y", calibration),
            detectorAxis("det_x", calibration)};
}

std::vector<ItemAxis> stackAxes(const Calibration& calibration)
{
    if (calibration.qPixel_invA)
        return {{"frame", 1, ""}, detectorAxis("det_y", calibration), detectorAxis("det_x", calibration)};
    return {{"frame", 1, ""}, scanAxis("y", calibration), scanAxis("x", calibration)};
}

std::vector<ItemAxis> mapAxes(const Calibration& calibration)
{
    return {scanAxis("y", calibration), scanAxis("x", calibration)};
}

std::vector<ItemAxis> patternAxes(const Calibration& calibration)
{
    return {detectorAxis("det_y", calibration), detectorAxis("det_x", calibration)};
}

void becomePattern(FileItem& item)
{
    item.quantity.reset();
    item.unit.reset();
    item.calibration.scanStep_nm.reset();
    item.axes = patternAxes(item.calibration);
}

std::int64_t patternEdge(const FileItem& item)
{
    const std::size_t rank = item.shape.size();
    return rank < 2 ? 0 : std::max(item.shape[rank - 2], item.shape[rank - 1]);
}

void addDatasets(hid_t file, const fs::path& path, const std::vector<std::string>& ids, const Describe& describe,
                 FileContents& contents)
{
    for (const std::string& id : ids) {
        const Handle dataset = exists(file, id) ? ownDataset(H5Dopen2(file, id.c_str(), H5P_DEFAULT)) : Handle();
        if (!dataset) {
            contents.warnings.push_back(unreadable(path, id));
            continue;
        }
        auto found = plainItem(id, dataset.get());
        if (!found) {
            if (isWorthMissing(dataset.get()))
                contents.warnings.push_back({"dataset_skipped",
                                             "The dataset '" + id +
                                                 "' holds complex or compound values, which Dispersa does not read; "
                                                 "it is left out.",
                                             path});
            continue;
        }
        const auto& shape = found->item.shape;
        if (shape.empty() || std::any_of(shape.begin(), shape.end(), [](std::int64_t extent) { return extent <= 0; }))
            continue;
        std::vector<Warning> warnings;
        if (!describe(*found, dataset.get(), warnings))
            continue;
        contents.warnings.insert(contents.warnings.end(), warnings.begin(), warnings.end());
        if (const auto filter = missingFilter(dataset.get()))
            contents.warnings.push_back({"filter_missing",
                                         "The dataset '" + id + "' is compressed with HDF5 filter " + *filter +
                                             ", which is not installed here.",
                                         path});
        contents.items.push_back(std::move(*found));
    }
}

void putMainFirst(FileContents& contents)
{
    std::stable_partition(contents.items.begin(), contents.items.end(),
                          [](const FoundItem& found) { return found.isMain; });
}

Warning whyNothing(hid_t file, const fs::path& path)
{
    const std::string name = "'" + path.filename().string() + "'";
    if (datasetPaths(file).empty())
        return {"nothing_to_show", name + " holds no dataset. Check that writing it was finished.", path};
    return {"lists_only",
            name +
                " holds lists of values but no patterns and no images. If these are the events of a counting detector "
                "(sparse data), let the camera's software turn them into frames first, for example as EMD or MRC.",
            path};
}

Result<FoundItem> itemNamed(hid_t file, const fs::path& path, const std::string& dataset, const FileContents& contents)
{
    std::string id = dataset.starts_with('/') ? dataset : "/" + dataset;
    while (id.size() > 1 && id.ends_with('/'))
        id.pop_back();
    const auto listed = [&](const std::string& wanted) -> const FoundItem* {
        const auto found = std::find_if(contents.items.begin(), contents.items.end(),
                                        [&](const FoundItem& candidate) { return candidate.item.id == wanted; });
        return found == contents.items.end() ? nullptr : &*found;
    };
    if (const FoundItem* found = listed(id))
        return *found;
    for (const char* name : {"data", "datacube", "realslice", "diffractionslice"})
        if (isGroup(file, id) && isDataset(file, joined(id, name))) {
            id = joined(id, name);
            break;
        }
    if (const FoundItem* found = listed(id))
        return *found;
    if (const auto expected = isDataset(file, id) ? std::nullopt : danglingLink(file, id))
        return fail(ErrorCode::DatasetMissing,
                    "'" + id + "' of '" + path.string() + "' is kept in another file, '" + *expected +
                        "', which cannot be read. Put that file beside this one.",
                    path, {id, *expected});
    if (!isDataset(file, id))
        return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no dataset '" + dataset + "'.", path,
                    {dataset});
    const Handle opened = ownDataset(H5Dopen2(file, id.c_str(), H5P_DEFAULT));
    auto found = opened ? plainItem(id, opened.get()) : std::nullopt;
    if (!found)
        return fail(ErrorCode::FormatUnsupported,
                    "The dataset '" + id + "' of '" + path.string() + "' does not hold plain numbers.", path, {id});
    return std::move(*found);
}

} // namespace dispersa::hdf5
