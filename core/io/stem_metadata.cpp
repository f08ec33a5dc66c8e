// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/stem_metadata_p.h"

#include <cmath>
#include <limits>

namespace dispersa::hdf5 {
namespace {

/// A number in an attribute that is a scalar in some versions of the program and an array of one in others.
std::optional<double> numberAttribute(hid_t object, const char* name)
{
    if (H5Aexists(object, name) <= 0)
        return std::nullopt;
    const Handle attribute = ownAttribute(H5Aopen(object, name, H5P_DEFAULT));
    const Handle type = ownType(H5Aget_type(attribute.get()));
    const Handle space = ownSpace(H5Aget_space(attribute.get()));
    double value = 0;
    if (!elementTypeOf(type.get()) || H5Sget_simple_extent_npoints(space.get()) != 1 ||
        H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value) < 0 || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<double> between(std::optional<double> value, double low, double high)
{
    return value && *value >= low && *value <= high ? value : std::nullopt;
}

std::vector<std::string> linksOf(hid_t group)
{
    std::vector<std::string> names;
    H5Literate(
        group, H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
            static_cast<std::vector<std::string>*>(out)->emplace_back(name);
            return 0;
        },
        &names);
    return names;
}

/// The detector: "HAADF" of a group "... [HAADF]" when no attribute says it.
std::string channelOf(hid_t group, const std::string& name)
{
    if (const auto channel = textAttribute(group, "Channel Type"))
        return *channel;
    const auto open = name.rfind('['), close = name.rfind(']');
    return open != std::string::npos && close != std::string::npos && close > open
               ? name.substr(open + 1, close - open - 1)
               : name;
}

} // namespace

double electronWavelength_A(double voltage_V)
{
    return 12.26426 / std::sqrt(voltage_V * (1 + 0.978476e-6 * voltage_V));
}

StemMetadata stemMetadata(hid_t file)
{
    StemMetadata result;
    const Handle group =
        exists(file, stemMetadataGroup) ? ownObject(H5Oopen(file, stemMetadataGroup, H5P_DEFAULT)) : Handle();
    if (!group)
        return result;
    const hid_t id = group.get();
    const auto rows = between(numberAttribute(id, "NumPixelsY"), 1, std::numeric_limits<int>::max());
    const auto columns = between(numberAttribute(id, "NumPixelsX"), 1, std::numeric_limits<int>::max());
    if (rows && columns)
        result.scan = ScanShape{static_cast<int>(*rows), static_cast<int>(*columns)};
    result.scanStep_nm = between(numberAttribute(id, "Pixel Size"), 1e-6, 1e6);
    result.stepIsNominal = numberAttribute(id, "IsPixelSizeCalibrated").value_or(1) == 0;
    result.cameraLength_m = between(numberAttribute(id, "Camera Length"), 1e-3, 1e3);
    result.acceleratingVoltage_V = between(numberAttribute(id, "High Tension"), 1e3, 1e7);
    return result;
}

std::vector<FileItem> stemImages(hid_t file, const StemMetadata& metadata)
{
    std::vector<FileItem> items;
    for (const std::string& name : linksOf(file)) {
        const Handle group = ownObject(H5Oopen(file, name.c_str(), H5P_DEFAULT));
        if (!group || H5Iget_type(group.get()) != H5I_GROUP)
            continue;
        for (const std::string& image : linksOf(group.get())) {
            const Handle dataset = ownObject(H5Oopen(group.get(), image.c_str(), H5P_DEFAULT));
            if (!dataset || H5Iget_type(dataset.get()) != H5I_DATASET)
                continue;
            const Handle type = ownType(H5Dget_type(dataset.get()));
            const auto element = elementTypeOf(type.get());
            const auto shape = shapeOf(dataset.get());
            if (!element || shape.size() != 2 || shape[0] <= 0 || shape[1] <= 0)
                continue;
            FileItem item;
            item.id = "/" + name + "/" + image;
            item.kind = ItemKind::Map;
            item.quantity = channelOf(group.get(), name);
            item.unit = MapUnit::Arbitrary;
            item.shape = shape;
            item.type = *element;
            item.calibration.scanStep_nm = metadata.scanStep_nm;
            const ItemAxis axis{"", metadata.scanStep_nm.value_or(1), metadata.scanStep_nm ? "nm" : "px"};
            item.axes = {axis, axis};
            item.axes[0].name = "y";
            item.axes[1].name = "x";
            items.push_back(std::move(item));
        }
    }
    return items;
}

} // namespace dispersa::hdf5
