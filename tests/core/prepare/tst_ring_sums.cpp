// SPDX-License-Identifier: GPL-3.0-or-later
// Sums on rings about the direct beam: against NumPy, over shifted scans, and where patterns are missing.
#include "core/prepare/ring_sums.h"
#include "tests/support/golden.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace dispersa;

namespace {

constexpr std::size_t rings = ringCount;
const PatternShape goldenShape{36, 40};
const DiffractionOptions com{CentreKind::CentreOfMass};
const DiffractionOptions subPixel{CentreKind::SubPixel};

/// Counts at (y, x) of a pattern whose beam lies at `beam`: a disc with soft edges, two halos and an offset.
float countsAt(double y, double x, ImagePoint beam, double perPixel = 1)
{
    const double r = std::hypot(y - beam.y, x - beam.x) * perPixel;
    return float(2000 / (1 + std::exp((r - 3) / 0.4)) + 12 * std::exp(-0.5 * std::pow((r - 11) / 2, 2)) +
                 5 * std::exp(-0.5 * std::pow((r - 19) / 2, 2)) + 40);
}

/// One pattern per beam, as one row of a scan.
template<class T>
MemoryScan scanOf(const std::vector<ImagePoint>& beams, PatternShape shape, double perPixel = 1)
{
    std::vector<T> values;
    for (const ImagePoint& beam : beams)
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x)
                values.push_back(T(countsAt(y, x, beam, perPixel)));
    return {{1, int(beams.size())}, shape, values};
}

Result<RingSums> ringSums(const DiffractionScan& scan, const Region& region, const DiffractionOptions& options, bool sectors,
                          std::stop_token stop = {})
{
    const auto plan = makeRingPlan(scan, region, options, {}, stop);
    if (!plan)
        return fail(plan.error());
    RingSums sums{.region = {region.y, region.x, 0, region.width}, .sectors = sectors};
    ProgressCounter counter({}, "prepare", region.count());
    SaturationCounter saturation;
    if (auto done = addRows(sums, region.height, scan, *plan, counter, saturation, stop); !done)
        return fail(done.error());
    return sums;
}

/// Largest difference between rings 4 to 44 of patterns `a` and `b`, in counts.
double worstMeans(const RingSums& sums, std::size_t a, std::size_t b)
{
    double worst = 0;
    for (std::size_t k = 4; k < 45; ++k)
        worst = std::max(worst, std::abs(double(sums.sum[a * rings + k] / sums.weight[a * rings + k]) -
                                         double(sums.sum[b * rings + k] / sums.weight[b * rings + k])));
    return worst;
}

} // namespace

