// SPDX-License-Identifier: GPL-3.0-or-later
// The simulated patterns show what they should: dose, drift of the beam, composition, Bragg spots where a grain is.
#include <QTest> // first: moc cannot parse <compare> at the head of a file

#include "core/simulate/measured_maps_p.h"
#include "core/simulate/pattern_model_p.h"

#include <algorithm>
#include <numeric>

using namespace dispersa;
using namespace dispersa::simulate;

class TestPatternModel : public QObject {
    Q_OBJECT

    static constexpr ScanShape shape{110, 45};
    static constexpr int pixels = 128;
    static constexpr int planted = 4;
    Film m_film{shape, 1, 6, planted};
    PatternModel m_model{m_film, pixels, 1};

    std::vector<std::uint16_t> pattern(int scan, int y, int x) const
    {
        std::vector<std::uint16_t> counts(std::size_t(pixels) * pixels);
        m_model.render(scan, y, x, counts);
        return counts;
    }
    /// Centroid of the bright direct beam.
    static BeamCentre brightCentre(const std::vector<std::uint16_t>& counts)
    {
        const int highest = *std::max_element(counts.begin(), counts.end());
        double sum = 0, y = 0, x = 0;
        for (std::size_t i = 0; i < counts.size(); ++i)
            if (counts[i] > highest / 4) {
                sum += counts[i];
                y += double(counts[i]) * double(i / pixels);
                x += double(counts[i]) * double(i % pixels);
            }
        return {y / sum, x / sum};
    }
    /// <I^2>/<I>^2 - 1 minus the shot noise in a ring of 1 px about q = 0.333 1/A.
    double ringVariance(int scan, int y, int x) const
    {
        const auto counts = pattern(scan, y, x);
        const auto centre = m_model.beamCentre(scan, y, x);
        double n = 0, sum = 0, square = 0;
        for (int row = 0; row < pixels; ++row)
            for (int column = 0; column < pixels; ++column) {
                const double q = std::hypot(row - centre.y, column - centre.x) * qPixel_invA(pixels);
                if (std::abs(q - 0.333) > 0.5 * qPixel_invA(pixels))
                    continue;
                const double value = counts[std::size_t(row) * pixels + std::size_t(column)];
                n += 1;
                sum += value;
                square += value * value;
            }
        const double mean = sum / n;
        return square / n / (mean * mean) - 1 - 1 / mean;
    }

  private Q_SLOTS:
    void compositionSumsToOneEverywhere()
    {
        for (int scan = 0; scan < 6; ++scan)
            for (int y = 0; y < shape.height; ++y)
                for (int x = 0; x < shape.width; ++x) {
                    const Composition c = m_film.at(scan, y, x).composition;
                    QVERIFY(std::abs(std::accumulate(c.begin(), c.end(), 0.0) - 1) < 1e-12);
                    QVERIFY(*std::min_element(c.begin(), c.end()) >= 0);
                }
    }

    void meanFreePathsAreThoseOfTheMaterials()
    {
        // SCIENCE: Ge-Sb-Te about 30 nm, silica about 150 nm at 200 kV; ours leave inelastic scattering out, so a
        // factor 2.
        const double alloy = meanFreePath_nm({0, 0, 2 / 9.0, 2 / 9.0, 5 / 9.0}),
                     silica = meanFreePath_nm({2 / 3.0, 1 / 3.0});
        QVERIFY2(alloy > 15 && alloy < 60, std::to_string(alloy).c_str());
        QVERIFY2(silica > 75 && silica < 300, std::to_string(silica).c_str());
    }

    void everyPatternHasItsDose()
    {
        for (int y = 0; y < shape.height; y += 10) {
            const auto counts = pattern(0, y, 20);
            const double electrons = std::accumulate(counts.begin(), counts.end(), 0.0);
            // What scatters beyond the detector is missing; hot pixels add a few thousand.
            QVERIFY2(electrons > 0.75 * electronsPerPattern && electrons < 1.08 * electronsPerPattern,
                     std::to_string(electrons).c_str());
        }
    }

