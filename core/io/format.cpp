// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/format.h"

#include "core/base/os_file.h"
#include "core/data/reordered_scan.h"
#include "core/io/hdf5_marks.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <limits>
#include <new>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

bool promisesHdf5(const FileProbe& probe)
{
    const std::string extension = probe.extension();
    return extension == "h5" || extension == "hdf5" || extension == "emd" || extension == "hspy" || extension == "nxs";
}

/// "MRC 2014, TIFF, ..." for messages.
std::string formatTitles()
{
    std::string text;
    for (const Format* format : formats())
        text += (text.empty() ? "" : ", ") + format->traits().title;
    return text;
}

/// Runs `work` and turns what a library throws into an error: no exception leaves the core.
template<class T, class Work>
Result<T> guarded(const fs::path& path, const Work& work)
{
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "There is not enough memory to read '" + path.string() + "'.", path);
    } catch (const std::exception& problem) {
        return fail(ErrorCode::Internal, "Reading '" + path.string() + "' failed: " + problem.what() + ".", path, {},
                    problem.what());
    }
}

/// formatOf() without the guard.
Result<const Format*> recognisedFormat(const fs::path& path)
{
    const auto mapped = MappedFile::open(path);
    if (!mapped)
        return fail(mapped.error());
    const auto bytes = (*mapped)->bytes();
    if (bytes.empty())
        return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' is empty (0 bytes).", path, {"0"});
    const auto marks = hdf5::rootMarks(path, bytes);
    const FileProbe probe{path, bytes.first(std::min<std::size_t>(bytes.size(), 1024)), bytes.size(),
                          marks ? &*marks : nullptr};
    // What is in the file counts more than its name, so the name is asked only when no content is recognised.
    for (const Format* format : formats())
        if (format->recognises(probe))
            return format;
    if (promisesHdf5(probe) && !hdf5::hasSignature(bytes))
        return fail(ErrorCode::FormatInvalid,
                    "'" + path.string() +
                        "' is not an HDF5 file, although its name says so: the HDF5 signature is missing. Copy the "
                        "file again or give it the extension of what it is.",
                    path, {"HDF5"});
    for (const Format* format : formats())
        if (format->claimsName(probe))
            return format;
    return fail(ErrorCode::FormatUnknown,
                "'" + path.string() + "' is none of the formats Dispersa reads (" + formatTitles() + ").", path,
                {formatTitles()});
}

} // namespace

const char* itemKindName(ItemKind kind)
{
    switch (kind) {
    case ItemKind::Diffraction:
        return "diffraction";
    case ItemKind::Map:
        return "map";
    case ItemKind::Stack:
        return "stack";
    case ItemKind::Spectrum:
        return "spectrum";
    }
    return "map";
}

bool Hdf5Marks::has(std::string_view link) const
{
    return std::find(links.begin(), links.end(), link) != links.end();
}

bool FileProbe::startsWith(std::string_view signature) const
{
    return head.size() >= signature.size() && std::memcmp(head.data(), signature.data(), signature.size()) == 0;
}

