// SPDX-License-Identifier: GPL-3.0-or-later
// Texts in attributes and datasets. Those of variable length are looked up in the file by our own code: HDF5 hands over
// nothing but where they lie.
#include "core/base/os_file.h"
#include "core/io/hdf5_heap_p.h"
#include "core/io/hdf5_p.h"

#include <cstring>

namespace dispersa::hdf5 {
namespace {

constexpr std::size_t mostTexts = 10000;
constexpr std::size_t mostBytes = 1u << 20; ///< of texts of fixed length
constexpr const char* referenceTag = "dispersa heap reference";

/// HDF5 asks this for a way from a stored text of variable length to an opaque type: the bytes stay as they are in the file.
herr_t keepReference(hid_t stored, hid_t wanted, H5T_cdata_t* conversion, std::size_t, std::size_t, std::size_t, void*,
                     void*, hid_t)
{
    if (conversion->command != H5T_CONV_INIT)
        return 0;
    conversion->need_bkg = H5T_BKG_NO;
    char* tag = H5Tget_tag(wanted);
    const bool isOurs = tag && std::strcmp(tag, referenceTag) == 0;
    H5free_memory(tag);
    return isOurs && H5Tis_variable_str(stored) > 0 && H5Tget_size(stored) == H5Tget_size(wanted) ? 0 : -1;
}

Handle referenceType(std::size_t bytes)
{
    Handle type = ownType(H5Tcreate(H5T_OPAQUE, bytes));
    H5Tset_tag(type.get(), referenceTag);
    static const bool registered = [&type] {
        const Handle text = ownType(H5Tcopy(H5T_C_S1));
        H5Tset_size(text.get(), H5T_VARIABLE);
        return H5Tregister(H5T_PERS_SOFT, referenceTag, text.get(), type.get(), keepReference) >= 0;
    }();
    return registered ? std::move(type) : Handle();
}

std::optional<HeapLayout> heapLayout(hid_t object)
{
    const Handle file = ownFile(H5Iget_file_id(object));
    const Handle creation = ownProperties(H5Fget_create_plist(file.get()));
    HeapLayout layout;
    hsize_t base = 0;
    if (!creation || H5Pget_userblock(creation.get(), &base) < 0 ||
        H5Pget_sizes(creation.get(), &layout.addressBytes, &layout.lengthBytes) < 0 || layout.addressBytes > 8 ||
        layout.lengthBytes > 8)
        return std::nullopt;
    layout.base = base;
    return layout;
}

using Texts = std::vector<std::optional<std::string>>;

/// What `read` gets from an attribute or dataset, `object`, of text.
template<class Read>
Texts readTexts(hid_t object, hid_t type, hid_t space, Read read)
{
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    if (H5Tget_class(type) != H5T_STRING || points < 1 || points > static_cast<hssize_t>(mostTexts))
        return {};
    const auto count = static_cast<std::size_t>(points);
    Texts texts;
    if (H5Tis_variable_str(type) <= 0) {
        const std::size_t size = H5Tget_size(type);
        if (size == 0 || size > mostBytes / count)
            return {};
        const Handle memory = ownType(H5Tcopy(type));
        std::vector<char> bytes(size * count);
        if (read(memory.get(), bytes.data()) < 0)
            return {};
        for (std::size_t i = 0; i < count; ++i)
            texts.emplace_back(std::string(bytes.data() + i * size, strnlen(bytes.data() + i * size, size)));
        return texts;
    }
    const auto layout = heapLayout(object);
    const auto file = MappedFile::open(fileOf(object));
    if (!layout || !file)
        return {};
    const std::size_t size = layout->referenceBytes();
    const Handle memory = referenceType(size);
    std::vector<std::byte> references(size * count);
    if (!memory || read(memory.get(), references.data()) < 0)
        return {};
    for (std::size_t i = 0; i < count; ++i)
        texts.push_back(textInHeap((*file)->bytes(), *layout, std::span(references).subspan(i * size, size)));
    return texts;
}

Texts attributeTexts(hid_t object, const char* name)
{
    if (H5Aexists(object, name) <= 0)
        return {};
    const Handle attribute = ownAttribute(H5Aopen(object, name, H5P_DEFAULT));
    if (!attribute)
        return {};
    const Handle type = ownType(H5Aget_type(attribute.get()));
    const Handle space = ownSpace(H5Aget_space(attribute.get()));
    return readTexts(attribute.get(), type.get(), space.get(),
                     [&](hid_t memory, void* out) { return H5Aread(attribute.get(), memory, out); });
}

Texts datasetTexts(hid_t location, const std::string& path)
{
    if (!exists(location, path))
        return {};
    const Handle dataset = ownDataset(H5Dopen2(location, path.c_str(), H5P_DEFAULT));
    if (!dataset)
        return {};
    const Handle type = ownType(H5Dget_type(dataset.get()));
    const Handle space = ownSpace(H5Dget_space(dataset.get()));
    return readTexts(dataset.get(), type.get(), space.get(), [&](hid_t memory, void* out) {
        return H5Dread(dataset.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
    });
}

std::vector<std::string> withoutGaps(Texts texts)
{
    std::vector<std::string> result;
    for (auto& text : texts)
        result.push_back(std::move(text).value_or(""));
    return result;
}

} // namespace

std::optional<std::string> textAttribute(hid_t object, const char* name)
{
    Texts texts = attributeTexts(object, name);
    return texts.size() == 1 ? std::move(texts.front()) : std::nullopt;
}

std::optional<std::string> textDataset(hid_t location, const std::string& path)
{
    Texts texts = datasetTexts(location, path);
    return texts.size() == 1 ? std::move(texts.front()) : std::nullopt;
}

std::vector<std::string> textsAttribute(hid_t object, const char* name)
{
    return withoutGaps(attributeTexts(object, name));
}

std::vector<std::string> textsDataset(hid_t location, const std::string& path)
{
    return withoutGaps(datasetTexts(location, path));
}

} // namespace dispersa::hdf5
