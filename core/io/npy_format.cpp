// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/npy_format.h"

#include "core/base/log.h"
#include "core/io/frame_stack.h"
#include "core/io/map_label.h"
#include "core/io/mapped_scan.h"
#include "core/io/npy_header.h"
#include "core/io/statistics_sum.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

struct OpenNpy {
    std::shared_ptr<const MappedFile> file;
    NpyHeader header;
    FrameStack stack; ///< of a map: one frame

    bool isMap() const { return header.shape.size() == 2; }
    std::uint64_t valueBytes() const { return elementSize(header.type); }
    /// Whole values in the file, at most those the shape announces.
    std::int64_t valuesInFile() const
    {
        const std::uint64_t inFile = (file->bytes().size() - header.dataOffset) / valueBytes();
        return static_cast<std::int64_t>(std::min(inFile, static_cast<std::uint64_t>(header.count())));
    }
    FrameLayout layout(ScanShape scan) const;
};

/// Bytes from one index of the array's dimension to the next.
std::vector<std::uint64_t> stridesOf(const NpyHeader& header)
{
    std::vector<std::uint64_t> strides(header.shape.size());
    std::uint64_t stride = elementSize(header.type);
    for (std::size_t i = 0; i < strides.size(); ++i) {
        const std::size_t dimension = header.fortranOrder ? i : strides.size() - 1 - i;
        strides[dimension] = stride;
        stride *= static_cast<std::uint64_t>(header.shape[dimension]);
    }
    return strides;
}

/// `scan` is a grid for the frames of a stack; a 4-D array that is opened with another grid than its own keeps the
/// order of its frames.
FrameLayout OpenNpy::layout(ScanShape scan) const
{
    const auto strides = stridesOf(header);
    const std::size_t rank = strides.size();
    FrameLayout layout;
    layout.first = header.dataOffset;
    layout.rowStride = strides[rank - 2];
    layout.columnStride = strides[rank - 1];
    layout.scan = scan;
    layout.pattern = stack.pattern;
    layout.type = header.type;
    layout.swapped = header.swapped;
    const auto width = static_cast<std::uint64_t>(scan.width);
    if (rank == 4) {
        layout.scanRowStride = header.fortranOrder ? strides[0] : strides[1] * width;
        layout.scanColumnStride = strides[1];
    } else {
        layout.scanColumnStride = rank == 3 ? strides[0] : valueBytes() * static_cast<std::uint64_t>(header.count());
        layout.scanRowStride = layout.scanColumnStride * width;
    }
    return layout;
}

Result<OpenNpy> open(const fs::path& path)
{
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    auto header = readNpyHeader(path, (*file)->bytes());
    if (!header)
        return fail(header.error());
    OpenNpy npy{std::move(*file), std::move(*header), {}};
    const auto& shape = npy.header.shape;
    const std::size_t rank = shape.size();
    const auto extent = [&](std::size_t dimension) { return static_cast<int>(shape[dimension]); };
    npy.stack.path = path;
    npy.stack.type = npy.header.type;
    npy.stack.pattern = {extent(rank - 2), extent(rank - 1)};
    const std::int64_t values = npy.valuesInFile();
    const std::int64_t frames = rank == 2 ? 1 : rank == 3 ? shape[0] : shape[0] * shape[1];
    AnnouncedFrames announced;
    if (rank == 4)
        announced.grid = ScanShape{extent(0), extent(1)};
    else
        announced.frames = frames;
    // The end of a file in Fortran order cuts every pattern.
    if (!npy.header.fortranOrder || values == npy.header.count())
        announced.wholeFrames = static_cast<std::uint64_t>(values / (npy.header.count() / frames));
    if (auto settled = settleFrames(npy.stack, announced); !settled)
        return fail(settled.error());
    return npy;
}

FileItem mapItem(const OpenNpy& npy)
{
    const MapLabel label = labelFromName(npy.stack.path, std::nullopt);
    FileItem item;
    item.quantity = label.quantity;
    item.unit = label.unit;
    item.shape = npy.header.shape;
    item.type = npy.header.type;
    item.axes = {{"y", 1, "px"}, {"x", 1, "px"}};
    return item;
}

class NpyFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"npy", "NumPy array", {"npy"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = Tells::Sometimes;
            made.note = "2-D arrays are maps, 3-D stacks of patterns, 4-D scans [scan_y, scan_x, det_y, det_x]";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override { return probe.startsWith("\x93NUMPY"); }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        auto npy = open(path);
        if (!npy)
            return fail(npy.error());
        return FileInfo{
            path, traits().name, {npy->isMap() ? mapItem(*npy) : itemOf(npy->stack)}, std::move(npy->stack.warnings)};
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override;
    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override;
    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override;
};

Result<ScanPtr> NpyFormat::openDiffraction(const fs::path& path, const std::string& id,
                                           std::optional<ScanShape> scanShape) const
{
    if (auto checked = checkOnlyItem(path, id); !checked)
        return fail(checked.error());
    auto npy = open(path);
    if (!npy)
        return fail(npy.error());
    if (npy->isMap())
        return fail(ErrorCode::DatasetMissing,
                    "'" + path.string() + "' is a 2-D array, not a stack of diffraction patterns.", path, {""});
    const auto grid = gridToOpen(npy->stack, scanShape);
    if (!grid)
        return fail(grid.error());
    // Frames of a 4-D array in Fortran order do not follow each other, so they make no other grid.
    if (npy->header.fortranOrder && npy->stack.grid && *npy->stack.grid != *grid)
        return fail(ErrorCode::ShapeMismatch,
                    "'" + path.string() + "' is a scan of " + toText(*npy->stack.grid) + ", not of " + toText(*grid) +
                        ".",
                    path, {toText(*npy->stack.grid), toText(*grid)});
    for (const Warning& warning : npy->stack.warnings)
        log(LogLevel::Warning, warning.message);
    const FrameLayout layout = npy->layout(*grid);
    return mappedScan(std::move(npy->file), layout, {path, {}, {}, npy->stack.available});
}

Result<ElementMap> NpyFormat::readMap(const fs::path& path, const std::string& id) const
{
    if (auto checked = checkOnlyItem(path, id); !checked)
        return fail(checked.error());
    auto npy = open(path);
    if (!npy)
        return fail(npy.error());
    if (!npy->isMap())
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' is an array of " + std::to_string(npy->header.shape.size()) +
                        " dimensions, not one map. Save the map as a 2-D array.",
                    path, {std::to_string(npy->header.shape.size())});
    const MapLabel label = labelFromName(path, std::nullopt);
    ElementMap map;
    map.quantity = label.quantity.value_or("");
    map.unit = label.unit.value_or(MapUnit::Arbitrary);
    map.shape = {npy->stack.pattern.height, npy->stack.pattern.width};
    map.source = path;
    const FrameLayout layout = npy->layout({1, 1}); // the map is the one pattern of a scan, whatever its order
    const auto scan = mappedScan(std::move(npy->file), layout, {path});
    if (!scan)
        return fail(scan.error());
    auto values = (*scan)->pattern({0, 0});
    if (!values)
        return fail(values.error());
    map.values = std::move(*values);
    return map;
}

Result<ItemStatistics> NpyFormat::statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                             std::stop_token stop) const
{
    if (auto checked = checkOnlyItem(path, id); !checked)
        return fail(checked.error());
    const auto npy = open(path);
    if (!npy)
        return fail(npy.error());
    const std::size_t size = npy->valueBytes();
    const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
        copyValues(npy->file->bytes().data() + npy->header.dataOffset + static_cast<std::uint64_t>(first) * size,
                   static_cast<std::size_t>(count), size, size, npy->header.swapped, to.data());
        return {};
    };
    const std::int64_t total = npy->stack.available * npy->stack.pattern.count();
    return statisticsInBlocks(npy->header.type, total, read, progress, stop);
}

} // namespace

const Format& npyFormat()
{
    static const NpyFormat format;
    return format;
}

} // namespace dispersa
