// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mrc_format.h"

#include "core/base/log.h"
#include "core/base/os_file.h"
#include "core/data/reordered_scan.h"
#include "core/io/direct_electron.h"
#include "core/io/map_label.h"
#include "core/io/map_naming.h"
#include "core/io/mapped_scan.h"
#include "core/io/mrc_header.h"
#include "core/io/statistics_sum.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

/// The type of whole numbers that `id` names instead of `type`: the same bytes with or without a sign.
std::optional<ElementType> otherSign(ElementType type, const std::string& id)
{
    const bool bytes = type == ElementType::Int8 || type == ElementType::UInt8;
    const bool words = type == ElementType::Int16 || type == ElementType::UInt16;
    for (const ElementType read : {ElementType::Int8, ElementType::UInt8, ElementType::Int16, ElementType::UInt16})
        if (id == elementTypeName(read) && elementSize(read) == elementSize(type) && (bytes || words))
            return read;
    return std::nullopt;
}

struct OpenMrc {
    std::shared_ptr<const MappedFile> file;
    MrcHeader header;
    std::optional<DirectElectronFile> camera; ///< what the files beside it say
};

/// An MRC file holds one item without a name. Whole numbers have two names beside, for what a header does not tell or
/// tells wrongly: "int8" and "uint8", "int16" and "uint16" read them with or without a sign.
Result<OpenMrc> open(const fs::path& path, const std::string& id)
{
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    auto header = readMrcHeader(path, (*file)->bytes());
    if (!header)
        return fail(header.error());
    OpenMrc mrc{std::move(*file), std::move(*header), {}};
    mrc.camera = readDirectElectron(path, mrc.header.nz);
    if (mrc.camera && mrc.header.type == ElementType::Int8) {
        mrc.header.type = ElementType::UInt8; // these cameras' software writes bytes without a sign
        mrc.header.byteSignTold = true;
    }
    if (const auto type = otherSign(mrc.header.type, id)) {
        mrc.header.type = *type;
        return mrc;
    }
    if (!id.empty())
        return fail(ErrorCode::DatasetMissing,
                    "'" + path.string() + "' has no dataset '" + id + "'; an MRC file holds one item without a name.",
                    path, {id});
    return mrc;
}

std::vector<Warning> warningsOf(const fs::path& path, const OpenMrc& mrc)
{
    std::vector<Warning> warnings = mrc.header.warnings;
    if (mrc.camera)
        warnings.insert(warnings.end(), mrc.camera->warnings.begin(), mrc.camera->warnings.end());
    if (!mrc.header.byteSignTold)
        warnings.push_back({"mrc_byte_sign",
                            "'" + path.filename().string() +
                                "' stores bytes and does not tell whether they are signed; they were read as signed, "
                                "as MRC 2014 says. If bright pixels are negative, open its dataset \"uint8\".",
                            path});
    return warnings;
}

Calibration diffractionCalibration(const OpenMrc& mrc)
{
    Calibration calibration;
    if (mrc.header.fei && mrc.header.fei->pixelSize_invM)
        calibration.qPixel_invA = *mrc.header.fei->pixelSize_invM * 1e-10;
    if (mrc.header.fei && mrc.header.fei->convergence_rad)
        calibration.convergence_mrad = *mrc.header.fei->convergence_rad * 1e3;
    return mrc.camera ? calibration.overriddenBy(mrc.camera->calibration) : calibration;
}

/// `count` values from `offset` of the file on, in this machine's byte order.
void copyMrcValues(const MrcHeader& header, std::span<const std::byte> file, std::int64_t offset, std::int64_t count,
                   std::byte* to)
{
    const std::size_t size = elementSize(header.type);
    copyValues(file.data() + offset, static_cast<std::size_t>(count), size, size, header.swapped, to);
}

