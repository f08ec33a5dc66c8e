// SPDX-License-Identifier: GPL-3.0-or-later
// The scaling of prepared patterns by the 99.9 % quantile of the training ones, and that quantile itself.
#include "core/prepare/prepared_patterns.h"
#include "tests/core/prepare/numbered_scan.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace dispersa;

class TestPreparedScaling : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void scalesByTheQuantile_data()
    {
        QTest::addColumn<int>("scaling");
        QTest::addColumn<double>("quantile");
        QTest::addColumn<QVector<float>>("expected");
        const auto row = [](const char* name, Scaling scaling, double quantile, const QVector<float>& expected) {
            QTest::newRow(name) << int(scaling) << quantile << expected;
        };
        row("sqrt: sqrt(count / quantile)", Scaling::SquareRoot, 64, {0, 3 / 8.0f, 4 / 8.0f, 0.5f / 8});
        row("log: log(1 + count) / log(1 + quantile)", Scaling::Log, 99,
            {0, 0.5f, float(std::log(17.0) / std::log(100.0)), float(std::log(1.25) / std::log(100.0))});
        row("linear: of 16 bits, whatever the quantile", Scaling::Linear, 5,
            {0, 9 / 65536.0f, 16 / 65536.0f, 0.25f / 65536});
    }

    void scalesByTheQuantile()
    {
        QFETCH(int, scaling);
        QFETCH(double, quantile);
        QFETCH(QVector<float>, expected);
        DiffractionOptions options = plain;
        options.scaling = Scaling(scaling);
        const auto scan = scanOf({1, 1}, {1, 4}, std::vector<float>{0, 9, 16, 0.25f});
        const auto patterns = PreparedPatterns::create({{scan, {0, 0, 1, 1}}}, options, {}, {}, {});
        QVERIFY(patterns);
        QCOMPARE((*patterns)->quantile(), 1.0);
        const auto scaled = (*patterns)->withQuantile(quantile);
        QCOMPARE(scaled->quantile(), quantile);
        std::vector<float> out(4);
        QVERIFY(scaled->gather(firstIndices(1), out));
        for (std::size_t i = 0; i < 4; ++i)
            QCOMPARE(out[i], expected[qsizetype(i)]); // the logarithm of a library may round otherwise
    }

    void wholeCountsScaleLikeOthers()
    {
        DiffractionOptions options = plain;
        options.scaling = Scaling::Log;
        const auto patterns =
            PreparedPatterns::create({{numberedScan({1, 2}, {3, 3}), {0, 0, 1, 2}}}, options, {}, {}, {});
        QVERIFY(patterns);
        std::vector<float> out(9);
        QVERIFY((*patterns)->withQuantile(77)->gather(std::vector<std::int64_t>{1}, out));
        for (int i = 0; i < 9; ++i)
            QCOMPARE(out[std::size_t(i)], float(std::log(101.0 + i) / std::log(78.0)));
    }

    void quantileEqualsNumPy_data()
    {
        QTest::addColumn<QString>("values");
        QTest::addColumn<QString>("quantile");
        QTest::addColumn<QVector<qint64>>("indices");
        QVector<qint64> all(30);
        std::iota(all.begin(), all.end(), 0);
        QTest::newRow("whole") << "counts"
                               << "counts_quantile" << all;
        QTest::newRow("part") << "counts"
                              << "counts_quantile_part" << QVector<qint64>{3, 4, 17, 29};
        QTest::newRow("float32") << "real"
                                 << "real_quantile" << all;
        QTest::newRow("mixed") << "mixed"
                               << "mixed_quantile" << all;
    }
    void quantileEqualsNumPy()
    {
        QFETCH(QString, values);
        QFETCH(QString, quantile);
        QFETCH(QVector<qint64>, indices);
        const Golden golden("core/prepare/preparation_golden.json");
        const auto patterns = PreparedPatterns::create(
            {{scanOf({5, 6}, {6, 5}, golden.values<float>(qPrintable(values))), {0, 0, 5, 6}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        const std::vector<std::int64_t> chosen(indices.begin(), indices.end());
        const auto found = (*patterns)->quantile999(chosen);
        QVERIFY(found);
        QCOMPARE(float(*found), float(golden.number(qPrintable(quantile)))); // stored in float32 digits
    }

    void quantileIsAtLeastOne()
    {
        const auto patterns = PreparedPatterns::create(
            {{scanOf({1, 2}, {2, 2}, std::vector<std::uint16_t>(8, 0)), {0, 0, 1, 2}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        QCOMPARE((*patterns)->quantile999(firstIndices(2)).value(), 1.0);
        const auto none = (*patterns)->quantile999({});
        QVERIFY(!none);
        QCOMPARE(int(none.error().code), int(ErrorCode::InvalidArgument));
    }
};

QTEST_APPLESS_MAIN(TestPreparedScaling)
#include "tst_prepared_scaling.moc"
