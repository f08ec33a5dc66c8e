// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mrc_format.h"

#include "core/base/log.h"
#include "core/base/os_file.h"
#include "core/data/reordered_scan.h"
#include "core/io/map_label.h"
#include "core/io/map_naming.h"
#include "core/io/mapped_scan.h"
#include "core/io/mrc_header.h"
#include "core/io/statistics_sum.h"

#include <algorithm>
#include <cstring>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

struct OpenMrc {
    std::shared_ptr<const MappedFile> file;
    MrcHeader header;
};

Result<OpenMrc> open(const fs::path& path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    auto header = readMrcHeader(path, (*file)->bytes());
    if (!header)
        return fail(header.error());
    return OpenMrc{std::move(*file), std::move(*header)};
}

Result<void> checkId(const fs::path& path, const std::string& id)
{
    if (id.empty())
        return {};
    return fail(ErrorCode::DatasetMissing,
                "'" + path.string() + "' has no dataset '" + id + "'; an MRC file holds one item without a name.", path,
                {id});
}

Calibration mrcDiffractionCalibration(const MrcHeader& header)
{
    Calibration calibration;
    if (header.fei && header.fei->pixelSize_invM)
        calibration.qPixel_invA = *header.fei->pixelSize_invM * 1e-10;
    if (header.fei && header.fei->convergence_rad)
        calibration.convergence_mrad = *header.fei->convergence_rad * 1e3;
    return calibration;
}

/// `count` values from `offset` of the file on, in this machine's byte order.
void copyMrcValues(const MrcHeader& header, std::span<const std::byte> file, std::int64_t offset, std::int64_t count,
                   std::byte* to)
{
    const std::size_t size = elementSize(header.type);
    copyValues(file.data() + offset, static_cast<std::size_t>(count), size, size, header.swapped, to);
}

Calibration mapCalibration(const MrcHeader& header)
{
    Calibration calibration;
    calibration.scanStep_nm = header.cellStep_nm;
    if (header.fei && header.fei->pixelSize_m)
        calibration.scanStep_nm = *header.fei->pixelSize_m * 1e9;
    if (header.fei && header.fei->convergence_rad)
        calibration.convergence_mrad = *header.fei->convergence_rad * 1e3;
    return calibration;
}

/// What the map shows: our own label, the FEI element field, or the file name.
MapLabel labelOf(const fs::path& path, const MrcHeader& header)
{
    if (auto own = parseMapLabel(header.label))
        return *own;
    return labelFromName(path, header.fei ? header.fei->element : std::nullopt);
}

std::vector<ItemAxis> detectorAxes(const Calibration& calibration)
{
    const double scale = calibration.qPixel_invA.value_or(1);
    const char* unit = calibration.qPixel_invA ? "1/A" : "px";
    return {{"det_y", scale, unit}, {"det_x", scale, unit}};
}

FileItem itemOf(const fs::path& path, const MrcHeader& header)
{
    FileItem item;
    item.type = header.type;
    if (header.nz == 1) {
        const MapLabel label = labelOf(path, header);
        item.kind = ItemKind::Map;
        item.quantity = label.quantity;
        item.unit = label.unit;
        item.shape = {header.ny, header.nx};
        item.calibration = mapCalibration(header);
        const double scale = item.calibration.scanStep_nm.value_or(1);
        const char* unit = item.calibration.scanStep_nm ? "nm" : "px";
        item.axes = {{"y", scale, unit}, {"x", scale, unit}};
        return item;
    }
    item.calibration = mrcDiffractionCalibration(header);
    item.axes = detectorAxes(item.calibration);
    if (const auto scan = header.scanShape()) {
        item.kind = ItemKind::Diffraction;
        item.shape = {scan->height, scan->width, header.ny, header.nx};
        item.axes.insert(item.axes.begin(), {{"scan_y", 1, "px"}, {"scan_x", 1, "px"}});
    } else {
        item.kind = ItemKind::Stack;
        item.shape = {header.nz, header.ny, header.nx};
        item.axes.insert(item.axes.begin(), ItemAxis{"frame", 1, ""});
    }
    return item;
}

class MrcFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"mrc", "MRC 2014", {"mrc", "mrcs", "map", "st", "rec", "ali"}};
            made.readsDiffraction = made.readsMaps = made.writesMaps = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Sometimes;
            made.note = "Thermo Fisher's flat 4D-STEM stacks and FEI headers; the grid comes from a companion map";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        return probe.head.size() >= 212 && std::memcmp(probe.head.data() + 208, "MAP ", 4) == 0;
    }

    /// Old files carry no mark.
    bool claimsName(const FileProbe& probe) const override
    {
        const auto& known = traits().extensions;
        return std::find(known.begin(), known.end(), probe.extension()) != known.end();
    }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        const auto mrc = open(path);
        if (!mrc)
            return fail(mrc.error());
        return FileInfo{path, traits().name, {itemOf(path, mrc->header)}, mrc->header.warnings};
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override;
    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override;
    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override;
};

Result<ScanPtr> MrcFormat::openDiffraction(const fs::path& path, const std::string& id,
                                           std::optional<ScanShape> scanShape) const
{
    if (auto checked = checkId(path, id); !checked)
        return fail(checked.error());
    auto mrc = open(path);
    if (!mrc)
        return fail(mrc.error());
    const std::string frames = std::to_string(mrc->header.nz);
    if (!scanShape)
        scanShape = mrc->header.scanShape();
    if (!scanShape && mrc->header.nz == 1)
        return fail(ErrorCode::DatasetMissing,
                    "'" + path.string() + "' is one image, not a stack of diffraction patterns.", path, {""});
    if (!scanShape)
        return fail(ErrorCode::ScanShapeUnknown,
                    "'" + path.string() + "' is a flat stack of " + frames +
                        " patterns and does not tell its scan grid. Give the rows and columns of the scan, or put a "
                        "map of the same scan beside it.",
                    path, {frames});
    if (scanShape->height <= 0 || scanShape->width <= 0 || scanShape->count() != mrc->header.nz)
        return fail(ErrorCode::ShapeMismatch,
                    "'" + path.string() + "' holds " + frames + " patterns, but a scan of " + toText(*scanShape) +
                        " has " + std::to_string(scanShape->count()) + ". Check the scan shape.",
                    path, {frames, toText(*scanShape)});
    for (const Warning& warning : mrc->header.warnings)
        log(LogLevel::Warning, warning.message);
    const MrcHeader& header = mrc->header;
    MappedScanInfo info{path, {}, mrcDiffractionCalibration(header), header.availableFrames};
    auto scan = mappedScan(std::move(mrc->file),
                           FrameLayout::frames(static_cast<std::uint64_t>(header.dataOffset),
                                               static_cast<std::uint64_t>(header.frameBytes()), *scanShape,
                                               {header.ny, header.nx}, header.type, header.swapped),
                           std::move(info));
    if (!scan || !header.fei || !header.fei->serpentine)
        return scan;
    ScanOrder order;
    order.serpentine = true;
    return inOrder(std::move(*scan), *scanShape, order);
}

Result<ElementMap> MrcFormat::readMap(const fs::path& path, const std::string& id) const
{
    if (auto checked = checkId(path, id); !checked)
        return fail(checked.error());
    const auto mrc = open(path);
    if (!mrc)
        return fail(mrc.error());
    const MrcHeader& header = mrc->header;
    if (header.nz != 1)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' is a stack of " + std::to_string(header.nz) +
                        " images, not one map. Export the map as a single image.",
                    path, {std::to_string(header.nz)});
    std::vector<std::byte> raw(static_cast<std::size_t>(header.frameBytes()));
    copyMrcValues(header, mrc->file->bytes(), header.dataOffset, std::int64_t(header.ny) * header.nx, raw.data());
    const MapLabel label = labelOf(path, header);
    ElementMap map;
    map.quantity = label.quantity.value_or("");
    map.unit = label.unit.value_or(MapUnit::Arbitrary);
    map.shape = {header.ny, header.nx};
    map.values.resize(static_cast<std::size_t>(map.shape.count()));
    convertToFloat(header.type, raw, map.values);
    map.scanStep_nm = mapCalibration(header).scanStep_nm;
    map.source = path;
    return map;
}

Result<ItemStatistics> MrcFormat::statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                             std::stop_token stop) const
{
    if (auto checked = checkId(path, id); !checked)
        return fail(checked.error());
    const auto mrc = open(path);
    if (!mrc)
        return fail(mrc.error());
    const MrcHeader& header = mrc->header;
    const auto size = static_cast<std::int64_t>(elementSize(header.type));
    const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
        copyMrcValues(header, mrc->file->bytes(), header.dataOffset + first * size, count, to.data());
        return {};
    };
    return statisticsInBlocks(header.type, header.availableFrames * header.nx * header.ny, read, progress, stop);
}

} // namespace

const Format& mrcFormat()
{
    static const MrcFormat format;
    return format;
}

} // namespace dispersa
