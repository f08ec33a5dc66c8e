// SPDX-License-Identifier: GPL-3.0-or-later
// The detector's offset and the dose of a scan, and when the dose cannot be told.
#include "core/prepare/detector_levels.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>

using namespace dispersa;

namespace {

constexpr int edge = 24;

/// Counts of a pattern: an offset, a beam of 21 pixels, a hot pixel (0: none).
std::vector<std::uint16_t> pattern(int offset, int beam, int hot = 0)
{
    std::vector<std::uint16_t> values;
    for (int y = 0; y < edge; ++y)
        for (int x = 0; x < edge; ++x)
            values.push_back(std::uint16_t(std::min(65535, offset + (std::hypot(y - 11, x - 12) < 2.5 ? beam : 0))));
    if (hot > 0)
        values[5 * edge + 5] = std::uint16_t(hot);
    return values;
}

MemoryScan scanOf(ScanShape shape, const std::function<std::vector<std::uint16_t>(int)>& patternOf)
{
    std::vector<std::uint16_t> values;
    for (int i = 0; i < shape.count(); ++i) {
        const auto one = patternOf(i);
        values.insert(values.end(), one.begin(), one.end());
    }
    return {shape, {edge, edge}, values};
}

DetectorLevels levelsOf(const DiffractionScan& scan)
{
    const auto plan = planWithoutScan(scan.patternShape(), {CentreKind::SubPixel}, {});
    return detectorLevels(scan, plan, {}, {}).value();
}

} // namespace

class TestDetectorLevels : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void offsetAndMeanDose()
    {
        // Beams of 100, 200 and 300 counts a pixel, as often each.
        const auto levels = levelsOf(scanOf({6, 9}, [](int i) { return pattern(40, 100 * (i % 3 + 1)); }));
        QVERIFY(std::abs(levels.offset - 40) < 1e-9);
        QVERIFY2(std::abs(levels.dose_counts - 21 * 200) < 1e-6, qPrintable(QString::number(levels.dose_counts)));
        QCOMPARE(levels.saturatedShare, 0.0);
        QVERIFY(levels.knowsDose());
    }

    void aHotPixelIsNoDose()
    {
        const auto levels = levelsOf(scanOf({4, 4}, [](int) { return pattern(40, 200, 60000); }));
        QVERIFY(std::abs(levels.dose_counts - 22 * 200) < 1e-6); // as much as one pixel of the beam
        QVERIFY(levels.knowsDose());
    }

    void patternsThatWereNotRecordedDoNotCount()
    {
        MemoryScan scan = scanOf({4, 4}, [](int i) { return i == 2 ? std::vector<std::uint16_t>(edge * edge) : pattern(40, 200); });
        QVERIFY(std::abs(levelsOf(scan).dose_counts - 21 * 200) < 1e-6);
        scan.stopAfter(3);
        QVERIFY(std::abs(levelsOf(scan).offset - 40) < 1e-9);
        scan.stopAfter(0);
        const auto none = levelsOf(scan);
        QVERIFY(none.dose_counts == 0 && none.offset == 0 && !none.knowsDose());
    }

    void aSaturatedBeamHidesTheDose_data()
    {
        QTest::addColumn<int>("beam");
        QTest::addColumn<int>("every");
        QTest::addColumn<double>("share");
        QTest::addColumn<bool>("known");
        QTest::newRow("16 bits, all") << 65535 << 1 << 1.0 << false; // but for the offset of the other pixels
        QTest::newRow("12 bits, all") << 4095 - 40 << 1 << 1.0 << false;
        QTest::newRow("every tenth") << 65535 << 10 << 0.1 << true;
        QTest::newRow("no ceiling") << 4000 << 1 << 0.0 << true;
    }
    void aSaturatedBeamHidesTheDose()
    {
        QFETCH(int, beam);
        QFETCH(int, every);
        const auto levels =
            levelsOf(scanOf({10, 10}, [&](int i) { return pattern(40, i % every == 0 ? beam : 1000); }));
        QFETCH(double, share);
        // Of all counts: 21 pixels of the beam, and the offset of 40 in the 555 others.
        const double of = share * 21 * (40.0 + beam) / (21 * (40.0 + beam) + 555 * 40);
        QVERIFY2(std::abs(levels.saturatedShare - of) < 0.01, qPrintable(QString::number(levels.saturatedShare)));
        QTEST(levels.knowsDose(), "known");
    }

    /// One pixel at the ceiling beside others that are not: it is cut down to them, and nothing is lost.
    void aSinglePixelAtTheCeilingDoesNotMatter()
    {
        const auto levels = levelsOf(scanOf({4, 4}, [](int) {
            auto one = pattern(40, 50000);
            one[11 * edge + 12] = 65535;
            return one;
        }));
        QVERIFY(levels.knowsDose());
        QCOMPARE(levels.saturatedShare, 0.0);
        QVERIFY(std::abs(levels.dose_counts - 21 * 50000) < 1);
    }

    void errors()
    {
        MemoryScan scan = scanOf({2, 2}, [](int) { return pattern(40, 200); });
        const auto plan = planWithoutScan(scan.patternShape(), {CentreKind::SubPixel}, {});
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = detectorLevels(scan, plan, {}, stop.get_token());
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
        scan.breakAtRow(0);
        const auto broken = detectorLevels(scan, plan, {}, {});
        QVERIFY(!broken && broken.error().code == ErrorCode::FileUnreadable);
    }
};

QTEST_APPLESS_MAIN(TestDetectorLevels)
#include "tst_detector_levels.moc"
