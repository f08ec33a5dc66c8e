// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mib_format.h"

#include "core/base/log.h"
#include "core/data/joined_scan.h"
#include "core/data/reordered_scan.h"
#include "core/io/frame_stack.h"
#include "core/io/mapped_scan.h"
#include "core/io/mib_files.h"
#include "core/io/mib_raw_scan.h"
#include "core/io/statistics_sum.h"

#include <bit>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

struct OpenMib {
    std::vector<MibPart> parts;
    FrameStack stack;
};

Result<OpenMib> open(const fs::path& path)
{
    auto files = openMibFiles(path);
    if (!files)
        return fail(files.error());
    const MibPart& first = files->parts.front();
    FrameStack stack;
    stack.path = first.path;
    stack.pattern = first.header.pattern;
    stack.type = first.header.type;
    stack.spareFrames = true; // flyback frames, and often one at the end
    stack.warnings = std::move(files->warnings);
    AnnouncedFrames announced;
    announced.wholeFrames = static_cast<std::uint64_t>(files->frames());
    announced.endsInside = files->parts.back().endsInside();
    if (files->acquisition) {
        announced.grid = files->acquisition->scan;
        announced.frames = files->acquisition->frames;
    }
    if (auto settled = settleFrames(stack, announced); !settled)
        return fail(settled.error());
    return OpenMib{std::move(files->parts), std::move(stack)};
}

/// The first `available` frames of a file on a grid.
Result<ScanPtr> scanOf(const MibPart& part, ScanShape scan, std::int64_t available)
{
    if (part.header.rawBits > 0)
        return mibRawScan(part.file, part.header, part.path, scan, available);
    const auto layout = FrameLayout::frames(part.header.headerBytes, part.header.frameBytes(), scan,
                                            part.header.pattern, part.header.type,
                                            std::endian::native != std::endian::big);
    return mappedScan(part.file, layout, {part.path, {}, {}, available});
}

Result<ScanPtr> scanOf(const OpenMib& mib, ScanShape scan)
{
    if (mib.parts.size() == 1)
        return scanOf(mib.parts.front(), scan, mib.stack.available);
    std::vector<ScanPtr> rows;
    for (const MibPart& part : mib.parts) {
        auto row = scanOf(part, {1, static_cast<int>(part.frames())}, part.frames());
        if (!row)
            return row;
        rows.push_back(std::move(*row));
    }
    return inOrder(std::make_shared<JoinedScan>(std::move(rows)), scan, {});
}

class MibFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"mib", "Quantum Detectors Merlin", {"mib", "hdr"}};
            made.readsDiffraction = true;
            made.tellsScanShape = Tells::Sometimes;
            made.companions = ".hdr, and the other parts of a scan in numbered files";
            made.note = "integers and raw frames of one chip and of 2 x 2 chips; the grid comes from the .hdr file";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        return probe.startsWith("MQ1,") || (probe.extension() == "hdr" && probe.startsWith("HDR,"));
    }

    bool claimsName(const FileProbe& probe) const override { return probe.extension() == "mib"; }

    Result<FileInfo> inspect(const fs::path& path) const override
    {
        auto mib = open(path);
        if (!mib)
            return fail(mib.error());
        return FileInfo{mib->stack.path, traits().name, {itemOf(mib->stack)}, std::move(mib->stack.warnings)};
    }

    Result<ScanPtr> openDiffraction(const fs::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override
    {
        if (auto checked = checkOnlyItem(path, id); !checked)
            return fail(checked.error());
        auto mib = open(path);
        if (!mib)
            return fail(mib.error());
        const auto grid = gridToOpen(mib->stack, scanShape);
        if (!grid)
            return fail(grid.error());
        for (const Warning& warning : mib->stack.warnings)
            log(LogLevel::Warning, warning.message);
        return scanOf(*mib, *grid);
    }

    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override
    {
        if (auto checked = checkOnlyItem(path, id); !checked)
            return fail(checked.error());
        auto mib = open(path);
        if (!mib)
            return fail(mib.error());
        const ScanShape row = framesInOneRow(mib->stack);
        const auto frames = scanOf(*mib, row);
        if (!frames)
            return fail(frames.error());
        return scanStatistics(**frames, progress, stop);
    }
};

} // namespace

const Format& mibFormat()
{
    static const MibFormat format;
    return format;
}

} // namespace dispersa
