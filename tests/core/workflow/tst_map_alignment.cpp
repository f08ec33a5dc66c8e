// SPDX-License-Identifier: GPL-3.0-or-later
// moc 6.4 cannot read libstdc++'s <compare> when it comes first.
#include <QTest>

#include "core/workflow/map_alignment.h"

#include <cmath>

using namespace dispersa;

class TestMapAlignment : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void shiftTakesOtherPixels()
    {
        const ElementMap result = alignedMap(ramp(), {3, 3}, {1, 2, 1});
        QCOMPARE(result.at(0, 0), 12.0f); // y + 1, x + 2
        QCOMPARE(result.at(2, 1), 33.0f);
        QVERIFY(!ElementMap::isData(result.at(2, 2))); // column 4 is outside the 4 x 4 map
    }
    void scaleInterpolates()
    {
        const ElementMap result = alignedMap(ramp(), {7, 7}, {0, 0, 0.5});
        QCOMPARE(result.at(1, 1), 5.5f); // (0.5, 0.5)
        QCOMPARE(result.at(6, 6), 33.0f);
        QCOMPARE(*result.scanStep_nm, 1.0);
    }
    void noDataSpreadsOnlyToItsNeighbours()
    {
        ElementMap map = ramp();
        map.at(1, 1) = std::nanf("");
        const ElementMap result = alignedMap(map, {4, 4}, {});
        QVERIFY(!ElementMap::isData(result.at(1, 1)));
        QCOMPARE(result.at(0, 0), 0.0f);
        QCOMPARE(result.at(1, 2), 12.0f);
    }

  private:
    /// value = 10 y + x, 2 nm step
    static ElementMap ramp()
    {
        ElementMap map = emptyMap("O", MapUnit::Fraction, {4, 4});
        map.scanStep_nm = 2.0;
        for (int y = 0; y < 4; ++y)
            for (int x = 0; x < 4; ++x)
                map.at(y, x) = static_cast<float>(10 * y + x);
        return map;
    }
};

QTEST_APPLESS_MAIN(TestMapAlignment)
#include "tst_map_alignment.moc"