Calibration mapCalibration(const OpenMrc& mrc)
{
    Calibration calibration;
    calibration.scanStep_nm = mrc.header.cellStep_nm;
    if (mrc.header.fei && mrc.header.fei->pixelSize_m)
        calibration.scanStep_nm = *mrc.header.fei->pixelSize_m * 1e9;
    if (mrc.header.fei && mrc.header.fei->convergence_rad)
        calibration.convergence_mrad = *mrc.header.fei->convergence_rad * 1e3;
    if (mrc.camera && mrc.camera->role == DirectElectronFile::Role::ScanImage && mrc.camera->calibration.scanStep_nm)
        calibration.scanStep_nm = mrc.camera->calibration.scanStep_nm;
    return calibration;
}

/// What the map shows: our own label, the FEI element field, the file name, or the camera's virtual detector.
MapLabel labelOf(const fs::path& path, const OpenMrc& mrc)
{
    if (auto own = parseMapLabel(mrc.header.label))
        return *own;
    MapLabel label = labelFromName(path, mrc.header.fei ? mrc.header.fei->element : std::nullopt);
    if (!label.quantity && mrc.camera && !mrc.camera->detector.empty())
        return {mrc.camera->detector, MapUnit::Arbitrary};
    return label;
}

/// The grid that the file or its companions tell for certain.
std::optional<ScanShape> gridOf(const OpenMrc& mrc)
{
    if (const auto grid = mrc.header.volumeGrid())
        return grid;
    return mrc.camera ? mrc.camera->grid : std::nullopt;
}

ItemAxis axis(const char* name, const std::optional<double>& size, const char* unit)
{
    return size ? ItemAxis{name, *size, unit} : ItemAxis{name, 1, "px"};
}

