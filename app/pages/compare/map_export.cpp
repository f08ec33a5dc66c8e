// SPDX-License-Identifier: GPL-3.0-or-later
// Export of a run's maps; see map_export.h.
#include "app/pages/compare/map_export.h"

#include "core/base/os_file.h"
#include "core/io/map_writers.h"

namespace dispersa {

namespace {

/// One map with the place it goes to. The words are those of the run's own folder, not translated.
struct ExportedMap {
    std::string scan;
    std::string name;
    const ElementMap* map;
    ScanPoint origin;
};

std::vector<ExportedMap> allMaps(const RunResult& run)
{
    std::vector<ExportedMap> maps;
    for (const ScanResult& scan : run.scans) {
        const ScanPoint origin{scan.crop.y, scan.crop.x};
        for (const QuantityMaps& quantity : scan.quantities)
            for (const StoredMap& stored : storedMaps())
                if (const MapPtr& map = quantity.*stored.map)
                    maps.push_back({scan.name, quantity.quantity + "-" + stored.name, map.get(), origin});
        if (scan.novelty)
            maps.push_back({scan.name, "novelty", scan.novelty.get(), origin});
    }
    return maps;
}

} // namespace

Result<int> exportMaps(const RunResult& run, const MapExportFormats& formats, const std::filesystem::path& folder,
                       const ProgressSink& progress, std::stop_token stop)
{
    if (!formats.mrc && !formats.tiff && !formats.csv && !formats.emd)
        return fail(ErrorCode::InvalidArgument, "No map format was chosen; choose at least one.", {}, {"format"});
    const std::vector<ExportedMap> maps = allMaps(run);
    int files = 0;
    std::int64_t done = 0;
    std::vector<EmdMap> emd;
    for (const ExportedMap& item : maps) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "The export was cancelled.");
        const std::filesystem::path base = folder / item.scan / item.name;
        const auto with = [&base](const char* ending) { return std::filesystem::path(base.string() + ending); };
        if (formats.mrc || formats.tiff || formats.csv)
            if (auto ready = makeWritableFolder(base.parent_path()); !ready)
                return fail(ready.error());
        if (formats.mrc) {
            if (auto written = writeMrc(*item.map, item.origin, with(".mrc")); !written)
                return fail(written.error());
            ++files;
        }
        if (formats.tiff) {
            if (auto written = writeTiff(*item.map, item.origin, with(".tif")); !written)
                return fail(written.error());
            ++files;
        }
        if (formats.csv) {
            if (auto written = writeMapCsv(*item.map, with(".csv")); !written)
                return fail(written.error());
            ++files;
        }
        if (formats.emd)
            emd.push_back({item.scan, item.name, *item.map, item.origin});
        report(progress, {"export", ++done, std::int64_t(maps.size())});
    }
    if (formats.emd) {
        if (auto written = writeMapsEmd(emd, folder / "maps.h5"); !written)
            return fail(written.error());
        ++files;
    }
    return files;
}

} // namespace dispersa
