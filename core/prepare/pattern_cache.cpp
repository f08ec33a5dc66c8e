// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pattern_cache.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr const char* extension = ".dispersa-patterns";
constexpr const char* temporary = ".dispersa-scratch.";

struct Entry {
    fs::path path;
    std::uint64_t bytes;
    fs::file_time_type used;
};

} // namespace

fs::path cacheFile(const PatternCache& cache, const std::string& key)
{
    std::uint64_t hash = 14695981039346656037ull;
    for (const char c : key)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    char name[17];
    std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(hash));
    return cache.folder / (std::string(name) + extension);
}

void markUsed(const fs::path& file)
{
    std::error_code code;
    fs::last_write_time(file, fs::file_time_type::clock::now(), code);
}

void trimCache(const PatternCache& cache, const fs::path& file)
{
    std::error_code code;
    std::vector<Entry> entries;
    std::uint64_t total = 0;
    const auto now = fs::file_time_type::clock::now();
    for (fs::directory_iterator i(cache.folder, code), end; !code && i != end; i.increment(code)) {
        std::error_code unreadable;
        if (!i->is_regular_file(unreadable) || i->is_symlink(unreadable))
            continue;
        const Entry entry{i->path(), i->file_size(unreadable), i->last_write_time(unreadable)};
        if (unreadable)
            continue;
        if (entry.path.filename().string().starts_with(temporary)) {
            if (now - entry.used > std::chrono::hours(24))
                fs::remove(entry.path, unreadable);
        } else if (entry.path.extension() == extension) {
            total += entry.bytes;
            if (entry.path.filename() != file.filename())
                entries.push_back(entry);
        }
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
    for (const Entry& entry : entries) {
        if (total <= cache.mostBytes)
            return;
        if (fs::remove(entry.path, code))
            total -= entry.bytes;
    }
}

} // namespace dispersa
