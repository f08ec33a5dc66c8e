// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/empad_format.h"

#include "core/base/log.h"
#include "core/io/empad_metadata.h"
#include "core/io/frame_stack.h"
#include "core/io/mapped_scan.h"
#include "core/io/statistics_sum.h"

#include <algorithm>
#include <bit>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr PatternShape pattern{128, 128};
constexpr std::uint64_t frameBytes = 130 * 128 * sizeof(float); ///< two rows behind each pattern are no image

struct OpenEmpad {
    std::shared_ptr<const MappedFile> file;
    FrameStack stack;
};

bool isXml(const fs::path& path)
{
    return FileProbe{path, {}}.extension() == "xml";
}

/// The metadata of a .raw file, or of the one that an XML file names, with the path of the frames.
struct Acquisition {
    fs::path raw;
    EmpadMetadata metadata;
};

Result<Acquisition> acquisitionOf(const fs::path& path)
{
    if (!isXml(path)) {
        Acquisition found{path, empadNameMetadata(path)};
        if (const fs::path xml = empadXmlBeside(path); !xml.empty())
            if (auto metadata = readEmpadXml(xml))
                found.metadata = std::move(*metadata);
        return found;
    }
    auto metadata = readEmpadXml(path);
    if (!metadata)
        return fail(metadata.error());
    fs::path raw = path;
    raw.replace_filename(metadata->rawName);
    std::error_code ignored;
    if (!fs::is_regular_file(raw, ignored))
        return fail(ErrorCode::FileNotFound,
                    "'" + path.string() + "' describes frames, but there is no '" + metadata->rawName +
                        "' beside it. Put both in one folder.",
                    raw, {metadata->rawName});
    return Acquisition{std::move(raw), std::move(*metadata)};
}

/// The first grid that has as many probe positions as the file has frames, else the first: the scan stopped early.
std::optional<ScanShape> likelyGrid(const std::vector<ScanShape>& grids, std::uint64_t frames)
{
    const auto fits = std::find_if(grids.begin(), grids.end(),
                                   [&](ScanShape grid) { return static_cast<std::uint64_t>(grid.count()) == frames; });
    if (fits != grids.end())
        return *fits;
    return grids.empty() ? std::nullopt : std::optional(grids.front());
}

Result<OpenEmpad> open(const fs::path& path)
{
    auto acquisition = acquisitionOf(path);
    if (!acquisition)
        return fail(acquisition.error());
    auto file = MappedFile::open(acquisition->raw);
    if (!file)
        return fail(file.error());
    OpenEmpad empad{std::move(*file), {}};
    empad.stack.path = acquisition->raw;
    empad.stack.pattern = pattern;
    empad.stack.type = ElementType::Float32;
    AnnouncedFrames announced;
    announced.wholeFrames = empad.file->bytes().size() / frameBytes;
    announced.endsInside = empad.file->bytes().size() % frameBytes != 0;
    announced.frames = acquisition->metadata.series;
    announced.grid = likelyGrid(acquisition->metadata.grids, announced.wholeFrames);
    if (auto settled = settleFrames(empad.stack, announced); !settled)
        return fail(settled.error());
    empad.stack.calibration = acquisition->metadata.calibration(empad.stack.grid);
    return empad;
}

Result<ScanPtr> scanOf(OpenEmpad empad, ScanShape scan)
{
    const auto layout = FrameLayout::frames(0, frameBytes, scan, pattern, ElementType::Float32,
                                            std::endian::native != std::endian::little);
    return mappedScan(std::move(empad.file), layout,
                      {empad.stack.path, {}, empad.stack.calibration, empad.stack.available});
}

class EmpadFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"empad", "EMPAD", {"raw", "xml"}};
            made.readsDiffraction = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Sometimes;
            made.companions = ".xml";
            made.note =
                "128 x 128 float32 patterns; the grid comes from the XML file or a name such as scan_x64_y128.raw";
            return made;
        }();
        return traits;
    }

    /// Frames have no signature; the XML file has one.
    bool recognises(const FileProbe& probe) const override
    {
        const std::string_view head(reinterpret_cast<const char*>(probe.head.data()), probe.head.size());
        return probe.extension() == "xml" && head.find("<root") != head.npos &&
               (head.find("<software_version>") != head.npos || head.find("<raw_file") != head.npos);
    }

    bool claimsName(const FileProbe& probe) const override
    {
        if (probe.extension() != "raw")
            return false;
        const EmpadMetadata named = empadNameMetadata(probe.path);
        return !named.grids.empty() || named.series || probe.size % frameBytes == 0 ||
               !empadXmlBeside(probe.path).empty();
    }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        auto empad = open(path);
        if (!empad)
            return fail(empad.error());
        return FileInfo{empad->stack.path, traits().name, {itemOf(empad->stack)}, std::move(empad->stack.warnings)};
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override
    {
        if (auto checked = checkOnlyItem(path, id); !checked)
            return fail(checked.error());
        auto empad = open(path);
        if (!empad)
            return fail(empad.error());
        const auto grid = gridToOpen(empad->stack, scanShape);
        if (!grid)
            return fail(grid.error());
        for (const Warning& warning : empad->stack.warnings)
            log(LogLevel::Warning, warning.message);
        return scanOf(std::move(*empad), *grid);
    }

    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override
    {
        if (auto checked = checkOnlyItem(path, id); !checked)
            return fail(checked.error());
        auto empad = open(path);
        if (!empad)
            return fail(empad.error());
        const ScanShape row = framesInOneRow(empad->stack);
        const auto frames = scanOf(std::move(*empad), row);
        if (!frames)
            return fail(frames.error());
        return scanStatistics(**frames, progress, stop);
    }
};

} // namespace

const Format& empadFormat()
{
    static const EmpadFormat format;
    return format;
}

} // namespace dispersa
