// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels farther apart than the guard share no measurement: checked by moving one measured value.
#include "core/learn/split.h"
#include "core/workflow/guard_rule.h"
#include "core/workflow/map_alignment.h"

#include <QtTest>

#include <cmath>

using namespace dispersa;

namespace {

OpenedScanPtr scanWith(std::optional<MapFromScan> map, Calibration calibration = {})
{
    auto scan = std::make_shared<OpenedScan>();
    scan->entry.role = ScanRole::Train;
    scan->entry.mapFromScan = map;
    scan->calibration = calibration;
    return scan;
}

/// Largest distance between scan pixels of one column that a single map value reaches.
int reachOf(const MapFromScan& mapFromScan)
{
    constexpr ScanShape grid{60, 8};
    ElementMap map = emptyMap("O", MapUnit::Fraction, {80, 80});
    std::fill(map.values.begin(), map.values.end(), 0.0f);
    int reach = 0;
    for (int my = 0; my < map.shape.height; ++my) {
        ElementMap changed = map;
        for (int mx = 0; mx < map.shape.width; ++mx)
            changed.at(my, mx) = 1;
        const ElementMap onScan = alignedMap(changed, grid, mapFromScan);
        int first = -1, last = -1;
        for (int y = 0; y < grid.height; ++y)
            if (onScan.at(y, 4) > 0) {
                first = first < 0 ? y : first;
                last = y;
            }
        reach = std::max(reach, last - first);
    }
    return reach;
}

} // namespace

class TestGuardRule : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void resamplingSharesValues_data()
    {
        QTest::addColumn<double>("scale");
        QTest::addColumn<double>("dy");
        QTest::newRow("as it is") << 1.0 << 0.0;
        QTest::newRow("moved by whole pixels") << 1.0 << 3.0;
        QTest::newRow("moved by half a pixel") << 1.0 << 0.5;
        QTest::newRow("half as fine") << 0.5 << 0.0;
        QTest::newRow("a quarter as fine") << 0.25 << 0.3;
        QTest::newRow("twice as fine") << 2.0 << 0.5;
    }
    void resamplingSharesValues()
    {
        QFETCH(double, scale);
        QFETCH(double, dy);
        const MapFromScan map{dy, 2, scale};
        Study study;
        study.recipe.name = "quick";
        const OpenedScanPtr scans[] = {scanWith({}), scanWith(map)};
        const GuardRule rule = guardRule(study, scans);
        QVERIFY2(rule.resampling_px >= reachOf(map), qPrintable(QString::number(reachOf(map))));
        QVERIFY(rule.resampling_px <= reachOf(map) + 1);
        QCOMPARE(rule.total(), 2 * study.mapFilter.radius() + rule.resampling_px);
    }

    /// The widest probe counts, in whichever scan it is.
    void theWidestProbeCounts()
    {
        Calibration narrow, wide;
        narrow.scanStep_nm = wide.scanStep_nm = 1.0;
        narrow.convergence_mrad = 10;
        wide.convergence_mrad = 0.5;
        Study study;
        study.recipe.name = "radial";
        const OpenedScanPtr scans[] = {scanWith({}, narrow), scanWith({}, wide)};
        const GuardRule rule = guardRule(study, scans);
        QCOMPARE(rule.probe_px, probeOverlap_px(wide));
        QVERIFY(rule.probe_px > probeOverlap_px(narrow));
        QVERIFY(rule.contextRadius_px > 0);
        QCOMPARE(rule.total(), 2 * (rule.filterRadius_px + rule.contextRadius_px) + rule.probe_px);
    }
};

QTEST_APPLESS_MAIN(TestGuardRule)
#include "tst_guard_rule.moc"
