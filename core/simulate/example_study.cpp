// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/example_study.h"

#include "core/base/os_file.h"
#include "core/data/study.h"
#include "core/io/datacube_writer.h"
#include "core/io/map_writers.h"
#include "core/io/study_file.h"
#include "core/simulate/measured_maps_p.h"
#include "core/simulate/pattern_model_p.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>
#include <thread>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace simulate; // this file is the simulation's front door

constexpr std::size_t batchBytes = 32u << 20; ///< of patterns rendered while the ones before are written
constexpr int smallestCroppedRows = 30;

std::string scanName(int scan)
{
    const std::string number = std::to_string(33 + scan);
    return std::string(4 - number.size(), '0') + number;
}

/// 0037, or the last scan there is.
int plantedScan(int scans)
{
    return std::min(4, scans - 1);
}

Calibration calibrationOf(const ExampleOptions& options)
{
    return {qPixel_invA(options.pixels), scanStep_nm, convergence_mrad};
}

/// Renders patterns [first, first + count) into `out`, shared out among threads one pattern at a time.
std::vector<std::jthread> startRendering(const PatternModel& model, const ExampleOptions& options, int scan,
                                         std::int64_t first, std::int64_t count, std::vector<std::uint16_t>& out,
                                         std::atomic<std::int64_t>& next)
{
    const unsigned wanted = options.threads > 0 ? static_cast<unsigned>(options.threads)
                                                : std::max(1u, std::thread::hardware_concurrency());
    const std::size_t size = static_cast<std::size_t>(options.pixels) * static_cast<std::size_t>(options.pixels);
    out.resize(static_cast<std::size_t>(count) * size);
    next = 0;
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < wanted; ++i)
        threads.emplace_back([&model, &out, &next, cols = options.cols, scan, first, count, size] {
            for (std::int64_t k = next++; k < count; k = next++)
                model.render(scan, static_cast<int>((first + k) / cols), static_cast<int>((first + k) % cols),
                             std::span(out).subspan(static_cast<std::size_t>(k) * size, size));
        });
    return threads;
}

Result<void> writePatterns(const PatternModel& model, const ExampleOptions& options, int scan, const fs::path& path,
                           const ProgressSink& progress, std::stop_token stop)
{
    DataCubeOptions cube{{options.rows, options.cols}, {options.pixels, options.pixels}};
    cube.calibration = calibrationOf(options);
    auto writer = DataCubeWriter::create(path, cube);
    if (!writer)
        return fail(writer.error());
    const std::int64_t total = cube.scanShape.count();
    const std::int64_t batch = std::max<std::int64_t>(1, static_cast<std::int64_t>(batchBytes / sizeof(std::uint16_t)) /
                                                             cube.patternShape.count());
    std::vector<std::uint16_t> rendering, rendered;
    std::atomic<std::int64_t> next = 0;
    for (std::int64_t first = 0; first < total + batch; first += batch) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled.");
        std::vector<std::jthread> threads;
        if (first < total)
            threads = startRendering(model, options, scan, first, std::min(batch, total - first), rendering, next);
        const auto written = (*writer)->append(std::as_bytes(std::span(rendered)));
        threads.clear(); // joins
        if (!written)
            return written;
        std::swap(rendering, rendered);
        if (first >= total)
            break;
        report(progress, {"simulate " + scanName(scan), std::int64_t(scan) * total + std::min(first + batch, total),
                          std::int64_t(options.scans) * total});
    }
    return (*writer)->commit();
}

/// Writes a scan's files and returns its entry in the study.
Result<StudyScan> writeScan(const Film& film, const PatternModel& model, const ExampleOptions& options, int scan,
                            const fs::path& folder, const ProgressSink& progress, std::stop_token stop)
{
    StudyScan entry;
    entry.name = scanName(scan);
    entry.role = scan == 0 ? ScanRole::Train : ScanRole::Predict;
    entry.diffraction = DiffractionSource{folder / (entry.name + " 4DSTEM.h5"), "/datacube_root/datacube/data"};
    for (const ElementMap& map : measuredMaps(film, scan, options.seed)) {
        const bool isElement = map.unit == MapUnit::Fraction;
        const fs::path path = folder / ("GST - " + entry.name + "-" + map.quantity + (isElement ? "-at.mrc" : ".mrc"));
        if (auto written = writeMrc(map, {0, 0}, path); !written)
            return fail(written.error());
        entry.maps.push_back({map.quantity, path, {}, map.unit});
    }
    if (auto written = writePatterns(model, options, scan, entry.diffraction->path, progress, stop); !written)
        return fail(written.error());
    return entry;
}

/// The paper's crop, rows 20 to 89 of 110, in proportion; a small example is used whole.
std::optional<Region> cropOf(const ExampleOptions& options)
{
    if (options.rows < smallestCroppedRows)
        return std::nullopt;
    const auto scaled = [&](int row) { return static_cast<int>(std::lround(row * options.rows / 110.0)); };
    return Region{scaled(20), 0, scaled(90) - scaled(20), options.cols};
}

Result<fs::path> writeEverything(const fs::path& folder, const ExampleOptions& options, const ProgressSink& progress,
                                 std::stop_token stop)
{
    const Film film({options.rows, options.cols}, options.seed, options.scans, plantedScan(options.scans));
    const PatternModel model(film, options.pixels, options.seed);
    Study study;
    study.calibration = calibrationOf(options);
    study.crop = cropOf(options);
    study.recipe.name = "quick";
    study.recipe.changes["epochs"] = std::int64_t(15);
    for (int scan = 0; scan < options.scans; ++scan) {
        auto entry = writeScan(film, model, options, scan, folder, progress, stop);
        if (!entry)
            return fail(entry.error());
        study.scans.push_back(std::move(*entry));
    }
    const fs::path path = folder / "example.dispersa";
    if (auto written = writeStudy(study, path); !written)
        return fail(written.error());
    return path;
}

} // namespace

Result<void> ExampleOptions::check() const
{
    const auto inRange = [](const char* name, int value, int low, int high) -> Result<void> {
        if (value >= low && value <= high)
            return {};
        return fail(ErrorCode::InvalidArgument,
                    std::string("The example's ") + name + " must be from " + std::to_string(low) + " to " +
                        std::to_string(high) + ", not " + std::to_string(value) + ".",
                    {}, {name, std::to_string(value)});
    };
    for (const auto& result :
         {inRange("scans", scans, 1, 20), inRange("rows", rows, 8, 2000), inRange("cols", cols, 8, 2000),
          inRange("pixels", pixels, 32, 1024), inRange("threads", threads, 0, 1024)})
        if (!result)
            return result;
    return {};
}

Result<fs::path> writeExampleStudy(const fs::path& folder, const ExampleOptions& options, const ProgressSink& progress,
                                   std::stop_token stop)
{
    if (auto valid = options.check(); !valid)
        return fail(valid.error());
    if (auto writable = makeWritableFolder(folder); !writable)
        return fail(writable.error());
    try {
        return writeEverything(fs::absolute(folder), options, progress, stop);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "There is not enough memory to simulate the example.", folder);
    } catch (const std::exception& problem) { // threads that cannot be started, a folder that vanished
        return fail(ErrorCode::Internal, std::string("Simulating the example failed: ") + problem.what() + ".", folder,
                    {}, problem.what());
    }
}

} // namespace dispersa
