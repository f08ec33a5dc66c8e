// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/emd_format.h"

#include "core/io/emd_items_p.h"
#include "core/io/hdf5_marks.h"
#include "core/io/hdf5_p.h"
#include "core/io/hdf5_scan_p.h"
#include "core/io/hdf5_statistics_p.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t largestMap = std::int64_t(1) << 27; ///< values

/// The one item of `kind` when no dataset was named: a lone DataCube wins over other 4-D datasets.
Result<hdf5::FoundItem> onlyItem(const hdf5::FileContents& contents, ItemKind kind, const fs::path& path)
{
    std::vector<const hdf5::FoundItem*> candidates;
    std::string names;
    for (const auto& found : contents.items)
        if (found.item.kind == kind) {
            candidates.push_back(&found);
            names += (names.empty() ? "" : ", ") + found.item.id;
        }
    if (std::count_if(candidates.begin(), candidates.end(), [](const auto* found) { return found->isDataCube; }) == 1)
        std::erase_if(candidates, [](const auto* found) { return !found->isDataCube; });
    if (candidates.size() == 1)
        return *candidates.front();
    const std::string what = kind == ItemKind::Diffraction ? "4-D dataset of diffraction patterns" : "map";
    if (candidates.empty())
        return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' holds no " + what + ".", path, {what});
    return fail(ErrorCode::DatasetMissing,
                "'" + path.string() + "' holds more than one " + what + "; name one of them: " + names + ".", path,
                {names});
}

Result<hdf5::FoundItem> findItem(const fs::path& path, const std::string& id, ItemKind kind)
{
    const hdf5::Lock lock;
    const auto file = hdf5::openForReading(path);
    if (!file)
        return fail(file.error());
    std::vector<Warning> warnings;
    if (id.empty())
        return onlyItem(hdf5::contentsOf(file->get(), path), kind, path);
    return hdf5::itemAt(file->get(), path, id, warnings);
}

class EmdFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"emd", "EMD 1.0 / py4DSTEM and generic HDF5", {"h5", "hdf5", "emd", "hdf"}};
            made.readsDiffraction = made.readsMaps = made.writesDiffraction = made.writesMaps = true;
            made.tellsScanShape = Tells::Always;
            made.tellsCalibration = Tells::Sometimes;
            made.note = "contiguous data is memory-mapped; any numeric dataset of three or more dimensions is offered";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override { return hdf5::hasSignature(probe.head) || probe.hdf5; }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        const hdf5::Lock lock;
        const auto file = hdf5::openForReading(path);
        if (!file)
            return fail(file.error());
        auto contents = hdf5::contentsOf(file->get(), path);
        FileInfo info{path, contents.isEmd ? "emd" : "hdf5", {}, std::move(contents.warnings)};
        for (auto& found : contents.items)
            info.items.push_back(std::move(found.item));
        return info;
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override
    {
        const auto found = findItem(path, id, ItemKind::Diffraction);
        return found ? hdf5::openScan(path, found->item, scanShape) : fail(found.error());
    }

    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override
    {
        const auto found = findItem(path, id, ItemKind::Map);
        if (!found)
            return fail(found.error());
        const FileItem& item = found->item;
        if (item.kind != ItemKind::Map)
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
        ElementMap map{item.quantity.value_or(""),
                       item.unit.value_or(MapUnit::Arbitrary),
                       {static_cast<int>(item.shape[0]), static_cast<int>(item.shape[1])},
                       {},
                       item.calibration.scanStep_nm,
                       path};
        auto values = hdf5::readWhole(path, item);
        if (!values)
            return fail(values.error());
        map.values = std::move(*values);
        return map;
    }

    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override
    {
        const auto found = findItem(path, id, ItemKind::Diffraction);
        return found ? hdf5::statisticsOf(path, found->item, progress, stop) : fail(found.error());
    }
};

} // namespace

const Format& emdFormat()
{
    static const EmdFormat format;
    return format;
}

} // namespace dispersa
