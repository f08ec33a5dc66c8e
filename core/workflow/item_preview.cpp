// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/item_preview.h"

#include <algorithm>
#include <limits>

namespace dispersa {
namespace {

bool isSane(const FileItem& item)
{
    return std::all_of(item.shape.begin(), item.shape.end(), [](std::int64_t extent) {
        return extent > 0 && extent <= std::numeric_limits<int>::max();
    });
}

} // namespace

bool holdsPatterns(const FileItem& item)
{
    return isSane(item) && ((item.kind == ItemKind::Diffraction && item.shape.size() == 4) ||
                            (item.kind == ItemKind::Stack && item.shape.size() == 3));
}

bool holdsMap(const FileItem& item)
{
    return isSane(item) && item.kind == ItemKind::Map && item.shape.size() == 2;
}

std::uint64_t itemBytes(const FileItem& item)
{
    std::uint64_t bytes = elementSize(item.type);
    for (const std::int64_t extent : item.shape) {
        if (extent <= 0 || bytes > std::numeric_limits<std::uint64_t>::max() / static_cast<std::uint64_t>(extent))
            return 0;
        bytes *= static_cast<std::uint64_t>(extent);
    }
    return bytes;
}

bool needsChoice(const FileInfo& info)
{
    const auto count = [&](auto holds) { return std::count_if(info.items.begin(), info.items.end(), holds); };
    const auto scans = count([](const FileItem& item) { return item.kind == ItemKind::Diffraction; });
    if (scans != 0)
        return scans > 1;
    if (count([](const FileItem& item) { return holdsMap(item) && item.quantity; }) > 0)
        return false;
    // A format of one thing says what it is; a stack among named datasets does not.
    return count([](const FileItem& item) { return !item.id.empty() && (holdsPatterns(item) || holdsMap(item)); }) > 0;
}

Result<ItemPreview> itemPreview(const std::filesystem::path& path, const FileItem& item)
{
    if (holdsMap(item)) {
        auto map = readMap(path, item.id);
        if (!map)
            return fail(map.error());
        return ItemPreview{false, map->shape.height, map->shape.width, std::move(map->values)};
    }
    if (!holdsPatterns(item))
        return fail(ErrorCode::DatasetMissing, "There is no picture of '" + item.id + "' in '" + path.string() + "'.",
                    path, {item.id});
    std::optional<ScanShape> row;
    if (item.shape.size() == 3)
        row = ScanShape{1, static_cast<int>(item.shape.front())};
    const auto scan = openDiffraction(path, item.id, row);
    if (!scan)
        return fail(scan.error());
    // The middle, or the first pattern when the scan stopped before it.
    const ScanShape grid = (*scan)->scanShape();
    ScanPoint point{grid.height / 2, grid.width / 2};
    if (!(*scan)->isAvailable(point))
        point = {0, 0};
    auto values = (*scan)->pattern(point);
    if (!values)
        return fail(values.error());
    const PatternShape shape = (*scan)->patternShape();
    return ItemPreview{true, shape.height, shape.width, std::move(*values)};
}

} // namespace dispersa
