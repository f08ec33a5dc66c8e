// SPDX-License-Identifier: GPL-3.0-or-later
// Sectors of rings as features: their order, what is clipped, what stands for a sector without pixels.
#include "core/prepare/profile_features.h"

#include <QtTest>

#include <cmath>

using namespace dispersa;

namespace {

/// Every position has ring + sector / 100 + 1 counts in a sector, of two pixels.
RingSums steps(int height, int width)
{
    RingSums rings{.region = {0, 0, height, width}, .sectors = true};
    const auto count = std::size_t(rings.region.count());
    for (std::vector<float>* values : {&rings.weight, &rings.sum})
        values->assign(count * ringCount, 1.0f);
    for (std::size_t p = 0; p < count; ++p)
        for (int ring = 0; ring < ringCount; ++ring)
            for (int sector = 0; sector < sectorCount; ++sector) {
                rings.sectorWeight.push_back(2);
                rings.sectorSum.push_back(2 * (float(ring) + float(sector) / 100 + 1));
            }
    return rings;
}

std::size_t at(std::size_t position, int ring, int sector)
{
    return (position * ringCount + std::size_t(ring)) * sectorCount + std::size_t(sector);
}

ProfileFeature polar(int neighbourhood, int firstRing, int lastRing)
{
    return {ProfileFeature::Kind::Polar, neighbourhood, firstRing, lastRing};
}

} // namespace

class TestPolarFeatures : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void sectorsLieRingByRing()
    {
        const ProfileFeature feature = polar(3, 4, 7);
        QCOMPARE(feature.values(), 4 * sectorCount);
        const std::vector<float> values = profilesOf(steps(3, 4), {0, 0, 3, 4}, {feature});
        QCOMPARE(values.size(), std::size_t(12 * 4 * sectorCount));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t value = i % (4 * sectorCount);
            const double counts = double(value / sectorCount) + 4 + double(value % sectorCount) / 100 + 1;
            QVERIFY(std::abs(double(values[i]) - std::log(counts)) < 1e-5); // fp32 sums and logarithm
        }
    }

    /// A spot of one position is seen in the 3 x 3 positions that are compared, and no further than it is clipped.
    void aBraggSpotIsClipped()
    {
        RingSums rings = steps(7, 7);
        constexpr std::size_t middle = 3 * 7 + 3;
        rings.sectorSum[at(middle, 20, 2)] *= 1000;
        const std::vector<float> clipped = clippedSectors(rings);
        // The darkest nine of sectors 0, 1, 3..11.
        const double robust = 21 + (0 + 1 + 3 + 4 + 5 + 6 + 7 + 8 + 9) / 900.0;
        for (const std::size_t position : {middle, middle - 8, middle + 1})
            QVERIFY(std::abs(double(clipped[at(position, 20, 2)]) - 1.5 * robust) < 1e-4);
        QVERIFY(std::abs(double(clipped[at(middle, 20, 3)]) - 21.03) < 1e-4);
        QVERIFY(std::abs(double(clipped[at(middle - 2, 20, 2)]) - 21.02) < 1e-4);
        QVERIFY(std::abs(double(clipped[at(middle, 21, 2)]) - 22.02) < 1e-4);
    }

    void aSectorWithoutPixelsIsAsItsRing()
    {
        RingSums rings = steps(1, 1);
        rings.sectorWeight[at(0, 50, 0)] = rings.sectorSum[at(0, 50, 0)] = 0;
        for (int sector = 0; sector < sectorCount; ++sector)
            rings.sectorWeight[at(0, 60, sector)] = rings.sectorSum[at(0, 60, sector)] = 0;
        const std::vector<float> clipped = clippedSectors(rings);
        // Of eleven sectors with pixels three quarters are eight: 1..8.
        QVERIFY(std::abs(double(clipped[at(0, 50, 0)]) - (51 + 4.5 / 100)) < 1e-4);
        QVERIFY(std::isnan(clipped[at(0, 60, 0)]));
        // A ring without any pixel says nothing.
        const std::vector<float> values = profilesOf(rings, {0, 0, 1, 1}, {polar(1, 60, 60)});
        QCOMPARE(values, std::vector<float>(sectorCount, 0.0f));
    }

    void aTurnedPatternMovesItsSectors()
    {
        RingSums rings = steps(2, 2), turned = rings;
        for (std::size_t p = 0; p < 4; ++p)
            for (int ring = 0; ring < ringCount; ++ring)
                for (int sector = 0; sector < sectorCount; ++sector)
                    turned.sectorSum[at(p, ring, (sector + 5) % sectorCount)] = rings.sectorSum[at(p, ring, sector)];
        const std::vector<float> before = profilesOf(rings, {0, 0, 2, 2}, {polar(3, 10, 10)});
        const std::vector<float> after = profilesOf(turned, {0, 0, 2, 2}, {polar(3, 10, 10)});
        for (std::size_t i = 0; i < before.size(); ++i)
            QCOMPARE(after[i / sectorCount * sectorCount + (i + 5) % sectorCount], before[i]);
    }

    void looksAtTheNeighboursOfNeighbours() { QCOMPARE((ProfileOptions{{polar(5, 5, 39)}, {}}.contextRadius_px()), 3); }
};

QTEST_GUILESS_MAIN(TestPolarFeatures)
#include "tst_polar_features.moc"
