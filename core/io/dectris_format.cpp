// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dectris_format.h"

#include "core/io/dectris_scan_p.h"
#include "core/io/hdf5_statistics_p.h"
#include "core/io/statistics_sum.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr const char* framesId = "/entry/data";
constexpr std::int64_t patternsLookedAt = 16;
constexpr std::int64_t largestMap = std::int64_t(1) << 27; ///< values

std::string withSlash(const std::string& id)
{
    return id.empty() || id.starts_with('/') ? id : "/" + id;
}

bool isFrames(const std::string& id)
{
    return id.empty() || withSlash(id) == framesId;
}

tl::unexpected<Error> noFrames(const fs::path& path, const std::string& id)
{
    return fail(ErrorCode::DatasetMissing,
                "'" + path.string() + "' holds no diffraction patterns" + (id.empty() ? "" : " under '" + id + "'") +
                    "; open '" + framesId + "' of the file whose name ends in _master.",
                path, {id});
}

/// True for the microscope's file, false for a master file. Errors: those of opening.
Result<bool> isSideFile(const fs::path& path)
{
    const hdf5::Lock lock;
    const auto file = hdf5::openForReading(path);
    if (!file)
        return fail(file.error());
    return !hdf5::isDectrisMaster(file->get()) && hdf5::exists(file->get(), hdf5::stemMetadataGroup);
}

Result<FileInfo> inspectSideFile(const fs::path& path)
{
    const hdf5::Lock lock;
    const auto file = hdf5::openForReading(path);
    if (!file)
        return fail(file.error());
    return FileInfo{path, "dectris", hdf5::stemImages(file->get(), hdf5::stemMetadata(file->get()))};
}

/// The grid of the side file if the frames fit on it.
std::optional<ScanShape> gridOf(const hdf5::DectrisMaster& master)
{
    return master.metadata.scan && master.metadata.scan->count() >= master.frames ? master.metadata.scan : std::nullopt;
}

void warnOfPixels(const hdf5::DectrisMaster& master, std::vector<Warning>& warnings)
{
    if (!master.masked.empty())
        warnings.push_back(
            {"pixels_masked",
             std::to_string(master.masked.size()) + " pixels are excluded by the detector's own mask and read as 0.",
             master.path});
    // Counting them all would mean to read the whole scan.
    const auto sample = hdf5::sampleSaturation(master, patternsLookedAt);
    if (!sample)
        warnings.push_back({errorCodeName(sample.error().code), sample.error().message, master.path});
    else if (sample->pixels > 0)
        warnings.push_back({"pixels_saturated",
                            std::to_string(sample->pixels) + " pixels in " + std::to_string(sample->patterns) +
                                " patterns spread over the scan are above the detector's saturation value of " +
                                std::to_string(*master.saturation) + " and read as that.",
                            master.path});
}

void warnOfGrid(const hdf5::DectrisMaster& master, std::vector<Warning>& warnings)
{
    const auto stated = master.metadata.scan;
    if (!stated || stated->count() == master.frames)
        return;
    const std::string both = std::to_string(master.frames) + " patterns for a scan of " + toText(*stated);
    if (stated->count() > master.frames)
        warnings.push_back({"patterns_missing",
                            "There are only " + both + "; the other " +
                                std::to_string(stated->count() - master.frames) + " positions have no data.",
                            master.path});
    else
        warnings.push_back({"patterns_too_many",
                            "There are " + both +
                                ", more than it has positions: give the scan shape, and frames to leave out if there "
                                "are any.",
                            master.path});
}

FileItem framesItem(const hdf5::DectrisMaster& master)
{
    FileItem item;
    item.id = framesId;
    item.type = master.type;
    item.calibration = master.calibration;
    const auto& q = master.calibration.qPixel_invA;
    const auto& step = master.calibration.scanStep_nm;
    const std::string qUnit = q ? "1/A" : "px", stepUnit = step ? "nm" : "px";
    if (const auto grid = gridOf(master)) {
        item.kind = ItemKind::Diffraction;
        item.shape = {grid->height, grid->width, master.pattern.height, master.pattern.width};
        item.axes = {{"scan_y", step.value_or(1), stepUnit},
                     {"scan_x", step.value_or(1), stepUnit},
                     {"det_y", q.value_or(1), qUnit},
                     {"det_x", q.value_or(1), qUnit}};
    } else {
        item.kind = ItemKind::Stack;
        item.shape = {master.frames, master.pattern.height, master.pattern.width};
        item.axes = {{"frame", 1, ""}, {"det_y", q.value_or(1), qUnit}, {"det_x", q.value_or(1), qUnit}};
        item.scanHint = master.metadata.scan;
    }
    return item;
}

