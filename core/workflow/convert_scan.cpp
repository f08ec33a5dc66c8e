// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/convert_scan.h"

#include "core/io/datacube_writer.h"

#include <algorithm>

namespace dispersa {

Result<void> convertScan(const DiffractionScan& scan, const std::filesystem::path& out, bool compressed,
                         const ProgressSink& progress, std::stop_token stop)
{
    std::error_code code;
    if (std::filesystem::equivalent(scan.file(), out, code))
        return fail(ErrorCode::InvalidArgument,
                    "'" + out.string() + "' is the scan itself. Name another file to write to.", out, {out.string()});
    DataCubeOptions options;
    options.scanShape = scan.scanShape();
    options.patternShape = scan.patternShape();
    options.type = scan.elementType();
    options.calibration = scan.calibration();
    options.compressed = compressed;
    auto writer = DataCubeWriter::create(out, options);
    if (!writer)
        return fail(writer.error());
    const std::size_t patternBytes =
        static_cast<std::size_t>(scan.patternShape().count()) * elementSize(scan.elementType());
    constexpr std::size_t blockBytes = 32u << 20;
    const int width = scan.scanShape().width;
    const int step = static_cast<int>(std::clamp<std::size_t>(blockBytes / patternBytes, 1, static_cast<std::size_t>(width)));
    std::vector<std::byte> block;
    std::int64_t done = 0;
    for (int y = 0; y < scan.scanShape().height; ++y) {
        for (int x = 0; x < width; x += step) {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "Cancelled; '" + out.string() + "' was not written.");
            const int columns = std::min(step, width - x);
            block.resize(static_cast<std::size_t>(columns) * patternBytes);
            if (auto read = scan.readRaw({y, x, 1, columns}, block); !read)
                return read;
            if (auto written = (*writer)->append(block); !written)
                return written;
            done += columns;
            report(progress, {"convert", done, scan.scanShape().count()});
        }
    }
    return (*writer)->commit();
}

} // namespace dispersa
