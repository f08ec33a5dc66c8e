// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/film_p.h"

#include "core/simulate/random_p.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dispersa::simulate {
namespace {

// The film is laid out on the paper's grid of 110 x 45; other grids sample the same film more coarsely or finely.
constexpr double filmRows = 110;
constexpr double filmColumns = 45;
constexpr double pi = std::numbers::pi;

double smoothStep(double from, double to, double value)
{
    const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

double bell(double value, double centre, double width)
{
    const double t = (value - centre) / width;
    return std::exp(-0.5 * t * t);
}

/// Turns the fourfold zone axis about the beam.
Rotation zoneAxis(double azimuth)
{
    const double c = std::cos(azimuth), s = std::sin(azimuth);
    return {{{c, -s, 0}, {s, c, 0}, {0, 0, 1}}};
}

/// Uniformly distributed orientation from a random unit quaternion (Shoemake 1992).
Rotation randomOrientation(Random& random)
{
    const double u = random.uniform(), a = 2 * pi * random.uniform(), b = 2 * pi * random.uniform();
    const double x = std::sqrt(1 - u) * std::sin(a), y = std::sqrt(1 - u) * std::cos(a);
    const double z = std::sqrt(u) * std::sin(b), w = std::sqrt(u) * std::cos(b);
    return {{{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
             {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
             {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}}};
}

} // namespace

Film::Film(ScanShape shape, std::uint64_t seed, int scans, int planted) : m_shape(shape)
{
    Random random({seed, 0xf117});
    const auto field = [&random](double shortest, double longest) {
        constexpr int waves = 12;
        Field result;
        for (int i = 0; i < waves; ++i) {
            const double k = 2 * pi / random.uniform(shortest, longest), angle = random.uniform(0, 2 * pi);
            result.push_back({k * std::sin(angle), k * std::cos(angle), random.uniform(0, 2 * pi),
                              0.16 * random.normal(), std::sqrt(2.0 / waves)});
        }
        return result;
    };
    m_roughness = field(15, 50);
    m_oxidation = field(16, 55);
    m_germanium = field(16, 55);
    m_antimony = field(16, 55);
    m_band = field(14, 40);
    m_thickness = field(30, 90);

    const double rows = shape.height / filmRows, columns = shape.width / filmColumns;
    const double size = std::sqrt(rows * columns);
    m_grains.push_back({50.3 * rows, 27.6 * columns, std::max(1.2, 2.6 * size), 0.6, planted, planted, zoneAxis(0.35)});
    for (int tries = 0; m_grains.size() < 7 && tries < 1000; ++tries) {
        const double row = random.uniform(20, 100), column = random.uniform(3, filmColumns - 3);
        const bool apart = std::none_of(m_grains.begin(), m_grains.end(), [&](const Grain& other) {
            return std::hypot(row - other.y / rows, column - other.x / columns) < 11;
        });
        if (!apart)
            continue;
        const int first = m_grains.size() % 2 == 0 ? 0 : static_cast<int>(random.uniform(0, scans));
        m_grains.push_back({row * rows, column * columns, std::max(0.9, random.uniform(1.3, 2.4) * size),
                            random.uniform(0.25, 0.5), first, 1 << 30, randomOrientation(random)});
    }
}

double Film::value(const Field& field, double y, double x, double time)
{
    double sum = 0;
    for (const Wave& wave : field)
        sum += wave.amplitude * std::cos(wave.ky * y + wave.kx * x + wave.phase + wave.drift * time);
    return sum;
}

Composition Film::compositionAt(double row, double column, double time) const
{
    const double rough = value(m_roughness, 0, column, 0);
    // Oxygen of the alloy: diffuses in from the top, follows the film's grain, rises with time, saturates at the
    // bottom.
    const double oxygen = 0.22 + 0.14 * std::exp(-std::max(0.0, row - 15) / 10) +
                          0.15 * value(m_oxidation, row, column, time) + 0.008 * time +
                          0.25 * smoothStep(88, 103, row + 1.5 * rough);
    const double o = std::clamp(oxygen, 0.01, 0.6);
    // A Te-rich particle grows at one place.
    const double particle = 0.05 * time * bell(row, 37, 4) * bell(column, 11, 3.5);
    const double ge = std::clamp(0.22 + 0.09 * value(m_germanium, row, column, time) - 0.5 * particle, 0.04, 0.45);
    const double sb = std::clamp(0.21 + 0.075 * value(m_antimony, row, column, time) - 0.5 * particle, 0.04, 0.45);
    const double te = 1 - ge - sb;
    // Silica: the layer on top, and a band of inclusions.
    const double layer = 1 - smoothStep(12.5, 17.5, row + 1.2 * rough);
    const double band = 0.3 * bell(row, 66, 7) * std::clamp(0.6 + 0.55 * value(m_band, row, column, time), 0.0, 1.6);
    const double silica = std::min(1.0, layer + band * (1 - layer) + 0.015);
    const double alloy = 1 - silica;
    return {silica * 2 / 3 + alloy * o, silica / 3, alloy * (1 - o) * ge, alloy * (1 - o) * sb, alloy * (1 - o) * te};
}

Spot Film::at(int scan, int y, int x) const
{
    const double row = (y + 0.5) * filmRows / m_shape.height, column = (x + 0.5) * filmColumns / m_shape.width;
    const double time = scan;
    Spot spot;
    spot.composition = compositionAt(row, column, time);
    spot.thickness_nm = std::clamp(
        26 + 1.3 * value(m_thickness, row, column, 0.5 * time) + 1.5 * (column / filmColumns - 0.5), 12.0, 45.0);
    for (std::size_t i = 0; i < m_grains.size(); ++i) {
        const Grain& grain = m_grains[i];
        if (scan < grain.firstScan || scan > grain.lastScan)
            continue;
        const double distance = std::hypot(y - grain.y, x - grain.x);
        // A probe 2.5 nm wide softens the border.
        const double inside = grain.share * (1 - smoothStep(grain.radius_px - 0.8, grain.radius_px + 0.8, distance));
        if (inside > spot.crystallinity) {
            spot.crystallinity = inside;
            spot.grain = static_cast<int>(i);
        }
    }
    return spot;
}

} // namespace dispersa::simulate
