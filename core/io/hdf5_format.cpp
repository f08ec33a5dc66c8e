// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_format_p.h"

#include "core/io/hdf5_scan_p.h"
#include "core/io/hdf5_statistics_p.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t largestMap = std::int64_t(1) << 27; ///< values

/// The one item of `kind` when no dataset was named: a lone main one wins over the others.
Result<FileItem> onlyItem(const hdf5::FileContents& contents, ItemKind kind, const fs::path& path)
{
    std::vector<const hdf5::FoundItem*> candidates;
    std::string names;
    for (const auto& found : contents.items)
        if (found.item.kind == kind && !found.item.isGuess) {
            candidates.push_back(&found);
            names += (names.empty() ? "" : ", ") + found.item.id;
        }
    if (std::count_if(candidates.begin(), candidates.end(), [](const auto* found) { return found->isMain; }) == 1)
        std::erase_if(candidates, [](const auto* found) { return !found->isMain; });
    if (candidates.size() == 1)
        return candidates.front()->item;
    const std::string what = kind == ItemKind::Diffraction ? "4-D dataset of diffraction patterns" : "map";
    if (candidates.empty())
        return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' holds no " + what + ".", path, {what});
    return fail(ErrorCode::DatasetMissing,
                "'" + path.string() + "' holds more than one " + what + "; name one of them: " + names + ".", path,
                {names});
}

Result<void> checkMap(const FileItem& item, const fs::path& path)
{
    if (item.kind != ItemKind::Map || item.shape.size() != 2)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + item.id + "' in '" + path.string() + "' has " + std::to_string(item.shape.size()) +
                        " dimensions; a map has two.",
                    path, {item.id});
    for (const std::int64_t extent : item.shape)
        if (extent <= 0 || extent > largestMap || item.shape[0] * item.shape[1] > largestMap)
            return fail(ErrorCode::FormatInvalid,
                        "'" + item.id + "' in '" + path.string() + "' states an impossible size of " +
                            std::to_string(item.shape[0]) + " x " + std::to_string(item.shape[1]) + ".",
                        path, {item.id});
    return {};
}

} // namespace

Result<FileItem> Hdf5Format::find(const fs::path& path, const std::string& id, ItemKind kind) const
{
    const hdf5::Lock lock;
    const auto file = hdf5::openForReading(path);
    if (!file)
        return fail(file.error());
    const hdf5::FileContents contents = contentsOf(file->get(), path);
    if (id.empty())
        return onlyItem(contents, kind, path);
    auto found = hdf5::itemNamed(file->get(), path, id, contents);
    return found ? Result<FileItem>(std::move(found->item)) : fail(found.error());
}

Result<FileInfo> Hdf5Format::inspect(const fs::path& path) const
{
    const hdf5::Lock lock;
    const auto file = hdf5::openForReading(path);
    if (!file)
        return fail(file.error());
    auto contents = contentsOf(file->get(), path);
    FileInfo info{path, contents.format.empty() ? traits().name : contents.format, {}, std::move(contents.warnings)};
    for (auto& found : contents.items)
        info.items.push_back(std::move(found.item));
    if (info.items.empty() && info.warnings.empty())
        info.warnings.push_back(hdf5::whyNothing(file->get(), path));
    return info;
}

Result<ScanPtr> Hdf5Format::openDiffraction(const fs::path& path, const std::string& id,
                                            std::optional<ScanShape> scanShape) const
{
    const auto item = find(path, id, ItemKind::Diffraction);
    return item ? scanOf(path, *item, scanShape) : fail(item.error());
}

Result<ElementMap> Hdf5Format::readMap(const fs::path& path, const std::string& id) const
{
    const auto item = find(path, id, ItemKind::Map);
    if (!item)
        return fail(item.error());
    if (auto valid = checkMap(*item, path); !valid)
        return fail(valid.error());
    ElementMap map{item->quantity.value_or(""),
                   item->unit.value_or(MapUnit::Arbitrary),
                   {static_cast<int>(item->shape[0]), static_cast<int>(item->shape[1])},
                   {},
                   item->calibration.scanStep_nm,
                   path};
    auto values = valuesOf(path, *item);
    if (!values)
        return fail(values.error());
    map.values = std::move(*values);
    return map;
}

Result<ItemStatistics> Hdf5Format::statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                              std::stop_token stop) const
{
    const auto item = find(path, id, ItemKind::Diffraction);
    return item ? statisticsOf(path, *item, progress, stop) : fail(item.error());
}

Result<ScanPtr> Hdf5Format::scanOf(const fs::path& path, const FileItem& item, std::optional<ScanShape> scanShape) const
{
    return hdf5::openScan(path, item, scanShape);
}

Result<std::vector<float>> Hdf5Format::valuesOf(const fs::path& path, const FileItem& item) const
{
    return hdf5::readWhole(path, item);
}

Result<ItemStatistics> Hdf5Format::statisticsOf(const fs::path& path, const FileItem& item,
                                                const ProgressSink& progress, std::stop_token stop) const
{
    return hdf5::statisticsOf(path, item, progress, stop);
}

} // namespace dispersa
