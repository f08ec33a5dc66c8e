// SPDX-License-Identifier: GPL-3.0-or-later
// Writing the parts of an EMD 1.0 file: header, nodes, dim vectors, metadata; and the file that appears whole or not at
// all.
#pragma once

#include "core/base/os_file.h"
#include "core/io/hdf5_p.h"

#include <cstdint>
#include <string_view>

namespace dispersa::hdf5 {

/// A new HDF5 file under a temporary name. Dropping it without commit() removes the temporary. The lock must be held
/// while it is used; the destructor takes it itself.
class NewFile {
  public:
    static Result<std::unique_ptr<NewFile>> create(const std::filesystem::path& target);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    hid_t id() const { return m_file.get(); }
    const std::filesystem::path& target() const { return m_target; }
    /// Closes HDF5's side, flushes to disk and renames. Takes no lock while flushing. Error: WriteFailed.
    Result<void> commit();
    /// "Cannot write ..." with HDF5's innermost message.
    Error failure() const;

  private:
    NewFile(std::filesystem::path target, AtomicFile atomic);
    std::filesystem::path m_target;
    AtomicFile m_atomic;
    Handle m_file;
};

/// A digest of what is written, from which the file's UUID is made: the same content gives the same file.
class ContentDigest {
  public:
    void add(std::span<const std::byte> bytes);
    void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
    /// 8-4-4-4-12 hexadecimal digits (UUID version 8).
    std::string uuid() const;

  private:
    std::uint64_t m_low = 0x9e3779b97f4a7c15ull;
    std::uint64_t m_high = 0xc2b2ae3d27d4eb4full;
};

// Each function below returns an empty handle or false when HDF5 fails; the caller reports NewFile::failure().

/// Text attributes are of variable length, else emdfile rejects the file.
bool writeTextAttribute(hid_t object, const char* name, const std::string& text);
bool writeIntegerAttribute(hid_t object, const char* name, std::int64_t value);

/// Attributes of "/" that make the file EMD 1.0.
bool writeEmdHeader(hid_t file, const std::string& uuid);

/// Group with emd_group_type and python_class.
Handle createNode(hid_t parent, const std::string& name, const char* groupType, const char* pythonClass);

/// Dataset `data` creation without time stamps, so that equal content gives equal bytes.
Handle plainCreation();

/// "dim<index>" of a linear axis.
bool writeDim(hid_t group, int index, double first, double step, const char* name, const char* unit);

/// "metadatabundle" of a node, and a metadata group in it; items carry the type emdfile wants.
Handle createMetadata(hid_t node, const std::string& name, const char* pythonClass);
bool writeItem(hid_t metadata, const char* name, double value);
bool writeItem(hid_t metadata, const char* name, std::int64_t value);
bool writeItem(hid_t metadata, const char* name, const std::string& text);

} // namespace dispersa::hdf5