FileItem itemOf(const fs::path& path, const OpenMrc& mrc)
{
    const MrcHeader& header = mrc.header;
    FileItem item;
    item.type = header.type;
    if (header.nz == 1) {
        const MapLabel label = labelOf(path, mrc);
        item.kind = ItemKind::Map;
        item.quantity = label.quantity;
        item.unit = label.unit;
        item.shape = {header.ny, header.nx};
        item.calibration = mapCalibration(mrc);
        const auto& step = item.calibration.scanStep_nm;
        item.axes = {axis("y", step, "nm"), axis("x", step, "nm")};
        return item;
    }
    item.calibration = diffractionCalibration(mrc);
    item.isSerpentine = header.fei && header.fei->serpentine && !mrc.camera; // a camera's table says more
    const auto& q = item.calibration.qPixel_invA;
    const auto& step = item.calibration.scanStep_nm;
    item.axes = {axis("det_y", q, "1/A"), axis("det_x", q, "1/A")};
    if (const auto scan = gridOf(mrc)) {
        item.kind = ItemKind::Diffraction;
        item.shape = {scan->height, scan->width, header.ny, header.nx};
        item.axes.insert(item.axes.begin(), {axis("scan_y", step, "nm"), axis("scan_x", step, "nm")});
    } else {
        item.kind = ItemKind::Stack;
        item.shape = {header.nz, header.ny, header.nx};
        item.axes.insert(item.axes.begin(), ItemAxis{"frame", 1, ""});
        item.scanHint = header.scanRectangle();
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
            made.tellsSerpentine = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Sometimes;
            made.companions = "_info.txt, _scan_coordinates.csv";
            made.note = "Thermo Fisher's flat 4D-STEM stacks and FEI headers, which may tell a serpentine scan; the grid "
                        "comes from a companion map. "
                        "Direct Electron's movies tell theirs. The datasets \"int8\", \"uint8\", \"int16\" and "
                        "\"uint16\" read whole numbers with or without a sign";
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
        const auto mrc = open(path, {});
        if (!mrc)
            return fail(mrc.error());
        return FileInfo{path, traits().name, {itemOf(path, *mrc)}, warningsOf(path, *mrc)};
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
    auto mrc = open(path, id);
    if (!mrc)
        return fail(mrc.error());
    const MrcHeader& header = mrc->header;
    const std::string frames = std::to_string(header.nz);
    const auto grid = gridOf(*mrc);
    if (!scanShape)
        scanShape = grid ? grid : header.scanRectangle();
    if (!scanShape && header.nz == 1)
        return fail(ErrorCode::DatasetMissing,
                    "'" + path.string() + "' is one image, not a stack of diffraction patterns.", path, {""});
    if (!scanShape)
        return fail(ErrorCode::ScanShapeUnknown,
                    "'" + path.string() + "' is a flat stack of " + frames +
                        " patterns and does not tell its scan grid. Give the rows and columns of the scan, or put a "
                        "map of the same scan beside it.",
                    path, {frames});
    // The camera's table may leave frames out and positions empty; another grid must take every frame in order.
    const bool placed = mrc->camera && !mrc->camera->frameOf.empty() && scanShape == grid;
    if (!placed && (scanShape->height <= 0 || scanShape->width <= 0 || scanShape->count() != header.nz))
        return fail(ErrorCode::ShapeMismatch,
                    "'" + path.string() + "' holds " + frames + " patterns, but a scan of " + toText(*scanShape) +
                        " has " + std::to_string(scanShape->count()) + ". Check the scan shape.",
                    path, {frames, toText(*scanShape)});
    for (const Warning& warning : warningsOf(path, *mrc))
        log(LogLevel::Warning, warning.message);
    MappedScanInfo info{path, id, diffractionCalibration(*mrc), header.availableFrames};
    auto scan = mappedScan(mrc->file,
                           FrameLayout::frames(static_cast<std::uint64_t>(header.dataOffset),
                                               static_cast<std::uint64_t>(header.frameBytes()),
                                               placed ? ScanShape{1, header.nz} : *scanShape, {header.ny, header.nx},
                                               header.type, header.swapped),
                           std::move(info));
    if (scan && placed) {
        const Calibration calibration = (*scan)->calibration();
        return ScanPtr(
            std::make_shared<ReorderedScan>(std::move(*scan), *grid, mrc->camera->frameOf, calibration));
    }
    return scan;
}

Result<ElementMap> MrcFormat::readMap(const fs::path& path, const std::string& id) const
{
    const auto mrc = open(path, id);
    if (!mrc)
        return fail(mrc.error());
    const MrcHeader& header = mrc->header;
    if (header.nz != 1)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' is a stack of " + std::to_string(header.nz) +
                        " images, not one map. Export the map as a single image.",
                    path, {std::to_string(header.nz)});
    const auto count = static_cast<std::size_t>(header.availableValues());
    std::vector<std::byte> raw(count * elementSize(header.type));
    copyMrcValues(header, mrc->file->bytes(), header.dataOffset, header.availableValues(), raw.data());
    const MapLabel label = labelOf(path, *mrc);
    ElementMap map;
    map.quantity = label.quantity.value_or("");
    map.unit = label.unit.value_or(MapUnit::Arbitrary);
    map.shape = {header.ny, header.nx};
    map.values.assign(static_cast<std::size_t>(map.shape.count()), std::numeric_limits<float>::quiet_NaN());
    convertToFloat(header.type, raw, std::span(map.values).first(count));
    map.scanStep_nm = mapCalibration(*mrc).scanStep_nm;
    map.source = path;
    return map;
}

Result<ItemStatistics> MrcFormat::statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                             std::stop_token stop) const
{
    const auto mrc = open(path, id);
    if (!mrc)
        return fail(mrc.error());
    const MrcHeader& header = mrc->header;
    const auto size = static_cast<std::int64_t>(elementSize(header.type));
    const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
        copyMrcValues(header, mrc->file->bytes(), header.dataOffset + first * size, count, to.data());
        return {};
    };
    return statisticsInBlocks(header.type, header.availableValues(), read, progress, stop);
}

} // namespace

const Format& mrcFormat()
{
    static const MrcFormat format;
    return format;
}

} // namespace dispersa
