// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds one reader any bytes as a file: it must refuse or read them, without a crash, a leak or an allocation that the
// file's size does not justify (the limits stand in run_fuzzers.sh).
#include "core/io/format.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

using namespace dispersa;

namespace {

const Format& fuzzedFormat()
{
    for (const Format* format : formats())
        if (format->traits().name == FUZZ_FORMAT)
            return *format;
    std::abort(); // a target for a format that is not registered
}

/// Kept in memory where the system has such a folder: thousands of files a second.
std::filesystem::path inputFile()
{
    const std::filesystem::path memory = "/dev/shm";
    const auto folder = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    return folder / ("dispersa-fuzz-" + std::to_string(::getpid()) + "_x2_y2." + fuzzedFormat().traits().extensions.front());
}

/// Reads corners of the scan, where an index goes wrong first.
void readSome(const DiffractionScan& scan)
{
    constexpr std::int64_t mostValues = 1 << 22;
    const ScanShape shape = scan.scanShape();
    if (scan.patternShape().count() > mostValues)
        return;
    for (const ScanPoint point : {ScanPoint{0, 0}, ScanPoint{shape.height - 1, shape.width - 1},
                                  ScanPoint{shape.height / 2, shape.width / 2}})
        (void)scan.pattern(point);
    (void)scan.isAvailable({shape.height - 1, shape.width - 1});
}

void open(const Format& format, const std::filesystem::path& path, const FileItem& item)
{
    if (item.kind == ItemKind::Map) {
        (void)format.readMap(path, item.id);
        return;
    }
    std::optional<ScanShape> grid;
    if (item.kind == ItemKind::Stack && !item.shape.empty())
        grid = ScanShape{1, static_cast<int>(std::clamp<std::int64_t>(item.shape.front(), 0, 1 << 30))};
    if (const auto scan = format.openDiffraction(path, item.id, grid))
        readSome(**scan);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const std::filesystem::path path = inputFile();
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    const Format& format = fuzzedFormat();
    const FileProbe probe{path, std::as_bytes(std::span(data, std::min<std::size_t>(size, 1024))), size};
    (void)format.recognises(probe);
    (void)format.claimsName(probe);
    if (const auto info = format.inspect(path)) {
        std::size_t opened = 0;
        for (const FileItem& item : info->items) {
            open(format, path, item);
            (void)format.statistics(path, item.id, {}, {});
            if (++opened == 8)
                break;
        }
    }
    return 0;
}
