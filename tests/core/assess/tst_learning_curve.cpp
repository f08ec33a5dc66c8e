// SPDX-License-Identifier: GPL-3.0-or-later
// Learning curves: means, scatter, and the share that is enough.
#include "core/assess/learning_curve.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

const std::vector<ShareScore>& scores()
{
    static const std::vector<ShareScore> all = {
        {"O", 1, 0.90},
        {"O", 0.1, 0.50},
        {"O", 0.3, 0.88},
        {"O", 0.1, 0.7},
        {"O", 0.3, 0.84},
        {"Te", 0.1, 0.80},
        {"O", 1, 0.94},
        {"Te", 1, 0.81},
        {"O", 0.1, std::numeric_limits<double>::quiet_NaN()},
        {"O", 0.1, 0.9},
        {"Si", 0.1, std::numeric_limits<double>::quiet_NaN()},
    };
    return all;
}

} // namespace

class TestLearningCurve : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void poolsTheTrainingsOfAShare()
    {
        const auto curves = learningCurves(scores());
        QCOMPARE(curves.size(), std::size_t(3));
        QCOMPARE(curves[0].target, std::string("O"));
        QCOMPARE(curves[1].target, std::string("Te"));
        QVERIFY(curves[2].points.empty());
        const auto& points = curves[0].points;
        QCOMPARE(points.size(), std::size_t(3));
        QCOMPARE(points[0].share, 0.1);
        QCOMPARE(points[0].n, 3);
        QVERIFY(std::abs(points[0].mean - 0.7) < 1e-12);
        QVERIFY(std::abs(*points[0].sd - 0.2) < 1e-12); // 0.5, 0.7, 0.9
        QVERIFY(std::abs(points[1].mean - 0.86) < 1e-12);
        QVERIFY(std::abs(*points[1].sd - std::sqrt(0.0008)) < 1e-12);
        QVERIFY(!curves[1].points[0].sd); // one training tells nothing of scatter
    }

    void findsTheShareThatIsEnough()
    {
        const auto curves = learningCurves(scores());
        QCOMPARE(*sufficientShare(curves[0], 0.07), 0.3);
        QCOMPARE(*sufficientShare(curves[0], 0.05), 1.0);
        QCOMPARE(*sufficientShare(curves[0], 0.5), 0.1);
        QCOMPARE(*sufficientShare(curves[1], 0.02), 0.1);
        QVERIFY(!sufficientShare(curves[2], 0.02));
        QCOMPARE(*sufficientShare(curves, 0.07), 0.3); // the target that needs most
        QVERIFY(!sufficientShare(std::vector<LearningCurve>{}, 0.07));
    }

    void errorsAreBetterWhenLower()
    {
        const LearningCurve mae{"O", {{0.1, 1, 0.08}, {0.5, 1, 0.032}, {1, 1, 0.03}}};
        QCOMPARE(*sufficientShare(mae, 0.005, ScoreSense::LowerIsBetter), 0.5);
        QCOMPARE(*sufficientShare(mae, 0, ScoreSense::LowerIsBetter), 1.0);
        QCOMPARE(*sufficientShare(mae, 0, ScoreSense::HigherIsBetter), 0.1);
        // More data that did worse is not the measure.
        const LearningCurve peaked{"O", {{0.1, 1, 0.5}, {0.5, 1, 0.9}, {1, 1, 0.8}}};
        QCOMPARE(*sufficientShare(peaked, 0.01), 0.5);
    }
};

QTEST_APPLESS_MAIN(TestLearningCurve)
#include "tst_learning_curve.moc"
