// SPDX-License-Identifier: GPL-3.0-or-later
// A pass over a large scan in rounds, coarse ones first: what is shown meanwhile, what is read, and stopping in
// between.
#include "core/prepare/scan_pass.h"
#include "tests/core/prepare/watched_scan.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

using namespace dispersa;

class TestCoarseToFine : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void readsEachPatternOnce_data()
    {
        QTest::addColumn<int>("grainHeight");
        QTest::addColumn<int>("grainWidth");
        QTest::newRow("patterns") << 1 << 1;
        QTest::newRow("chunks") << 2 << 3;
    }
    void readsEachPatternOnce()
    {
        QFETCH(int, grainHeight);
        QFETCH(int, grainWidth);
        // 41 x 67 patterns of 128 x 128 x 2 bytes: 90 MB, more than one round.
        const ScanShape grid{41, 67};
        const PatternShape shape{128, 128};
        const auto values = randomValues<std::uint16_t>(std::size_t(grid.count() * shape.count()), 1000);
        WatchedScan scan(grid, shape, values);
        scan.m_grain = {grainHeight, grainWidth};
        PassRequest request;
        request.detectors = {{circleShape({64, 64}, 60)}, {circleShape({64, 64}, 60), DetectorMode::CentreOfMass}};
        const auto plain = runScanPass(scan, request, {}, {});
        QVERIFY(plain);
        scan.m_reads.clear();
        std::vector<std::pair<std::vector<DetectorMaps>, int>> shown;
        Result<PassResult> result;
        // A busy machine may let a later round overtake the first ones, once in a while.
        for (int attempt = 0; attempt < 20 && shown.empty(); ++attempt) {
            scan.m_reads.clear();
            result = runScanPass(scan, request, {}, {}, [&](std::vector<DetectorMaps> maps, int step) {
                shown.push_back({std::move(maps), step});
            });
            QVERIFY(result);
        }
        QCOMPARE(std::int64_t(scan.m_reads.size()), grid.count());
        QCOMPARE(std::int64_t(std::set<ScanPoint>(scan.m_reads.begin(), scan.m_reads.end()).size()), grid.count());
        for (std::size_t d = 0; d < 2; ++d)
            for (std::size_t m = 0; m < plain->detectors[d].size(); ++m)
                QCOMPARE(result->detectors[d][m].values, plain->detectors[d][m].values);
        QVERIFY(!shown.empty());
        for (std::size_t i = 0; i < shown.size(); ++i) {
            const auto& [maps, step] = shown[i];
            QVERIFY(step > 1 && (i == 0 || step < shown[i - 1].second));
            QCOMPARE(maps.size(), std::size_t(2));
            const ElementMap& map = maps[0][0];
            for (int y = 0; y < grid.height; ++y)
                for (int x = 0; x < grid.width; ++x) {
                    QVERIFY(std::isfinite(map.at(y, x)));
                    // Positions that are read show themselves.
                    const int each = step / std::max(grainHeight, grainWidth);
                    if (y / grainHeight % each == 0 && x / grainWidth % each == 0)
                        QCOMPARE(map.at(y, x), plain->detectors[0][0].at(y, x));
                }
        }
    }

    void smallScansHaveOneRound()
    {
        const WatchedScan scan({20, 20}, {16, 16}, randomValues<std::uint16_t>(400 * 256, 1000));
        PassRequest request;
        request.detectors = {{circleShape({8, 8}, 4)}};
        bool previewed = false;
        QVERIFY(runScanPass(scan, request, {}, {}, [&](std::vector<DetectorMaps>, int) { previewed = true; }));
        QVERIFY(!previewed);
    }

    void scansThatStoppedAreShownAsFarAsTheyGo()
    {
        const ScanShape grid{64, 64};
        WatchedScan scan(grid, {128, 128}, randomValues<std::uint8_t>(std::size_t(grid.count()) * 16384, 200));
        scan.stopAfter(2000);
        PassRequest request;
        request.detectors = {{rectangleShape({0, 0}, {127, 127})}};
        int previews = 0;
        Result<PassResult> result;
        for (int attempt = 0; attempt < 20 && previews == 0; ++attempt) { // see above
            result = runScanPass(scan, request, {}, {}, [&](std::vector<DetectorMaps>, int) { ++previews; });
            QVERIFY(result);
        }
        QVERIFY(previews > 0);
        QCOMPARE(result->patternsRead, 2000);
        for (int i = 0; i < int(grid.count()); ++i)
            QCOMPARE(std::isnan(result->detectors[0][0].values[std::size_t(i)]), i >= 2000);
    }

    void stopsBetweenRounds()
    {
        const ScanShape grid{64, 64};
        const WatchedScan scan(grid, {128, 128}, randomValues<std::uint16_t>(std::size_t(grid.count()) * 16384, 200));
        PassRequest request;
        request.detectors = {{rectangleShape({0, 0}, {127, 127})}};
        std::stop_source stop;
        int previews = 0;
        Result<PassResult> result;
        for (int attempt = 0; attempt < 20 && previews == 0; ++attempt) { // see above
            scan.m_reads.clear();
            result = runScanPass(scan, request, {}, stop.get_token(), [&](std::vector<DetectorMaps>, int) {
                ++previews;
                stop.request_stop();
            });
        }
        QVERIFY(!result);
        QCOMPARE(int(result.error().code), int(ErrorCode::Cancelled));
        QCOMPARE(previews, 1);
        QVERIFY(std::int64_t(scan.m_reads.size()) < grid.count() / 2);
    }
};

QTEST_APPLESS_MAIN(TestCoarseToFine)
#include "tst_coarse_to_fine.moc"
