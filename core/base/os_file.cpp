// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/os_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

std::string systemMessage() { return std::strerror(errno); }

tl::unexpected<Error> writeFailure(const fs::path& target, const std::string& reason)
{
    return fail(ErrorCode::WriteFailed,
                "Cannot write '" + target.string() + "': " + reason +
                    ". Check that the folder exists, is writable and has free space.",
                target, {reason}, reason);
}

tl::unexpected<Error> openFailure(const fs::path& path)
{
    const int number = errno;
    const std::string reason = std::strerror(number);
    if (number == ENOENT || number == ENOTDIR)
        return fail(ErrorCode::FileNotFound, "There is no file '" + path.string() + "'.", path, {path.string()});
    return fail(ErrorCode::FileUnreadable, "Cannot read '" + path.string() + "': " + reason + ".", path, {reason},
                reason);
}

} // namespace

Result<ScratchFile> ScratchFile::create(const fs::path& folder, std::uint64_t expectedBytes, Name named)
{
    std::error_code code;
    ScratchFile file;
    file.m_folder = folder.empty() ? fs::temp_directory_path(code) : folder;
    if (code)
        return writeFailure(file.m_folder, code.message());
    fs::create_directories(file.m_folder, code);
    // Told before the work rather than after minutes of it; write() still finds a disk that fills up meanwhile.
    const fs::space_info space = fs::space(file.m_folder, code);
    if (!code && space.available < expectedBytes)
        return writeFailure(file.m_folder, "temporary data needs " + std::to_string(expectedBytes >> 20) +
                                               " MiB there, but only " + std::to_string(space.available >> 20) +
                                               " MiB are free");
    std::string name = (file.m_folder / ".dispersa-scratch.XXXXXX").string();
    file.m_descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (file.m_descriptor < 0)
        return writeFailure(file.m_folder, systemMessage());
    if (named == Name::Without)
        ::unlink(name.c_str());
    else
        file.m_name = name;
    return file;
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : m_name(std::exchange(other.m_name, fs::path())), m_folder(std::move(other.m_folder)), m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept
{
    std::swap(m_name, other.m_name);
    std::swap(m_folder, other.m_folder);
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

ScratchFile::~ScratchFile()
{
    if (!m_name.empty())
        ::unlink(m_name.c_str());
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<void> ScratchFile::write(std::uint64_t offset, std::span<const std::byte> bytes) const
{
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0) {
            if (errno == EINTR)
                continue;
            return writeFailure(m_folder, systemMessage());
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<std::shared_ptr<const MappedFile>> ScratchFile::map() const
{
    struct stat status = {};
    if (::fstat(m_descriptor, &status) != 0)
        return openFailure(m_folder);
    auto mapped = std::shared_ptr<MappedFile>(new MappedFile);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > 0) {
        void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, m_descriptor, 0);
        if (address == MAP_FAILED)
            return openFailure(m_folder);
        mapped->m_bytes = {static_cast<const std::byte*>(address), size};
    }
    return std::shared_ptr<const MappedFile>(std::move(mapped));
}

Result<void> ScratchFile::keepAs(const fs::path& target)
{
    if (m_name.empty())
        return writeFailure(target, "a temporary file without a name cannot be kept");
    if (::rename(m_name.c_str(), target.c_str()) != 0)
        return writeFailure(target, systemMessage());
    m_name.clear();
    return {};
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const fs::path& path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return openFailure(path);
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return fail(ErrorCode::FileUnreadable, "'" + path.string() + "' is not a regular file.", path, {"not a file"});
    }
    auto mapped = std::shared_ptr<MappedFile>(new MappedFile);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > 0) {
        void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
        if (address == MAP_FAILED) {
            auto failure = openFailure(path);
            ::close(descriptor);
            return failure;
        }
        mapped->m_bytes = {static_cast<const std::byte*>(address), size};
    }
    ::close(descriptor);
    return std::shared_ptr<const MappedFile>(std::move(mapped));
}

namespace {

/// The whole pages around (or with `inside` those within) a part of a mapping.
std::span<std::byte> pagesOf(std::span<const std::byte> part, bool inside)
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(part.data()), end = begin + part.size();
    const std::uintptr_t from = (inside ? begin + page - 1 : begin) / page * page;
    const std::uintptr_t to = (inside ? end : end + page - 1) / page * page;
    return {reinterpret_cast<std::byte*>(from), to > from ? to - from : 0};
}

} // namespace

void MappedFile::willNeed(std::span<const std::byte> part) const
{
    if (const auto pages = pagesOf(part, false); !part.empty())
        ::madvise(pages.data(), pages.size(), MADV_WILLNEED);
}

