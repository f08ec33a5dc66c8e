// SPDX-License-Identifier: GPL-3.0-or-later
// A study whose maps lie elsewhere than the patterns: the window shows it, says what is in the way, and mends it.
#include "app/main_window.h"
#include "app/pages/train/obstacle_list.h"
#include "core/workflow/map_alignment.h"
#include "tests/support/shifted_study.h"
#include "widgets/map_view.h"
#include "widgets/overlay_view.h"
#include "widgets/pattern_view.h"

#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;

class TestAlignment : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("dispersa-test");
        QCoreApplication::setApplicationName("tst_alignment");
        QVERIFY(m_folder.isValid());
        const auto study =
            test::writeShiftedStudy(m_folder.path().toStdString(), {24, 20}, {30, 22}, {2, -1, 1}, {"0050", "0051"});
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        QApplication::setActiveWindow(m_window.get());
        m_window->document().reset(*study, {});
        QTRY_VERIFY_WITH_TIMEOUT(document().opened("0050") && document().opened("0051"), 10000);
    }
    void cleanupTestCase()
    {
        if (m_window)
            document().undoStack().setClean();
        m_window.reset();
    }

    void patternsAndMapsAreShownAllTheSame()
    {
        QVERIFY(isUnaligned("0050"));
        QTRY_VERIFY_WITH_TIMEOUT(find<PatternView>("scans_pattern")->hasImage(), 5000);
        QTRY_VERIFY_WITH_TIMEOUT(find<MapView>("scans_map")->hasImage(), 5000);
        picture("align-0-scans");
    }

    void trainSaysWhatIsInTheWayAndLeadsHere()
    {
        m_window->showStep(Step::Train);
        auto* obstacles = find<ObstacleList>("train_obstacles");
        QTRY_VERIFY_WITH_TIMEOUT(obstacles->isKnown() && !obstacles->canStart(), 10000);
        document().setCurrentScan("0051");
        QLabel* first = nullptr;
        for (QLabel* label : obstacles->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains("0050"))
                first = label;
        QVERIFY(first);
        QVERIFY2(first->text().contains("Align the maps</a>"), qPrintable(first->text()));
        picture("align-1-train");
        Q_EMIT first->linkActivated("go");
        QCOMPARE(m_window->currentStep(), Step::Prepare);
        QCOMPARE(document().currentScan(), std::string("0050"));
        QVERIFY(find<OverlayView>("align_overlay")->isVisible());
        QVERIFY(!m_window->page(Step::Prepare).status().obstacle.isEmpty());
    }

    void estimatesAndAccepts()
    {
        auto* overlay = find<OverlayView>("align_overlay");
        QTRY_VERIFY_WITH_TIMEOUT(overlay->hasImage(), 10000);
        QVERIFY(find<MapView>("align_virtual")->hasImage());
        QVERIFY(find<MapView>("align_measured")->hasImage());
        picture("align-2-before");
        const double before = greyness(overlay->overlay());
        click("align_estimate");
        QTRY_COMPARE_WITH_TIMEOUT(value("align_dy"), 2.0, 10000);
        QCOMPARE(value("align_dx"), -1.0);
        QCOMPARE(value("align_scale"), 1.0);
        QVERIFY2(greyness(overlay->overlay()) > before + 0.1, "both images agree now, so their mixture is grey");
        QVERIFY(!document().study().scan("0050")->mapFromScan); // shown, not applied
        picture("align-3-estimated");
        click("align_accept");
        QVERIFY((document().study().scan("0050")->mapFromScan == MapFromScan{2, -1, 1}));
        QVERIFY(!document().study().scan("0051")->mapFromScan);
        QVERIFY(overlay->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(document().opened("0050"), 10000);
        QVERIFY(!document().opened("0050")->obstacle);
        QCOMPARE(document().opened("0050")->maps.front()->shape, (ScanShape{24, 20}));
        QVERIFY(isUnaligned("0051"));
        QTRY_VERIFY_WITH_TIMEOUT(overlay->hasImage(), 5000); // kept, not computed anew
    }

    void allScansAreExplicit()
    {
        auto* scope = find<QComboBox>("align_scope");
        scope->setCurrentIndex(1);
        QVERIFY2(scope->currentText().contains("2"), qPrintable(scope->currentText()));
        Q_EMIT scope->activated(1);
        click("align_accept");
        QVERIFY((document().study().scan("0051")->mapFromScan == MapFromScan{2, -1, 1}));
        auto* obstacles = find<ObstacleList>("train_obstacles");
        QTRY_VERIFY_WITH_TIMEOUT(obstacles->canStart(), 10000);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->page(Step::Prepare).status().obstacle.isEmpty(), 10000);
        picture("align-4-accepted");
        scope->setCurrentIndex(0);
        Q_EMIT scope->activated(0);
    }

    void undoBringsItBack()
    {
        document().undoStack().undo();
        document().undoStack().undo();
        QVERIFY(!document().study().scan("0050")->mapFromScan);
        QVERIFY(!document().study().scan("0051")->mapFromScan);
        QTRY_VERIFY_WITH_TIMEOUT(document().opened("0050") && isUnaligned("0050"), 10000);
        QCOMPARE(value("align_dy"), 0.0);
        auto* obstacles = find<ObstacleList>("train_obstacles");
        QTRY_VERIFY_WITH_TIMEOUT(obstacles->isKnown() && !obstacles->canStart(), 10000);
    }

    void keysNudge()
    {
        auto* overlay = find<OverlayView>("align_overlay");
        QTRY_VERIFY_WITH_TIMEOUT(overlay->hasImage(), 5000);
        overlay->setFocus();
        // The map goes to the right, so a scan pixel finds what lies one to the left.
        QTest::keyClick(overlay, Qt::Key_Right);
        QCOMPARE(value("align_dx"), -1.0);
        QTest::keyClick(overlay, Qt::Key_Up, Qt::ShiftModifier);
        QCOMPARE(value("align_dy"), 10.0);
        QTest::keyClick(overlay, Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(value("align_dy"), 9.9);
        QVERIFY(!document().study().scan("0050")->mapFromScan);
        click("align_reset");
        QCOMPARE(value("align_dy"), 0.0);
        QCOMPARE(value("align_dx"), 0.0);
        QVERIFY(overlay->isVisible()); // the button that is now disabled has not handed its focus to another card
    }

    void theMouseDrags()
    {
        auto* overlay = find<OverlayView>("align_overlay");
        const QPoint from = overlay->toWidget({10, 10}).toPoint();
        const QPoint to = overlay->toWidget({8, 11}).toPoint();
        QTest::mousePress(overlay, Qt::LeftButton, {}, from);
        QTest::mouseMove(overlay, (from + to) / 2, 5);
        QTest::mouseMove(overlay, to, 5);
        QTest::mouseRelease(overlay, Qt::LeftButton, {}, to, 5);
        // To a tenth: positions on the screen are whole pixels.
        QVERIFY2(std::abs(value("align_dy") - 2) < 0.1 && std::abs(value("align_dx") + 1) < 0.1,
                 qPrintable(QString("%1 %2").arg(value("align_dy")).arg(value("align_dx"))));
        click("align_reset");
    }

    void typedNumbersAreAcceptedAndRemoved()
    {
        auto* dy = find<QDoubleSpinBox>("align_dy");
        dy->setValue(2);
        find<QDoubleSpinBox>("align_dx")->setValue(-1);
        click("align_accept");
        QVERIFY((document().study().scan("0050")->mapFromScan == MapFromScan{2, -1, 1}));
        QCOMPARE(find<QPushButton>("align_reset")->text().remove('&'), QString("Remove"));
        click("align_reset");
        QVERIFY(!document().study().scan("0050")->mapFromScan);
    }

    void otherMapsMayBeChosen()
    {
        auto* map = find<QComboBox>("align_map");
        QCOMPARE(map->currentText(), QString("HAADF"));
        map->setCurrentText("Te");
        Q_EMIT map->activated(map->currentIndex());
        QTRY_VERIFY_WITH_TIMEOUT(
            find<MapView>("align_measured")->map() && find<MapView>("align_measured")->map()->quantity == "Te", 5000);
        click("align_estimate");
        QTRY_COMPARE_WITH_TIMEOUT(value("align_dy"), 2.0, 10000);
        // Oxygen is where nothing scatters far: a negative of the virtual image, and shown as one.
        map->setCurrentText("O");
        Q_EMIT map->activated(map->currentIndex());
        click("align_reset");
        QTRY_VERIFY_WITH_TIMEOUT(
            find<MapView>("align_measured")->map() && find<MapView>("align_measured")->map()->quantity == "O", 5000);
        click("align_estimate");
        QTRY_COMPARE_WITH_TIMEOUT(value("align_dy"), 2.0, 10000);
        QVERIFY(greyness(find<OverlayView>("align_overlay")->overlay()) > 0.9);
        m_window->resize(1440, 900);
        picture("align-5-oxygen");
    }

  private:
    StudyDocument& document() { return m_window->document(); }
    bool isUnaligned(const std::string& scan)
    {
        const OpenedScanPtr opened = document().opened(scan);
        return opened && opened->obstacle && isMendedByAlignment(*opened->obstacle);
    }
    template<class T>
    T* find(const char* name)
    {
        auto* found = m_window->findChild<T*>(name);
        if (!found)
            qFatal("there is no %s", name);
        return found;
    }
    void click(const char* name) { QTest::mouseClick(find<QPushButton>(name), Qt::LeftButton); }
    double value(const char* name) { return find<QDoubleSpinBox>(name)->value(); }
    void picture(const char* name)
    {
        QTest::qWait(150);
        m_window->grab().save(QString(name) + ".png");
    }
    /// 1 where red, green and blue are equal everywhere.
    static double greyness(const QImage& image)
    {
        double sum = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) {
                const QRgb pixel = image.pixel(x, y);
                sum += 1 - std::abs(qRed(pixel) - qGreen(pixel)) / 255.0;
            }
        return sum / (double(image.width()) * image.height());
    }
    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestAlignment)
#include "tst_alignment.moc"