    void theDirectBeamDriftsOverTheScan()
    {
        const auto first = brightCentre(pattern(0, 0, 20)), last = brightCentre(pattern(0, 109, 20));
        // 4 to 7 pixels of 256, half as many of 128.
        QVERIFY2(last.y - first.y > 1.5 && last.y - first.y < 4, std::to_string(last.y - first.y).c_str());
        const auto stated = m_model.beamCentre(0, 109, 20);
        QVERIFY(std::abs(stated.y - last.y) < 0.3 && std::abs(stated.x - last.x) < 0.3);
    }

    void oxygenShowsInTheScattering()
    {
        // Silica scatters less than the alloy: more electrons stay in the direct beam.
        const auto inBeam = [this](int y, int x) {
            const auto counts = pattern(0, y, x);
            const auto centre = m_model.beamCentre(0, y, x);
            double sum = 0;
            for (int row = 0; row < pixels; ++row)
                for (int column = 0; column < pixels; ++column)
                    if (std::hypot(row - centre.y, column - centre.x) < 3)
                        sum += counts[std::size_t(row) * pixels + std::size_t(column)];
            return sum / electronsPerPattern;
        };
        QVERIFY(inBeam(3, 20) > inBeam(30, 20) + 0.1);
    }

    void thePlantedGrainDiffracts()
    {
        const Grain& grain = m_film.plantedGrain();
        const int y = static_cast<int>(std::lround(grain.y)), x = static_cast<int>(std::lround(grain.x));
        QCOMPARE(m_film.at(planted, y, x).grain, 0);
        const double crystalline = ringVariance(planted, y, x), before = ringVariance(planted - 1, y, x),
                     after = ringVariance(planted + 1, y, x);
        const std::string text =
            std::to_string(before) + " " + std::to_string(crystalline) + " " + std::to_string(after);
        QVERIFY2(crystalline > 0.5, text.c_str()); // 200 spots on the ring
        QVERIFY2(std::abs(before) < 0.15 && std::abs(after) < 0.15, text.c_str());
    }

    void theGrainIsInvisibleInHaadf()
    {
        const Grain& grain = m_film.plantedGrain();
        const auto before = measuredMaps(m_film, planted - 1, 1).back(),
                   during = measuredMaps(m_film, planted, 1).back();
        double inside = 0, outside = 0;
        int nInside = 0, nOutside = 0;
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const double distance = std::hypot(y - grain.y, x - grain.x);
                const double ratio = during.at(y, x) / before.at(y, x);
                if (distance < grain.radius_px) {
                    inside += ratio;
                    ++nInside;
                } else if (distance > grain.radius_px + 2 && distance < grain.radius_px + 5) {
                    outside += ratio;
                    ++nOutside;
                }
            }
        QVERIFY(nInside > 5 && nOutside > 5);
        QVERIFY(std::abs(inside / nInside - outside / nOutside) < 0.03); // its noise is 2 % per pixel
    }

    void mapsAreNoisyFractions()
    {
        const auto maps = measuredMaps(m_film, 2, 1);
        QCOMPARE(maps.size(), elements.size() + 1);
        double difference = 0;
        for (std::size_t i = 0; i < maps[0].values.size(); ++i) {
            double sum = 0;
            for (std::size_t e = 0; e < elements.size(); ++e)
                sum += double(maps[e].values[i]);
            QVERIFY(std::abs(sum - 1) < 1e-6);
            const int y = static_cast<int>(i) / shape.width, x = static_cast<int>(i) % shape.width;
            difference += std::pow(double(maps[4].values[i]) - m_film.at(2, y, x).composition[4], 2);
        }
        // 200 to 500 counts: sqrt(c (1 - c) / N), about 0.025 where there is tellurium.
        const double noise = std::sqrt(difference / double(maps[0].values.size()));
        QVERIFY2(noise > 0.015 && noise < 0.035, std::to_string(noise).c_str());
    }
};

QTEST_APPLESS_MAIN(TestPatternModel)
#include "tst_pattern_model.moc"