std::string FileProbe::extension() const
{
    std::string text = path.extension().string();
    if (!text.empty())
        text.erase(0, 1);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool Format::claimsName(const FileProbe&) const
{
    return false;
}

Result<ScanPtr> Format::openDiffraction(const fs::path& path, const std::string&, std::optional<ScanShape>) const
{
    return fail(ErrorCode::FormatUnsupported,
                "'" + path.string() + "' is a " + traits().title +
                    " file; Dispersa reads no diffraction patterns from that format.",
                path, {traits().title});
}

Result<ElementMap> Format::readMap(const fs::path& path, const std::string&) const
{
    return fail(ErrorCode::FormatUnsupported,
                "'" + path.string() + "' is a " + traits().title + " file; Dispersa reads no maps from that format.",
                path, {traits().title});
}

Result<const Format*> formatOf(const fs::path& path)
{
    return guarded<const Format*>(path, [&] { return recognisedFormat(path); });
}

const FileItem* patternsItem(const FileInfo& info, const std::string& dataset)
{
    const auto normal = [](std::string name) {
        while (name.size() > 1 && name.ends_with('/'))
            name.pop_back();
        return name.starts_with('/') ? name : "/" + name;
    };
    const FileItem* stack = nullptr;
    const FileItem* scan = nullptr;
    for (const FileItem& item : info.items) {
        const bool isStack = item.kind == ItemKind::Stack && item.shape.size() == 3;
        if (!isStack && item.kind != ItemKind::Diffraction)
            continue;
        if (!dataset.empty() && (normal(item.id) == normal(dataset) || normal(item.id).starts_with(normal(dataset) + "/")))
            return &item;
        const FileItem*& first = isStack ? stack : scan;
        first = first ? first : &item;
    }
    if (!dataset.empty() && info.items.size() != 1)
        return nullptr;
    return scan ? scan : stack;
}

std::optional<int> flatFrames(const FileInfo& info, const std::string& dataset)
{
    const FileItem* item = patternsItem(info, dataset);
    if (!item || item->kind != ItemKind::Stack || item->shape.front() <= 0 ||
        item->shape.front() > std::numeric_limits<int>::max())
        return std::nullopt;
    return static_cast<int>(item->shape.front());
}

Result<FileInfo> inspectFile(const fs::path& path)
{
    return guarded<FileInfo>(path, [&]() -> Result<FileInfo> {
        const auto format = recognisedFormat(path);
        if (!format)
            return fail(format.error());
        return (*format)->inspect(path);
    });
}

Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& dataset, std::optional<ScanShape> scanShape,
                                const ScanOrder& order)
{
    return guarded<ScanPtr>(path, [&]() -> Result<ScanPtr> {
        const auto format = recognisedFormat(path);
        if (!format)
            return fail(format.error());
        if (order.isDefault() && !(*format)->traits().tellsSerpentine)
            return (*format)->openDiffraction(path, dataset, scanShape);
        const auto info = (*format)->inspect(path);
        if (!info)
            return fail(info.error());
        const FileItem* item = patternsItem(*info, dataset);
        ScanOrder whole = order;
        if (!whole.serpentine && item && item->isSerpentine)
            whole.serpentine = true;
        if (order.isDefault()) {
            auto scan = (*format)->openDiffraction(path, dataset, scanShape);
            return scan && !whole.isDefault() ? inOrder(std::move(*scan), {}, whole) : scan;
        }
        // A stack is put in order from one row of all its frames. Its metadata may tell the grid, else the format says what
        // is missing. With swapped axes its frames are detector pixels, and the grid is that of what looked like patterns.
        std::optional<ScanShape> acquired = scanShape;
        std::optional<ScanShape> row;
        if (const auto frames = flatFrames(*info, dataset))
            row = ScanShape{1, *frames};
        if (row && !acquired && !order.swapAxes) {
            const auto told = (*format)->openDiffraction(path, dataset, {});
            if (!told)
                return fail(told.error());
            acquired = (*told)->scanShape();
        }
        auto scan = (*format)->openDiffraction(path, dataset, row);
        return scan ? inOrder(std::move(*scan), acquired, whole) : scan;
    });
}

Result<ElementMap> readMap(const fs::path& path, const std::string& dataset)
{
    return guarded<ElementMap>(path, [&]() -> Result<ElementMap> {
        const auto format = recognisedFormat(path);
        if (!format)
            return fail(format.error());
        return (*format)->readMap(path, dataset);
    });
}

Result<ItemStatistics> itemStatistics(const fs::path& path, const std::string& dataset, const ProgressSink& progress,
                                      std::stop_token stop)
{
    return guarded<ItemStatistics>(path, [&]() -> Result<ItemStatistics> {
        const auto format = recognisedFormat(path);
        if (!format)
            return fail(format.error());
        return (*format)->statistics(path, dataset, progress, stop);
    });
}

} // namespace dispersa
