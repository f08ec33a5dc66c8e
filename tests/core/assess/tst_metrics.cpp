// SPDX-License-Identifier: GPL-3.0-or-later
// Pearson, MAE, percentage error and the linear correction against SciPy and NumPy.
#include "core/assess/correction.h"
#include "core/assess/metrics.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

bool near(const Score& score, double expected)
{
    return score.value && score.reason.empty() && std::abs(*score.value - expected) < 1e-12 * (1 + std::abs(expected));
}

} // namespace

class TestMetrics : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalSciPy()
    {
        const Golden golden("core/assess/metrics_golden.json");
        const auto real = golden.values<float>("real");
        const auto predicted = golden.values<float>("predicted");
        QCOMPARE(double(validPairs(real, predicted)), golden.number("n"));
        QVERIFY(near(pearson(real, predicted), golden.number("pearson")));
        QVERIFY(near(meanAbsoluteError(real, predicted), golden.number("mae")));
        QVERIFY(near(errorPercent(real, predicted), golden.number("error_percent")));
        const auto fit = fitLinearCorrection(real, predicted);
        QVERIFY(fit);
        // NumPy solves the same least squares by SVD.
        QVERIFY(std::abs(fit->alpha - golden.number("alpha")) < 1e-10);
        QVERIFY(std::abs(fit->beta - golden.number("beta")) < 1e-10);
    }

    void saysWhyThereIsNoNumber_data()
    {
        QTest::addColumn<QVector<float>>("real");
        QTest::addColumn<QVector<float>>("predicted");
        QTest::addColumn<QString>("pearson");
        QTest::addColumn<QString>("mae");
        QTest::addColumn<QString>("percent");
        const QVector<float> rising{1, 2, 3};
        QTest::newRow("nothing") << QVector<float>{} << QVector<float>{} << "no_pixels"
                                 << "no_pixels"
                                 << "no_pixels";
        QTest::newRow("no pair") << QVector<float>{noData, 1} << QVector<float>{1, noData} << "no_pixels"
                                 << "no_pixels"
                                 << "no_pixels";
        QTest::newRow("infinite") << QVector<float>{std::numeric_limits<float>::infinity()} << QVector<float>{1}
                                  << "no_pixels"
                                  << "no_pixels"
                                  << "no_pixels";
        // 0.1f thrice: a mean in double differs from it in the last place.
        QTest::newRow("constant real") << QVector<float>{0.1f, 0.1f, 0.1f} << rising << "constant_map"
                                       << ""
                                       << "";
        QTest::newRow("constant prediction") << rising << QVector<float>{0.1f, 0.1f, 0.1f} << "constant_map"
                                             << ""
                                             << "";
        QTest::newRow("one pixel") << QVector<float>{1} << QVector<float>{2} << "constant_map"
                                   << ""
                                   << "";
        QTest::newRow("zero mean") << QVector<float>{-1, 0, 1} << rising << ""
                                   << ""
                                   << "zero_mean";
        QTest::newRow("all zero") << QVector<float>{0, 0, 0} << rising << "constant_map"
                                  << ""
                                  << "zero_mean";
    }

    void saysWhyThereIsNoNumber()
    {
        QFETCH(QVector<float>, real);
        QFETCH(QVector<float>, predicted);
        const std::span<const float> a(real.constData(), std::size_t(real.size()));
        const std::span<const float> b(predicted.constData(), std::size_t(predicted.size()));
        const auto check = [](const Score& score, const char* column) {
            const QString reason = *static_cast<QString*>(QTest::qData(column, QMetaType::QString));
            return score.reason == reason.toStdString() && score.value.has_value() == reason.isEmpty();
        };
        QVERIFY(check(pearson(a, b), "pearson"));
        QVERIFY(check(meanAbsoluteError(a, b), "mae"));
        QVERIFY(check(errorPercent(a, b), "percent"));
    }

    void perfectAndOppositeAreExact()
    {
        const std::vector<float> a = {0.11f, 0.52f, 0.33f, 0.94f};
        std::vector<float> b = a;
        QCOMPARE(*pearson(a, b).value, 1.0);
        for (float& value : b)
            value = -value;
        QCOMPARE(*pearson(a, b).value, -1.0);
    }

    void correctionNeedsThreePairsAndAVaryingPrediction()
    {
        const std::vector<float> three = {1, 2, 3};
        QVERIFY(!fitLinearCorrection({}, {}));
        QVERIFY(!fitLinearCorrection(std::vector<float>{1, 2}, std::vector<float>{1, 2}));
        QVERIFY(!fitLinearCorrection(std::vector<float>{1, noData, 3}, three));
        QVERIFY(!fitLinearCorrection(three, std::vector<float>{0.1f, 0.1f, 0.1f}));
        const auto fit = fitLinearCorrection(std::vector<float>{3, 5, 7}, three);
        QVERIFY(fit);
        QCOMPARE(fit->alpha, 2.0);
        QCOMPARE(fit->beta, 1.0);
        QCOMPARE(fit->apply(10), 21.0);
        const auto flat = fitLinearCorrection(std::vector<float>{4, 4, 4}, three);
        QVERIFY(flat);
        QCOMPARE(flat->alpha, 0.0);
    }
};

QTEST_APPLESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
