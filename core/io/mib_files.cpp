// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mib_files.h"

#include "core/io/format.h"
#include "core/io/name_matching.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t mostParts = 1000; ///< each is a memory map
constexpr std::string_view digits = "0123456789";

bool isFile(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

/// The file of the same name with another extension, in lower or upper case; empty if there is none.
fs::path sibling(const fs::path& path, const char* lower, const char* upper)
{
    for (const char* extension : {lower, upper}) {
        fs::path candidate = path;
        candidate.replace_extension(extension);
        if (isFile(candidate))
            return candidate;
    }
    return {};
}

bool isHdr(const fs::path& path)
{
    return FileProbe{path, {}}.extension() == "hdr";
}

/// The name of a file, taken apart at the number at its end.
struct NumberedName {
    fs::path path;
    std::string stem; ///< before the number
    std::size_t width = 0;
    std::int64_t number = 0;

    /// The file whose number is `step` higher; empty if there is none.
    fs::path neighbour(int step) const
    {
        if (number + step < 0)
            return {};
        std::string text = std::to_string(number + step);
        text.insert(0, width > text.size() ? width - text.size() : 0, '0');
        const fs::path other = path.parent_path() / (stem + text + path.extension().string());
        return isFile(other) ? other : fs::path();
    }
    /// The .hdr file that all parts share: their name without number.
    fs::path sharedHdr() const
    {
        const auto last = stem.find_last_not_of("_-. ");
        return last == stem.npos ? fs::path()
                                 : sibling(path.parent_path() / (stem.substr(0, last + 1) + ".mib"), ".hdr", ".HDR");
    }
};

std::optional<NumberedName> numberedName(const fs::path& path)
{
    const std::string stem = path.stem().string();
    const auto last = stem.find_last_not_of(digits);
    const std::size_t start = last == stem.npos ? 0 : last + 1;
    NumberedName name{path, stem.substr(0, start), stem.size() - start};
    const char* end = stem.data() + stem.size();
    if (name.width == 0 || std::from_chars(stem.data() + start, end, name.number).ec != std::errc())
        return std::nullopt;
    return name;
}

/// The frames that a .hdr file describes: of its own name, else the first of the numbered ones.
Result<fs::path> framesOf(const fs::path& hdr)
{
    if (const fs::path frames = sibling(hdr, ".mib", ".MIB"); !frames.empty())
        return frames;
    std::vector<fs::path> parts;
    std::error_code code;
    const fs::path folder = hdr.has_parent_path() ? hdr.parent_path() : fs::path(".");
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        const auto name = numberedName(entry->path());
        if (name && FileProbe{entry->path(), {}}.extension() == "mib" && name->sharedHdr().filename() == hdr.filename())
            parts.push_back(entry->path());
    }
    if (!parts.empty())
        return *std::min_element(parts.begin(), parts.end(), [](const fs::path& a, const fs::path& b) {
            return naturalLess(a.filename().string(), b.filename().string());
        });
    fs::path missing = hdr;
    missing.replace_extension(".mib");
    const std::string name = missing.filename().string();
    return fail(ErrorCode::FileNotFound,
                "'" + hdr.string() + "' describes frames, but there is no '" + name + "' beside it.", missing, {name});
}

Result<MibPart> openPart(const fs::path& path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    auto header = readMibHeader(path, (*file)->bytes());
    if (!header)
        return fail(header.error());
    return MibPart{path, std::move(*file), std::move(*header)};
}

enum class Follows { Yes, Perhaps, No };

/// Whether the frames of `next` are those after the ones of `part`; perhaps where their numbers say nothing.
Follows follows(const MibPart& part, const MibPart& next)
{
    if (!part.header.hasLayoutOf(next.header) || part.endsInside() || next.frames() == 0 ||
        !sibling(next.path, ".hdr", ".HDR").empty())
        return Follows::No;
    const std::int64_t first = part.header.firstFrame;
    if (next.header.firstFrame == first + part.frames())
        return Follows::Yes;
    return next.header.firstFrame == first ? Follows::Perhaps : Follows::No;
}

/// The first file of those that may be one acquisition with `part`.
MibPart firstPart(MibPart part)
{
    for (std::size_t steps = 0; steps < mostParts; ++steps) {
        const auto name = numberedName(part.path);
        const fs::path before = name ? name->neighbour(-1) : fs::path();
        if (before.empty())
            break;
        auto previous = openPart(before);
        if (!previous || follows(*previous, part) == Follows::No)
            break;
        part = std::move(*previous);
    }
    return part;
}

void readHdr(MibFiles& files, const fs::path& hdr)
{
    if (hdr.empty())
        return;
    auto acquisition = readMibAcquisition(hdr);
    if (acquisition)
        files.acquisition = std::move(*acquisition);
    else
        files.warnings.push_back({errorCodeName(acquisition.error().code), acquisition.error().message, hdr});
}

/// Adds what follows the first part.
void addParts(MibFiles& files)
{
    const auto& told = files.acquisition;
    const std::int64_t announced = !told ? 0 : told->scan ? told->scan->count() : told->frames.value_or(0);
    while (true) {
        const MibPart& last = files.parts.back();
        const auto name = numberedName(last.path);
        const fs::path after = name ? name->neighbour(1) : fs::path();
        if (after.empty())
            return;
        auto next = openPart(after);
        const Follows how = next ? follows(last, *next) : Follows::No;
        if (how == Follows::No || (how == Follows::Perhaps && announced > 0 && files.frames() >= announced))
            return;
        if (files.parts.size() == mostParts) {
            files.warnings.push_back({"too_many_parts",
                                      "'" + files.parts.front().path.filename().string() + "' has more than " +
                                          std::to_string(mostParts) +
                                          " parts beside it; those after that are left out. Save the scan in fewer "
                                          "files.",
                                      files.parts.front().path});
            return;
        }
        files.parts.push_back(std::move(*next));
    }
}

MibFiles filesFrom(MibPart first, const fs::path& given)
{
    MibFiles files;
    fs::path hdr = isHdr(given) ? given : sibling(first.path, ".hdr", ".HDR");
    if (const auto name = numberedName(first.path); hdr.empty() && name)
        hdr = name->sharedHdr();
    files.parts.push_back(std::move(first));
    readHdr(files, hdr);
    addParts(files);
    return files;
}

} // namespace

std::int64_t MibFiles::frames() const
{
    return std::accumulate(parts.begin(), parts.end(), std::int64_t(0),
                           [](std::int64_t sum, const MibPart& part) { return sum + part.frames(); });
}

Result<MibFiles> openMibFiles(const fs::path& path)
{
    const auto frames = isHdr(path) ? framesOf(path) : Result<fs::path>(path);
    if (!frames)
        return fail(frames.error());
    auto part = openPart(*frames);
    if (!part)
        return fail(part.error());
    MibFiles files = filesFrom(firstPart(*part), path);
    // An acquisition before this file may end before it.
    if (std::none_of(files.parts.begin(), files.parts.end(),
                     [&](const MibPart& found) { return found.path == *frames; }))
        files = filesFrom(std::move(*part), path);
    if (files.parts.size() > 1)
        files.warnings.push_back({"files_joined",
                                  "'" + files.parts.front().path.filename().string() + "' to '" +
                                      files.parts.back().path.filename().string() + "' are read as one scan: " +
                                      std::to_string(files.parts.size()) +
                                      " parts whose frames follow each other. If they are scans of their own, put them "
                                      "into folders of their own.",
                                  files.parts.front().path});
    return files;
}

} // namespace dispersa
