// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/dose_plan.h"
#include "tests/support/small_study.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

using namespace dispersa;

class TestDosePlan : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// More area predicts no worse, the whole area is the best, and every share is what it says.
    void moreAreaPredictsBetter()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033", "0034"}, 30, 24, 64, true});
        QVERIFY(study);
        study->recipe.name = "radial";
        study->recipe.changes["regressor"] = std::string("kernel");
        study->diffraction.reset();
        study->split.block_px = 4;
        RunOptions options;
        options.folder = folder.path().toStdString();
        options.threads = 1;
        DosePlanOptions wanted;
        wanted.areaShares = {0.03, 0.3, 1};
        wanted.seeds = 2;
        const auto plan = planDose(*study, options, wanted, {}, {});
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        QCOMPARE(plan->scoredOn, std::string("scans"));
        QCOMPARE(plan->trainingPixels, std::int64_t(0.8 * 30 * 24));
        QCOMPARE(plan->area.size(), std::size_t(2));
        QVERIFY(plan->counts.empty()); // fractions are no counts
        for (const LearningCurve& curve : plan->area) {
            QCOMPARE(curve.points.size(), std::size_t(3));
            for (const CurvePoint& point : curve.points)
                QCOMPARE(point.n, 2);
            QVERIFY(curve.points[2].mean > curve.points[0].mean);
            QVERIFY(curve.points[2].mean > 0.8);
        }
        QVERIFY(plan->enoughArea && *plan->enoughArea <= 1);
        const auto sentences = doseSentences(*plan);
        QVERIFY(sentences.front().starts_with("3 % of the EDS area gives r = "));
        QVERIFY(sentences.back().find("is enough") != std::string::npos);
        const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(dosePlanToJson(*plan))).object();
        QCOMPARE(json["area"][0]["points"][2]["mean"].toDouble(), plan->area[0].points[2].mean);
        QCOMPARE(QString::fromStdString(dosePlanToCsv(*plan)).split('\n').size(), 1 + 2 * 3 + 1);
    }

    void badInput_data()
    {
        QTest::addColumn<double>("share");
        QTest::addColumn<int>("seeds");
        QTest::newRow("no share") << 0.0 << 3;
        QTest::newRow("more than all") << 1.5 << 3;
        QTest::newRow("no seed") << 0.5 << 0;
    }
    void badInput()
    {
        QFETCH(double, share);
        QFETCH(int, seeds);
        DosePlanOptions wanted;
        wanted.areaShares = {share};
        wanted.seeds = seeds;
        const auto plan = planDose({}, {}, wanted, {}, {});
        QVERIFY(!plan && plan.error().code == ErrorCode::InvalidArgument);
    }

    void canBeCancelled()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033", "0034"}, 12, 10, 64, true});
        study->recipe.name = "radial";
        study->diffraction.reset();
        std::stop_source stop;
        RunOptions options;
        options.folder = folder.path().toStdString();
        const auto plan = planDose(
            *study, options, {},
            [&](const Progress& progress) {
                if (progress.stage == "plan dose")
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!plan && plan.error().code == ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestDosePlan)
#include "tst_dose_plan.moc"