Result<FileInfo> inspectMaster(const fs::path& path)
{
    auto master = hdf5::readDectrisMaster(path);
    if (!master)
        return fail(master.error());
    FileInfo info{path, "dectris", {framesItem(*master)}, master->warnings};
    warnOfGrid(*master, info.warnings);
    warnOfPixels(*master, info.warnings);
    return info;
}

/// The image of that id, or of the group or detector of that name; the only one when the id is empty.
Result<FileItem> findImage(const FileInfo& info, const std::string& id)
{
    std::vector<const FileItem*> found;
    std::string names;
    for (const FileItem& item : info.items) {
        if (id.empty() || item.id == withSlash(id) || item.id.starts_with(withSlash(id) + "/"))
            found.push_back(&item);
        names += (names.empty() ? "" : ", ") + item.id;
    }
    if (found.size() == 1)
        return *found.front();
    return fail(ErrorCode::DatasetMissing,
                found.empty()
                    ? "'" + info.path.string() + "' has no map '" + id + "'."
                    : "'" + info.path.string() + "' holds more than one map; name one of them: " + names + ".",
                info.path, {found.empty() ? id : names});
}

/// All frames in their order, as readers get them.
Result<ItemStatistics> frameStatistics(const hdf5::DectrisMaster& master, const ProgressSink& progress,
                                       std::stop_token stop)
{
    const auto scan = hdf5::dectrisScan(master, framesId, {1, static_cast<int>(master.frames)});
    return scan ? scanStatistics(**scan, progress, stop) : fail(scan.error());
}

class DectrisFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"dectris", "Dectris master file (Arina)", {"h5"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Sometimes;
            made.companions = "_data_NNNNNN.h5 (required), and the microscope's .h5 of the same name without _master";
            made.note = "masked pixels read as 0, counts above the saturation value as that value";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        if (!probe.hdf5)
            return false;
        if (probe.hdf5->has(hdf5::stemMetadataGroup))
            return true;
        if (!probe.hdf5->has("entry"))
            return false;
        const hdf5::Lock lock;
        const auto file = hdf5::openForReading(probe.path);
        return file && hdf5::isDectrisMaster(file->get());
    }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        const auto side = isSideFile(path);
        if (!side)
            return fail(side.error());
        return *side ? inspectSideFile(path) : inspectMaster(path);
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> wanted) const override
    {
        const auto side = isSideFile(path);
        if (!side)
            return fail(side.error());
        if (*side || !isFrames(id))
            return noFrames(path, id);
        const auto master = hdf5::readDectrisMaster(path);
        if (!master)
            return fail(master.error());
        const auto grid = gridOf(*master);
        if (!wanted && !grid)
            return fail(ErrorCode::ScanShapeUnknown,
                        "'" + path.string() + "' is a flat stack of " + std::to_string(master->frames) +
                            " patterns; give the rows and columns of its scan.",
                        path, {std::to_string(master->frames)});
        // A person knows better than the microscope's file, as long as every frame gets a place.
        if (wanted && wanted != grid &&
            (wanted->height <= 0 || wanted->width <= 0 || wanted->count() != master->frames))
            return fail(ErrorCode::ShapeMismatch,
                        "'" + path.string() + "' holds " + std::to_string(master->frames) +
                            " patterns, which do not make a scan of " + toText(*wanted) + ".",
                        path, {std::to_string(master->frames), toText(*wanted)});
        return hdf5::dectrisScan(*master, framesId, wanted ? *wanted : *grid);
    }

    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override
    {
        const auto info = inspectSideFile(path);
        if (!info)
            return fail(info.error());
        const auto item = findImage(*info, id);
        if (!item)
            return fail(item.error());
        if (item->shape[0] > largestMap || item->shape[1] > largestMap || item->shape[0] * item->shape[1] > largestMap)
            return fail(ErrorCode::FormatInvalid,
                        "'" + item->id + "' in '" + path.string() + "' states an impossible size.", path, {item->id});
        auto values = hdf5::readWhole(path, *item);
        if (!values)
            return fail(values.error());
        return ElementMap{item->quantity.value_or(""),
                          MapUnit::Arbitrary,
                          {static_cast<int>(item->shape[0]), static_cast<int>(item->shape[1])},
                          std::move(*values),
                          item->calibration.scanStep_nm,
                          path};
    }

    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override
    {
        const auto side = isSideFile(path);
        if (!side)
            return fail(side.error());
        if (!*side && !isFrames(id))
            return noFrames(path, id);
        if (!*side) {
            const auto master = hdf5::readDectrisMaster(path);
            return master ? frameStatistics(*master, progress, stop) : fail(master.error());
        }
        const auto info = inspectSideFile(path);
        if (!info)
            return fail(info.error());
        const auto item = findImage(*info, id);
        return item ? hdf5::statisticsOf(path, *item, progress, stop) : fail(item.error());
    }
};

} // namespace

const Format& dectrisFormat()
{
    static const DectrisFormat format;
    return format;
}

} // namespace dispersa
