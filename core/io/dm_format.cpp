// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dm_format.h"

#include "core/io/dm_images.h"
#include "core/io/map_label.h"
#include "core/io/statistics_sum.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

struct OpenDm {
    std::shared_ptr<const MappedFile> file;
    DmImages images;
};

Result<OpenDm> open(const fs::path& path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    const auto tags = readDmTags(path, (*file)->bytes());
    if (!tags)
        return fail(tags.error());
    OpenDm dm{std::move(*file), dmImages(path, *tags)};
    if (!dm.images.images.empty())
        return dm;
    if (!dm.images.skipped.empty())
        return fail(dm.images.skipped.front());
    return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' holds no image, only tags.", path, {""});
}

ItemKind kindOf(const DmImage& image)
{
    if (image.spectra)
        return ItemKind::Spectrum;
    return image.shape.size() == 4 ? ItemKind::Diffraction : image.shape.size() == 3 ? ItemKind::Stack : ItemKind::Map;
}

/// The image that `id` names; an empty id is the first of the wanted kinds.
Result<const DmImage*> select(const OpenDm& dm, const fs::path& path, const std::string& id,
                              std::initializer_list<ItemKind> wanted)
{
    for (const DmImage& image : dm.images.images) {
        const bool fits = std::find(wanted.begin(), wanted.end(), kindOf(image)) != wanted.end();
        if (id.empty() ? fits : id == std::to_string(image.number)) {
            if (fits)
                return &image;
            return fail(ErrorCode::FormatUnsupported,
                        "Image " + id + " of '" + path.string() + "' is a " + itemKindName(kindOf(image)) +
                            ", which cannot be opened so.",
                        path, {id});
        }
    }
    return fail(ErrorCode::DatasetMissing,
                id.empty() ? "'" + path.string() + "' holds no image of that kind."
                           : "'" + path.string() + "' has no image '" + id + "'.",
                path, {id});
}

/// From the name of the image, the scanned detector, or the file's name when the file shows one thing.
MapLabel labelOf(const fs::path& path, const DmImage& image, bool alone)
{
    for (const std::string& name : {image.name, image.detector}) {
        MapLabel label = labelFromName(name + ".dm", std::nullopt);
        if (label.quantity)
            return label;
    }
    return alone ? labelFromName(path, std::nullopt) : MapLabel{};
}

ItemAxis itemAxis(std::string name, const DmAxis& axis)
{
    return {std::move(name), axis.scale, axisUnitName(axis.kind)};
}

Calibration scanCalibration(const DmImage& image, bool scanFastest)
{
    Calibration calibration;
    calibration.scanStep_nm = dmStep_nm(image.axes[scanFastest ? 3 : 1]);
    calibration.qPixel_invA = dmQPixel_invA(image.axes[scanFastest ? 1 : 3], image.voltage_V);
    return calibration;
}

void describeScan(const fs::path& path, const DmImage& image, bool swapped, FileItem& item,
                  std::vector<Warning>& warnings)
{
    const DmScanLayout scan = dmScanLayout(image, swapped);
    const std::size_t first = scan.scanFastest ? 2 : 0;
    item.calibration = scanCalibration(image, scan.scanFastest);
    const char* const names[] = {"scan_y", "scan_x", "det_y", "det_x"};
    item.shape.clear();
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t axis = (first + i) % 4;
        item.shape.push_back(image.shape[axis]);
        item.axes.push_back(itemAxis(names[i], image.axes[axis]));
    }
    const std::string subject = "'" + path.filename().string() + "'";
    const std::string shapes =
        "a scan of " + toText(scan.layout.scan) + " with patterns of " + toText(scan.layout.pattern);
    if (!scan.certain)
        warnings.push_back({"dm_axis_order",
                            "Nothing in " + subject + " tells which of its axes are the detector's; it was read as " +
                                shapes +
                                ". If the patterns look like images of the specimen, swap the axes in the scan order.",
                            path});
    if (scan.scanFastest)
        warnings.push_back({"dm_scan_fastest",
                            subject + " keeps " + shapes +
                                " with the probe positions of one detector pixel together, so every pattern is "
                                "gathered from the whole file. Convert it before working with it.",
                            path});
}

FileItem itemOf(const fs::path& path, const DmImage& image, bool swapped, bool alone, std::vector<Warning>& warnings)
{
    FileItem item;
    item.id = alone ? std::string() : std::to_string(image.number);
    item.kind = kindOf(image);
    item.type = image.type;
    item.shape = image.shape;
    if (item.kind == ItemKind::Diffraction) {
        describeScan(path, image, swapped, item, warnings);
        return item;
    }
    const DmAxis& fastest = image.axes.back();
    if (item.kind == ItemKind::Map) {
        const MapLabel label = labelOf(path, image, alone);
        item.quantity = label.quantity;
        item.unit = label.unit;
    }
    item.calibration.qPixel_invA = dmQPixel_invA(fastest, image.voltage_V);
    // The fastest axis of a spectrum may be its wavelengths.
    if (item.kind == ItemKind::Map || (item.kind == ItemKind::Spectrum && image.shape.size() > 2))
        item.calibration.scanStep_nm = dmStep_nm(fastest);
    const bool patterns = fastest.kind == AxisKind::Inverse || fastest.kind == AxisKind::Angle;
    std::vector<std::string> names = {"frame", patterns ? "det_y" : "y", patterns ? "det_x" : "x"};
    names.insert(names.begin(), image.shape.size() > 3 ? image.shape.size() - 3 : 0, "frame");
    names.erase(names.begin(), names.end() - static_cast<std::ptrdiff_t>(image.shape.size()));
    for (std::size_t i = 0; i < image.axes.size(); ++i)
        item.axes.push_back(itemAxis(image.axes[i].kind == AxisKind::Energy ? "energy" : names[i], image.axes[i]));
    if (item.kind == ItemKind::Stack && image.statedScan && image.statedScan->count() == image.shape[0])
        item.scanHint = image.statedScan;
    return item;
}

class DmFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"dm", "Gatan DigitalMicrograph", {"dm4", "dm3"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Sometimes;
            made.note = "4D-STEM in both axis orders; where the tags do not tell which it is, the axes can be swapped";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override { return startsAsDm(probe.head); }

    bool claimsName(const FileProbe& probe) const override
    {
        return probe.extension() == "dm3" || probe.extension() == "dm4";
    }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        const auto dm = open(path);
        if (!dm)
            return fail(dm.error());
        FileInfo info{path, traits().name};
        const DmImages& images = dm->images;
        for (const DmImage& image : images.images)
            info.items.push_back(itemOf(path, image, images.swapped, images.images.size() == 1, info.warnings));
        for (const Error& problem : images.skipped)
            info.warnings.push_back({"dm_image_skipped", problem.message, path});
        return info;
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override;
    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override;
    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override;
};

Result<ScanPtr> DmFormat::openDiffraction(const fs::path& path, const std::string& id,
                                          std::optional<ScanShape> scanShape) const
{
    auto dm = open(path);
    if (!dm)
        return fail(dm.error());
    auto image = select(*dm, path, id, {ItemKind::Diffraction});
    if (!image)
        image = select(*dm, path, id, {ItemKind::Stack});
    if (!image)
        return fail(image.error());
    FrameLayout layout;
    MappedScanInfo info{path, id};
    if (kindOf(**image) == ItemKind::Diffraction) {
        const DmScanLayout scan = dmScanLayout(**image, dm->images.swapped);
        layout = scan.layout;
        info.calibration = scanCalibration(**image, scan.scanFastest);
    } else {
        const auto& shape = (*image)->shape;
        if (!scanShape && (*image)->statedScan && (*image)->statedScan->count() == shape[0])
            scanShape = (*image)->statedScan;
        if (!scanShape)
            return fail(ErrorCode::ScanShapeUnknown,
                        "'" + path.string() + "' holds a stack of " + std::to_string(shape[0]) +
                            " images and does not tell a scan grid. Give the rows and columns of the scan.",
                        path, {std::to_string(shape[0])});
        layout = FrameLayout::frames(
            (*image)->offset, static_cast<std::uint64_t>(shape[1] * shape[2]) * elementSize((*image)->type), *scanShape,
            {static_cast<int>(shape[1]), static_cast<int>(shape[2])}, (*image)->type, dm->images.swapped);
        info.calibration.qPixel_invA = dmQPixel_invA((*image)->axes.back(), (*image)->voltage_V);
    }
    const std::int64_t frames = (*image)->count() / layout.pattern.count();
    if (scanShape && (scanShape->height <= 0 || scanShape->width <= 0 || scanShape->count() != frames ||
                      (kindOf(**image) == ItemKind::Diffraction && *scanShape != layout.scan)))
        return fail(ErrorCode::ShapeMismatch,
                    "'" + path.string() + "' holds " + std::to_string(frames) + " patterns, but a scan of " +
                        toText(*scanShape) + " was asked for. Check the scan shape.",
                    path, {std::to_string(frames), toText(*scanShape)});
    return mappedScan(std::move(dm->file), layout, std::move(info));
}

Result<ElementMap> DmFormat::readMap(const fs::path& path, const std::string& id) const
{
    const auto dm = open(path);
    if (!dm)
        return fail(dm.error());
    const auto image = select(*dm, path, id, {ItemKind::Map});
    if (!image)
        return fail(image.error());
    const DmImage& source = **image;
    const auto count = static_cast<std::size_t>(source.count());
    const std::size_t size = elementSize(source.type);
    std::vector<std::byte> raw(count * size);
    copyValues(dm->file->bytes().data() + source.offset, count, size, size, dm->images.swapped, raw.data());
    const MapLabel label = labelOf(path, source, dm->images.images.size() == 1);
    ElementMap map;
    map.quantity = label.quantity.value_or("");
    map.unit = label.unit.value_or(MapUnit::Arbitrary);
    map.shape = {static_cast<int>(source.shape[0]), static_cast<int>(source.shape[1])};
    map.values.resize(count);
    convertToFloat(source.type, raw, map.values);
    map.scanStep_nm = dmStep_nm(source.axes.back());
    map.source = path;
    return map;
}

Result<ItemStatistics> DmFormat::statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                            std::stop_token stop) const
{
    const auto dm = open(path);
    if (!dm)
        return fail(dm.error());
    const auto image =
        select(*dm, path, id, {ItemKind::Map, ItemKind::Stack, ItemKind::Diffraction, ItemKind::Spectrum});
    if (!image)
        return fail(image.error());
    const DmImage& source = **image;
    const std::size_t size = elementSize(source.type);
    const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
        copyValues(dm->file->bytes().data() + source.offset + static_cast<std::uint64_t>(first) * size,
                   static_cast<std::size_t>(count), size, size, dm->images.swapped, to.data());
        return {};
    };
    return statisticsInBlocks(source.type, source.count(), read, progress, stop);
}

} // namespace

const Format& dmFormat()
{
    static const DmFormat format;
    return format;
}

} // namespace dispersa
