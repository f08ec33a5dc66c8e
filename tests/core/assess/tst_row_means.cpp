// SPDX-License-Identifier: GPL-3.0-or-later
// Scores beyond depth: row means and depth profiles against NumPy and SciPy.
#include "core/assess/depth_profile.h"
#include "core/assess/row_means.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

ElementMap mapOf(ScanShape shape, std::vector<float> values)
{
    ElementMap map;
    map.shape = shape;
    map.values = std::move(values);
    return map;
}

ElementMap goldenMap(const Golden& golden, const char* name)
{
    return mapOf({golden.shape(name)[0], golden.shape(name)[1]}, golden.values<float>(name));
}

} // namespace

class TestRowMeans : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalNumPy()
    {
        const Golden golden("core/assess/row_means_golden.json");
        const ElementMap real = goldenMap(golden, "real");
        const ElementMap predicted = goldenMap(golden, "predicted");
        const ElementMap without = withoutRowMeans(real);
        const auto expected = golden.values("without");
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(std::isfinite(without.values[i]), std::isfinite(expected[i]));
            QVERIFY(!std::isfinite(expected[i]) || std::abs(double(without.values[i]) - expected[i]) < 1e-8);
        }
        // Residuals are float32 maps: about 1e-7 of their size.
        const Score r = pearsonWithoutRowMeans(real, predicted);
        QVERIFY(r.value && std::abs(*r.value - golden.number("without_row_means")) < 1e-6);
        QVERIFY(*pearson(real.values, predicted.values).value > *r.value + 0.1); // depth was part of it
    }

    void depthProfileEqualsNumPy()
    {
        const Golden golden("core/assess/row_means_golden.json");
        const DepthProfile profile = depthProfile(golden.values<int>("rows"), golden.values<float>("values"));
        const auto expected = golden.values("profile");
        for (int y = 0; y < 20; ++y)
            QVERIFY(std::abs(profile.at(y) - expected[std::size_t(y)]) < 1e-12);
    }

    void nothingIsLeftOfDepthAlone()
    {
        const ElementMap real = mapOf({2, 3}, {1, 2, 4, 5, 5, 9});
        const ElementMap rows = mapOf({2, 3}, {0.1f, 0.1f, 0.1f, 0.7f, 0.7f, noData});
        for (const float value : withoutRowMeans(rows).values)
            QVERIFY(value == 0.0f || std::isnan(value));
        QCOMPARE(pearsonWithoutRowMeans(real, rows).reason, std::string("constant_map"));
    }

    void saysWhyThereIsNoNumber()
    {
        const ElementMap a = mapOf({1, 3}, {1, 2, 3});
        QCOMPARE(pearsonWithoutRowMeans(a, mapOf({3, 1}, {1, 2, 3})).reason, std::string("shapes_differ"));
        QCOMPARE(pearsonWithoutRowMeans(a, mapOf({1, 3}, {noData, noData, noData})).reason, std::string("no_pixels"));
        QVERIFY(std::isnan(DepthProfile().at(3)));
    }
};

QTEST_APPLESS_MAIN(TestRowMeans)
#include "tst_row_means.moc"
