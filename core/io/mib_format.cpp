// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mib_format.h"

#include "core/base/log.h"
#include "core/io/frame_stack.h"
#include "core/io/mapped_scan.h"
#include "core/io/mib_header.h"
#include "core/io/mib_raw_scan.h"
#include "core/io/statistics_sum.h"

#include <bit>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

struct OpenMib {
    std::shared_ptr<const MappedFile> file;
    MibHeader header;
    FrameStack stack;
};

/// The file of the same name with another extension, in lower or upper case; empty if there is none.
fs::path sibling(const fs::path& path, const char* lower, const char* upper)
{
    for (const char* extension : {lower, upper}) {
        fs::path candidate = path;
        candidate.replace_extension(extension);
        std::error_code ignored;
        if (fs::is_regular_file(candidate, ignored))
            return candidate;
    }
    return {};
}

bool isHdr(const fs::path& path)
{
    return FileProbe{path, {}}.extension() == "hdr";
}

/// The frames, also when the .hdr file was given.
Result<fs::path> framesFile(const fs::path& path)
{
    if (!isHdr(path))
        return path;
    fs::path frames = sibling(path, ".mib", ".MIB");
    if (frames.empty()) {
        frames = path;
        frames.replace_extension(".mib");
        const std::string name = frames.filename().string();
        return fail(ErrorCode::FileNotFound,
                    "'" + path.string() + "' describes frames, but there is no '" + name + "' beside it.", frames,
                    {name});
    }
    return frames;
}

Result<OpenMib> open(const fs::path& given)
{
    const auto path = framesFile(given);
    if (!path)
        return fail(path.error());
    auto file = MappedFile::open(*path);
    if (!file)
        return fail(file.error());
    const auto header = readMibHeader(*path, (*file)->bytes());
    if (!header)
        return fail(header.error());
    OpenMib mib{std::move(*file), *header, {}};
    mib.stack.path = *path;
    mib.stack.pattern = header->pattern;
    mib.stack.type = header->type;
    mib.stack.spareFrames = true; // flyback frames, and often one at the end
    AnnouncedFrames announced;
    announced.wholeFrames = mib.file->bytes().size() / header->frameBytes();
    announced.endsInside = mib.file->bytes().size() % header->frameBytes() != 0;
    if (const fs::path hdr = isHdr(given) ? given : sibling(*path, ".hdr", ".HDR"); !hdr.empty()) {
        const auto acquisition = readMibAcquisition(hdr);
        if (acquisition) {
            announced.grid = acquisition->scan;
            announced.frames = acquisition->frames;
        } else {
            mib.stack.warnings.push_back({errorCodeName(acquisition.error().code), acquisition.error().message, hdr});
        }
    }
    if (auto settled = settleFrames(mib.stack, announced); !settled)
        return fail(settled.error());
    return mib;
}

Result<ScanPtr> scanOf(OpenMib mib, ScanShape scan)
{
    if (mib.header.rawBits > 0)
        return mibRawScan(std::move(mib.file), mib.header, mib.stack.path, scan, mib.stack.available);
    const auto layout = FrameLayout::frames(mib.header.headerBytes, mib.header.frameBytes(), scan, mib.header.pattern,
                                            mib.header.type, std::endian::native != std::endian::big);
    return mappedScan(std::move(mib.file), layout, {mib.stack.path, {}, {}, mib.stack.available});
}

class MibFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"mib", "Quantum Detectors Merlin", {"mib", "hdr"}};
            made.readsDiffraction = true;
            made.tellsScanShape = Tells::Sometimes;
            made.companions = ".hdr";
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
        return scanOf(std::move(*mib), *grid);
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
        const auto frames = scanOf(std::move(*mib), row);
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
