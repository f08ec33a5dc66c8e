// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/convert_scan.h"

#include "core/io/datacube_writer.h"
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/prepared_scan.h"

#include <algorithm>
#include <new>
#include <vector>

namespace dispersa {
namespace {

constexpr std::size_t blockBytes = 16u << 20;

Result<void> copyPatterns(const DiffractionScan& scan, const Region& region, DataCubeWriter& writer,
                          const ProgressSink& progress, std::stop_token stop)
{
    const std::size_t patternBytes =
        static_cast<std::size_t>(scan.patternShape().count()) * elementSize(scan.elementType());
    const int columns =
        static_cast<int>(std::clamp<std::size_t>(blockBytes / patternBytes, 1, static_cast<std::size_t>(region.width)));
    std::vector<std::byte> block;
    std::int64_t done = 0;
    for (int y = region.y; y < region.y + region.height; ++y)
        for (int x = region.x; x < region.x + region.width; x += columns) {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "Cancelled; no file was written.");
            const Region piece{y, x, 1, std::min(columns, region.x + region.width - x)};
            block.resize(static_cast<std::size_t>(piece.width) * patternBytes);
            if (auto read = scan.readRaw(piece, block); !read)
                return read;
            if (auto written = writer.append(block); !written)
                return written;
            done += piece.width;
            report(progress, {"convert", done, region.count()});
        }
    return {};
}

} // namespace

Result<ConvertedScan> convertedScan(const DiffractionScan& scan, const ConvertOptions& options)
{
    const Region region = options.crop.value_or(wholeRegion(scan.scanShape()));
    if (!region.fitsInto(scan.scanShape()))
        return fail(ErrorCode::ShapeMismatch,
                    "The crop (" + toText(region) + ") does not fit into '" + scan.file().string() + "', which is " +
                        toText(scan.scanShape()) + " probe positions.",
                    scan.file(), {toText(region), toText(scan.scanShape())});
    ConvertedScan result{region.shape(), scan.patternShape(), scan.elementType(),
                         scan.calibration().overriddenBy(options.calibration)};
    if (options.preparation) {
        const DiffractionOptions& preparation = *options.preparation;
        if (auto checked = preparation.check(); !checked)
            return fail(checked.error());
        result.pattern = preparedShape(result.pattern, preparation.bin);
        if (result.pattern.count() == 0)
            return fail(ErrorCode::PatternTooSmall,
                        "Patterns of " + toText(scan.patternShape()) + " pixels cannot be binned by " +
                            std::to_string(preparation.bin) + ". Choose a smaller bin.",
                        scan.file(),
                        {toText(scan.patternShape()), std::to_string(preparation.bin), std::to_string(preparation.bin)});
        result.type = preparedType(result.type, preparation);
        if (result.calibration.qPixel_invA)
            *result.calibration.qPixel_invA *= preparation.bin;
    }
    result.bytes = static_cast<std::uint64_t>(result.scan.count()) * static_cast<std::uint64_t>(result.pattern.count()) *
                   elementSize(result.type);
    return result;
}

Result<void> convertScan(const ScanPtr& scan, const std::filesystem::path& out, const ConvertOptions& options,
                         const ProgressSink& progress, std::stop_token stop)
try {
    std::error_code code;
    if (std::filesystem::equivalent(scan->file(), out, code))
        return fail(ErrorCode::InvalidArgument,
                    "'" + out.string() + "' is the scan itself. Name another file to write to.", out, {out.string()});
    const auto result = convertedScan(*scan, options);
    if (!result)
        return fail(result.error());
    const Region region = options.crop.value_or(wholeRegion(scan->scanShape()));
    ScanPtr source = scan;
    if (options.preparation) {
        auto prepared = preparedScan(scan, *options.preparation, region, progress, stop);
        if (!prepared)
            return fail(prepared.error());
        source = std::move(*prepared);
    }
    DataCubeOptions cube{result->scan, result->pattern, result->type, result->calibration};
    cube.compressed = options.compressed;
    cube.chunked = options.chunked;
    auto writer = DataCubeWriter::create(out, cube);
    if (!writer)
        return fail(writer.error());
    if (auto copied = copyPatterns(*source, region, **writer, progress, stop); !copied)
        return copied;
    return (*writer)->commit();
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice to convert the scan.", out);
}

} // namespace dispersa
