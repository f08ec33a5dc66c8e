// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/figure_data.h"

#include "core/io/emd_nodes_p.h"
#include "core/io/hdf5_p.h"

#include <set>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // plain HDF5 throughout

/// Values in an array of that shape; -1 if there is no such array.
std::int64_t countOf(const std::vector<std::int64_t>& shape)
{
    std::int64_t count = shape.empty() ? -1 : 1;
    for (const std::int64_t extent : shape) {
        if (extent < 0 || (extent > 0 && count > (std::int64_t(1) << 40) / extent))
            return -1;
        count *= extent;
    }
    return count;
}

Result<void> checkArrays(const fs::path& path, const std::vector<FigureArray>& arrays)
{
    std::set<std::string> seen;
    for (const FigureArray& array : arrays) {
        if (array.path.size() < 2 || array.path.front() != '/' || array.path.back() == '/' ||
            array.path.find("//") != std::string::npos || !seen.insert(array.path).second)
            return fail(ErrorCode::InvalidArgument,
                        "'" + array.path + "' is not a new path for an array of '" + path.string() + "'.", path,
                        {array.path});
        if (countOf(array.shape) != static_cast<std::int64_t>(array.values.size()))
            return fail(ErrorCode::InvalidArgument,
                        "The array '" + array.path + "' of '" + path.string() + "' has " +
                            std::to_string(array.values.size()) + " values, which its shape does not hold.",
                        path, {array.path});
    }
    return {};
}

bool writeArray(hid_t file, const FigureArray& array)
{
    const std::vector<hsize_t> extent(array.shape.begin(), array.shape.end());
    const Handle space = ownSpace(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr));
    const Handle links = ownProperties(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    const Handle creation = plainCreation();
    const Handle data = ownDataset(
        H5Dcreate2(file, array.path.c_str(), H5T_NATIVE_FLOAT, space.get(), links.get(), creation.get(), H5P_DEFAULT));
    if (!data || H5Dwrite(data.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()) < 0)
        return false;
    for (const auto& [name, text] : array.attributes)
        if (!writeTextAttribute(data.get(), name.c_str(), text))
            return false;
    return true;
}

std::vector<std::string> datasetPaths(hid_t file)
{
    std::vector<std::string> paths;
    H5Ovisit(
        file, H5_INDEX_NAME, H5_ITER_INC,
        [](hid_t, const char* name, const H5O_info_t* info, void* out) -> herr_t {
            if (info->type == H5O_TYPE_DATASET)
                static_cast<std::vector<std::string>*>(out)->push_back(std::string("/") + name);
            return 0;
        },
        &paths);
    return paths;
}

std::vector<std::string> attributeNames(hid_t dataset)
{
    std::vector<std::string> names;
    H5Aiterate2(
        dataset, H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
            static_cast<std::vector<std::string>*>(out)->push_back(name);
            return 0;
        },
        &names);
    return names;
}

} // namespace

Result<void> writeFigureData(const fs::path& path, const std::vector<FigureArray>& arrays)
{
    if (auto valid = checkArrays(path, arrays); !valid)
        return valid;
    auto file = NewFile::create(path);
    if (!file)
        return fail(file.error());
    {
        const Lock lock;
        for (const FigureArray& array : arrays)
            if (!writeArray((*file)->id(), array))
                return fail((*file)->failure());
    }
    return (*file)->commit();
}

Result<std::vector<FigureArray>> readFigureData(const fs::path& path)
{
    const Lock lock;
    const auto file = openForReading(path);
    if (!file)
        return fail(file.error());
    std::error_code code;
    const auto fileSize = static_cast<std::int64_t>(fs::file_size(path, code));
    std::vector<FigureArray> arrays;
    for (const std::string& name : datasetPaths(file->get())) {
        const Handle data = ownDataset(H5Dopen2(file->get(), name.c_str(), H5P_DEFAULT));
        const Handle type = ownType(H5Dget_type(data.get()));
        if (!data || elementTypeOf(type.get()) != ElementType::Float32)
            continue;
        FigureArray array{name, shapeOf(data.get()), {}, {}};
        const std::int64_t count = countOf(array.shape);
        if (count < 0)
            continue;
        // We write these arrays in one piece: more values than bytes in the file means a damaged header.
        if (count * 4 > fileSize)
            return fail(ErrorCode::FileTruncated,
                        "'" + path.string() + "' is cut off: '" + name + "' needs " + std::to_string(count * 4) +
                            " bytes and the file has " + std::to_string(fileSize) + ".",
                        path, {std::to_string(count * 4), std::to_string(fileSize)});
        array.values.resize(static_cast<std::size_t>(count));
        if (count > 0 && H5Dread(data.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()) < 0)
            return fail(ErrorCode::FileUnreadable,
                        "Reading '" + name + "' in '" + path.string() + "' failed: " + lastMessage() + ".", path,
                        {name}, lastMessage());
        for (const std::string& attribute : attributeNames(data.get()))
            if (auto text = textAttribute(data.get(), attribute.c_str()))
                array.attributes.emplace_back(attribute, *text);
        arrays.push_back(std::move(array));
    }
    return arrays;
}

} // namespace dispersa
