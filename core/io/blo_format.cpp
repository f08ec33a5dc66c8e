// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/blo_format.h"

#include "core/data/electron_wavelength.h"
#include "core/io/byte_reader.h"
#include "core/io/frame_stack.h"
#include "core/io/mapped_scan.h"
#include "core/io/statistics_sum.h"

#include <cmath>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

// The fixed part of the header; correction polynomials and a note in plain text follow. Little endian, packed.
constexpr std::uint64_t fixedHeaderSize = 64;
constexpr std::uint16_t knownVersion = 0x0102;
constexpr std::uint64_t frameMarkSize = 6; ///< AA 55 and the frame's number before each pattern
constexpr const char* mapId = "VBF";

struct OpenBlo {
    std::shared_ptr<const MappedFile> file;
    FrameStack stack;
    std::uint64_t firstFrame = 0;
    std::optional<std::uint64_t> map; ///< offset of the virtual bright-field image, if it lies in the file
    double stepY_nm = 0;
    double stepX_nm = 0;

    FrameLayout layout(ScanShape scan) const
    {
        return FrameLayout::frames(firstFrame + frameMarkSize,
                                   frameMarkSize + static_cast<std::uint64_t>(stack.pattern.count()), scan,
                                   stack.pattern, stack.type);
    }
    ScanShape grid() const { return *stack.grid; }
};

bool isBetween(double value, double low, double high)
{
    return std::isfinite(value) && value > low && value < high;
}

/// From pixels on the screen (100 x pixels per cm) through the camera length (0.1 mm) to an angle and q.
Calibration calibrationOf(const ByteReader& header, double stepY_nm, double stepX_nm)
{
    Calibration calibration;
    if (isBetween(stepX_nm, 0, 1e5) && std::abs(stepY_nm - stepX_nm) <= 0.01 * stepX_nm)
        calibration.scanStep_nm = stepX_nm;
    const auto voltage_V = static_cast<double>(header.at<std::uint32_t>(46));
    const auto pixelsPerMetre = static_cast<double>(header.at<std::uint16_t>(50));
    const double cameraLength_m = 1e-4 * static_cast<double>(header.at<std::uint32_t>(52));
    if (isBetween(voltage_V, 1e4, 2e6) && pixelsPerMetre > 0 && isBetween(cameraLength_m, 0, 100)) {
        const double qPixel_invA = 1 / (pixelsPerMetre * cameraLength_m * electronWavelength_A(voltage_V));
        if (isBetween(qPixel_invA, 1e-5, 1))
            calibration.qPixel_invA = qPixel_invA;
    }
    return calibration;
}

tl::unexpected<Error> invalid(const fs::path& path, const std::string& what, std::vector<std::string> numbers)
{
    return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' is not a valid block file: " + what + ".", path,
                std::move(numbers));
}

Result<OpenBlo> open(const fs::path& path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    const auto bytes = (*file)->bytes();
    const std::uint64_t size = bytes.size();
    if (size < fixedHeaderSize)
        return invalid(path, "it has " + std::to_string(size) + " bytes, less than its header of 64",
                       {std::to_string(size), "64"});
    const ByteReader header{bytes, std::endian::native != std::endian::little};
    OpenBlo blo;
    const auto edge = header.at<std::uint16_t>(20);
    const ScanShape grid{header.at<std::uint16_t>(26), header.at<std::uint16_t>(24)};
    if (edge == 0 || grid.count() == 0)
        return invalid(path,
                       "its header gives a scan of " + toText(grid) + " with patterns of " + std::to_string(edge) +
                           " pixels, which must be positive",
                       {toText(grid), std::to_string(edge)});
    blo.firstFrame = header.at<std::uint32_t>(12);
    if (blo.firstFrame < fixedHeaderSize)
        return invalid(path, "its patterns would begin at byte " + std::to_string(blo.firstFrame) + ", in the header",
                       {std::to_string(blo.firstFrame)});
    blo.stack.path = path;
    blo.stack.pattern = {edge, edge};
    blo.stepX_nm = header.at<double>(30);
    blo.stepY_nm = header.at<double>(38);
    blo.stack.calibration = calibrationOf(header, blo.stepY_nm, blo.stepX_nm);
    if (const auto version = header.at<std::uint16_t>(6); version != knownVersion)
        blo.stack.warnings.push_back({"blo_version",
                                      "'" + path.filename().string() + "' has the unknown version " +
                                          std::to_string(version) + "; it was read as the known one.",
                                      path});
    // Bytes behind the last pattern are no news: only the frames of the grid count.
    const std::uint64_t frameBytes = frameMarkSize + static_cast<std::uint64_t>(blo.stack.pattern.count());
    const std::uint64_t fits = blo.firstFrame < size ? (size - blo.firstFrame) / frameBytes : 0;
    AnnouncedFrames announced{grid};
    announced.wholeFrames = std::min(fits, static_cast<std::uint64_t>(grid.count()));
    if (auto settled = settleFrames(blo.stack, announced); !settled)
        return fail(settled.error());
    const auto mark = header.at<std::uint16_t>(blo.firstFrame);
    if (mark != 0x55AA)
        blo.stack.warnings.push_back({"blo_frame_mark",
                                      "The first pattern of '" + path.filename().string() +
                                          "' does not begin with AA 55; the patterns may be shifted.",
                                      path});
    const std::uint64_t map = header.at<std::uint32_t>(8);
    if (map >= fixedHeaderSize && map <= blo.firstFrame &&
        static_cast<std::uint64_t>(grid.count()) <= blo.firstFrame - map)
        blo.map = map;
    blo.file = std::move(*file);
    return blo;
}