void MappedFile::doneWith(std::span<const std::byte> part) const
{
    const auto pages = pagesOf(part, true);
    if (pages.empty())
        return;
#ifdef MADV_COLD
    ::madvise(pages.data(), pages.size(), MADV_COLD); // first to go when memory is short
#endif
    ::madvise(pages.data(), pages.size(), MADV_DONTNEED); // a file's pages: nothing is lost
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty())
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
}

Result<AtomicFile> AtomicFile::create(const fs::path& target)
{
    std::error_code code;
    if (target.has_parent_path())
        fs::create_directories(target.parent_path(), code);
    AtomicFile file;
    file.m_target = target;
    std::string name = (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
    file.m_descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (file.m_descriptor < 0)
        return writeFailure(target, systemMessage());
    file.m_temporary = name;
    // mkostemp makes the file private; the finished file gets the permissions any new file of the user has.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(file.m_descriptor, 0666 & ~mask);
    return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_target(std::move(other.m_target)), m_temporary(std::exchange(other.m_temporary, {})),
      m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept
{
    std::swap(m_target, other.m_target);
    std::swap(m_temporary, other.m_temporary);
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

AtomicFile::~AtomicFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (!m_temporary.empty())
        ::unlink(m_temporary.c_str());
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR)
                continue;
            return writeFailure(m_target, systemMessage());
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> AtomicFile::write(std::string_view text) { return write(std::as_bytes(std::span(text))); }

Result<void> AtomicFile::commit()
{
    if (::fsync(m_descriptor) != 0)
        return writeFailure(m_target, systemMessage());
    if (::close(std::exchange(m_descriptor, -1)) != 0)
        return writeFailure(m_target, systemMessage());
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0)
        return writeFailure(m_target, systemMessage());
    m_temporary.clear();
    return {};
}

Result<void> writeFileAtomically(const fs::path& target, std::string_view text)
{
    auto file = AtomicFile::create(target);
    if (!file)
        return fail(file.error());
    if (auto written = file->write(text); !written)
        return written;
    return file->commit();
}

Result<void> makeWritableFolder(const fs::path& folder)
{
    std::error_code code;
    fs::create_directories(folder, code);
    if (!fs::is_directory(folder))
        return writeFailure(folder, code ? code.message() : "it is not a folder");
    auto probe = AtomicFile::create(folder / "probe");
    if (!probe)
        return writeFailure(folder, probe.error().detail);
    return {};
}

Result<std::string> readTextFile(const fs::path& path, std::uintmax_t limit)
{
    auto mapped = MappedFile::open(path);
    if (!mapped)
        return fail(mapped.error());
    const auto bytes = (*mapped)->bytes();
    if (bytes.size() > limit)
        return fail(ErrorCode::FormatInvalid,
                    "'" + path.string() + "' has " + std::to_string(bytes.size()) + " bytes, more than the " +
                        std::to_string(limit) + " such a file may have.",
                    path, {std::to_string(bytes.size()), std::to_string(limit)});
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

fs::path userCacheFolder()
{
    const auto setting = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value ? value : "");
    };
    if (setting("DISPERSA_CACHE") == "off")
        return {};
    if (const fs::path cache = setting("XDG_CACHE_HOME"); cache.is_absolute())
        return cache / "dispersa";
    if (const fs::path home = setting("HOME"); home.is_absolute())
        return home / ".cache" / "dispersa";
    return {};
}

Result<std::string> fingerprint(const fs::path& path)
{
    auto mapped = MappedFile::open(path);
    if (!mapped)
        return fail(mapped.error());
    std::uint64_t hash = 14695981039346656037ull;
    const auto mix = [&hash](std::span<const std::byte> bytes) {
        for (const std::byte byte : bytes)
            hash = (hash ^ static_cast<std::uint64_t>(byte)) * 1099511628211ull;
    };
    const auto bytes = (*mapped)->bytes();
    const std::uint64_t size = bytes.size();
    std::error_code code;
    const std::int64_t modified = fs::last_write_time(path, code).time_since_epoch().count();
    mix(std::as_bytes(std::span(&size, 1)));
    mix(std::as_bytes(std::span(&modified, 1)));
    constexpr std::size_t pieces = 256;
    constexpr std::size_t piece = 4096;
    if (size <= pieces * piece) {
        mix(bytes);
    } else {
        for (std::size_t i = 0; i < pieces; ++i)
            mix(bytes.subspan((size - piece) * i / (pieces - 1), piece));
    }
    std::array<char, 17> text = {};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
    return std::string(text.data());
}

std::uint64_t physicalMemory()
{
    return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
}

std::uint64_t peakResidentMemory()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

} // namespace dispersa
