// SPDX-License-Identifier: GPL-3.0-or-later
// One number per frame, and the virtual image that any grid and order makes of them, against the scan opened that way.
#include "core/data/reordered_scan.h"
#include "core/prepare/frame_sums.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>
#include <random>

using namespace dispersa;

namespace {

constexpr PatternShape detector{12, 9};

std::shared_ptr<MemoryScan> randomScan(ScanShape grid)
{
    std::mt19937 random(5);
    std::vector<std::uint16_t> values(std::size_t(grid.count() * detector.count()));
    for (std::uint16_t& value : values)
        value = std::uint16_t(random() % 100);
    return std::make_shared<MemoryScan>(grid, detector, values);
}

/// The sum of roots of every pattern of a scan as it opens; NaN where there is none.
std::vector<float> expectedImage(const DiffractionScan& scan)
{
    std::vector<float> image;
    for (int y = 0; y < scan.scanShape().height; ++y)
        for (int x = 0; x < scan.scanShape().width; ++x) {
            double sum = 0;
            const auto pattern = scan.pattern({y, x});
            for (const float count : *pattern)
                sum += std::sqrt(count);
            image.push_back(scan.isAvailable({y, x}) ? float(sum) : std::numeric_limits<float>::quiet_NaN());
        }
    return image;
}

/// Additions in another order round differently.
bool isClose(float a, float b)
{
    return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-5f * std::abs(b);
}

} // namespace

class TestFrameSums : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void arrangedSumsAreWhatOpens_data()
    {
        QTest::addColumn<int>("switches");
        for (int switches = 0; switches < 32; ++switches)
            QTest::addRow("switches %d", switches) << switches;
    }
    void arrangedSumsAreWhatOpens()
    {
        QFETCH(int, switches);
        ScanOrder order;
        order.serpentine = (switches & 1) != 0;
        order.transpose = (switches & 2) != 0;
        order.flipY = (switches & 4) != 0;
        order.flipX = (switches & 8) != 0;
        if ((switches & 16) != 0) {
            order.skipFirst = 2;
            order.skipPerRow = 1;
        }
        const auto frames = randomScan({1, 40});
        const ScanShape grid = order.skipPerRow == 0 ? ScanShape{5, 8} : ScanShape{6, 6}; // the last positions lack frames
        const auto sums = frameSums(*frames, false, {}, {}, {});
        QVERIFY(sums);
        const ElementMap image = arrangedFrames(*sums, grid, order);
        const auto opened = inOrder(frames, grid, order);
        QVERIFY(opened);
        QCOMPARE(image.shape, (*opened)->scanShape());
        const std::vector<float> expected = expectedImage(**opened);
        for (std::size_t i = 0; i < image.values.size(); ++i)
            QVERIFY(isClose(image.values[i], expected[i]));
    }

    void swappedAxesHaveOneFramePerDetectorPixel()
    {
        const auto base = randomScan({4, 7});
        const auto sums = frameSums(*base, true, {}, {}, {});
        QVERIFY(sums);
        ScanOrder order;
        order.swapAxes = true;
        const auto opened = inOrder(base, {}, order);
        QVERIFY(opened);
        const std::vector<float> expected = expectedImage(**opened);
        QCOMPARE(sums->size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY(isClose((*sums)[i], expected[i]));
    }

    void aLargeScanIsSampledInTheSameRowsOfEveryPattern()
    {
        // Every pixel holds the square of the pattern's number: a sample of 3 rows has 3/12 of the whole sum.
        const ScanShape grid{1, 50};
        std::vector<std::uint16_t> values;
        for (int i = 0; i < grid.count(); ++i)
            values.insert(values.end(), std::size_t(detector.count()), std::uint16_t(i * i));
        const MemoryScan scan(grid, detector, values);
        FrameSumOptions options;
        options.budgetBytes = std::uint64_t(grid.count()) * 9 * 2 * 3;
        const auto sums = frameSums(scan, false, options, {}, {});
        QVERIFY(sums);
        for (int i = 0; i < grid.count(); ++i)
            QCOMPARE((*sums)[std::size_t(i)], float(i * 9 * 3));
        options.budgetBytes = 1; // never less than one row
        const auto fewest = frameSums(scan, false, options, {}, {});
        QVERIFY(fewest);
        QCOMPARE((*fewest)[7], 7.0f * 9);
    }

    /// The reason for the roots: the counts are the same everywhere, their spread is not.
    void spreadShowsWhereTotalsDoNot()
    {
        std::vector<std::uint16_t> values(std::size_t(2 * detector.count()), 0);
        values[40] = 900; // a narrow beam, and one of as many counts over nine pixels
        for (int i = 0; i < 9; ++i)
            values[std::size_t(detector.count() + 40 + i)] = 100;
        const auto sums = frameSums(MemoryScan({1, 2}, detector, values), false, {}, {}, {});
        QVERIFY(sums);
        QCOMPARE(*sums, (std::vector<float>{30, 90}));
    }

    void patternsThatDoNotExistAreNoData()
    {
        const auto scan = randomScan({3, 4});
        scan->stopAfter(10);
        const auto sums = frameSums(*scan, false, {}, {}, {});
        QVERIFY(sums);
        for (std::size_t i = 0; i < 12; ++i)
            QCOMPARE(std::isnan((*sums)[i]), i >= 10);
    }

    void progressRunsToTheEndAndStopStops()
    {
        const auto scan = randomScan({3, 4});
        std::int64_t done = 0;
        QVERIFY(frameSums(*scan, false, {}, [&](const Progress& p) { done = p.done; }, {}));
        QCOMPARE(done, std::int64_t(12));
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = frameSums(*scan, false, {}, {}, stop.get_token());
        QVERIFY(!stopped);
        QVERIFY(stopped.error().code == ErrorCode::Cancelled);
    }

    void unreadableFramesAreAnError()
    {
        const auto scan = randomScan({3, 4});
        scan->breakAtRow(1);
        const auto sums = frameSums(*scan, false, {}, {}, {});
        QVERIFY(!sums);
        QVERIFY(sums.error().code == ErrorCode::FileUnreadable);
    }
};

QTEST_APPLESS_MAIN(TestFrameSums)
#include "tst_frame_sums.moc"
