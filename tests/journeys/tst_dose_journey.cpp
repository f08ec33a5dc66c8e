// SPDX-License-Identifier: GPL-3.0-or-later
// Planning the dose in the window: open the planner by its shortcut, type shares, start, read the curve, stop another.
// Asserts what a person would see and writes pictures into the working folder.
#include "app/pages/train/dose_dialog.h"
#include "core/base/os_file.h"
#include "core/io/study_file.h"
#include "tests/support/journey.h"
#include "tests/support/small_study.h"
#include "widgets/share_plot.h"

#include <QAction>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace dispersa;

class DoseJourney : public test::Journey {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        openWindow("tst_dose_journey", {1280, 800});
        auto study = test::writeSmallStudy(folder(), {{"0033", "0037"}, 40, 24, 96, true});
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        study->recipe = {"radial"}; // learns in a second
        const auto file = folder() / "small.dispersa";
        QVERIFY(writeStudy(*study, file).has_value());
        QVERIFY(!action()->isEnabled());
        QVERIFY2(action()->toolTip().contains("Open scans"), qPrintable(action()->toolTip()));
        openStudy(file);
        go("step_train");
        QTRY_VERIFY_WITH_TIMEOUT(action()->isEnabled(), 20000);
    }

    void opensByShortcut()
    {
        auto* button = find<QToolButton>("train_dose_planner"); // as well as in the menu
        QVERIFY(button->isVisible() && button->isEnabled() && button->text().contains("Dose planner"));
        QTest::keyClick(&window(), Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        m_dialog = window().findChild<DoseDialog*>("dose_dialog");
        QVERIFY(m_dialog && m_dialog->isVisible());
        QVERIFY(QTest::qWaitForWindowExposed(m_dialog));
        QVERIFY2(text("dose_summary").startsWith("18 trainings"), qPrintable(text("dose_summary")));
        QVERIFY(!part<QLineEdit>("dose_count_shares")->isVisible()); // its maps are fractions
        QVERIFY(!part<QPushButton>("dose_stop")->isEnabled());
        pictureOfDialog("1-opened");
    }

    void refusesWhatIsNoShare()
    {
        auto* shares = part<QLineEdit>("dose_area_shares");
        shares->selectAll();
        QTest::keyClicks(shares, "20, 200");
        QVERIFY(!part<QPushButton>("dose_start")->isEnabled());
        QVERIFY(text("dose_summary").contains("up to 100"));
        shares->selectAll();
        QTest::keyClicks(shares, "10, 40, 100");
        part<QSpinBox>("dose_seeds")->setValue(2);
        QVERIFY2(text("dose_summary").startsWith("6 trainings"), qPrintable(text("dose_summary")));
    }

    void plansAndShowsACurve()
    {
        QTest::keyClick(part<QLineEdit>("dose_area_shares"), Qt::Key_Return);
        QVERIFY(m_dialog->isRunning());
        QVERIFY(part<QPushButton>("dose_stop")->isEnabled() && part<QProgressBar>("dose_progress")->isVisible());
        // One training at a time.
        QVERIFY(!find<QPushButton>("train_start")->isEnabled());
        QVERIFY(find<QPushButton>("train_start")->toolTip().contains("dose planner"));
        auto* plot = part<SharePlot>("dose_area_plot");
        QTRY_VERIFY_WITH_TIMEOUT(!plot->shares().empty(), 60000); // as soon as one training has ended
        // The strip below the pages says the same time as the planner, which knows that small shares are quick.
        const auto* strip = find<QLabel>("task_time_left");
        QTRY_VERIFY_WITH_TIMEOUT(text("dose_status").contains(" left") && text("dose_status").endsWith(strip->text()), 60000);
        pictureOfDialog("2-under-way");
        QTRY_VERIFY_WITH_TIMEOUT(!m_dialog->isRunning(), 120000);
        QVERIFY2(text("dose_status").contains("6 trainings"), qPrintable(text("dose_status")));
        QVERIFY(find<QPushButton>("train_start")->isEnabled());
        QCOMPARE(plot->shares(), (std::vector<double>{0.1, 0.4, 1}));
        QCOMPARE(plot->curves().size(), std::size_t(2)); // O and Te
        for (const ShareCurve& curve : plot->curves()) {
            QCOMPARE(curve.points.size(), std::size_t(3));
            // The ring's radius tells the composition: any share learns it.
            for (const SharePoint& point : curve.points)
                QVERIFY2(point.mean > 0.5 && point.mean <= 1 && point.sd >= 0 && point.sd < 0.5,
                         qPrintable(QString("%1 %2 %3").arg(curve.name).arg(point.share).arg(point.mean)));
        }
        QCOMPARE(plot->panel().xLabel, QString("Share of EDS area (%)"));
        QCOMPARE(plot->panel().yLabel, QString("Pearson r"));
        QVERIFY(!part<SharePlot>("dose_counts_plot")->isVisible());
        QVERIFY(text("dose_about").contains("scans that nothing was trained on"));
        QVERIFY2(text("dose_text").contains("of the EDS area is enough"), qPrintable(text("dose_text")));
    }

    void readsAShareByKeys()
    {
        auto* plot = part<SharePlot>("dose_area_plot");
        plot->setFocus();
        QTest::keyClick(plot, Qt::Key_Home);
        QTest::keyClick(plot, Qt::Key_Right);
        QVERIFY2(text("dose_text").contains("40 % of the EDS area gives r = "), qPrintable(text("dose_text")));
        QVERIFY(text("dose_text").contains(" ± ") && text("dose_text").contains(" for Te."));
        pictureOfDialog("3-done");
    }

    void toleranceChangesWhatIsEnough()
    {
        part<QDoubleSpinBox>("dose_tolerance")->setValue(1);
        QVERIFY2(text("dose_text").startsWith("10 % of the EDS area is enough"), qPrintable(text("dose_text")));
        QCOMPARE(part<SharePlot>("dose_area_plot")->panel().markers.at(0).x, 10.0);
    }

    void isKeptWithARun()
    {
        auto* keep = part<QPushButton>("dose_keep");
        QVERIFY2(!keep->isEnabled() && keep->toolTip().contains("no run yet"), qPrintable(keep->toolTip()));
        auto run = std::make_shared<RunResult>();
        run->folder = folder() / "one";
        QVERIFY(std::filesystem::create_directory(run->folder));
        run->study = document().study();
        run->study.recipe.name = "combined";
        document().addRun(run);
        QVERIFY2(!keep->isEnabled() && keep->toolTip().contains("another recipe"), qPrintable(keep->toolTip()));
        auto same = std::make_shared<RunResult>(*run);
        same->study.recipe.name = "radial";
        document().removeRun(run);
        document().addRun(same);
        QVERIFY(writeFileAtomically(same->folder / "metrics.json", metricsToJson(same->metrics)));
        QVERIFY2(keep->isEnabled() && keep->toolTip().contains("dose.json"), qPrintable(keep->toolTip()));
        keep->click();
        QVERIFY(text("dose_status").contains("report of run"));
        const auto written = readTextFile(folder() / "one" / "dose.json");
        QVERIFY(written);
        const auto plan = dosePlanFromJson(*written);
        QVERIFY(plan && plan->recipe == "radial" && plan->area.size() == 2);
        QCOMPARE(plan->tolerance, 1.0); // as it was changed to afterwards
        QCOMPARE(*plan->enoughArea, 0.1);
        QVERIFY(std::filesystem::exists(folder() / "one" / "dose.csv"));
        // Part of the run: of its scores on disk, and of the run that the window shows.
        const auto scores = metricsFromJson(*readTextFile(folder() / "one" / "metrics.json"));
        QVERIFY(scores && scores->dosePlan && dosePlanToJson(*scores->dosePlan) == *written);
        QCOMPARE(document().runs().size(), std::size_t(1));
        QVERIFY(document().currentRun()->metrics.dosePlan && document().currentRun() == document().runs().front());
    }

    void stopsAndStaysWithinReach()
    {
        part<QSpinBox>("dose_seeds")->setValue(20);
        part<QPushButton>("dose_start")->click();
        auto* plot = part<SharePlot>("dose_area_plot");
        QVERIFY(plot->shares().empty());
        QTRY_VERIFY_WITH_TIMEOUT(!plot->shares().empty(), 60000);
        // Closed, it goes on; the shortcut brings it back.
        QTest::keyClick(m_dialog, Qt::Key_Escape);
        QVERIFY(!m_dialog->isVisible() && m_dialog->isRunning() && action()->isEnabled());
        activate();
        QTest::keyClick(&window(), Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(m_dialog->isVisible());
        part<QPushButton>("dose_stop")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!m_dialog->isRunning(), 60000);
        QVERIFY2(text("dose_status").startsWith("Stopped after"), qPrintable(text("dose_status")));
        QVERIFY(!plot->shares().empty());
        pictureOfDialog("4-stopped");
    }

    void aChangedStudyIsSaid()
    {
        QVERIFY(!text("dose_about").contains("changed since"));
        RecipeChoice recipe = document().study().recipe;
        recipe.name = "quick";
        document().setRecipe(recipe);
        QVERIFY(text("dose_about").contains("changed since"));
    }

  private:
    QAction* action() { return window().findChild<QAction*>("dose_planner"); }
    template<class Widget>
    Widget* part(const QString& name)
    {
        return found<Widget>(*m_dialog, name);
    }
    QString text(const QString& name) { return part<QLabel>(name)->text(); }
    void pictureOfDialog(const QString& name) { picture("dose-" + name, m_dialog); }

    DoseDialog* m_dialog = nullptr;
};

QTEST_MAIN(DoseJourney)
#include "tst_dose_journey.moc"