class TestRingSums : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void sumsAsNumPy_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<DiffractionOptions>("options");
        QTest::newRow("beam by its bright half") << QByteArray("com") << com;
        DiffractionOptions ellipse = com;
        ellipse.ellipseRatio = 1.06;
        ellipse.ellipseAngle_deg = 25;
        QTest::newRow("ellipse") << QByteArray("ellipse") << ellipse;
        // Mask, bin and scaling are not for rings.
        DiffractionOptions others = com;
        others.beamMask_px = 5;
        others.beamMaskEdge_px = 2;
        others.bin = 2;
        others.scaling = Scaling::Log;
        QTest::newRow("steps that rings leave out") << QByteArray("com") << others;
    }

    void sumsAsNumPy()
    {
        QFETCH(QByteArray, name);
        QFETCH(DiffractionOptions, options);
        const Golden golden("core/prepare/ring_sums_golden.json");
        const MemoryScan scan({1, 3}, goldenShape, golden.values<float>("patterns"));
        const auto sums = ringSums(scan, {0, 0, 1, 3}, options, false);
        QVERIFY2(sums, sums ? "" : sums.error().message.c_str());
        const auto plan = makeRingPlan(scan, {0, 0, 1, 3}, options, {}, {});
        QVERIFY(plan);
        QVERIFY(std::abs(plan->levels.offset - golden.number("offset")) < 1e-6);
        const auto weight = golden.values(name + "_weight");
        const auto sum = golden.values(name + "_sum");
        QCOMPARE(weight.size(), 3 * rings);
        QVERIFY(sums->weight.size() == weight.size() && sums->sum.size() == weight.size() &&
                sums->sectorSum.empty() && sums->sectorWeight.empty());
        for (std::size_t i = 0; i < weight.size(); ++i) {
            // Radii of up to 64 ring widths are in float, 8e-6 apart at worst: that share of a pixel may fall to the ring
            // beside. Pixels differ by up to 1000 counts near the beam, elsewhere by tens.
            const double count = i % rings < 20 ? 1000 : 50, pixels = std::max(1.0, weight[i]);
            QVERIFY2(std::abs(double(sums->weight[i]) - weight[i]) < 1e-5 * pixels, qPrintable(QString::number(i)));
            QVERIFY2(std::abs(double(sums->sum[i]) - sum[i]) < 1e-5 * pixels * count, qPrintable(QString::number(i)));
        }
    }

    void sectorsAsNumPy()
    {
        const Golden golden("core/prepare/ring_sums_golden.json");
        const MemoryScan scan({1, 3}, goldenShape, golden.values<float>("patterns"));
        const auto sums = ringSums(scan, {0, 0, 1, 3}, com, true);
        QVERIFY(sums);
        const auto weight = golden.values("sector_weight"), sum = golden.values("sector_sum");
        QCOMPARE(weight.size(), rings * sectorCount);
        QCOMPARE(sums->sectorWeight.size(), 3 * rings * sectorCount);
        QCOMPARE(sums->sectorSum.size(), 3 * rings * sectorCount);
        for (std::size_t i = 0; i < weight.size(); ++i) {
            // As above; a pixel in a wrong sector would be a difference of its whole share.
            const double count = i / sectorCount < 20 ? 1000 : 50;
            QVERIFY2(std::abs(double(sums->sectorWeight[i]) - weight[i]) < 1e-4, qPrintable(QString::number(i)));
            QVERIFY2(std::abs(double(sums->sectorSum[i]) - sum[i]) < 1e-4 * count, qPrintable(QString::number(i)));
        }
        // All sectors of a ring are the ring, in every pattern.
        for (std::size_t ring = 0; ring < 3 * rings; ++ring) {
            double all = 0;
            for (std::size_t s = 0; s < sectorCount; ++s)
                all += double(sums->sectorWeight[ring * sectorCount + s]);
            QVERIFY(std::abs(all - double(sums->weight[ring])) < 1e-4); // sums of up to a hundred floats
        }
    }

    void findsTheBeamItself()
    {
        // No centring asked for: the beam is found to a fraction of a pixel. The golden sums are about the true place, so
        // the means on rings differ by what noise moves the centroid, some 0.03 px, times the slope.
        const Golden golden("core/prepare/ring_sums_golden.json");
        const MemoryScan scan({1, 3}, goldenShape, golden.values<float>("patterns"));
        const auto weight = golden.values("subpixel_weight"), sum = golden.values("subpixel_sum");
        const auto sums = ringSums(scan, {0, 0, 1, 3}, {}, false);
        QVERIFY(sums);
        QVERIFY(ringSums(scan, {0, 0, 1, 3}, subPixel, false)->sum == sums->sum);
        for (std::size_t p = 0; p < 3; ++p)
            for (std::size_t k = 20; k < 60; ++k) {
                const std::size_t i = p * rings + k;
                const double mean = double(sums->sum[i] / sums->weight[i]), expected = sum[i] / weight[i];
                QVERIFY2(std::abs(mean - expected) < 0.6, qPrintable(QString("%1: %2, not %3").arg(i).arg(mean).arg(expected)));
            }
    }

    void shiftedRowsSumTheSame()
    {
        // A beam that jumps by whole pixels sees the same pixels: sums differ by rounding alone. By parts of a pixel it
        // sees the pattern at other places: means on rings of half a pixel differ by what the curve bends there.
        std::vector<ImagePoint> beams = {{32.3, 31.6}};
        for (const ImagePoint by : {ImagePoint{3, -3}, ImagePoint{-2, 1}, ImagePoint{0.4, -2.7}, ImagePoint{-1.5, 0.2}})
            beams.push_back({beams[0].y + by.y, beams[0].x + by.x});
        const MemoryScan scan = scanOf<float>(beams, {64, 64});
        const auto sums = ringSums(scan, {0, 0, 1, 5}, subPixel, true);
        QVERIFY(sums);
        for (std::size_t p : {1u, 2u}) {
            QVERIFY2(worstMeans(*sums, p, 0) < 1e-3, qPrintable(QString::number(worstMeans(*sums, p, 0))));
            for (std::size_t i = 4 * sectorCount; i < 45 * sectorCount; ++i)
                QVERIFY(std::abs(double(sums->sectorWeight[p * rings * sectorCount + i] - sums->sectorWeight[i])) < 1e-3);
        }
        for (std::size_t p : {3u, 4u})
            for (std::size_t k = 16; k < 45; ++k) { // beyond the beam's edge
                const double mean = double(sums->sum[p * rings + k] / sums->weight[p * rings + k]);
                const double first = double(sums->sum[k] / sums->weight[k]);
                QVERIFY2(std::abs(mean - first) < 0.15, qPrintable(QString("%1: %2, not %3").arg(k).arg(mean).arg(first)));
            }
    }

    void sameRingsOnADetectorOfTwiceThePixels()
    {
        // Ring k is at the same share of the detector's half edge.
        QCOMPARE(ringWidth_px({128, 128}), 1.0);
        QCOMPARE(ringWidth_px({256, 300}), 2.0);
        const auto coarse = ringSums(scanOf<float>({{63.5, 63.5}}, {128, 128}, 0.5), {0, 0, 1, 1}, {}, false);
        const auto fine = ringSums(scanOf<float>({{127.5, 127.5}}, {256, 256}, 0.25), {0, 0, 1, 1}, {}, false);
        QVERIFY(coarse && fine);
        for (std::size_t k = 20; k < 60; ++k) {
            const double a = double(coarse->sum[k] / coarse->weight[k]), b = double(fine->sum[k] / fine->weight[k]);
            QVERIFY2(std::abs(a - b) < 0.1, qPrintable(QString("%1: %2, not %3").arg(k).arg(a).arg(b))); // pixels twice as wide
            QVERIFY(std::abs(double(fine->weight[k]) / double(coarse->weight[k]) - 4) < 0.2);
        }
    }

    void everyPositionOfARegionHasItsOwn()
    {
        // 480 patterns of 32 kB are several blocks for several threads. Pattern i is i counts everywhere but in the beam
        // and in the corners, which say the offset.
        const ScanShape shape{12, 40};
        const PatternShape pattern{128, 128};
        std::vector<std::uint16_t> values;
        for (int i = 0; i < shape.count(); ++i)
            for (int y = 0; y < 128; ++y)
                for (int x = 0; x < 128; ++x) {
                    const double r = std::hypot(y - 63.5, x - 63.5);
                    values.push_back(std::uint16_t(r < 3 ? 10000 : r < 66 ? i + 7 : 7));
                }
        const MemoryScan scan(shape, pattern, values);
        const Region region{2, 5, 9, 33};
        const auto sums = ringSums(scan, region, {}, false);
        QVERIFY(sums);
        QCOMPARE(sums->region, region);
        for (std::size_t i = 0; i < std::size_t(region.count()); ++i) {
            const auto expected = double((region.y + int(i) / region.width) * shape.width + region.x + int(i) % region.width);
            const std::size_t ring = i * rings + 30;
            QVERIFY(std::abs(double(sums->sum[ring] / sums->weight[ring]) - expected) < 1e-3);
        }
    }

    void patternsThatAreNotThereAreZero()
    {
        MemoryScan scan = scanOf<std::uint16_t>({{15.5, 16}, {15.5, 16}, {15.5, 16}, {15.5, 16}}, {32, 32});
        const auto whole = ringSums(scan, {0, 0, 1, 4}, {}, true);
        scan.stopAfter(2);
        const auto stopped = ringSums(scan, {0, 0, 1, 4}, {}, true);
        QVERIFY(whole && stopped);
        for (std::size_t i = 0; i < 4 * rings; ++i) {
            const bool there = i < 2 * rings;
            QCOMPARE(stopped->weight[i], there ? whole->weight[i] : 0.0f);
            QCOMPARE(stopped->sum[i], there ? whole->sum[i] : 0.0f);
        }
        for (std::size_t i = 2 * rings * sectorCount; i < stopped->sectorSum.size(); ++i)
            QVERIFY(stopped->sectorSum[i] == 0 && stopped->sectorWeight[i] == 0);
        scan.stopAfter(0);
        const auto none = ringSums(scan, {0, 0, 1, 4}, {}, true);
        QVERIFY(none && std::all_of(none->sum.begin(), none->sum.end(), [](float value) { return value == 0; }));
    }

    void hotPixelsAreRepairedFirst()
    {
        std::vector<std::uint16_t> values;
        const ScanShape shape{4, 8};
        for (int i = 0; i < shape.count(); ++i)
            for (int y = 0; y < 48; ++y)
                for (int x = 0; x < 48; ++x)
                    values.push_back(y == 30 && x == 33 ? 65535 : std::uint16_t(countsAt(y, x, {23.5, 24}) + (y * 7 + x * 3 + i) % 5));
        const MemoryScan scan(shape, {48, 48}, values);
        DiffractionOptions repairing = subPixel;
        repairing.badPixels = BadPixels::Repair;
        const auto kept = ringSums(scan, {0, 0, 4, 8}, subPixel, false);
        const auto repaired = ringSums(scan, {0, 0, 4, 8}, repairing, false);
        QVERIFY(kept && repaired);
        const auto ring = static_cast<std::size_t>(std::hypot(30 - 23.5, 33 - 24) / ringWidth_px({48, 48}));
        QVERIFY(kept->sum[ring] > 10000); // what it would do to a ring
        QVERIFY(repaired->sum[ring] / repaired->weight[ring] < 20);
    }

    void errors()
    {
        MemoryScan scan = scanOf<std::uint16_t>({{15.5, 16}, {15.5, 16}}, {32, 32});
        for (const Region& outside : {Region{0, 1, 1, 2}, Region{1, 0, 1, 1}, Region{0, -1, 1, 1}}) {
            const auto sums = ringSums(scan, outside, {}, false);
            QVERIFY(!sums);
            QCOMPARE(sums.error().code, ErrorCode::InvalidArgument);
            QCOMPARE(sums.error().arguments, (std::vector<std::string>{toText(outside), "1 x 2"}));
        }
        DiffractionOptions wrong;
        wrong.bin = 0;
        const auto invalid = ringSums(scan, {0, 0, 1, 2}, wrong, false);
        QVERIFY(!invalid && invalid.error().code == ErrorCode::StudyInvalid);
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = ringSums(scan, {0, 0, 1, 2}, {}, false, stop.get_token());
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
        scan.breakAtRow(0);
        const auto broken = ringSums(scan, {0, 0, 1, 2}, {}, false);
        QVERIFY(!broken && broken.error().code == ErrorCode::FileUnreadable);
    }
};

QTEST_APPLESS_MAIN(TestRingSums)
#include "tst_ring_sums.moc"
