// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates for the grid of a flat stack: nothing is lost, nothing is guessed, the likely ones come first.
#include "core/data/scan_shape_candidates.h"

#include <QTest>

#include <algorithm>

using namespace dispersa;

namespace {

std::vector<ScanShape> shapesOf(const std::vector<ShapeCandidate>& candidates)
{
    std::vector<ScanShape> shapes;
    for (const ShapeCandidate& candidate : candidates)
        shapes.push_back(candidate.acquired);
    return shapes;
}

} // namespace

class TestScanShapeCandidates : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyFactorPairIsOfferedNearSquareFirst()
    {
        const auto candidates = scanShapeCandidates(12, {});
        const std::vector<ScanShape> expected = {{3, 4}, {4, 3}, {2, 6}, {6, 2}, {1, 12}, {12, 1}};
        QVERIFY(shapesOf(candidates) == expected);
        for (const ShapeCandidate& candidate : candidates)
            QVERIFY(candidate.source == ShapeSource::Factors);
    }

    void longGridsComeAfterPlausibleOnes()
    {
        // 4950 = 110 x 45, the paper's scans.
        const auto shapes = shapesOf(scanShapeCandidates(4950, {}));
        QCOMPARE(shapes.size(), std::size_t(36)); // 2 x 3^2 x 5^2 x 11 has 36 divisors
        const auto firstLong = std::find_if(shapes.begin(), shapes.end(), [](ScanShape s) {
            return std::max(s.height, s.width) > 8 * std::min(s.height, s.width);
        });
        QVERIFY(std::all_of(firstLong, shapes.end(), [](ScanShape s) {
            return std::max(s.height, s.width) > 8 * std::min(s.height, s.width);
        }));
        QVERIFY(std::find(shapes.begin(), firstLong, ScanShape{110, 45}) != firstLong);
        QVERIFY((shapes.front() == ScanShape{66, 75}));
    }

    void aSquareIsOneCandidateAmongOthers()
    {
        const auto shapes = shapesOf(scanShapeCandidates(16, {}));
        const std::vector<ScanShape> expected = {{4, 4}, {2, 8}, {8, 2}, {1, 16}, {16, 1}};
        QVERIFY(shapes == expected);
    }

    void hintsThatFitComeFirstByTrust()
    {
        const auto candidates = scanShapeCandidates(4950, {},
                                                    {{{50, 99}, ShapeSource::FileHint},
                                                     {{110, 45}, ShapeSource::Companion},
                                                     {{90, 55}, ShapeSource::Study},
                                                     {{512, 512}, ShapeSource::FileHint}});
        QVERIFY((candidates[0] == ShapeCandidate{{110, 45}, ShapeSource::Companion}));
        QVERIFY((candidates[1] == ShapeCandidate{{90, 55}, ShapeSource::Study}));
        QVERIFY((candidates[2] == ShapeCandidate{{50, 99}, ShapeSource::FileHint}));
        QCOMPARE(candidates.size(), std::size_t(36)); // each once, and not the hint that does not fit
    }

    void aCompanionIsSeenAfterTheTranspose()
    {
        ScanOrder order;
        order.transpose = true;
        const auto candidates = scanShapeCandidates(4950, order, {{{110, 45}, ShapeSource::Companion}});
        QVERIFY((candidates.front().acquired == ScanShape{45, 110}));
        QVERIFY((orderedShape(candidates.front().acquired, order) == ScanShape{110, 45}));
    }

    void skippedFramesCount()
    {
        ScanOrder order;
        order.skipFirst = 5;
        order.skipPerRow = 2;
        // 5 + 6 x (10 + 2), with and without the flyback of the last row.
        for (const std::int64_t frames : {77, 75}) {
            const auto shapes = shapesOf(scanShapeCandidates(frames, order));
            QVERIFY(std::find(shapes.begin(), shapes.end(), ScanShape{6, 10}) != shapes.end());
            for (const ScanShape shape : shapes) {
                QVERIFY(shapeFit(shape, order, frames).exact());
                const auto table = frameTable(shape, order, frames);
                QVERIFY(std::none_of(table.begin(), table.end(), [](std::int64_t frame) { return frame < 0; }));
            }
        }
    }

    void aPrimeHasOnlyLines()
    {
        const std::vector<ScanShape> expected = {{1, 10007}, {10007, 1}};
        QVERIFY(shapesOf(scanShapeCandidates(10007, {})) == expected);
    }

    void hostileCountsAreRefused_data()
    {
        QTest::addColumn<qint64>("frames");
        for (const qint64 frames : {qint64(0), qint64(-7), std::numeric_limits<qint64>::max()})
            QTest::addRow("%lld", frames) << frames;
    }
    void hostileCountsAreRefused()
    {
        QFETCH(qint64, frames);
        QVERIFY(scanShapeCandidates(frames, {}).empty());
    }

    void theFitSaysWhatIsMissingOrLeftOver_data()
    {
        QTest::addColumn<int>("skipPerRow");
        QTest::addColumn<int>("frames");
        for (const int skip : {0, 1, 3})
            for (const int frames : {0, 1, 4, 11, 12, 13, 20, 21, 23, 30})
                QTest::addRow("flyback %d, %d frames", skip, frames) << skip << frames;
    }
    void theFitSaysWhatIsMissingOrLeftOver()
    {
        QFETCH(int, skipPerRow);
        QFETCH(int, frames);
        ScanOrder order;
        order.skipFirst = 2;
        order.skipPerRow = skipPerRow;
        const ScanShape shape{3, 4};
        const ShapeFit fit = shapeFit(shape, order, frames);
        const auto table = frameTable(shape, order, frames);
        QCOMPARE(fit.missing, std::int64_t(std::count(table.begin(), table.end(), -1)));
        const std::int64_t last = 2 + 3 * (4 + skipPerRow);
        QCOMPARE(fit.unused, std::max<std::int64_t>(0, frames - last));
    }
};

QTEST_APPLESS_MAIN(TestScanShapeCandidates)
#include "tst_scan_shape_candidates.moc"
