// SPDX-License-Identifier: GPL-3.0-or-later
// The example's random numbers have the moments they claim, and depend on their keys alone.
#include "core/simulate/random_p.h"

#include <QTest>

using dispersa::simulate::Random;

class TestRandom : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void poissonHasItsMoments_data()
    {
        QTest::addColumn<double>("mean");
        for (const double mean :
             {0.05, 0.7, 3.0, 11.5, 12.5, 40.0, 5000.0}) // both samplers, and both sides of their border
            QTest::addRow("%g", mean) << mean;
    }
    void poissonHasItsMoments()
    {
        QFETCH(double, mean);
        constexpr int draws = 200000;
        Random random({1, static_cast<std::uint64_t>(mean * 100)});
        double sum = 0, square = 0, cube = 0;
        for (int i = 0; i < draws; ++i) {
            const double deviation = random.poisson(static_cast<float>(mean)) - mean;
            sum += deviation;
            square += deviation * deviation;
            cube += deviation * deviation * deviation;
        }
        // Five standard errors: a seeded test that fails is wrong, not unlucky.
        QVERIFY(std::abs(sum / draws) < 5 * std::sqrt(mean / draws));
        QVERIFY(std::abs(square / draws - mean) < 5 * std::sqrt((mean + 2 * mean * mean) / draws));
        const double thirdError = std::sqrt((15 * mean * mean * mean + 25 * mean * mean + mean) / draws);
        QVERIFY(std::abs(cube / draws - mean) < 5 * thirdError + 0.02 * mean);
    }

    void poissonMatchesItsDistribution()
    {
        constexpr int draws = 400000;
        Random random({3});
        std::array<int, 12> counts = {};
        for (int i = 0; i < draws; ++i)
            if (const int n = random.poisson(2.5f); n < 12)
                ++counts[static_cast<std::size_t>(n)];
        double probability = std::exp(-2.5);
        for (int n = 0; n < 12; probability *= 2.5 / ++n) {
            const double error = 5 * std::sqrt(probability / draws) + 1e-6;
            QVERIFY(std::abs(double(counts[static_cast<std::size_t>(n)]) / draws - probability) < error);
        }
    }

    void dependsOnItsKeysAlone()
    {
        Random first({1, 2, 3}), again({1, 2, 3}), other({1, 3, 2});
        const auto a = first.next();
        QCOMPARE(again.next(), a);
        QVERIFY(other.next() != a);
        QVERIFY(first.next() != a);
    }
};

QTEST_APPLESS_MAIN(TestRandom)
#include "tst_random.moc"