FileItem mapItem(const OpenBlo& blo)
{
    FileItem item;
    item.id = mapId;
    item.quantity = "virtual BF";
    item.unit = MapUnit::Arbitrary;
    item.shape = {blo.grid().height, blo.grid().width};
    item.type = ElementType::UInt8;
    item.calibration.scanStep_nm = blo.stack.calibration.scanStep_nm;
    item.axes = {{"y", 1, "px"}, {"x", 1, "px"}};
    return item;
}

class BloFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"blo", "NanoMEGAS block file", {"blo"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = Tells::Always;
            made.tellsCalibration = Tells::Sometimes;
            made.note = "8-bit patterns and the virtual bright-field map of the acquisition";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override { return probe.startsWith("IMGBLO"); }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        auto blo = open(path);
        if (!blo)
            return fail(blo.error());
        FileInfo info{path, traits().name, {itemOf(blo->stack)}, std::move(blo->stack.warnings)};
        if (blo->map)
            info.items.push_back(mapItem(*blo));
        for (FileItem& item : info.items) // rows and columns may have steps of their own
            for (ItemAxis& axis : item.axes)
                if (const double step = axis.name.ends_with('y') ? blo->stepY_nm : blo->stepX_nm;
                    !axis.name.starts_with("det") && isBetween(step, 0, 1e5))
                    axis = {axis.name, step, "nm"};
        return info;
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override
    {
        if (auto checked = checkOnlyItem(path, id); !checked)
            return fail(checked.error());
        auto blo = open(path);
        if (!blo)
            return fail(blo.error());
        const auto grid = gridToOpen(blo->stack, scanShape);
        if (!grid)
            return fail(grid.error());
        const FrameLayout layout = blo->layout(*grid);
        return mappedScan(std::move(blo->file), layout, {path, {}, blo->stack.calibration, blo->stack.available});
    }

    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override;
    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override;
};

/// The file with its map, which `id` must name.
Result<OpenBlo> openMap(const fs::path& path, const std::string& id)
{
    auto blo = open(path);
    if (!blo || (blo->map && (id.empty() || id == mapId)))
        return blo;
    return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no map '" + (id.empty() ? mapId : id) + "'.",
                path, {id.empty() ? mapId : id});
}

Result<ElementMap> BloFormat::readMap(const fs::path& path, const std::string& id) const
{
    const auto blo = openMap(path, id);
    if (!blo)
        return fail(blo.error());
    ElementMap map;
    map.quantity = "virtual BF";
    map.shape = blo->grid();
    map.values.resize(static_cast<std::size_t>(map.shape.count()));
    convertToFloat(ElementType::UInt8, blo->file->bytes().subspan(*blo->map, map.values.size()), map.values);
    map.scanStep_nm = blo->stack.calibration.scanStep_nm;
    map.source = path;
    return map;
}

Result<ItemStatistics> BloFormat::statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                             std::stop_token stop) const
{
    if (id.empty()) {
        const auto scan = openDiffraction(path, id, std::nullopt);
        if (!scan)
            return fail(scan.error());
        return scanStatistics(**scan, progress, stop);
    }
    const auto blo = openMap(path, id);
    if (!blo)
        return fail(blo.error());
    const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
        copyValues(blo->file->bytes().data() + *blo->map + first, static_cast<std::size_t>(count), 1, 1, false,
                   to.data());
        return {};
    };
    return statisticsInBlocks(ElementType::UInt8, blo->grid().count(), read, progress, stop);
}

} // namespace

const Format& bloFormat()
{
    static const BloFormat format;
    return format;
}

} // namespace dispersa
