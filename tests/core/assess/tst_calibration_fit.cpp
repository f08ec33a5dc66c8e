// SPDX-License-Identifier: GPL-3.0-or-later
// Calibration curves against scikit-learn and NumPy, at their knots and beyond their ends.
#include "core/assess/calibration_fit.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();
constexpr CalibrationKind kinds[] = {CalibrationKind::Linear, CalibrationKind::Quadratic, CalibrationKind::Isotonic,
                                     CalibrationKind::Quantile};

} // namespace

class TestCalibrationFit : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalScikitLearnAndNumPy_data()
    {
        QTest::addColumn<int>("kind");
        for (const CalibrationKind kind : kinds)
            QTest::newRow(calibrationName(kind)) << int(kind);
    }

    void equalScikitLearnAndNumPy()
    {
        QFETCH(int, kind);
        const Golden golden("core/assess/calibration_golden.json");
        const auto fit =
            fitCalibration(CalibrationKind(kind), golden.values<float>("real"), golden.values<float>("predicted"));
        QVERIFY(fit);
        QCOMPARE(int(fit->kind), kind);
        const auto queries = golden.values("queries"); // beyond both ends of the predictions too
        const auto expected = golden.values(calibrationName(fit->kind));
        for (std::size_t i = 0; i < queries.size(); ++i)
            // numpy.polyfit over plain powers loses a few digits of its 16.
            QVERIFY2(std::abs(fit->apply(queries[i]) - expected[i]) < 1e-11, qPrintable(QString::number(queries[i])));
        QVERIFY(std::isnan(fit->apply(std::numeric_limits<double>::quiet_NaN())));
    }

    void isotonicKnotsAreScikitLearns()
    {
        const Golden golden("core/assess/calibration_golden.json");
        const auto fit =
            fitCalibration(CalibrationKind::Isotonic, golden.values<float>("real"), golden.values<float>("predicted"));
        const auto& knots = std::get<KnotCalibration>(fit->curve);
        const auto x = golden.values("isotonic_x");
        const auto y = golden.values("isotonic_y");
        QCOMPARE(knots.x.size(), x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            QCOMPARE(knots.x[i], x[i]);
            QVERIFY(std::abs(knots.y[i] - y[i]) < 1e-12);
        }
    }

    void isotonicAndQuantileNeverFall()
    {
        const Golden golden("core/assess/calibration_golden.json");
        for (const CalibrationKind kind : {CalibrationKind::Isotonic, CalibrationKind::Quantile}) {
            const auto fit = fitCalibration(kind, golden.values<float>("real"), golden.values<float>("predicted"));
            for (double x = -0.5; x < 1; x += 0.001)
                QVERIFY(fit->apply(x + 0.001) >= fit->apply(x));
        }
        // A falling relation leaves the isotonic curve only its mean.
        const auto flat =
            fitCalibration(CalibrationKind::Isotonic, std::vector<float>{3, 2, 1}, std::vector<float>{1, 2, 3});
        QCOMPARE(flat->apply(1), 2.0);
        QCOMPARE(flat->apply(3), 2.0);
    }

    void linearIsTheCorrectionThereWas()
    {
        const Golden golden("core/assess/calibration_golden.json");
        const auto fit =
            fitCalibration(CalibrationKind::Linear, golden.values<float>("real"), golden.values<float>("predicted"));
        const auto before = fitLinearCorrection(golden.values<float>("real"), golden.values<float>("predicted"));
        QCOMPARE(std::get<LinearCorrection>(fit->curve).alpha, before->alpha);
        QCOMPARE(std::get<LinearCorrection>(fit->curve).beta, before->beta);
        QCOMPARE(CalibrationFit().apply(0.3), 0.3); // by default nothing changes
    }

    void needPairsAndAVaryingPrediction()
    {
        const std::vector<float> rising = {1, 2, 3, 4, 5};
        for (const CalibrationKind kind : kinds) {
            QVERIFY(!fitCalibration(kind, {}, {}));
            QVERIFY(!fitCalibration(kind, rising, std::vector<float>{0.1f, 0.1f, 0.1f, 0.1f, 0.1f}));
            QVERIFY(!fitCalibration(kind, rising, std::vector<float>{1, 2, noData, noData, noData}));
            QVERIFY(fitCalibration(kind, rising, rising));
        }
        QVERIFY(!fitCalibration(CalibrationKind::Quadratic, rising, std::vector<float>{1, 2, noData, noData, noData}));
    }

    void namesAreTheirOwnInverse()
    {
        for (const CalibrationKind kind : kinds)
            QVERIFY(calibrationNamed(calibrationName(kind)) == kind);
        QVERIFY(!calibrationNamed("none"));
    }
};

QTEST_APPLESS_MAIN(TestCalibrationFit)
#include "tst_calibration_fit.moc"
