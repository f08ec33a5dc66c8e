// SPDX-License-Identifier: GPL-3.0-or-later
// Projection onto compositions, against SciPy's minimiser and the exact nearest point.
#include "core/assess/simplex.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace dispersa;

class TestSimplex : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void findsTheNearestComposition()
    {
        const Golden golden("core/assess/simplex_golden.json");
        const auto points = golden.values("points");
        const auto expected = golden.values("expected");
        QCOMPARE(points.size(), std::size_t(200));
        for (std::size_t at = 0; at < points.size(); at += 5) {
            const auto found = onSimplex(std::span(points).subspan(at, 5));
            QVERIFY(std::abs(std::accumulate(found.begin(), found.end(), 0.0) - 1) < 1e-14);
            for (std::size_t t = 0; t < 5; ++t)
                QVERIFY(found[t] >= 0 && std::abs(found[t] - expected[at + t]) < 1e-13);
        }
    }

    void mapsAreProjectedPixelByPixel()
    {
        constexpr float noData = std::numeric_limits<float>::quiet_NaN();
        const std::vector<std::vector<float>> maps = {{0.5f, 2, noData}, {0.75f, -1, 0.25f}};
        const auto found = onSimplex(maps);
        QCOMPARE(found[0][0], 0.375f);
        QCOMPARE(found[1][0], 0.625f);
        QCOMPARE(found[0][1], 1.0f);
        QCOMPARE(found[1][1], 0.0f);
        QVERIFY(std::isnan(found[0][2]));
        QCOMPARE(found[1][2], 0.25f); // as it was: its sum is not known
        QVERIFY(onSimplex(std::vector<std::vector<float>>{}).empty());
        QVERIFY(onSimplex(std::span<const double>{}).empty());
    }
};

QTEST_APPLESS_MAIN(TestSimplex)
#include "tst_simplex.moc"
