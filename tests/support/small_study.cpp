// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/small_study.h"

#include "core/io/datacube_writer.h"
#include "core/io/map_writers.h"

#include <cmath>
#include <random>
#include <span>

namespace dispersa::test {
namespace {

/// O fraction: smooth over the scan and another for every scan.
double oxygen(int scan, int y, int x) { return 0.5 + 0.3 * std::sin(0.5 * y + scan) * std::cos(0.4 * x); }

std::vector<std::uint16_t> pattern(double o, int pixels)
{
    std::vector<std::uint16_t> values;
    const double centre = pixels / 2;
    const double ring = pixels * (0.15 + 0.2 * o);
    for (int y = 0; y < pixels; ++y)
        for (int x = 0; x < pixels; ++x) {
            const double r = std::hypot(y - centre, x - centre);
            const double halo = 60 * std::exp(-0.5 * std::pow((r - ring) / 3, 2));
            const double beam = r < 4 ? 5000 : 0;
            // A fixed grain in place of shot noise keeps the files the same on every machine.
            values.push_back(static_cast<std::uint16_t>(beam + halo + (y * 7 + x * 13) % 5));
        }
    return values;
}

Result<void> writeMaps(const std::filesystem::path& folder, const std::string& name, int scan,
                       const SmallStudyOptions& options, StudyScan& entry)
{
    std::mt19937 random{std::uint32_t(scan)};
    for (const char* quantity : {"O", "Te", "HAADF"}) {
        const bool element = isElementSymbol(quantity), counted = element && options.counts > 0;
        const MapUnit unit = counted ? MapUnit::Counts : element ? MapUnit::Fraction : MapUnit::Arbitrary;
        ElementMap map = emptyMap(quantity, unit, {options.rows, options.cols});
        map.scanStep_nm = 1.0;
        for (int y = 0; y < options.rows; ++y)
            for (int x = 0; x < options.cols; ++x) {
                const double o = oxygen(scan, y, x);
                map.at(y, x) = static_cast<float>(std::string(quantity) == "O"    ? o
                                                  : std::string(quantity) == "Te" ? 1 - o
                                                                                  : 1000 * (2 - o));
                if (counted)
                    map.at(y, x) = float(std::poisson_distribution<int>(options.counts * double(map.at(y, x)))(random));
            }
        const auto path = folder / ("GST - " + name + "-" + quantity + (element && !counted ? "-at.mrc" : ".mrc"));
        if (auto written = writeMrc(map, {0, 0}, path); !written)
            return written;
        MapSource source;
        source.quantity = quantity;
        source.path = path;
        if (counted)
            source.unit = MapUnit::Counts;
        entry.maps.push_back(source);
    }
    return {};
}

} // namespace

Result<Study> writeSmallStudy(const std::filesystem::path& folder, const SmallStudyOptions& options)
{
    Study study;
    study.targets = {"O", "Te"};
    study.mapFilter.size = 3;
    study.recipe.name = "quick";
    study.recipe.changes["epochs"] = std::int64_t(1);
    study.recipe.changes["batch_size"] = std::int64_t(16);
    study.diffraction = DiffractionOptions{CentreKind::CentreOfMass, 5, 1, Scaling::SquareRoot};
    for (std::size_t s = 0; s < options.scans.size(); ++s) {
        const std::string& name = options.scans[s];
        StudyScan entry;
        entry.name = name;
        entry.role = s == 0 ? ScanRole::Train : ScanRole::Predict;
        const auto path = folder / (name + " 4DSTEM.h5");
        DataCubeOptions cube;
        cube.scanShape = {options.rows, options.cols};
        cube.patternShape = {options.pixels, options.pixels};
        cube.calibration.qPixel_invA = 0.02;
        cube.calibration.scanStep_nm = 1.0;
        auto writer = DataCubeWriter::create(path, cube);
        if (!writer)
            return fail(writer.error());
        for (int y = 0; y < options.rows; ++y)
            for (int x = 0; x < options.cols; ++x) {
                const auto values = pattern(oxygen(static_cast<int>(s), y, x), options.pixels);
                if (auto done = (*writer)->append(std::as_bytes(std::span(values))); !done)
                    return fail(done.error());
            }
        if (auto done = (*writer)->commit(); !done)
            return fail(done.error());
        DiffractionSource source;
        source.path = path;
        entry.diffraction = source;
        if (s + 1 < options.scans.size() || options.mapsOfLast)
            if (auto written = writeMaps(folder, name, static_cast<int>(s), options, entry); !written)
                return fail(written.error());
        study.scans.push_back(std::move(entry));
    }
    return study;
}

} // namespace dispersa::test
