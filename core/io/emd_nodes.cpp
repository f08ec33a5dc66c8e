// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/emd_nodes_p.h"

#include <array>
#include <bit>
#include <cstdio>
#include <cstring>

namespace dispersa::hdf5 {
namespace {

Handle textType()
{
    Handle type = ownType(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

bool writeAttribute(hid_t object, const char* name, hid_t type, const void* value)
{
    const Handle space = ownSpace(H5Screate(H5S_SCALAR));
    const Handle attribute = ownAttribute(H5Acreate2(object, name, type, space.get(), H5P_DEFAULT, H5P_DEFAULT));
    return attribute && H5Awrite(attribute.get(), type, value) >= 0;
}

bool writeScalar(hid_t metadata, const char* name, hid_t type, const void* value, const char* kind)
{
    const Handle space = ownSpace(H5Screate(H5S_SCALAR));
    const Handle creation = plainCreation();
    const Handle dataset =
        ownDataset(H5Dcreate2(metadata, name, type, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT));
    return dataset && H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0 &&
           writeTextAttribute(dataset.get(), "type", kind);
}

} // namespace

NewFile::NewFile(std::filesystem::path target, AtomicFile atomic)
    : m_target(std::move(target)), m_atomic(std::move(atomic))
{
}

Result<std::unique_ptr<NewFile>> NewFile::create(const std::filesystem::path& target)
{
    auto atomic = AtomicFile::create(target);
    if (!atomic)
        return fail(atomic.error());
    auto file = std::unique_ptr<NewFile>(new NewFile(target, std::move(*atomic)));
    const Lock lock;
    file->m_file = ownFile(
        H5Fcreate(file->m_atomic.temporary().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, accessWithoutLocking().get()));
    if (!file->m_file)
        return fail(file->failure());
    return file;
}

NewFile::~NewFile()
{
    const Lock lock;
    m_file.reset();
}

Result<void> NewFile::commit()
{
    {
        const Lock lock;
        // Flushing first: a full disk shows here, where it can still be reported.
        if (H5Fflush(m_file.get(), H5F_SCOPE_LOCAL) < 0 || !m_file.reset())
            return fail(failure());
    }
    return m_atomic.commit();
}

Error NewFile::failure() const
{
    const std::string detail = lastMessage();
    return Error{ErrorCode::WriteFailed,
                 "Cannot write '" + m_target.string() + "': " + (detail.empty() ? "HDF5 failed" : detail) +
                     ". Check that the folder is writable and has free space.",
                 m_target,
                 {detail},
                 detail};
}

void ContentDigest::add(std::span<const std::byte> bytes)
{
    const auto mix = [this](std::uint64_t word) {
        m_low = (m_low ^ word) * 0xff51afd7ed558ccdull;
        m_low = std::rotl(m_low, 31);
        m_high = (m_high + word) * 0xc4ceb9fe1a85ec53ull ^ m_low;
    };
    while (bytes.size() >= 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data(), 8);
        mix(word);
        bytes = bytes.subspan(8);
    }
    std::uint64_t rest = bytes.size() + 1;
    for (const std::byte byte : bytes)
        rest = rest << 8 | std::to_integer<std::uint64_t>(byte);
    mix(rest);
}

std::string ContentDigest::uuid() const
{
    const std::uint64_t high = (m_high & ~0xf000ull) | 0x8000ull;     // version 8
    const std::uint64_t low = (m_low & ~(3ull << 62)) | (2ull << 62); // RFC 9562 variant
    std::array<char, 37> text = {};
    std::snprintf(text.data(), text.size(), "%08llx-%04llx-%04llx-%04llx-%012llx",
                  static_cast<unsigned long long>(high >> 32), static_cast<unsigned long long>(high >> 16 & 0xffff),
                  static_cast<unsigned long long>(high & 0xffff), static_cast<unsigned long long>(low >> 48),
                  static_cast<unsigned long long>(low & 0xffffffffffffull));
    return text.data();
}

bool writeTextAttribute(hid_t object, const char* name, const std::string& text)
{
    const char* value = text.c_str();
    return writeAttribute(object, name, textType().get(), &value);
}

bool writeIntegerAttribute(hid_t object, const char* name, std::int64_t value)
{
    return writeAttribute(object, name, H5T_NATIVE_INT64, &value);
}

bool writeEmdHeader(hid_t file, const std::string& uuid)
{
    return writeTextAttribute(file, "emd_group_type", "file") && writeIntegerAttribute(file, "version_major", 1) &&
           writeIntegerAttribute(file, "version_minor", 0) && writeTextAttribute(file, "UUID", uuid) &&
           writeTextAttribute(file, "authoring_program", "dispersa " DISPERSA_VERSION) &&
           writeTextAttribute(file, "authoring_user", "");
}

Handle createNode(hid_t parent, const std::string& name, const char* groupType, const char* pythonClass)
{
    Handle group = ownGroup(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    if (!group || !writeTextAttribute(group.get(), "emd_group_type", groupType) ||
        !writeTextAttribute(group.get(), "python_class", pythonClass))
        return {};
    return group;
}

Handle plainCreation()
{
    Handle creation = ownProperties(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_obj_track_times(creation.get(), false);
    return creation;
}

bool writeDim(hid_t group, int index, double first, double step, const char* name, const char* unit)
{
    const std::array<double, 2> values = {first, first + step};
    const hsize_t extent = values.size();
    const Handle space = ownSpace(H5Screate_simple(1, &extent, nullptr));
    const Handle creation = plainCreation();
    const Handle dataset = ownDataset(H5Dcreate2(group, ("dim" + std::to_string(index)).c_str(), H5T_NATIVE_DOUBLE,
                                                 space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT));
    return dataset && H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0 &&
           writeTextAttribute(dataset.get(), "name", name) && writeTextAttribute(dataset.get(), "units", unit);
}

Handle createMetadata(hid_t node, const std::string& name, const char* pythonClass)
{
    const bool there = H5Lexists(node, "metadatabundle", H5P_DEFAULT) > 0;
    const Handle bundle = there ? ownGroup(H5Gopen2(node, "metadatabundle", H5P_DEFAULT))
                                : createNode(node, "metadatabundle", "metadatabundle", "Metadata");
    return bundle ? createNode(bundle.get(), name, "metadata", pythonClass) : Handle();
}

bool writeItem(hid_t metadata, const char* name, double value)
{
    return writeScalar(metadata, name, H5T_NATIVE_DOUBLE, &value, "number");
}

bool writeItem(hid_t metadata, const char* name, std::int64_t value)
{
    return writeScalar(metadata, name, H5T_NATIVE_INT64, &value, "number");
}

bool writeItem(hid_t metadata, const char* name, const std::string& text)
{
    const char* value = text.c_str();
    return writeScalar(metadata, name, textType().get(), &value, "string");
}

} // namespace dispersa::hdf5
