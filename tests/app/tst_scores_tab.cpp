// SPDX-License-Identifier: GPL-3.0-or-later
// The Scores tab says how sure a score is, what would score as well without the model, and what the split does to it.
#include "app/document/study_document.h"
#include "app/pages/compare/leak_gap_panel.h"
#include "app/pages/compare/score_table.h"
#include "app/pages/compare/scores_tab.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "figures/synthetic_run.h"
#include "widgets/score_bars.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSet>
#include <QTabBar>
#include <QTableWidget>
#include <QtTest>

using namespace dispersa;

namespace {

int columnOf(const QTableWidget& table, const QString& title)
{
    for (int column = 0; column < table.columnCount(); ++column)
        if (table.horizontalHeaderItem(column)->text().replace('\n', ' ') == title)
            return column;
    return -1;
}

QString cell(const QTableWidget& table, int row, const QString& title)
{
    const int column = columnOf(table, title);
    return column >= 0 && table.item(row, column) ? table.item(row, column)->text() : QStringLiteral("?");
}

int rowOf(const QTableWidget& table, const QString& place, const QString& target)
{
    for (int row = 0; row < table.rowCount(); ++row)
        if (table.item(row, 0)->text() == place && table.item(row, 1)->text() == target)
            return row;
    return -1;
}

RunResultPtr runWithAccount()
{
    auto run = std::make_shared<RunResult>(syntheticRun());
    addAccount(run->metrics);
    return run;
}

} // namespace

