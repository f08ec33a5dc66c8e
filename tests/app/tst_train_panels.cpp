// SPDX-License-Identifier: GPL-3.0-or-later
// The settings of the Train page: what concerns the chosen recipe is shown, the split is drawn as the run will divide it,
// and every edit can be undone.
#include "app/document/study_document.h"
#include "app/pages/train/correction_panel.h"
#include "app/pages/train/interval_panel.h"
#include "app/pages/train/layer_panel.h"
#include "app/pages/train/options_panel.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/run_actions.h"
#include "app/pages/train/split_map.h"
#include "app/pages/train/split_panel.h"
#include "app/pages/train/split_preview.h"
#include "app/pages/train/training_estimate.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "tests/support/small_study.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QUndoStack>
#include <QtTest>

using namespace dispersa;

namespace {

void choose(StudyDocument& document, const std::string& recipe)
{
    document.setRecipe(unchanged(*recipeNamed(recipe)));
}

void pick(QComboBox* box, const QVariant& value)
{
    box->setCurrentIndex(box->findData(value));
    Q_EMIT box->activated(box->currentIndex());
}

} // namespace

class TestTrainPanels : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        // 40 x 30 positions: room for blocks with a guard.
        const auto study = test::writeSmallStudy(m_folder.path().toStdString(), {{"0033", "0034"}, 40, 30, 96, true});
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        m_document.reset(*study, m_folder.filePath("small.dispersa"));
        for (const StudyScan& scan : study->scans) {
            const auto opened = openScan(scan, study->calibration);
            QVERIFY2(opened.has_value(), opened ? "" : opened.error().message.c_str());
            m_document.setOpened(scan.name, *opened);
        }
    }

    void init() { choose(m_document, "quick"); }

    void optionsAreThoseOfTheRecipe()
    {
        OptionsPanel panel(m_document, nullptr);
        panel.show();
        auto* fold = panel.findChild<QToolButton*>("train_options");
        fold->setChecked(true);
        const auto shown = [&panel](const char* name) { return panel.findChild<QWidget*>(name)->isVisible(); };
        QVERIFY(shown("train_epochs") && shown("train_members") && shown("train_device"));
        QVERIFY(!shown("train_regressor") && shown("train_dropout_passes"));
        QVERIFY(fold->text().contains("epoch"));
        choose(m_document, "combined");
        for (const TrainingOption& option : trainingOptions())
            QCOMPARE(shown(("train_" + option.key).c_str()), option.forProfiles);
        QVERIFY(!shown("train_dropout_passes"));
        QVERIFY(!shown("train_device")); // regressions are fitted on the CPU
        QVERIFY2(!fold->text().contains("epoch") && fold->text().contains("3"), qPrintable(fold->text()));
    }

    void membersAndDropoutOfNetworksAreChosenAndUndone()
    {
        OptionsPanel panel(m_document, nullptr);
        auto* fold = panel.findChild<QToolButton*>("train_options");
        QVERIFY(!fold->text().contains("member"));
        panel.findChild<QCheckBox*>("train_locked")->setChecked(false);
        panel.findChild<QSpinBox*>("train_members")->setValue(5);
        QCOMPARE(std::get<std::int64_t>(m_document.study().recipe.changes.at("members")), std::int64_t(5));
        QVERIFY2(fold->text().contains("5 member"), qPrintable(fold->text()));
        QCOMPARE(plannedSteps(m_document.study().recipe), recipeNamed("quick")->training.epochs); // of each
        auto* passes = panel.findChild<QSpinBox*>("train_dropout_passes");
        QCOMPARE(passes->text(), QStringLiteral("none"));
        passes->setValue(20);
        QCOMPARE(m_document.study().account.dropoutPasses, 20);
        QVERIFY2(fold->toolTip().contains("20"), qPrintable(fold->toolTip()));
        m_document.undoStack().undo();
        QCOMPARE(m_document.study().account.dropoutPasses, 0);
        QCOMPARE(passes->value(), 0);
        m_document.undoStack().undo();
        QVERIFY(!m_document.study().recipe.changes.contains("members"));
        // Regressions have no dropout: what keeps them from running must be there to be taken back.
        AccountOptions account;
        account.dropoutPasses = 20;
        m_document.setAccount(account);
        choose(m_document, "radial");
        QVERIFY(!passes->isHidden());
        m_document.setAccount({});
        QVERIFY(passes->isHidden());
    }

    void oneKindOfRegressionIsChosenAndUndone()
    {
        choose(m_document, "radial");
        OptionsPanel panel(m_document, nullptr);
        panel.findChild<QCheckBox*>("train_locked")->setChecked(false);
        pick(panel.findChild<QComboBox*>("train_regressor"), QStringLiteral("kernel"));
        QCOMPARE(std::get<std::string>(m_document.study().recipe.changes.at("regressor")), std::string("kernel"));
        QCOMPARE(plannedSteps(m_document.study().recipe), 1);
        m_document.undoStack().undo();
        QVERIFY(!m_document.study().recipe.changes.contains("regressor"));
        QCOMPARE(plannedSteps(m_document.study().recipe), 5); // ridge, kernel and three dense networks
    }

    void layersOrProfiles()
    {
        LayerPanel panel(m_document, nullptr);
        auto* table = panel.findChild<QTableWidget*>("train_layers");
        QVERIFY(table->rowCount() > 8);
        QCOMPARE(table->horizontalHeaderItem(0)->text(), QStringLiteral("Layer"));
        choose(m_document, "combined");
        QCOMPARE(table->rowCount(), 4 + 6); // profiles and regressions
        QVERIFY(table->item(0, 1)->text().contains("probes"));
        QVERIFY(!panel.findChild<QLabel*>("train_layers_error")->isVisible());
        QVERIFY2(!trainingEstimate(m_document).contains("Temporary files"), qPrintable(trainingEstimate(m_document)));
        choose(m_document, "quick");
        QCOMPARE(table->horizontalHeaderItem(0)->text(), QStringLiteral("Layer"));
        QVERIFY(trainingEstimate(m_document).contains("Temporary files"));
    }

    void aRunGoesOnUnlessSomethingElseTrains()
    {
        TaskRunner tasks;
        MessageLog messages;
        RunActions actions({m_document, tasks, messages}, nullptr);
        auto* go = actions.findChild<QPushButton*>("train_continue_run");
        auto run = std::make_shared<InterruptedRun>(InterruptedRun{m_folder.filePath("run").toStdString(), m_document.study()});
        QVERIFY(QDir(m_folder.path()).mkpath("run/checkpoints"));
        QFile checkpoint(QString::fromStdString(checkpointFile(run->folder).string()));
        QVERIFY(checkpoint.open(QIODevice::WriteOnly));
        actions.setRun({nullptr, run});
        QVERIFY2(go->isEnabled(), qPrintable(go->toolTip()));
        actions.setObstacle("The dose planner trains.");
        QVERIFY(!go->isEnabled());
        QCOMPARE(go->toolTip(), QString("The dose planner trains."));
        actions.setObstacle({});
        QVERIFY(go->isEnabled());
    }

    void theEstimateCountsWhatIsTrainedOn()
    {
        SplitOptions split = m_document.study().split;
        split.kind = SplitKind::Random;
        split.testFraction = 0.25;
        split.validationFraction = split.calibrationFraction = 0;
        m_document.setSplit(split);
        // One scan of 40 x 30 is trained on, three quarters of it; both are predicted.
        const QLocale locale;
        const QString wanted = QString("Trains on %1 of %2 patterns and predicts %3.")
                                   .arg(locale.toString(900), locale.toString(1200), locale.toString(2400));
        QVERIFY2(trainingEstimate(m_document).startsWith(wanted), qPrintable(trainingEstimate(m_document)));
        m_document.undoStack().undo();
    }

    void guardByRuleIsTold()
    {
        SplitOptions split = m_document.study().split;
        split.kind = SplitKind::Blocks;
        split.guard_px.reset();
        split.block_px = 6;
        m_document.setSplit(split);
        SplitPanel panel(m_document, nullptr);
        panel.show();
        auto* guard = panel.findChild<QSpinBox*>("train_split_guard");
        const int filter = m_document.study().mapFilter.radius();
        GuardRule rule = guardRule(m_document);
        QCOMPARE(rule.contextRadius_px, 0); // the network reads single patterns
        QCOMPARE(rule.total(), 2 * filter + rule.probe_px + rule.resampling_px);
        QVERIFY2(guard->text().contains(QString::number(rule.total())), qPrintable(guard->text()));
        choose(m_document, "radial");
        rule = guardRule(m_document);
        QCOMPARE(rule.contextRadius_px, recipeNamed("radial")->profile->contextRadius_px());
        QVERIFY2(guard->text().contains(QString::number(rule.total())), qPrintable(guard->text()));
        QVERIFY(guard->toolTip().contains(QString::number(rule.contextRadius_px)));
        auto* warning = panel.findChild<QLabel*>("train_split_guard_warning");
        QVERIFY(!warning->isVisible());
        guard->setValue(1);
        QCOMPARE(m_document.study().split.guard_px, std::optional(1));
        QVERIFY(warning->isVisible());
        m_document.undoStack().undo();
        QVERIFY(!warning->isVisible());
    }

    void theSplitIsDrawnAsItWillBe()
    {
        SplitOptions split;
        split.kind = SplitKind::Blocks;
        split.block_px = 6;
        split.guard_px = 2;
        split.calibrationFraction = 0.1;
        m_document.setSplit(split);
        const auto preview = splitPreview(m_document);
        QVERIFY2(preview.has_value(), preview ? "" : preview.error().message.c_str());
        QCOMPARE(preview->scans.size(), std::size_t(1)); // 0033 trains
        const ScanShape shape = preview->scans[0]->shape();
        QCOMPARE(std::int64_t(preview->sets[0].size()), std::int64_t(shape.height) * shape.width);
        double sum = 0;
        for (const PixelSet set : {PixelSet::Train, PixelSet::Validation, PixelSet::Calibration, PixelSet::Test,
                                   PixelSet::Guard, PixelSet::Unused})
            sum += preview->share(set);
        QVERIFY(std::abs(sum - 1) < 1e-12);
        QVERIFY(preview->share(PixelSet::Test) > 0.1 && preview->share(PixelSet::Guard) > 0);

        SplitPanel panel(m_document, nullptr);
        panel.resize(400, 500);
        panel.show();
        auto* map = panel.findChild<SplitMap*>("train_split_map_0");
        QTRY_VERIFY(map && map->isVisible() && map->hasImage());
        QVERIFY(panel.findChild<QLabel*>("train_split_legend")->text().contains("guard"));
        // The corner of the first block, dragged three pixels outwards.
        QTest::mousePress(map, Qt::LeftButton, {}, map->toWidget({5.5, 5.5}).toPoint());
        for (const double to : {6.5, 7.5, 8.5})
            QTest::mouseMove(map, map->toWidget({to, to}).toPoint(), 5);
        QTest::mouseRelease(map, Qt::LeftButton, {}, map->toWidget({8.5, 8.5}).toPoint(), 5);
        QCOMPARE(m_document.study().split.block_px, 9);
        QCOMPARE(panel.findChild<QSpinBox*>("train_split_block")->value(), 9);
        m_document.undoStack().undo(); // the whole drag is one step
        QCOMPARE(m_document.study().split.block_px, 6);
    }

    void aSplitThatCannotBeMadeSaysWhy()
    {
        SplitOptions split;
        split.kind = SplitKind::Blocks;
        split.block_px = 30;
        split.guard_px = 40;
        m_document.setSplit(split);
        SplitPanel panel(m_document, nullptr);
        panel.show();
        auto* legend = panel.findChild<QLabel*>("train_split_legend");
        QTRY_VERIFY2(legend->text().size() > 20 && !legend->text().contains("guard %"), qPrintable(legend->text()));
        QVERIFY(!splitPreview(m_document));
    }

    void fractionsAreStored()
    {
        m_document.setSplit({});
        SplitPanel panel(m_document, nullptr);
        panel.show();
        panel.findChild<QDoubleSpinBox*>("train_split_calibration")->setValue(15);
        QCOMPARE(m_document.study().split.calibrationFraction, 0.15);
        m_document.undoStack().undo();
        QCOMPARE(m_document.study().split.calibrationFraction, 0.0);
        // With whole scans the test part is a scan.
        pick(panel.findChild<QComboBox*>("train_split_kind"), int(SplitKind::LeaveOneOut));
        QCOMPARE(m_document.study().split.kind, SplitKind::LeaveOneOut);
        QVERIFY(!panel.findChild<QDoubleSpinBox*>("train_split_test")->isVisible());
    }

    void theLeakGapCanBeAskedFor()
    {
        SplitPanel panel(m_document, nullptr);
        auto* box = panel.findChild<QCheckBox*>("train_leak_gap");
        QVERIFY(box->isEnabled() && !box->isChecked());
        box->click();
        QVERIFY(m_document.study().account.leakGap);
        m_document.undoStack().undo();
        QVERIFY(!m_document.study().account.leakGap && !box->isChecked());
        choose(m_document, "radial"); // trains in seconds: always compared
        QVERIFY(!box->isEnabled() && box->isChecked() && !m_document.study().account.leakGap);
    }

    void intervalsAreFittedWhereTheUserSays()
    {
        const Study before = m_document.study();
        m_document.edit("scans", StudyPart::Scans, [](Study& study) {
            for (const char* name : {"0035", "0036", "0037"}) {
                study.scans.push_back(study.scans[1]);
                study.scans.back().name = name;
            }
            std::erase_if(study.scans[3].maps, [](const MapSource& map) { return map.quantity == "Te"; });
            study.scans[4].maps.clear(); // no X-ray detector
        });
        IntervalPanel panel(m_document, nullptr);
        panel.show();
        auto* scans = panel.findChild<QListWidget*>("train_interval_scans");
        auto* level = panel.findChild<QDoubleSpinBox*>("train_interval_level");
        auto* help = panel.findChild<QLabel*>("train_interval_help");
        const auto named = [&] { return m_document.study().account.calibrateOn; };
        QCOMPARE(level->value(), 80.0);
        // Neither what is trained on nor what nobody measured.
        QCOMPARE(scans->count(), 3);
        QCOMPARE(scans->item(0)->text(), QStringLiteral("0034"));
        QVERIFY2(scans->item(2)->text().contains("no map of Te"), qPrintable(scans->item(2)->text()));
        QVERIFY(help->text().contains("No scan is checked"));
        QListWidgetItem* const first = scans->item(0);
        first->setCheckState(Qt::Checked);
        QCOMPARE(named(), std::vector<std::string>{"0034"});
        QVERIFY(scans->item(0) == first); // it may be in the middle of telling that it was checked
        QVERIFY(help->text().contains("cannot be learned from one"));
        // By keyboard.
        scans->setFocus();
        scans->setCurrentRow(1);
        QTest::keyClick(scans, Qt::Key_Space);
        QCOMPARE(named(), (std::vector<std::string>{"0034", "0035"}));
        QVERIFY(!help->text().contains("No other scan"));
        level->setValue(90);
        QCOMPARE(m_document.study().account.level, 0.9);
        QVERIFY(m_document.study().check());
        scans->item(2)->setCheckState(Qt::Checked);
        QVERIFY2(help->text().contains("No other scan with maps is left"), qPrintable(help->text()));
        // What is trained on, or gone, is no scan for intervals any more; both come back with undo.
        m_document.setRoles({"0034"}, ScanRole::Train);
        QCOMPARE(named(), (std::vector<std::string>{"0035", "0036"}));
        QVERIFY(m_document.study().check() && scans->count() == 2);
        m_document.removeScans({"0035"});
        QCOMPARE(named(), std::vector<std::string>{"0036"});
        m_document.undoStack().undo();
        m_document.undoStack().undo();
        QCOMPARE(named(), (std::vector<std::string>{"0034", "0035", "0036"}));
        QCOMPARE(scans->item(0)->checkState(), Qt::Checked);
        while (m_document.study() != before)
            m_document.undoStack().undo();
        QVERIFY(named().empty() && level->value() == 80.0);
        QCOMPARE(scans->count(), 1);
        QCOMPARE(scans->item(0)->checkState(), Qt::Unchecked);
    }

    void correctionsAreChosenAndUndone()
    {
        m_document.setSplit({});
        CorrectionPanel panel(m_document, nullptr);
        panel.show();
        auto* kind = panel.findChild<QComboBox*>("train_correction_kind");
        auto* fitOn = panel.findChild<QComboBox*>("train_correction_fit_on");
        QCOMPARE(kind->count(), 5);
        pick(kind, int(CorrectionKind::Isotonic));
        QCOMPARE(m_document.study().correction.kind, CorrectionKind::Isotonic);
        pick(fitOn, QStringLiteral("calibration"));
        QCOMPARE(m_document.study().correction.fitOn, std::string("calibration"));
        QVERIFY(m_document.study().split.calibrationFraction > 0); // else there were no pixel to fit on
        QVERIFY(m_document.study().check().has_value());
        m_document.undoStack().undo();
        QCOMPARE(m_document.study().correction.fitOn, std::string("validation"));
        QCOMPARE(m_document.study().split.calibrationFraction, 0.0);
        pick(fitOn, QStringLiteral("0034"));
        QVERIFY(panel.findChild<QLabel*>("train_correction_help")->text().contains("in sample"));
        panel.findChild<QCheckBox*>("train_correction_simplex")->click();
        QVERIFY(m_document.study().correction.simplex);
        pick(kind, int(CorrectionKind::None));
        QVERIFY(!fitOn->isVisible());
        while (m_document.study().correction != CorrectionOptions())
            m_document.undoStack().undo();
        QCOMPARE(kind->currentData().toInt(), int(CorrectionOptions().kind));
    }

  private:
    QTemporaryDir m_folder;
    StudyDocument m_document;
};

QTEST_MAIN(TestTrainPanels)
#include "tst_train_panels.moc"
