// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_marks.h"

#include "core/io/hdf5_p.h"

namespace dispersa::hdf5 {
namespace {

constexpr std::size_t mostMarks = 1000; // a root with more links than that is told by the first ones

herr_t addLink(hid_t, const char* name, const H5L_info_t*, void* out)
{
    auto& marks = *static_cast<Hdf5Marks*>(out);
    marks.links.emplace_back(name);
    return marks.links.size() < mostMarks ? 0 : 1;
}

herr_t addAttribute(hid_t root, const char* name, const H5A_info_t*, void* out)
{
    auto& marks = *static_cast<Hdf5Marks*>(out);
    if (const auto text = textAttribute(root, name))
        marks.attributes[name] = *text;
    return marks.attributes.size() < mostMarks ? 0 : 1;
}

} // namespace

std::optional<Hdf5Marks> rootMarks(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
    if (!hasSignature(bytes))
        return std::nullopt;
    const Lock lock;
    const auto file = openForReading(path);
    if (!file)
        return std::nullopt;
    const Handle root = ownObject(H5Oopen(file->get(), "/", H5P_DEFAULT));
    if (!root)
        return std::nullopt;
    Hdf5Marks marks;
    H5Literate(root.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, addLink, &marks);
    H5Aiterate2(root.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, addAttribute, &marks);
    return marks;
}

} // namespace dispersa::hdf5
