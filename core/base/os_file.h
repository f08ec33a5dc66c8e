// SPDX-License-Identifier: GPL-3.0-or-later
// System calls on files: memory maps, atomic replacement, hashes. The only place that calls the operating system.
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace dispersa {

/// A file mapped into memory, read-only. Immutable and safe to read from several threads.
class MappedFile {
  public:
    /// Maps the whole file. Errors: FileNotFound, FileUnreadable. An empty file gives an empty span.
    static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return m_bytes; }

    // Advice on a part of bytes(), which stays readable whatever was advised.
    /// It will be read soon: the system begins to fetch it and does not wait for it.
    void willNeed(std::span<const std::byte> part) const;
    /// It will not be read for a while: it leaves this program's memory, and the system may use the room for something
    /// else first. As long as it need not, reading it again costs no disk. Pages that reach out of `part` stay.
    void doneWith(std::span<const std::byte> part) const;

  private:
    friend class ScratchFile;
    MappedFile() = default;
    std::span<const std::byte> m_bytes;
};

/// A temporary file: filled by writes, then read through memory. It vanishes with its last user.
class ScratchFile {
  public:
    /// Without a name it vanishes even when the program is killed; with one (`.dispersa-scratch.` and six letters) it can
    /// be kept.
    enum class Name { Without, With };
    /// Creates it in `folder` (empty: the system's folder for temporaries), which must have `expectedBytes` free.
    /// Error: WriteFailed.
    static Result<ScratchFile> create(const std::filesystem::path& folder, std::uint64_t expectedBytes,
                                      Name name = Name::Without);
    ScratchFile(ScratchFile&& other) noexcept;
    ScratchFile& operator=(ScratchFile&& other) noexcept;
    ~ScratchFile();

    /// Writes at `offset`; several threads may write different places at a time. Error: WriteFailed (disk full).
    Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) const;
    /// What was written so far, as memory that outlives this object. Error: FileUnreadable.
    Result<std::shared_ptr<const MappedFile>> map() const;
    /// Renames a file with a name to `target` in the same folder, replacing what is there; from then on it stays. Not
    /// flushed to disk: for what can be made again and is checked when it is read. Error: WriteFailed.
    Result<void> keepAs(const std::filesystem::path& target);

  private:
    ScratchFile() = default;
    std::filesystem::path m_name;
    std::filesystem::path m_folder;
    int m_descriptor = -1;
};

/// Writes a file so that it appears whole or not at all: temporary beside the target, fsync, rename.
/// Without commit() the temporary is removed and an existing target stays as it was.
class AtomicFile {
  public:
    /// Creates the temporary (parent folders too). Error: WriteFailed.
    static Result<AtomicFile> create(const std::filesystem::path& target);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) noexcept;
    ~AtomicFile();

    /// Path of the temporary, for libraries that insist on opening the file themselves.
    const std::filesystem::path& temporary() const { return m_temporary; }
    /// Appends bytes. Error: WriteFailed (disk full and the like).
    Result<void> write(std::span<const std::byte> bytes);
    Result<void> write(std::string_view text);
    /// Flushes to disk and renames over the target. Error: WriteFailed.
    Result<void> commit();

  private:
    AtomicFile() = default;
    std::filesystem::path m_target;
    std::filesystem::path m_temporary;
    int m_descriptor = -1;
};

/// Replaces `target` by `text` atomically. Error: WriteFailed.
Result<void> writeFileAtomically(const std::filesystem::path& target, std::string_view text);

/// Creates a folder and checks that a file can be written in it. Error: WriteFailed.
Result<void> makeWritableFolder(const std::filesystem::path& folder);

/// Whole text of a file. Errors: FileNotFound, FileUnreadable, FormatInvalid when larger than `limit` bytes.
Result<std::string> readTextFile(const std::filesystem::path& path, std::uintmax_t limit = 64u << 20);

/// 64-bit FNV-1a over size, modification time and up to 1 MiB sampled evenly over the file, in hex: identifies an input
/// without reading gigabytes. Errors: FileNotFound, FileUnreadable.
Result<std::string> fingerprint(const std::filesystem::path& path);

/// Folder of this user for what can be made again: $XDG_CACHE_HOME/dispersa, else ~/.cache/dispersa. Empty if there is
/// none, or DISPERSA_CACHE=off forbids one.
std::filesystem::path userCacheFolder();

/// Bytes of physical memory of this machine, and the peak resident size of this process.
std::uint64_t physicalMemory();
std::uint64_t peakResidentMemory();

} // namespace dispersa
