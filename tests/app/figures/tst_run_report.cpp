// SPDX-License-Identifier: GPL-3.0-or-later
// The report of a run stands alone, says what was done and what it is worth, and holds every figure.
#include "app/figures/run_figures.h"
#include "app/figures/run_report.h"
#include "synthetic_run.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace dispersa;

class TestRunReport : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void standsAlone()
    {
        RunResult run = syntheticRun();
        addAccount(run.metrics);
        const QString html = runReportHtml(run);
        QVERIFY(html.startsWith("<!DOCTYPE html>") && html.trimmed().endsWith("</html>"));
        QVERIFY(!html.contains("<script", Qt::CaseInsensitive));
        QVERIFY(!html.contains("<link", Qt::CaseInsensitive) && !html.contains("http:", Qt::CaseInsensitive) &&
                !html.contains("https:", Qt::CaseInsensitive));
        QCOMPARE(html.count("<img "), html.count("src=\"data:image/svg+xml;base64,"));
        QCOMPARE(int(html.count("<figure id=")), int(runFigures(run, {true, true, true}).size()));
        QCOMPARE(html.count("<table"), html.count("</table>"));
        QCOMPARE(html.count("<tr"), html.count("</tr>"));
    }

    void tellsWhatWasDoneAndWhatItIsWorth()
    {
        RunResult run = syntheticRun();
        addAccount(run.metrics);
        run.warnings.push_back({"a", "Something <odd> happened.", {}, {}});
        const QString html = runReportHtml(run);
        for (const char* part :
             {"Paper + HAADF", "rows 20 to 89", "Position alone reaches r 0.98 under the random split", "class=\"warning\"",
              "guard 12 px", "16 % of the pixels left to train on", "depth profile", "≈ 0.97", "Train once more per kind of split", "Something &lt;odd&gt; happened."})
            QVERIFY2(html.contains(QString::fromUtf8(part)), part);
        const QString file = QString::fromUtf8("report.html"); // kept in the work folder, to be looked at
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(html.toUtf8());
    }

    /// Mask and bin of a recipe follow the detector's size, which a run does not keep.
    void aRecipesPreparationIsToldForItsDetector()
    {
        RunResult run = syntheticRun();
        run.study.diffraction.reset();
        run.study.recipe.name = "combined";
        QVERIFY(runReportHtml(run).contains("as the recipe has it</td>"));
        run.study.recipe.name = "quick";
        const QString html = runReportHtml(run);
        QVERIFY(html.contains("bin 2") && html.contains(QString::fromUtf8("for 256 × 256 patterns, in proportion")));
    }

    void tellsEachPartOfTheAccount()
    {
        RunResult run = syntheticRun();
        addAccount(run.metrics);
        TargetScores& o = run.metrics.scans[1].targets[0];
        o.account.intervals = IntervalScores{0.8, 0.71, 0.0432, {IntervalPlace::Calibration, {}}};
        run.warnings.push_back({"position_predicts", "paper reaches r 1.00 by position.", {}, {}});
        const QString html = runReportHtml(run);
        for (const char* part : {"What predicts without this model", "ridge on radial profiles", "How sure that is", "71 % (aim 80 %)", "0.0432",
                                 "calibration part", "What the correction does",
                                 "fitted on the test part, for there is no validation part", "yes: flattering", ">7.5<"})
            QVERIFY2(html.contains(QString::fromUtf8(part)), part);
        // Of the best baseline, in bold; scans that were trained on have none.
        QVERIFY(html.contains(QString("<b>%1</b>").arg(*o.pearson.value - 0.2, 0, 'f', 2)));
        const qsizetype begin = html.indexOf("What predicts without this model"), end = html.indexOf("How sure that is");
        QVERIFY(begin > 0 && end > begin && !html.mid(begin, end - begin).contains("in sample"));
        QVERIFY(!html.contains("by position.")); // the leak gap says it already
        // Words of the study file are no words for a reader.
        for (const char* word : {"gaussian", "linear, fitted on validation", "subpixel"})
            QVERIFY2(!html.contains(word), word);

        run.study.correction.kind = CorrectionKind::None;
        QVERIFY(!runReportHtml(run).contains("What the correction does"));
        QVERIFY(!runReportHtml(syntheticRun()).contains("What predicts without this model"));
    }

    void aPredictionWithoutTrainingHasNoLeakGap()
    {
        RunResult run = syntheticRun();
        run.study.model = "/models/<film>.safetensors";
        run.metrics = {};
        run.history.clear();
        const QString html = runReportHtml(run);
        QVERIFY(!html.contains("What the split is worth") && !html.contains("Scores</h2>"));
        QVERIFY(html.contains("trained model &lt;film&gt;.safetensors"));
    }

    void aDosePlanOfTheRunIsPartOfIt()
    {
        RunResult run = syntheticRun();
        QVERIFY(!runReportHtml(run).contains("X-ray dose"));
        DosePlan plan;
        plan.recipe = run.study.recipe.name;
        plan.scoredOn = "scans";
        plan.trainingPixels = 3150;
        plan.tolerance = 0.02;
        plan.area = {{"O", {{0.2, 3, 0.93, 0.01}, {1, 3, 0.94, 0.004}}}, {"Te", {{0.2, 3, 0.8, {}}, {1, 3, 0.9, 0.01}}}};
        run.metrics.dosePlan = plan;
        const QString html = runReportHtml(run);
        for (const char* part : {"How much X-ray dose it takes", "20 % of the EDS area gives r = 0.93 ± 0.01 for O, 0.80 for Te.",
                                 "No less than 100 % of the EDS area is enough", "less costs Te more than 0.02 in r",
                                 "scans that nothing was trained on", "alt=\"Share of EDS area (%)\""})
            QVERIFY2(html.contains(QString::fromUtf8(part)), part);
        QVERIFY(!html.contains("X-ray counts"));
    }

    void isWrittenIntoTheFolderOfTheRun()
    {
        QTemporaryDir folder;
        RunResult run = syntheticRun();
        run.folder = folder.path().toStdString();
        const auto file = writeRunReport(run);
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QVERIFY(QFileInfo(folder.filePath("report.html")).size() > 10000);
        // A file where the folder should be.
        QFile blocked(folder.filePath("blocked"));
        QVERIFY(blocked.open(QIODevice::WriteOnly));
        run.folder = blocked.fileName().toStdString();
        const auto refused = writeRunReport(run);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::WriteFailed);
    }
};

QTEST_MAIN(TestRunReport)
#include "tst_run_report.moc"
