// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/map_writers.h"

#include "core/io/emd_nodes_p.h"

#include <array>
#include <map>
#include <set>

namespace dispersa {
namespace {

using namespace hdf5; // the writer is all HDF5

/// What HDF5 paths and emdfile's trees cannot hold must fail before anything is written.
Result<void> checkMaps(const std::vector<EmdMap>& maps, const std::filesystem::path& path)
{
    std::set<std::pair<std::string, std::string>> seen;
    const auto isName = [](const std::string& name) {
        return !name.empty() && name != "." && name.find('/') == std::string::npos && name != "metadatabundle" &&
               name != "data";
    };
    for (const EmdMap& map : maps) {
        const std::string where = "'" + map.group + "' / '" + map.name + "'";
        if (!isName(map.group) || !isName(map.name))
            return fail(ErrorCode::InvalidArgument,
                        "The map " + where + " of '" + path.string() + "' has a name that an EMD file cannot hold.",
                        path);
        if (!seen.emplace(map.group, map.name).second)
            return fail(ErrorCode::InvalidArgument, "Two maps of '" + path.string() + "' are named " + where + ".",
                        path);
        if (map.map.shape.height <= 0 || map.map.shape.width <= 0 ||
            static_cast<std::int64_t>(map.map.values.size()) != map.map.shape.count())
            return fail(ErrorCode::InvalidArgument, "The map " + where + " of '" + path.string() + "' has no pixels.",
                        path);
    }
    return {};
}

bool writeValues(hid_t array, const ElementMap& map)
{
    const std::array<hsize_t, 2> extent = {static_cast<hsize_t>(map.shape.height),
                                           static_cast<hsize_t>(map.shape.width)};
    const Handle space = ownSpace(H5Screate_simple(2, extent.data(), nullptr));
    const Handle creation = plainCreation();
    const Handle data =
        ownDataset(H5Dcreate2(array, "data", H5T_NATIVE_FLOAT, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT));
    return data && H5Dwrite(data.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, map.values.data()) >= 0 &&
           writeTextAttribute(data.get(), "units", mapUnitName(map.unit));
}

bool writeMap(hid_t scan, const EmdMap& entry)
{
    const ElementMap& map = entry.map;
    const Handle array = createNode(scan, entry.name, "array", "Array");
    if (!array || !writeValues(array.get(), map))
        return false;
    // The vectors start at the crop, so that positions are those of the full scan.
    const double step = map.scanStep_nm.value_or(1);
    const char* unit = map.scanStep_nm ? "nm" : "pixels";
    if (!writeDim(array.get(), 0, entry.cropOrigin.y * step, step, "Rx", unit) ||
        !writeDim(array.get(), 1, entry.cropOrigin.x * step, step, "Ry", unit))
        return false;
    const Handle metadata = createMetadata(array.get(), "map", "Metadata");
    return metadata && writeItem(metadata.get(), "quantity", map.quantity) &&
           writeItem(metadata.get(), "unit", std::string(mapUnitName(map.unit))) &&
           writeItem(metadata.get(), "crop_y", std::int64_t(entry.cropOrigin.y)) &&
           writeItem(metadata.get(), "crop_x", std::int64_t(entry.cropOrigin.x));
}

bool writeTree(hid_t file, const std::vector<EmdMap>& maps)
{
    const Handle root = createNode(file, "maps_root", "root", "Root");
    if (!root)
        return false;
    std::map<std::string, Handle> scans;
    ContentDigest digest;
    for (const EmdMap& map : maps) {
        auto& scan = scans[map.group];
        if (!scan)
            scan = createNode(root.get(), map.group, "node", "Node");
        if (!scan || !writeMap(scan.get(), map))
            return false;
        digest.add(map.group + "/" + map.name);
        digest.add(std::as_bytes(std::span(map.map.values)));
    }
    return writeEmdHeader(file, digest.uuid());
}

} // namespace

Result<void> writeMapsEmd(const std::vector<EmdMap>& maps, const std::filesystem::path& path)
{
    if (auto valid = checkMaps(maps, path); !valid)
        return valid;
    auto file = NewFile::create(path);
    if (!file)
        return fail(file.error());
    {
        const Lock lock;
        if (!writeTree((*file)->id(), maps))
            return fail((*file)->failure());
    }
    return (*file)->commit();
}

} // namespace dispersa
