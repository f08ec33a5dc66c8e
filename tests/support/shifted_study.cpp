// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/shifted_study.h"

#include "core/io/datacube_writer.h"
#include "core/io/map_writers.h"

#include <cmath>
#include <random>
#include <span>

namespace dispersa::test {
namespace {

constexpr int pixels = 96;

/// 0..1: bumps at random places of an area larger than the scan.
class Scene {
  public:
    explicit Scene(unsigned seed)
    {
        std::mt19937 random(seed);
        const auto uniform = [&] { return static_cast<double>(random()) / std::mt19937::max(); };
        for (int i = 0; i < 260; ++i)
            m_bumps.push_back({uniform() * 140 - 40, uniform() * 140 - 40, 1.2 + 1.2 * uniform()});
    }
    double at(double y, double x) const
    {
        double value = 0;
        for (const Bump& bump : m_bumps)
            value += std::exp(-(std::pow(y - bump.y, 2) + std::pow(x - bump.x, 2)) / (2 * bump.width * bump.width));
        return value / (0.6 + value);
    }

  private:
    struct Bump {
        double y, x, width;
    };
    std::vector<Bump> m_bumps;
};

std::vector<std::uint16_t> pattern(double scene)
{
    std::vector<std::uint16_t> values;
    for (int y = 0; y < pixels; ++y)
        for (int x = 0; x < pixels; ++x) {
            const double r = std::hypot(y - pixels / 2, x - pixels / 2);
            const double beam = r < 4 ? 4000 - 2000 * scene : 0;
            const double ring = 40 * (0.3 + scene) * std::exp(-0.5 * std::pow((r - 36) / 5, 2));
            values.push_back(static_cast<std::uint16_t>(beam + ring + (y * 7 + x * 13) % 3));
        }
    return values;
}

} // namespace

Result<Study> writeShiftedStudy(const std::filesystem::path& folder, ScanShape scan, ScanShape map,
                                const MapFromScan& place, const std::vector<std::string>& names)
{
    Study study;
    study.targets = {"O", "Te"};
    study.recipe.name = "quick";
    study.recipe.changes["epochs"] = std::int64_t(1);
    study.diffraction = DiffractionOptions{CentreKind::None, 5, 1, Scaling::SquareRoot};
    for (std::size_t s = 0; s < names.size(); ++s) {
        const Scene scene(static_cast<unsigned>(s + 1));
        StudyScan entry;
        entry.name = names[s];
        entry.role = s == 0 ? ScanRole::Train : ScanRole::Predict;
        DataCubeOptions cube;
        cube.scanShape = scan;
        cube.patternShape = {pixels, pixels};
        cube.calibration.scanStep_nm = 1.0;
        const auto path = folder / (entry.name + " 4DSTEM.h5");
        auto writer = DataCubeWriter::create(path, cube);
        if (!writer)
            return fail(writer.error());
        for (int y = 0; y < scan.height; ++y)
            for (int x = 0; x < scan.width; ++x) {
                const auto values = pattern(scene.at(y, x));
                if (auto done = (*writer)->append(std::as_bytes(std::span(values))); !done)
                    return fail(done.error());
            }
        if (auto done = (*writer)->commit(); !done)
            return fail(done.error());
        entry.diffraction = DiffractionSource{path};
        for (const char* quantity : {"O", "Te", "HAADF"}) {
            const bool element = isElementSymbol(quantity);
            ElementMap values = emptyMap(quantity, element ? MapUnit::Fraction : MapUnit::Arbitrary, map);
            values.scanStep_nm = 1.0 / place.scale;
            for (int y = 0; y < map.height; ++y)
                for (int x = 0; x < map.width; ++x) {
                    const double te = scene.at((y - place.dy) / place.scale, (x - place.dx) / place.scale);
                    values.at(y, x) = static_cast<float>(!element                        ? 500 + 1000 * te
                                                         : std::string(quantity) == "Te" ? te
                                                                                         : 1 - te);
                }
            const auto file = folder / ("GST - " + entry.name + "-" + quantity + (element ? "-at.mrc" : ".mrc"));
            if (auto written = writeMrc(values, {0, 0}, file); !written)
                return fail(written.error());
            MapSource source;
            source.quantity = quantity;
            source.path = file;
            entry.maps.push_back(std::move(source));
        }
        study.scans.push_back(std::move(entry));
    }
    return study;
}

} // namespace dispersa::test
