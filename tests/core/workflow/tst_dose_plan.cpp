// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/os_file.h"
#include "core/workflow/dose_plan.h"
#include "core/workflow/run_dose.h"
#include "core/workflow/run_study.h"
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
        QVERIFY(sentences.back().find(*plan->enoughArea < 1 ? "is enough" : "will do") != std::string::npos);
        const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(dosePlanToJson(*plan))).object();
        QCOMPARE(json["area"][0]["points"][2]["mean"].toDouble(), plan->area[0].points[2].mean);
        QCOMPARE(QString::fromStdString(dosePlanToCsv(*plan)).split('\n').size(), 1 + 2 * 3 + 1);
    }

    /// Fewer X-ray counts teach worse, but what is scored on keeps its own: with all of them the score is the same as with the
    /// whole area, and half of them costs little.
    void fewerCountsTeachWorse()
    {
        QTemporaryDir folder;
        test::SmallStudyOptions small{{"0033", "0034"}, 40, 30, 64, true, 20};
        auto study = test::writeSmallStudy(folder.path().toStdString(), small);
        QVERIFY(study);
        study->recipe.name = "radial";
        study->recipe.changes["regressor"] = std::string("kernel");
        study->diffraction.reset();
        study->normalise = Normalise::Sum;
        for (StudyScan& scan : study->scans)
            scan.role = ScanRole::Train;
        RunOptions options;
        options.folder = folder.path().toStdString();
        options.threads = 1;
        DosePlanOptions wanted;
        wanted.areaShares = {1};
        wanted.countShares = {0.02, 0.5, 1};
        wanted.seeds = 1;
        const auto plan = planDose(*study, options, wanted, {}, {});
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        // A random split would flatter: a whole scan is held out.
        QCOMPARE(plan->scoredOn, std::string("test"));
        QCOMPARE(plan->split, SplitKind::Scans);
        QCOMPARE(plan->counts.size(), std::size_t(2));
        for (std::size_t t = 0; t < 2; ++t) {
            const auto& points = plan->counts[t].points;
            QCOMPARE(points.size(), std::size_t(3));
            QCOMPARE(points[2].mean, plan->area[t].points[0].mean);
            QVERIFY2(points[0].mean < points[2].mean, qPrintable(QString::number(points[0].mean)));
            QVERIFY2(points[1].mean > points[2].mean - 0.1, qPrintable(QString::number(points[1].mean)));
        }
        // One scan alone: blocks.
        study->scans[1].role = ScanRole::Ignore;
        study->split.block_px = 6;
        study->split.guard_px = 2;
        wanted.countShares = {};
        const auto blocks = planDose(*study, options, wanted, {}, {});
        QVERIFY2(blocks, blocks ? "" : blocks.error().message.c_str());
        QCOMPARE(blocks->split, SplitKind::Blocks);
    }

    void onlyASmallerShareIsEnough()
    {
        DosePlan plan;
        plan.tolerance = 0.02;
        plan.area = {{"O", {{0.1, 1, 0.5, {}}, {1, 1, 0.9, {}}}}};
        plan.enoughArea = sufficientShare(plan.area, plan.tolerance);
        QVERIFY(doseSentences(plan).back().starts_with("No less than 100 % of the EDS area will do"));
        plan.area[0].points[0].mean = 0.89;
        plan.enoughArea = sufficientShare(plan.area, plan.tolerance);
        QVERIFY(doseSentences(plan).back().starts_with("10 % of the EDS area is enough"));
    }

    void whatIsWrittenIsReadAgain()
    {
        DosePlan plan;
        plan.recipe = "radial";
        plan.scoredOn = "test";
        plan.trainingPixels = 6336;
        plan.tolerance = 0.02;
        plan.area = {{"O", {{0.2, 3, 0.93, 0.01}, {1, 1, 0.94, {}}}}};
        plan.counts = {{"O", {{0.5, 2, 0.9, 0.02}}}};
        plan.enoughArea = 0.2;
        const auto back = dosePlanFromJson(dosePlanToJson(plan));
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(dosePlanToJson(*back), dosePlanToJson(plan));
        QCOMPARE(*back->enoughArea, 0.2);
        QVERIFY(!back->enoughCounts && !back->area[0].points[1].sd);
        QCOMPARE(back->counts[0].points[0].n, 2);
        for (const char* text : {"", "[]", "{}", "{\"recipe\": 3}", "{\"recipe\": \"radial\", \"scored_on\": \"test\", "
                                 "\"training_pixels\": 1, \"tolerance\": 0.02, \"area\": [3]}"}) {
            const auto broken = dosePlanFromJson(text);
            QVERIFY2(!broken && broken.error().code == ErrorCode::FormatInvalid, text);
        }
    }

    /// In the folder of a run a plan becomes part of its scores, and goes with them when the run is made anew.
    void aPlanBecomesPartOfARun()
    {
        QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString(), run = root / "run";
        DosePlan plan;
        plan.recipe = "radial";
        plan.scoredOn = "scans";
        plan.area = {{"O", {{0.2, 3, 0.93, 0.01}, {1, 1, 0.94, {}}}}};
        plan.enoughArea = 0.2;
        QVERIFY(writeDosePlan(plan, root)); // no run's
        QCOMPARE(*readTextFile(root / "dose.json"), dosePlanToJson(plan));
        QCOMPARE(*readTextFile(root / "dose.csv"), dosePlanToCsv(plan));
        QVERIFY(!std::filesystem::exists(root / "metrics.json"));

        auto study = test::writeSmallStudy(root, {{"0033", "0034"}, 24, 20, 64, true});
        QVERIFY(study);
        study->recipe.name = "radial";
        study->recipe.changes["regressor"] = std::string("ridge");
        study->diffraction.reset();
        RunOptions options;
        options.folder = run;
        options.threads = 1;
        const auto made = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QVERIFY(!(*made)->metrics.dosePlan && !(*loadRun(run))->metrics.dosePlan);
        QVERIFY(writeDosePlan(plan, run));
        auto with = loadRun(run);
        QVERIFY2(with, with ? "" : with.error().message.c_str());
        QVERIFY((*with)->metrics.dosePlan);
        QCOMPARE(dosePlanToJson(*(*with)->metrics.dosePlan), dosePlanToJson(plan));
        RunMetrics others = (*with)->metrics;
        others.dosePlan.reset();
        QCOMPARE(metricsToJson(others), metricsToJson((*made)->metrics));

        // As earlier versions left it: beside the scores.
        QVERIFY(writeFileAtomically(run / "metrics.json", metricsToJson(others)));
        QVERIFY((*loadRun(run))->metrics.dosePlan);
        QVERIFY(writeFileAtomically(run / "dose.json", "{\"recipe\": 3}"));
        with = loadRun(run);
        QVERIFY(with && !(*with)->metrics.dosePlan); // what is no plan is left out, not shown half
        // Scores that cannot be read are no reason to lose them.
        QVERIFY(writeFileAtomically(run / "metrics.json", "{"));
        const auto refused = writeDosePlan(plan, run);
        QVERIFY(!refused && refused.error().code == ErrorCode::FormatInvalid);
        QCOMPARE(*readTextFile(run / "metrics.json"), std::string("{"));

        QVERIFY(runStudy(*study, options, {}, {}, {}, {}));
        QVERIFY(!std::filesystem::exists(run / "dose.json") && !std::filesystem::exists(run / "dose.csv"));
        QVERIFY(!(*loadRun(run))->metrics.dosePlan);
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
