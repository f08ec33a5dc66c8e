// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/velox_format.h"

#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_tree_p.h"
#include "core/io/statistics_sum.h"
#include "core/io/velox_count_maps_p.h"
#include "core/io/velox_frames_p.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

bool isCountMap(const FileItem& item)
{
    return item.id.starts_with(velox::countMapPrefix) && item.unit == MapUnit::Counts;
}

bool isImage(const FileItem& item)
{
    return item.id.starts_with("/Data/Image/") && (item.shape.size() == 2 || item.kind == ItemKind::Stack);
}

/// An image's dataset, opened, and the frame that is its map.
struct OpenImage {
    std::shared_ptr<const velox::FrameReader> reader;
    std::int64_t frame = 0;
};

Result<OpenImage> openImage(const fs::path& path, const FileItem& item)
{
    const std::size_t rank = item.shape.size();
    for (const std::int64_t extent : item.shape)
        if (extent <= 0 || extent > (std::int64_t(1) << 30))
            return fail(ErrorCode::FormatInvalid,
                        "'" + item.id + "' in '" + path.string() + "' states an impossible extent of " +
                            std::to_string(extent) + ".",
                        path, {item.id});
    const PatternShape shape{static_cast<int>(item.shape[rank - 2]), static_cast<int>(item.shape[rank - 1])};
    const bool isStack = item.kind == ItemKind::Stack;
    auto reader = velox::FrameReader::open(path, isStack ? item.id : hdf5::joined(item.id, "Data"), shape, item.type);
    if (!reader)
        return fail(reader.error());
    OpenImage image{std::move(*reader)};
    if (!isStack) {
        const hdf5::Lock lock;
        if (const auto file = hdf5::openForReading(path))
            image.frame = std::min(velox::shownFrame(file->get(), item.id), image.reader->frames() - 1);
    }
    return image;
}

class VeloxFormat final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"velox", "Velox EMD", {"emd"}};
            made.readsDiffraction = made.readsMaps = made.readsSpectra = true;
            made.tellsScanShape = Tells::Never; // series of camera images are flat stacks
            made.tellsCalibration = Tells::Sometimes;
            made.note =
                "EDS and EELS maps, detector and camera images, raw counts per element from the spectrum stream; "
                "spectrum images in Velox's own coding are not read";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        return probe.hdf5 && probe.hdf5->has("Version") && probe.hdf5->has("Data") &&
               hdf5::holds(probe.path, [](hid_t file) { return velox::versionOf(file).has_value(); });
    }

  protected:
    hdf5::FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        hdf5::FileContents contents;
        const velox::SpectrumGrid grid = velox::addImages(file, path, contents);
        velox::addCountMaps(file, path, grid, contents);
        return contents;
    }

    Result<ScanPtr> scanOf(const fs::path& path, const FileItem& item,
                           std::optional<ScanShape> scanShape) const override
    {
        if (item.kind == ItemKind::Stack && isImage(item))
            return velox::openFrames(path, item, scanShape);
        return Hdf5Format::scanOf(path, item, scanShape);
    }

    Result<std::vector<float>> valuesOf(const fs::path& path, const FileItem& item) const override
    {
        if (isCountMap(item))
            return countsOf(path, item);
        if (!isImage(item))
            return Hdf5Format::valuesOf(path, item);
        const auto image = openImage(path, item);
        if (!image)
            return fail(image.error());
        std::vector<std::byte> raw(image->reader->frameBytes());
        if (auto read = image->reader->read(image->frame, raw); !read)
            return fail(read.error());
        std::vector<float> values(raw.size() / elementSize(item.type));
        convertToFloat(item.type, raw, values);
        return values;
    }

    Result<ItemStatistics> statisticsOf(const fs::path& path, const FileItem& item, const ProgressSink& progress,
                                        std::stop_token stop) const override
    {
        if (isCountMap(item)) {
            const auto counts = countsOf(path, item);
            if (!counts)
                return fail(counts.error());
            StatisticsSum sum;
            sum.add(std::vector<double>(counts->begin(), counts->end()));
            return sum.result();
        }
        if (!isImage(item))
            return Hdf5Format::statisticsOf(path, item, progress, stop);
        const auto image = openImage(path, item);
        if (!image)
            return fail(image.error());
        const std::size_t bytes = image->reader->frameBytes();
        const auto pixels = static_cast<std::int64_t>(bytes / elementSize(item.type));
        const std::int64_t frames = item.kind == ItemKind::Stack ? image->reader->frames() : 1;
        const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
            for (std::int64_t frame = first / pixels; frame < (first + count) / pixels; ++frame, to = to.subspan(bytes))
                if (auto done = image->reader->read(image->frame + frame, to.first(bytes)); !done)
                    return done;
            return {};
        };
        return statisticsInBlocks(item.type, frames * pixels, read, progress, stop, pixels);
    }

  private:
    static Result<std::vector<float>> countsOf(const fs::path& path, const FileItem& item)
    {
        std::vector<velox::CountedStream> streams;
        {
            const hdf5::Lock lock;
            const auto file = hdf5::openForReading(path);
            if (!file)
                return fail(file.error());
            streams = velox::streamsOf(file->get(), item.quantity.value_or(""));
        }
        if (streams.empty() || item.shape.size() != 2)
            return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no spectra of " + item.id + ".", path,
                        {item.id});
        return velox::countStreams(path, streams, {static_cast<int>(item.shape[0]), static_cast<int>(item.shape[1])});
    }
};

} // namespace

const Format& veloxFormat()
{
    static const VeloxFormat format;
    return format;
}

} // namespace dispersa
