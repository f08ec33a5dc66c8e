// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_tree_p.h"

#include <array>
#include <charconv>
#include <cstring>

namespace dispersa::hdf5 {
namespace {

constexpr std::size_t mostNames = 10000;

bool isOfType(hid_t file, const std::string& path, H5I_type_t type)
{
    if (!exists(file, path))
        return false;
    const Handle object = ownObject(H5Oopen(file, path.c_str(), H5P_DEFAULT));
    return object && H5Iget_type(object.get()) == type;
}

struct Collected {
    std::string group;
    H5O_type_t type;
    std::vector<std::string> paths;
};

herr_t collect(hid_t, const char* name, const H5O_info_t* info, void* out)
{
    auto& collected = *static_cast<Collected*>(out);
    if (info->type == collected.type && std::strcmp(name, ".") != 0)
        collected.paths.push_back(joined(collected.group, name));
    return 0;
}

std::vector<std::string> pathsOf(hid_t file, const std::string& group, H5O_type_t type)
{
    Collected collected{group, type, {}};
    const Handle start = exists(file, group) ? ownObject(H5Oopen(file, group.c_str(), H5P_DEFAULT)) : Handle();
    if (start)
        H5Ovisit(start.get(), H5_INDEX_NAME, H5_ITER_INC, collect, &collected);
    return std::move(collected.paths);
}

std::optional<double> numberOf(const std::string& text)
{
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// A truth value as h5py stores it: an enumeration over a whole number.
std::optional<double> truthOf(hid_t attribute, hid_t type)
{
    const Handle native = ownType(H5Tget_native_type(type, H5T_DIR_ASCEND));
    std::array<unsigned char, 8> bytes = {};
    if (!native || H5Tget_size(native.get()) > bytes.size() || H5Aread(attribute, native.get(), bytes.data()) < 0)
        return std::nullopt;
    for (const unsigned char byte : bytes)
        if (byte != 0)
            return 1;
    return 0;
}

} // namespace

std::string parentOf(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string nameOf(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

std::string joined(const std::string& group, const std::string& name)
{
    return group == "/" ? "/" + name : group + "/" + name;
}

bool isGroup(hid_t file, const std::string& path)
{
    return isOfType(file, path, H5I_GROUP);
}

bool isDataset(hid_t file, const std::string& path)
{
    return isOfType(file, path, H5I_DATASET);
}

std::vector<std::string> childNames(hid_t file, const std::string& group)
{
    std::vector<std::string> names;
    if (!isGroup(file, group))
        return names;
    const Handle object = ownGroup(H5Gopen2(file, group.c_str(), H5P_DEFAULT));
    H5Literate(
        object.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
            auto& list = *static_cast<std::vector<std::string>*>(out);
            list.emplace_back(name);
            return list.size() < mostNames ? 0 : 1;
        },
        &names);
    return names;
}

std::vector<std::string> datasetPaths(hid_t file, const std::string& group)
{
    return pathsOf(file, group, H5O_TYPE_DATASET);
}

std::vector<std::string> groupPaths(hid_t file, const std::string& group)
{
    return pathsOf(file, group, H5O_TYPE_GROUP);
}

std::string objectText(hid_t file, const std::string& path, const char* attribute)
{
    const Handle object = ownObject(H5Oopen(file, path.c_str(), H5P_DEFAULT));
    return object ? textAttribute(object.get(), attribute).value_or("") : "";
}

std::optional<double> objectNumber(hid_t file, const std::string& path, const char* attribute)
{
    const Handle object = ownObject(H5Oopen(file, path.c_str(), H5P_DEFAULT));
    if (!object || H5Aexists(object.get(), attribute) <= 0)
        return std::nullopt;
    const Handle opened = ownAttribute(H5Aopen(object.get(), attribute, H5P_DEFAULT));
    const Handle type = ownType(H5Aget_type(opened.get()));
    const Handle space = ownSpace(H5Aget_space(opened.get()));
    if (!opened || H5Sget_simple_extent_npoints(space.get()) != 1)
        return std::nullopt;
    if (H5Tget_class(type.get()) == H5T_STRING) {
        const auto text = textAttribute(object.get(), attribute);
        return text ? numberOf(*text) : std::nullopt;
    }
    if (H5Tget_class(type.get()) == H5T_ENUM)
        return truthOf(opened.get(), type.get());
    double value = 0;
    if (!elementTypeOf(type.get()) || H5Aread(opened.get(), H5T_NATIVE_DOUBLE, &value) < 0)
        return std::nullopt;
    return value;
}

std::vector<std::string> objectTexts(hid_t file, const std::string& path, const char* attribute)
{
    const Handle object = ownObject(H5Oopen(file, path.c_str(), H5P_DEFAULT));
    return object ? textsAttribute(object.get(), attribute) : std::vector<std::string>();
}

std::string emdGroupType(hid_t file, const std::string& group)
{
    if (const std::string text = objectText(file, group, "emd_group_type"); !text.empty())
        return text;
    const auto number = objectNumber(file, group, "emd_group_type");
    return number && *number >= 0 && *number < 100 ? std::to_string(static_cast<int>(*number)) : "";
}

bool holds(const std::filesystem::path& path, const std::function<bool(hid_t file)>& question)
{
    const Lock lock;
    const auto file = openForReading(path);
    return file && question(file->get());
}

} // namespace dispersa::hdf5
