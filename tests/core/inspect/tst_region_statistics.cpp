// SPDX-License-Identifier: GPL-3.0-or-later
// Means and errors over a region, with pixels that are missing or outside.
#include <QtTest> // before <compare>, which moc 6.4 cannot parse on its own

#include "core/inspect/region_statistics.h"

#include <limits>

using namespace dispersa;

namespace {

MapPtr mapOf(ScanShape shape, std::vector<float> values)
{
    auto map = std::make_shared<ElementMap>();
    map->shape = shape;
    map->values = std::move(values);
    return map;
}

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

} // namespace

class TestRegionStatistics : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void averagesOverThePixelsBothHave()
    {
        const std::vector<ScanPoint> pixels = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {5, 5}, {-1, 0}};
        const std::vector<RegionMaps> maps = {
            {"O", mapOf({2, 3}, {0.25f, 0.5f, 9, noData, 1, 9}), mapOf({2, 3}, {0.5f, 0.25f, 9, 1, 1.5f, 9})}};
        const auto statistics = regionStatistics(pixels, maps);
        QCOMPARE(statistics.pixels, 4);
        const auto& oxygen = statistics.quantities.at(0);
        QCOMPARE(oxygen.quantity, std::string("O"));
        QCOMPARE(oxygen.n, 3);
        QCOMPARE(*oxygen.meanReal, 1.75 / 3);
        QCOMPARE(*oxygen.meanPredicted, 2.25 / 3);
        QCOMPARE(*oxygen.mae, 1.0 / 3);
    }

    void oneMapIsEnough()
    {
        const std::vector<ScanPoint> pixels = {{0, 0}, {0, 1}};
        const auto statistics = regionStatistics(
            pixels, std::vector<RegionMaps>{{"Ge", nullptr, mapOf({1, 2}, {0.25f, 0.75f})},
                                            {"Sb", mapOf({1, 2}, {0.5f, noData}), nullptr},
                                            {"Te", nullptr, nullptr},
                                            {"Si", mapOf({1, 2}, {noData, noData}), mapOf({1, 2}, {1, 1})}});
        QCOMPARE(statistics.pixels, 2);
        QCOMPARE(*statistics.quantities[0].meanPredicted, 0.5);
        QVERIFY(!statistics.quantities[0].meanReal && !statistics.quantities[0].mae);
        QCOMPARE(statistics.quantities[1].n, 1);
        QCOMPARE(*statistics.quantities[1].meanReal, 0.5);
        for (const std::size_t empty : {2, 3}) {
            QCOMPARE(statistics.quantities[empty].n, 0);
            QVERIFY(!statistics.quantities[empty].meanReal && !statistics.quantities[empty].meanPredicted);
        }
    }

    void nothingChosen()
    {
        const auto statistics = regionStatistics({}, std::vector<RegionMaps>{{"O", mapOf({1, 1}, {1}), nullptr}});
        QCOMPARE(statistics.pixels, 0);
        QCOMPARE(statistics.quantities.at(0).n, 0);
        QVERIFY(regionStatistics({}, {}).quantities.empty());
    }
};

QTEST_APPLESS_MAIN(TestRegionStatistics)
#include "tst_region_statistics.moc"
