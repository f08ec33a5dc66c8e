// SPDX-License-Identifier: GPL-3.0-or-later
// The window as a whole: it opens empty with three ways to begin, every step can be reached, and it closes in order.
#include "app/main_window.h"
#include "app/settings/app_settings.h"
#include "app/window/side_bar.h"

#include <QCommandLinkButton>
#include <QLabel>
#include <QListWidget>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QToolButton>

#include <future>

using namespace dispersa;

class TestMainWindow : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("dispersa-test");
        QCoreApplication::setApplicationName("tst_main_window");
    }

    void beginsWithThreeChoices()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        for (const char* name : {"choice_open_scans", "choice_open_study", "choice_example"}) {
            const auto* choice = window.findChild<QCommandLinkButton*>(name);
            QVERIFY2(choice && choice->isVisible(), name);
            QVERIFY2(!choice->icon().isNull(), name);
        }
    }

    void everyStepIsReachedByButtonAndKey()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        for (const Step step : allSteps) {
            QTest::mouseClick(window.findChild<StepButton*>("step_" + stepName(step)), Qt::LeftButton);
            QCOMPARE(window.currentStep(), step);
            QVERIFY(window.page(step).isVisible());
        }
        window.activateWindow();
        for (const Step step : allSteps) {
            QTest::keyClick(&window, Qt::Key(Qt::Key_1 + int(step)), Qt::ControlModifier);
            QCOMPARE(window.currentStep(), step);
            // The frame of the focus does not stay behind on the step that was clicked.
            for (const Step other : allSteps)
                QVERIFY(other == step || !window.findChild<StepButton*>("step_" + stepName(other))->hasFocus());
        }
    }

    void stepsThatCannotBeUsedSayWhy()
    {
        MainWindow window;
        const auto* prepare = window.findChild<StepButton*>("step_prepare");
        QVERIFY(!prepare->status().obstacle.isEmpty());
        QCOMPARE(prepare->toolTip(), prepare->status().obstacle);
    }

    void controlsHaveNamesForScreenReaders()
    {
        MainWindow window;
        for (const Step step : {Step::Scans, Step::Prepare}) {
            const auto controls = window.page(step).findChildren<QAbstractButton*>();
            for (const QAbstractButton* control : controls) {
                if (control->objectName().startsWith("qt_") || !control->parentWidget() ||
                    control->parentWidget()->inherits("QTableView"))
                    continue;
                QVERIFY2(!control->text().isEmpty() || !control->accessibleName().isEmpty(),
                         qPrintable(control->objectName()));
            }
        }
    }

    void aFileThatIsNotThereBecomesAMessage()
    {
        MainWindow window;
        Study study;
        study.scans.push_back(
            {"0033", ScanRole::Train, DiffractionSource{"/no/such/0033.h5"}, {}, {}, {}, {}});
        window.document().reset(study, {});
        QTRY_VERIFY(window.document().openError("0033"));
        const auto* list = window.findChild<QListWidget*>("message_list");
        QCOMPARE(list->count(), 1);
        QVERIFY(list->item(0)->text().contains("0033.h5"));
        QVERIFY(window.findChild<QToolButton*>("messages_button")->text().startsWith("1 message "));
        window.document().undoStack().setClean();
    }

    void closingStopsWhatRuns()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        std::promise<void> entered;
        std::atomic<bool> stopped = false;
        window.tasks().start<int>(
            TaskLane::Interactive, "preview", nullptr,
            [&](const ProgressSink&, std::stop_token stop) -> Result<int> {
                std::promise<void> asked;
                const std::stop_callback onStop(stop, [&] { asked.set_value(); });
                entered.set_value();
                asked.get_future().wait();
                stopped = true;
                return fail(ErrorCode::Cancelled, "stopped");
            },
            [](Result<int>) {});
        entered.get_future().wait();
        QVERIFY(!window.close()); // not at once: the task first sees the request
        QTRY_VERIFY(!window.isVisible());
        QVERIFY(stopped);
    }

    void recentStudiesAreKeptInOrder()
    {
        AppSettings settings;
        for (int i = 0; i < 12; ++i)
            settings.addRecentStudy("/data/" + QString::number(i) + ".dispersa");
        settings.addRecentStudy("/data/5.dispersa");
        QCOMPARE(settings.recentStudies.size(), 10);
        QCOMPARE(settings.recentStudies[0], QString("/data/5.dispersa"));
        QCOMPARE(settings.recentStudies.count("/data/5.dispersa"), 1);
        settings.save();
        QCOMPARE(AppSettings::load().recentStudies, settings.recentStudies);
        settings.removeRecentStudy("/data/5.dispersa");
        QCOMPARE(settings.recentStudies[0], QString("/data/11.dispersa"));
        AppSettings().save();
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
