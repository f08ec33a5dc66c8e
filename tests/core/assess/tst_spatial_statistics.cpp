// SPDX-License-Identifier: GPL-3.0-or-later
// Autocorrelation and effective sample size: NumPy's sums, and noise whose correlation is known.
#include "core/assess/metrics.h"
#include "core/assess/spatial_statistics.h"
#include "tests/core/assess/blurred_noise.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numbers>

using namespace dispersa;

namespace {

ElementMap goldenMap(const Golden& golden, const char* name)
{
    ElementMap map;
    map.shape = {golden.shape(name)[0], golden.shape(name)[1]};
    map.values = golden.values<float>(name);
    return map;
}

bool near(double value, double expected)
{
    return std::abs(value - expected) < 1e-10 * (1 + std::abs(expected));
}

} // namespace

class TestSpatialStatistics : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalNumPy()
    {
        const Golden golden("core/assess/spatial_golden.json");
        const ElementMap a = goldenMap(golden, "a");
        const auto correlation = autocorrelation(a);
        QVERIFY(correlation);
        const auto rho = golden.values("rho");
        const auto pairs = golden.values("pairs");
        QCOMPARE(correlation->values.size(), rho.size());
        for (std::size_t i = 0; i < rho.size(); ++i) {
            QCOMPARE(correlation->pairs[i], pairs[i]);
            QVERIFY(near(correlation->values[i], rho[i]));
        }
        QVERIFY(near(correlation->at(0, 0), 1));
        QCOMPARE(correlation->at(3, -2), correlation->at(-3, 2)); // symmetric but for rounding, which QCOMPARE allows
        QCOMPARE(double(correlation->reach), golden.number("reach"));
        QVERIFY(near(autocorrelationLength(*correlation), golden.number("length")));
        QVERIFY(near(effectiveSampleSize(*correlation), golden.number("size")));
        const auto both = effectiveSampleSize(a, goldenMap(golden, "b"));
        QVERIFY(both && near(*both, golden.number("size_both")));
    }

    void blurredNoiseHasItsKnownCorrelation()
    {
        // From the kernel: integral range 4.983^2, so a length of 2.811; 4950 pixels count as 209 (199 without the
        // edges).
        double length = 0;
        double size = 0;
        constexpr int draws = 20;
        for (std::uint64_t seed = 0; seed < draws; ++seed) {
            const auto correlation = autocorrelation(blurredNoise({110, 45}, seed));
            length += autocorrelationLength(*correlation) / draws;
            size += effectiveSampleSize(*correlation) / draws;
        }
        // The mean that is taken out and the cut at the first zero cost some of either; a single map scatters by 10 %.
        QVERIFY2(std::abs(length / 2.811 - 1) < 0.06, qPrintable(QString::number(length)));
        QVERIFY2(std::abs(size / 209 - 1) < 0.12, qPrintable(QString::number(size)));
    }

    void sizeOfAPairTellsHowUncertainRIs()
    {
        // Unrelated maps: the sd of r over many is 1 / sqrt(size - 1).
        constexpr int draws = 200;
        double squares = 0;
        double size = 0;
        for (std::uint64_t seed = 0; seed < draws; ++seed) {
            const ElementMap a = blurredNoise({60, 45}, 2 * seed);
            const ElementMap b = blurredNoise({60, 45}, 2 * seed + 1);
            const double r = *pearson(a.values, b.values).value;
            squares += r * r / draws;
            size += *effectiveSampleSize(a, b) / draws;
        }
        const double expected = 1 + 1 / squares; // 200 draws: known to 10 %
        QVERIFY2(std::abs(size / expected - 1) < 0.2, qPrintable(QStringLiteral("%1 %2").arg(size).arg(expected)));
        QVERIFY(size < 0.15 * 60 * 45); // pixels counted as independent would be seven times too many
    }

    void whiteNoiseCountsEveryPixel()
    {
        Random random(4);
        ElementMap map = emptyMap("noise", MapUnit::Arbitrary, {50, 40});
        for (float& value : map.values)
            value = static_cast<float>(random.normal());
        const auto correlation = autocorrelation(map);
        QVERIFY(effectiveSampleSize(*correlation) > 0.7 * 2000);
        QVERIFY(autocorrelationLength(*correlation) < 0.7);
        QVERIFY(autocorrelationLength(*correlation) >= std::sqrt(1 / std::numbers::pi));
    }

    void layersAreLongAndFewValues()
    {
        ElementMap map = emptyMap("layers", MapUnit::Arbitrary, {60, 40});
        for (int y = 0; y < 60; ++y)
            for (int x = 0; x < 40; ++x)
                map.at(y, x) = y < 20 ? 0.1f : 0.7f;
        const auto correlation = autocorrelation(map);
        QVERIFY(effectiveSampleSize(*correlation) < 10);
        QVERIFY(autocorrelationLength(*correlation) > 10);
    }

    void saysNothingWithoutVariation()
    {
        ElementMap map = emptyMap("flat", MapUnit::Arbitrary, {4, 5});
        const ElementMap noise = blurredNoise({4, 5}, 1);
        QVERIFY(!autocorrelation(map));
        map.values[7] = 1;
        QVERIFY(!autocorrelation(map));
        map.values.assign(20, 0.1f);
        QVERIFY(!autocorrelation(map));
        QVERIFY(!effectiveSampleSize(map, noise));
        QVERIFY(!effectiveSampleSize(noise, map));
        QVERIFY(!effectiveSampleSize(noise, blurredNoise({5, 4}, 1)));
        QVERIFY(autocorrelation(noise));
    }
};

QTEST_APPLESS_MAIN(TestSpatialStatistics)
#include "tst_spatial_statistics.moc"
