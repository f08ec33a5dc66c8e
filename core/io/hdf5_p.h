// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 kept in one place: the process-wide lock, handles that close themselves, opening a file safely, small reads.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/io/hdf5_filters.h"

#define H5_USE_110_API // the same function signatures with HDF5 1.10 and everything later
#include <hdf5.h>

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dispersa::hdf5 {

/// The library is not thread-safe: whoever calls it holds one of these, and gives it back before computing. It also
/// silences HDF5's own error printing. Handles must be closed while it is held. May be nested in one thread.
class Lock {
  public:
    Lock();

  private:
    std::unique_lock<std::recursive_mutex> m_lock;
};

/// An identifier that is closed with `close` when it goes out of scope.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);
    Handle() = default;
    Handle(hid_t id, Close close) : m_id(id), m_close(close) {}
    Handle(Handle&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) {}
    Handle& operator=(Handle&& other) noexcept
    {
        std::swap(m_id, other.m_id);
        std::swap(m_close, other.m_close);
        return *this;
    }
    ~Handle() { reset(); }
    explicit operator bool() const { return m_id >= 0; }
    hid_t get() const { return m_id; }
    /// Closes now; false if HDF5 reports a failure (e.g. a full disk).
    bool reset()
    {
        const hid_t id = std::exchange(m_id, -1);
        return id < 0 || m_close(id) >= 0;
    }

  private:
    hid_t m_id = -1;
    Close m_close = nullptr;
};

inline Handle ownFile(hid_t id)
{
    return {id, H5Fclose};
}
inline Handle ownObject(hid_t id)
{
    return {id, H5Oclose};
}
inline Handle ownGroup(hid_t id)
{
    return {id, H5Gclose};
}
inline Handle ownDataset(hid_t id)
{
    return {id, H5Dclose};
}
inline Handle ownSpace(hid_t id)
{
    return {id, H5Sclose};
}
inline Handle ownType(hid_t id)
{
    return {id, H5Tclose};
}
inline Handle ownAttribute(hid_t id)
{
    return {id, H5Aclose};
}
inline Handle ownProperties(hid_t id)
{
    return {id, H5Pclose};
}

/// File access properties that never lock the file: another program may hold it open.
Handle accessWithoutLocking();

/// Opens for reading only, without file locking, and as SWMR reader when a program is still writing.
/// Errors: FileNotFound, FileUnreadable (another program is writing it without SWMR), FormatInvalid (not HDF5),
/// FileTruncated with both sizes.
Result<Handle> openForReading(const std::filesystem::path& path);

/// Innermost message of HDF5's error stack, for Error::detail.
std::string lastMessage();

/// Number type of an HDF5 type; nullopt for strings, compounds, complex, bool and odd floats.
std::optional<ElementType> elementTypeOf(hid_t type);

/// HDF5 type of values in memory, in this machine's byte order.
Handle memoryType(ElementType type);

/// Extents of a dataset; empty for scalars.
std::vector<std::int64_t> shapeOf(hid_t dataset);

/// True if values of `type` lie in the dataset with their bytes reversed, false if as in this machine's memory; nullopt
/// if they are stored otherwise (fewer bits, odd padding) and only HDF5 converts them.
std::optional<bool> isSwapped(hid_t dataset, ElementType type);

/// The file the object is in: another one than was opened if an external link led to it.
std::filesystem::path fileOf(hid_t object);

/// A filter of the dataset that neither we nor this machine's HDF5 can undo, as "32001 (blosc)".
std::optional<std::string> missingFilter(hid_t dataset);

/// The filters of a dataset's creation properties in the order in which they were applied.
std::vector<ChunkFilter> filtersOf(hid_t creation);

/// True if `path` below `location` exists, link by link.
bool exists(hid_t location, const std::string& path);

/// The file that an external link on the way to `path` names, if nothing can be reached through it.
std::optional<std::string> danglingLink(hid_t location, const std::string& path);

/// One text of fixed or variable length in an attribute or a dataset; nullopt if there is none or it is damaged.
std::optional<std::string> textAttribute(hid_t object, const char* name);
std::optional<std::string> textDataset(hid_t location, const std::string& path);
/// A list of texts, up to 10000; empty if there is none, with an empty text where one is damaged.
std::vector<std::string> textsAttribute(hid_t object, const char* name);
std::vector<std::string> textsDataset(hid_t location, const std::string& path);

/// A one-number dataset (a truth value is 0 or 1); nullopt if there is none.
std::optional<double> numberDataset(hid_t location, const std::string& path);

/// First `count` numbers of a one-dimensional dataset; empty if it has fewer.
std::vector<double> leadingNumbers(hid_t location, const std::string& path, std::size_t count);

/// Reads a block (start, extent per dimension) into `out`, which has exactly its size. False if HDF5 fails.
bool readBlock(hid_t dataset, ElementType type, const std::vector<hsize_t>& start, const std::vector<hsize_t>& extent,
               std::span<std::byte> out);

} // namespace dispersa::hdf5
