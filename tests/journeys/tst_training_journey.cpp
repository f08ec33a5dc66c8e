// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings one after the other, by mouse and keyboard: cancel one and go on with it, make it longer, start from its
// weights, queue others. Asserts what a person would see and writes pictures into the working folder.
#include "app/pages/train/dose_dialog.h"
#include "core/io/study_file.h"
#include "tests/support/journey.h"
#include "tests/support/small_study.h"
#include "widgets/map_view.h"

#include <QAction>
#include <QApplication>
#include <QInputDialog>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include <cmath>

using namespace dispersa;

class TrainingJourney : public test::Journey {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        openWindow("tst_training_journey", {1280, 900});
        auto study = test::writeSmallStudy(folder(), {{"0033", "0037"}, 40, 24, 96, true});
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        // A few patterns to learn from, many to predict: both take about a second.
        study->scans[0].crop = Region{0, 0, 12, 10};
        study->recipe.changes["epochs"] = std::int64_t(6);
        study->recipe.changes["patience"] = std::int64_t(50);
        const auto file = folder() / "small.dispersa";
        QVERIFY(writeStudy(*study, file).has_value());
        openStudy(file);
        go("step_train");
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("train_start")->isEnabled(), 20000);
    }

    void nothingSelectedNothingToContinue()
    {
        for (const char* name : {"train_continue_run", "train_start_from_run"}) {
            QVERIFY(!find<QPushButton>(name)->isEnabled());
            QVERIFY2(find<QPushButton>(name)->toolTip().contains("Select a run"), name);
        }
    }

    void aCancelledTrainingCanGoOn()
    {
        click("train_start");
        auto* hint = find<QLabel>("train_stop_hint");
        QTRY_VERIFY_WITH_TIMEOUT(hint->text().contains("best weights so far"), 60000); // an epoch has ended
        QVERIFY(!find<QPushButton>("train_continue_run")->isEnabled());
        click("train_stop");
        click("train_stop");
        QTRY_VERIFY_WITH_TIMEOUT(!isRunning(), 60000);
        auto* table = find<QTableWidget>("train_runs");
        QCOMPARE(table->rowCount(), 1);
        QVERIFY(document().runs().empty());
        QCOMPARE(table->item(0, 3)->text(), QString("interrupted"));
        QVERIFY2(table->item(0, 2)->text().endsWith(" of 6"), qPrintable(table->item(0, 2)->text()));
        QVERIFY(find<QLabel>("train_status")->text().contains("can be continued"));
        auto* go = find<QPushButton>("train_continue_run");
        QVERIFY2(go->isEnabled() && go->toolTip().contains("to epoch 6"), qPrintable(go->toolTip()));
        picture("1-interrupted");
        go->click();
        QVERIFY(isRunning());
        QCOMPARE(table->rowCount(), 0); // it is under way
        QTRY_VERIFY_WITH_TIMEOUT(!isRunning(), 120000);
        QVERIFY(document().currentRun());
        QCOMPARE(document().currentRun()->history.size(), std::size_t(6));
        QCOMPARE(table->rowCount(), 1);
        QCOMPARE(table->item(0, 2)->text(), QString("6"));
    }

    void aFinishedRunCanBeLonger()
    {
        const auto folder = document().currentRun()->folder;
        const double first = document().currentRun()->history[0].loss;
        int offered = 0;
        QTimer::singleShot(300, this, [&] {
            auto* dialog = qobject_cast<QInputDialog*>(QApplication::activeModalWidget());
            if (!dialog)
                return;
            offered = dialog->intValue();
            dialog->grab().save("2-how-many-epochs.png");
            auto* number = dialog->findChild<QSpinBox*>();
            number->selectAll();
            QTest::keyClicks(number, "7");
            QTest::keyClick(number, Qt::Key_Return);
        });
        click("train_continue_run");
        QCOMPARE(offered, 12);
        QVERIFY(isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!isRunning(), 120000);
        const auto run = document().currentRun();
        QCOMPARE(run->history.size(), std::size_t(7));
        QCOMPARE(run->history[0].loss, first);
        QVERIFY(run->folder == folder);
        QCOMPARE(document().runs().size(), std::size_t(1));
        // The study that it answered asks for as many epochs now; one step back it does not.
        QVERIFY(!document().isOutOfDate(*run));
        document().undoStack().undo();
        QVERIFY(document().isOutOfDate(*run));
        document().undoStack().redo();
        activate(); // the dialog was
    }

    void noRunGoesOnWhileADoseIsPlanned()
    {
        auto* planner = find<QAction>("dose_planner");
        QTRY_VERIFY_WITH_TIMEOUT(planner->isEnabled(), 20000);
        auto* go = find<QPushButton>("train_continue_run");
        QVERIFY(go->isEnabled());
        planner->trigger();
        auto* dialog = find<DoseDialog>("dose_dialog");
        found<QPushButton>(*dialog, "dose_start")->click();
        QVERIFY(dialog->isRunning());
        QVERIFY2(!go->isEnabled() && go->toolTip().contains("dose planner"), qPrintable(go->toolTip()));
        found<QPushButton>(*dialog, "dose_stop")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->isRunning(), 60000);
        QVERIFY(go->isEnabled());
        dialog->close();
        activate();
    }

    void anotherTrainingStartsFromItsWeights()
    {
        auto* text = find<QLabel>("train_start_from");
        QVERIFY(!text->isVisible());
        click("train_start_from_run");
        QCOMPARE(document().study().recipe.startFrom.value_or(""), document().currentRun()->modelFile());
        QVERIFY2(text->isVisible() && text->text().contains("run "), qPrintable(text->text()));
        QVERIFY(!find<QPushButton>("train_start_from_run")->isEnabled());
        QVERIFY(find<QPushButton>("train_start_from_run")->toolTip().contains("already"));
        picture("3-starts-from");
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!text->isVisible() && !document().study().recipe.startFrom);
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(text->isVisible());
        click("train_start_afresh");
        QVERIFY(!text->isVisible() && !document().study().recipe.startFrom);
    }

    void trainingsWaitInOrder()
    {
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("train_start")->isEnabled(), 20000);
        click("train_start");
        QTRY_VERIFY(isRunning());
        // Three more, which differ in their number of epochs; the middle one is taken out again.
        for (const int epochs : {1, 3, 2}) {
            RecipeChoice recipe = document().study().recipe;
            recipe.changes["epochs"] = std::int64_t(epochs);
            document().setRecipe(recipe);
            QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("train_queue_add")->isEnabled(), 20000);
            click("train_queue_add");
        }
        QVERIFY(find<QLabel>("train_queue_text")->text().contains("3 trainings"));
        picture("4-queue");
        const auto item = [this](int place) { return find<QWidget>(QString("train_queue_item_%1").arg(place)); };
        QVERIFY(item(1)->findChild<QLabel*>()->text().contains("3 epochs"));
        QTest::mouseClick(item(1)->findChild<QToolButton*>("train_queue_remove"), Qt::LeftButton);
        QVERIFY(find<QLabel>("train_queue_text")->text().contains("2 trainings"));
        QVERIFY(item(1)->findChild<QLabel*>()->text().contains("2 epochs"));
        QTRY_COMPARE_WITH_TIMEOUT(document().runs().size(), std::size_t(4), 300000);
        QTRY_VERIFY(!isRunning());
        std::vector<std::size_t> epochs;
        for (const auto& run : document().runs())
            epochs.push_back(run->history.size());
        QCOMPARE(epochs, (std::vector<std::size_t>{7, 7, 1, 2}));
        QVERIFY(!find<QLabel>("train_queue_text")->isVisible());
    }

    void mapsFillWhilePredicting()
    {
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("train_start")->isEnabled(), 20000);
        click("train_start");
        auto* maps = find<QWidget>("train_live_maps");
        // Known pixels of the predicted map, whenever the strip says that it is being predicted.
        std::vector<std::size_t> filled;
        bool real = false;
        const auto look = [&] {
            const auto* title = maps->findChild<QLabel*>();
            if (!title->text().startsWith("Predicting 0037"))
                return;
            std::size_t known = 0;
            for (const MapView* view : maps->findChildren<MapView*>()) {
                if (view->toolTip() == "O, predicted" && view->imageValues())
                    for (const float value : *view->imageValues())
                        known += std::isfinite(value);
                real = real || (view->toolTip() == "O, real" && view->hasImage());
            }
            if (filled.empty() || known != filled.back()) {
                filled.push_back(known);
                if (known > 200 && filled.size() < 5)
                    picture("5-predicting");
            }
        };
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, look);
        timer.start(20);
        QTRY_VERIFY_WITH_TIMEOUT(!isRunning() && document().runs().size() == 5, 120000);
        QVERIFY2(filled.size() >= 2, "the maps appeared at once");
        QVERIFY(std::is_sorted(filled.begin(), filled.end()));
        QVERIFY2(filled.front() > 0 && filled.front() < 40 * 24, qPrintable(QString::number(filled.front())));
        QVERIFY(real);
    }

    void stopCancelsOnceTheTrainingHasEnded()
    {
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("train_start")->isEnabled(), 20000);
        const std::size_t before = document().runs().size();
        click("train_start");
        auto* hint = find<QLabel>("train_stop_hint");
        QTRY_VERIFY_WITH_TIMEOUT(hint->text().contains("best weights so far"), 60000);
        QTRY_VERIFY_WITH_TIMEOUT(hint->text().contains("training has ended"), 60000);
        click("train_stop");
        QCOMPARE(find<QPushButton>("train_stop")->text(), QString("Stopping…"));
        QTRY_VERIFY_WITH_TIMEOUT(!isRunning(), 60000);
        QCOMPARE(document().runs().size(), before);
        QVERIFY(find<QLabel>("train_status")->text().startsWith("Cancelled"));
    }

  private:
    bool isRunning() { return find<QPushButton>("train_stop")->isVisible(); }
};

QTEST_MAIN(TrainingJourney)
#include "tst_training_journey.moc"