class TestScoresTab : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tableTellsTheAccount()
    {
        ScoreTable table(nullptr);
        const RunResultPtr run = runWithAccount();
        table.setRun(run.get());
        const int row = rowOf(table, "0037", "O");
        QVERIFY(row >= 0);
        QCOMPARE(cell(table, row, "Ceiling"), QString::fromUtf8("≈ 0.97"));
        QVERIFY2(cell(table, row, "Best baseline").startsWith("depth profile, "), qPrintable(cell(table, row, "Best baseline")));
        QCOMPARE(cell(table, row, "Skill"), QStringLiteral("0.25"));
        QCOMPARE(cell(table, row, "Independent samples"), QStringLiteral("60"));
        QVERIFY(cell(table, row, "95 % interval").contains(" to "));
        QVERIFY(cell(table, row, "r without row means") != "?");
        QCOMPARE(cell(table, rowOf(table, "0037", "HAADF"), "Ceiling"), QStringLiteral("0.97")); // from counts: no estimate
        for (int column = columnOf(table, "Pearson r"); column < columnOf(table, "MAE"); ++column)
            QVERIFY2(!table.horizontalHeaderItem(column)->toolTip().isEmpty(),
                     qPrintable(table.horizontalHeaderItem(column)->text()));
    }

    void eachViewFitsAndIsExplained()
    {
        StudyDocument document;
        TaskRunner tasks;
        MessageLog messages;
        ScoresTab tab({document, tasks, messages}, nullptr);
        tab.resize(1080, 650); // beside the steps of a window 1280 wide
        tab.show();
        tab.setRun(runWithAccount());
        auto* table = tab.findChild<ScoreTable*>();
        auto* views = tab.findChild<QTabBar*>("compare_score_views");
        auto* help = tab.findChild<QLabel*>("compare_score_view_help");
        QCOMPARE(views->count(), 4);
        const auto shows = [table](const QString& title) { return !table->isColumnHidden(columnOf(*table, title)); };
        QSet<int> seen;
        for (int view = 0; view < views->count(); ++view) {
            views->setCurrentIndex(view);
            QVERIFY(!help->text().isEmpty());
            QVERIFY(shows("Scan") && shows("Target") && shows("Pearson r"));
            QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
            for (int column = 0; column < table->columnCount(); ++column)
                if (!table->isColumnHidden(column))
                    seen.insert(column);
        }
        QCOMPARE(seen.size(), table->columnCount()); // nothing is out of reach
        QVERIFY(shows("MAE corrected") && !shows("Ceiling"));
        QVERIFY(table->isRowHidden(0)); // means of r and MAE say nothing of a correction
        QVERIFY2(help->text().contains("the test part, for there is no validation part"), qPrintable(help->text()));
        views->setCurrentIndex(0);
        QVERIFY(shows("Ceiling") && !table->isRowHidden(0));

        auto bare = std::make_shared<RunResult>(syntheticRun());
        bare->study.correction.kind = CorrectionKind::None;
        tab.setRun(bare);
        QVERIFY(!views->isTabEnabled(3) && views->tabToolTip(3).contains("No correction"));
    }

    void everyBaselineAndItsPlaceIsTold()
    {
        ScoreTable table(nullptr);
        const RunResultPtr run = runWithAccount();
        table.setRun(run.get());
        const int row = rowOf(table, "0037", "O");
        const double r = *run->scores("0037")->targets[0].pearson.value;
        const int depth = columnOf(table, "depth profile");
        QCOMPARE(cell(table, row, "depth profile"), QString::number(r - 0.2, 'f', 2));
        QVERIFY(table.item(row, depth)->font().bold() && table.item(row, depth)->toolTip().contains("skill over it 0.25"));
        QCOMPARE(cell(table, row, "mean of the training"), QString::fromUtf8("–"));
        QVERIFY(table.item(row, columnOf(table, "mean of the training"))->toolTip().contains("constant"));
        QCOMPARE(cell(table, row, "HAADF alone"), QString::fromUtf8("–"));
        QCOMPARE(cell(table, rowOf(table, "0033", "O"), "depth profile"), QString::fromUtf8("–")); // it knows the answer
    }

    void intervalsTellWhatTheyHold()
    {
        ScoreTable table(nullptr);
        auto run = std::make_shared<RunResult>(*runWithAccount());
        run->metrics.scans[1].targets[0].account.intervals = IntervalScores{0.8, 0.71, 0.0432, {IntervalPlace::Calibration, {}}};
        table.setRun(run.get());
        const int row = rowOf(table, "0037", "O");
        QCOMPARE(cell(table, row, "Real values inside"), QStringLiteral("71 % (aim 80 %)"));
        QCOMPARE(cell(table, row, "Interval of a pixel, \u00b1"), QStringLiteral("0.0432"));
        QCOMPARE(cell(table, row, "Intervals fitted on"), QStringLiteral("calibration part"));
        QCOMPARE(cell(table, row, "Alike over (px)"), QStringLiteral("7.5"));
        auto& fittedOn = run->metrics.scans[1].targets[0].account.intervals->fittedOn;
        fittedOn = {IntervalPlace::NamedScans, {"test"}}; // no part of the split, but a scan of that name
        table.setRun(run.get());
        QCOMPARE(cell(table, row, "Intervals fitted on"), QStringLiteral("scan test"));
        fittedOn.scans = {"0107", "0109", "0111"};
        table.setRun(run.get());
        QVERIFY2(cell(table, row, "Intervals fitted on").startsWith("3 scan"),
                 qPrintable(cell(table, row, "Intervals fitted on")));
        QCOMPARE(table.item(row, columnOf(table, "Intervals fitted on"))->toolTip(), QStringLiteral("scans 0107, 0109, 0111"));
        const int trained = rowOf(table, "0033", "O");
        QCOMPARE(cell(table, trained, "Real values inside"), QString::fromUtf8("–"));
        QVERIFY(table.item(trained, columnOf(table, "Real values inside"))->toolTip().contains("In sample"));
    }

    void baselinesOfATrainedScanAreLeftOut()
    {
        ScoreTable table(nullptr);
        const RunResultPtr run = runWithAccount();
        table.setRun(run.get());
        const int row = rowOf(table, "0033", "O");
        QCOMPARE(cell(table, row, "Best baseline"), QString::fromUtf8("–"));
        QCOMPARE(cell(table, row, "Skill"), QString::fromUtf8("–"));
        QVERIFY(table.item(row, columnOf(table, "Skill"))->toolTip().contains("In sample"));
    }

    void runsWithoutAnAccountStillShow()
    {
        ScoreTable table(nullptr);
        const RunResult run = syntheticRun();
        table.setRun(&run);
        QCOMPARE(cell(table, rowOf(table, "0037", "O"), "95 % interval"), QString::fromUtf8("–"));
        LeakGapPanel panel(nullptr);
        panel.setRun(&run);
        QVERIFY(panel.findChild<QLabel*>("compare_leak_gap_text")->text().contains("train again"));
    }

    void theLeakIsInSight()
    {
        StudyDocument document;
        TaskRunner tasks;
        MessageLog messages;
        ScoresTab tab({document, tasks, messages}, nullptr);
        tab.resize(1100, 650);
        tab.show();
        tab.setRun(runWithAccount());
        auto* panel = tab.findChild<LeakGapPanel*>();
        QVERIFY(panel->isVisible());
        auto* table = panel->findChild<QTableWidget*>("compare_leak_gap_table");
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(table->columnCount(), 3);
        QCOMPARE(table->item(1, 0)->text(), QStringLiteral("0.98"));
        QCOMPARE(table->item(0, 1)->text(), QStringLiteral("not measured"));
        QVERIFY(table->item(0, 1)->toolTip().contains("Train once more per kind of split"));
        QCOMPARE(table->item(0, 0)->toolTip(), QStringLiteral("O 0.97, Si 0.95"));
        // Blocks leave little to train on: said beside their guard, without a pointer over it.
        const QTableWidgetItem* blocks = table->horizontalHeaderItem(1);
        QCOMPARE(blocks->text(), QStringLiteral("blocks, guard 12 px\n16 % of the pixels left to train on"));
        QVERIFY(table->height() > table->horizontalHeader()->sizeHint().height() + 2 * table->rowHeight(0) - 1);
        for (int column = 0; column < table->columnCount(); ++column)
            QVERIFY(!table->horizontalHeaderItem(column)->toolTip().isEmpty());
        auto* text = panel->findChild<QLabel*>("compare_leak_gap_text");
        QVERIFY(text->text().contains("says nothing about diffraction"));
        QVERIFY(text->styleSheet().contains("background")); // in a colour of warning
        // r carries its interval and its marks, MAE its interval.
        const BarPanel pearson = tab.findChild<ScoreBars*>("compare_pearson")->panel();
        QVERIFY(hasIntervals(pearson.groups) && markKinds(pearson.groups).size() == 3);
        QVERIFY(pearson.groups[1].notes[0].contains("best baseline, depth profile"));
        QVERIFY(hasIntervals(tab.findChild<ScoreBars*>("compare_mae")->panel().groups));

        auto predicted = std::make_shared<RunResult>(syntheticRun());
        predicted->study.model = "/a.safetensors";
        tab.setRun(predicted);
        QVERIFY(!panel->isVisible());
    }
};

QTEST_MAIN(TestScoresTab)
#include "tst_scores_tab.moc"
