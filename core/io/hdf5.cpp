// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_p.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

std::recursive_mutex& libraryMutex()
{
    static std::recursive_mutex mutex;
    return mutex;
}

herr_t keepInnermost(unsigned, const H5E_error2_t* error, void* text)
{
    if (error->desc)
        *static_cast<std::string*>(text) = error->desc;
    return 0;
}

} // namespace

Lock::Lock() : m_lock(libraryMutex())
{
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string lastMessage()
{
    std::string text;
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_UPWARD,
        [](unsigned n, const H5E_error2_t* error, void* out) { return n == 0 ? keepInnermost(n, error, out) : 0; },
        &text);
    return text;
}

std::optional<ElementType> elementTypeOf(hid_t type)
{
    const std::size_t size = H5Tget_size(type);
    if (H5Tget_class(type) == H5T_INTEGER) {
        const bool isSigned = H5Tget_sign(type) == H5T_SGN_2;
        switch (size) {
        case 1:
            return isSigned ? ElementType::Int8 : ElementType::UInt8;
        case 2:
            return isSigned ? ElementType::Int16 : ElementType::UInt16;
        case 4:
            return isSigned ? ElementType::Int32 : ElementType::UInt32;
        case 8:
            return isSigned ? ElementType::Int64 : ElementType::UInt64;
        default:
            return std::nullopt;
        }
    }
    if (H5Tget_class(type) != H5T_FLOAT)
        return std::nullopt;
    std::size_t sign = 0, exponent = 0, exponentBits = 0, mantissa = 0, mantissaBits = 0;
    H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits);
    if (size == 2 && exponentBits == 5 && mantissaBits == 10)
        return ElementType::Float16;
    if (size == 4)
        return ElementType::Float32;
    return size == 8 ? std::optional(ElementType::Float64) : std::nullopt;
}

Handle memoryType(ElementType type)
{
    const auto native = [type]() -> hid_t {
        switch (type) {
        case ElementType::Int8:
            return H5T_NATIVE_INT8;
        case ElementType::UInt8:
            return H5T_NATIVE_UINT8;
        case ElementType::Int16:
            return H5T_NATIVE_INT16;
        case ElementType::UInt16:
            return H5T_NATIVE_UINT16;
        case ElementType::Int32:
            return H5T_NATIVE_INT32;
        case ElementType::UInt32:
            return H5T_NATIVE_UINT32;
        case ElementType::Int64:
            return H5T_NATIVE_INT64;
        case ElementType::UInt64:
            return H5T_NATIVE_UINT64;
        case ElementType::Float64:
            return H5T_NATIVE_DOUBLE;
        case ElementType::Float32:
        case ElementType::Float16:
            return H5T_NATIVE_FLOAT;
        }
        return H5T_NATIVE_FLOAT;
    };
    Handle memory = ownType(H5Tcopy(native()));
    if (type == ElementType::Float16) { // IEEE half, which HDF5 1.10 does not name
        H5Tset_fields(memory.get(), 15, 10, 5, 0, 10);
        H5Tset_size(memory.get(), 2);
        H5Tset_ebias(memory.get(), 15);
    }
    return memory;
}

std::vector<std::int64_t> shapeOf(hid_t dataset)
{
    const Handle space = ownSpace(H5Dget_space(dataset));
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank <= 0)
        return {};
    std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr);
    std::vector<std::int64_t> shape;
    for (const hsize_t extent : extents)
        shape.push_back(static_cast<std::int64_t>(std::min<hsize_t>(extent, std::numeric_limits<std::int64_t>::max())));
    return shape;
}

std::optional<bool> isSwapped(hid_t dataset, ElementType type)
{
    const Handle stored = ownType(H5Dget_type(dataset));
    const Handle native = memoryType(type);
    if (H5Tequal(stored.get(), native.get()) > 0)
        return false;
    if (H5Tset_order(native.get(), H5T_ORDER_BE) >= 0 && H5Tequal(stored.get(), native.get()) > 0)
        return true;
    return std::nullopt;
}

fs::path fileOf(hid_t object)
{
    const ssize_t length = H5Fget_name(object, nullptr, 0);
    if (length <= 0)
        return {};
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    H5Fget_name(object, name.data(), name.size());
    name.pop_back();
    return name;
}

