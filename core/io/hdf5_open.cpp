// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a file safely: what its superblock says before and after HDF5 refuses it.
#include "core/base/os_file.h"
#include "core/io/byte_reader.h"
#include "core/io/hdf5_marks.h"
#include "core/io/hdf5_p.h"

#include <array>
#include <cstring>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

constexpr std::array<unsigned char, 8> signature = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

bool signatureAt(std::span<const std::byte> bytes, std::size_t offset)
{
    return bytes.size() >= offset + signature.size() &&
           std::memcmp(bytes.data() + offset, signature.data(), signature.size()) == 0;
}

std::optional<std::size_t> superblockOffset(std::span<const std::byte> bytes)
{
    for (std::size_t offset = 0; offset + signature.size() <= bytes.size(); offset = offset == 0 ? 512 : offset * 2)
        if (signatureAt(bytes, offset))
            return offset;
    return std::nullopt;
}

/// Bytes the file must have by its superblock; nullopt when the superblock itself cannot be read.
std::optional<std::uint64_t> promisedSize(std::span<const std::byte> bytes, std::size_t superblock)
{
    const auto block = bytes.subspan(superblock);
    if (block.size() < 24)
        return std::nullopt;
    const int version = std::to_integer<int>(block[8]);
    const std::size_t width = std::to_integer<std::size_t>(block[version < 2 ? 13 : 9]);
    if (version > 3 || width < 2 || width > 8)
        return std::nullopt;
    // Base address, then (free space or extension), then the end of the file.
    const std::size_t base = version == 0 ? 24 : version == 1 ? 28 : 12;
    if (block.size() < base + 3 * width)
        return std::nullopt;
    const std::uint64_t end = littleEndian(block.subspan(base + 2 * width, width));
    const std::uint64_t undefined = width == 8 ? ~0ull : (1ull << (8 * width)) - 1;
    return end == undefined ? std::nullopt : std::optional(end);
}

/// What a program left in the superblock that has the file open for writing; older superblocks have no room for it.
struct WriterMark {
    bool open = false;
    bool swmr = false; ///< the writer lets others read meanwhile
};

WriterMark writerMark(std::span<const std::byte> bytes, std::size_t superblock)
{
    const auto block = bytes.subspan(superblock);
    if (block.size() < 12 || std::to_integer<int>(block[8]) != 3)
        return {};
    const int flags = std::to_integer<int>(block[11]);
    return {(flags & 1) != 0, (flags & 4) != 0};
}

} // namespace

bool hasSignature(std::span<const std::byte> head)
{
    return superblockOffset(head).has_value();
}

Handle accessWithoutLocking()
{
    Handle access = ownProperties(H5Pcreate(H5P_FILE_ACCESS));
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 12 && H5_VERS_RELEASE == 0)
    H5Pset_file_locking(access.get(), false, true);
#endif
    return access;
}

Result<Handle> openForReading(const fs::path& path)
{
    const auto mapped = MappedFile::open(path);
    if (!mapped)
        return fail(mapped.error());
    const auto bytes = (*mapped)->bytes();
    const auto superblock = superblockOffset(bytes);
    if (!superblock)
        return fail(ErrorCode::FormatInvalid,
                    "'" + path.string() + "' is not an HDF5 file: it does not carry HDF5's signature.", path);
    const Handle access = accessWithoutLocking();
    Handle file = ownFile(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
    if (file)
        return file;
    const std::string detail = lastMessage();
    const WriterMark writer = writerMark(bytes, *superblock);
    if (writer.swmr) { // its sizes may run ahead of what is on disk, so this comes before they are compared
        file = ownFile(H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access.get()));
        if (file)
            return file;
    }
    if (writer.open)
        return fail(ErrorCode::FileUnreadable,
                    "'" + path.string() +
                        "' is open for writing in another program. Close it there; if that program ended without "
                        "closing it, `h5clear -s` makes the file readable again.",
                    path, {"open for writing"}, detail);
    const auto promised = promisedSize(bytes, *superblock);
    if (promised && *promised > bytes.size())
        return fail(ErrorCode::FileTruncated,
                    "'" + path.string() + "' is cut off: its header promises " + std::to_string(*promised) +
                        " bytes and the file has " + std::to_string(bytes.size()) + ". Copy it again from its source.",
                    path, {std::to_string(*promised), std::to_string(bytes.size())}, detail);
    return fail(ErrorCode::FormatInvalid,
                "'" + path.string() + "' starts as an HDF5 file but cannot be opened: " + detail +
                    ". It is damaged, or another program is still writing it.",
                path, {}, detail);
}

} // namespace dispersa::hdf5