std::vector<ChunkFilter> filtersOf(hid_t creation)
{
    std::vector<ChunkFilter> filters(static_cast<std::size_t>(std::max(0, H5Pget_nfilters(creation))));
    for (std::size_t i = 0; i < filters.size(); ++i) {
        unsigned flags = 0;
        std::size_t count = 32; // no filter decoded here has more
        filters[i].parameters.resize(count);
        filters[i].id = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &count,
                                       filters[i].parameters.data(), 0, nullptr, nullptr);
        filters[i].parameters.resize(std::min<std::size_t>(count, 32));
    }
    return filters;
}

std::optional<std::string> missingFilter(hid_t dataset)
{
    const Handle properties = ownProperties(H5Dget_create_plist(dataset));
    const auto filters = filtersOf(properties.get());
    if (FilterPipeline::of(filters))
        return std::nullopt;
    for (const ChunkFilter& filter : filters)
        if (H5Zfilter_avail(filter.id) <= 0)
            return filterName(filter.id);
    return std::nullopt;
}

bool exists(hid_t location, const std::string& path)
{
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        if (part != "/" && !part.empty() && H5Lexists(location, part.c_str(), H5P_DEFAULT) <= 0)
            return false;
        if (end == std::string::npos)
            return path == "/" || H5Oexists_by_name(location, path.c_str(), H5P_DEFAULT) > 0;
    }
}

std::optional<std::string> danglingLink(hid_t location, const std::string& path)
{
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        H5L_info_t info;
        if (part.empty() || part == "/" || H5Lget_info(location, part.c_str(), &info, H5P_DEFAULT) < 0)
            return std::nullopt;
        if (info.type == H5L_TYPE_EXTERNAL && H5Oexists_by_name(location, part.c_str(), H5P_DEFAULT) <= 0) {
            std::vector<char> value(info.u.val_size);
            const char* file = nullptr;
            const char* object = nullptr;
            unsigned flags = 0;
            if (H5Lget_val(location, part.c_str(), value.data(), value.size(), H5P_DEFAULT) < 0 ||
                H5Lunpack_elink_val(value.data(), value.size(), &flags, &file, &object) < 0)
                return std::nullopt;
            return file;
        }
        if (end == std::string::npos)
            return std::nullopt;
    }
}

std::optional<double> numberDataset(hid_t location, const std::string& path)
{
    if (!exists(location, path))
        return std::nullopt;
    const Handle dataset = ownDataset(H5Dopen2(location, path.c_str(), H5P_DEFAULT));
    if (!dataset)
        return std::nullopt;
    const Handle type = ownType(H5Dget_type(dataset.get()));
    const Handle space = ownSpace(H5Dget_space(dataset.get()));
    double value = 0;
    const bool isNumber = elementTypeOf(type.get()) || H5Tget_class(type.get()) == H5T_ENUM; // h5py's truth values
    if (!isNumber || H5Sget_simple_extent_npoints(space.get()) != 1 ||
        H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
        return std::nullopt;
    return value;
}

std::vector<double> leadingNumbers(hid_t location, const std::string& path, std::size_t count)
{
    if (!exists(location, path))
        return {};
    const Handle dataset = ownDataset(H5Dopen2(location, path.c_str(), H5P_DEFAULT));
    if (!dataset)
        return {};
    const Handle type = ownType(H5Dget_type(dataset.get()));
    const auto shape = shapeOf(dataset.get());
    if (!elementTypeOf(type.get()) || shape.size() != 1 || shape[0] < static_cast<std::int64_t>(count))
        return {};
    std::vector<double> values(count);
    if (!readBlock(dataset.get(), ElementType::Float64, {0}, {count}, std::as_writable_bytes(std::span(values))))
        return {};
    return values;
}

bool readBlock(hid_t dataset, ElementType type, const std::vector<hsize_t>& start, const std::vector<hsize_t>& extent,
               std::span<std::byte> out)
{
    const Handle file = ownSpace(H5Dget_space(dataset));
    const Handle memory = ownSpace(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr));
    const Handle values = memoryType(type);
    if (!file || !memory ||
        H5Sget_select_npoints(memory.get()) * static_cast<hssize_t>(elementSize(type)) !=
            static_cast<hssize_t>(out.size()))
        return false;
    return H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) >= 0 &&
           H5Dread(dataset, values.get(), memory.get(), file.get(), H5P_DEFAULT, out.data()) >= 0;
}

} // namespace dispersa::hdf5
