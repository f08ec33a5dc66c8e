// SPDX-License-Identifier: GPL-3.0-or-later
// The whole job by mouse and keyboard: drop a folder, crop, filter, train, compare, inspect, export. Asserts what a person
// would see and writes a picture of every page into the working folder.
#include "app/window/side_bar.h"
#include "tests/support/journey.h"
#include "tests/support/small_study.h"
#include "widgets/map_view.h"
#include "widgets/pattern_view.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QWheelEvent>

#include <set>

using namespace dispersa;

namespace {

/// Different colours in a picture: an empty page has few, a map many.
int colours(const QPixmap& pixmap)
{
    const QImage image = pixmap.toImage();
    std::set<QRgb> seen;
    for (int y = 0; y < image.height(); y += 2)
        for (int x = 0; x < image.width(); x += 2)
            seen.insert(image.pixel(x, y));
    return int(seen.size());
}

void drag(QWidget* widget, QPoint from, QPoint to)
{
    QTest::mousePress(widget, Qt::LeftButton, {}, from);
    for (int i = 1; i <= 8; ++i)
        QTest::mouseMove(widget, from + (to - from) * i / 8, 5);
    QTest::mouseRelease(widget, Qt::LeftButton, {}, to, 5);
}

} // namespace

class MainJourney : public test::Journey {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        openWindow("tst_main_journey", {1280, 800});
        const auto study = test::writeSmallStudy(folder(), {{"0033", "0037"}, 24, 16, 96, true});
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        picture("0-start");
    }

    void dropsAFolder()
    {
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(QString::fromStdString(folder().string()))});
        const QPoint place = window().rect().center();
        QDragEnterEvent enter(place, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(place, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window(), &drop);
        auto* table = find<QTableView>("scans_table");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, 10000);
        QTRY_VERIFY_WITH_TIMEOUT(document().opened("0033") && document().opened("0037"), 10000);
        QVERIFY(rowText(table, 0).contains("0033"));
        QVERIFY2(rowText(table, 0).contains("24") && rowText(table, 0).contains("16"), qPrintable(rowText(table, 0)));
        auto* pattern = find<PatternView>("scans_pattern");
        QTRY_VERIFY_WITH_TIMEOUT(pattern->hasImage(), 10000);
        QTRY_VERIFY_WITH_TIMEOUT(find<MapView>("scans_map")->hasImage(), 10000);
        QVERIFY(colours(pattern->grab()) > 20);
        picture("1-scans");
    }

    void rolesByKey()
    {
        auto* table = find<QTableView>("scans_table");
        table->selectRow(1);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_I);
        QCOMPARE(document().study().scan("0037")->role, ScanRole::Ignore);
        QTest::keyClick(table, Qt::Key_P);
        QCOMPARE(document().study().scan("0037")->role, ScanRole::Predict);
        table->selectRow(0);
    }

    void markerMovesThePattern()
    {
        auto* map = find<MapView>("scans_map");
        auto* pattern = find<PatternView>("scans_pattern");
        const auto before = pattern->imageValues();
        QTest::mouseClick(map, Qt::LeftButton, {}, map->toWidget({18, 12}).toPoint());
        QTRY_VERIFY_WITH_TIMEOUT(pattern->imageValues() && *pattern->imageValues() != *before, 5000);
        QVERIFY(map->marker());
        QCOMPARE(map->marker()->y, 18);
        QCOMPARE(map->marker()->x, 12);
    }

    void cropIsDrawnAndUndone()
    {
        go("step_prepare");
        auto* map = find<MapView>("prepare_map_before");
        click("crop_draw");
        QTRY_VERIFY_WITH_TIMEOUT(map->hasImage() && map->isVisible() && map->isDrawing(), 5000);
        drag(map, map->toWidget({0, 0}).toPoint(), map->toWidget({20, 15}).toPoint());
        QTRY_COMPARE(document().study().crop.value_or(Region{}), (Region{0, 0, 21, 16}));
        // The lower edge by its handle, two rows up.
        QTRY_VERIFY(map->isCropEditable());
        drag(map, map->toWidget({20.5, 7.5}).toPoint(), map->toWidget({18.5, 7.5}).toPoint());
        QTRY_COMPARE(*document().study().crop, (Region{0, 0, 19, 16}));
        QCOMPARE(find<QDoubleSpinBox>("crop_height")->value(), 19.0);
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(*document().study().crop, (Region{0, 0, 21, 16}));
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(*document().study().crop, (Region{0, 0, 19, 16}));
        picture("2-prepare-crop");
    }

    void theWheelScrollsTheSteps()
    {
        go("step_prepare");
        const Study before = document().study();
        auto* area = find<QScrollArea>("prepare_steps");
        area->verticalScrollBar()->setValue(0);
        for (const char* name : {"align_scale", "qr_rotation", "scan_step"}) {
            auto* field = find<QAbstractSpinBox>(name);
            const QString text = field->text();
            const int place = area->verticalScrollBar()->value();
            turnWheel(field, -120);
            QCOMPARE(field->text(), text);
            QVERIFY(!field->hasFocus());
            QVERIFY2(area->verticalScrollBar()->value() > place || place == area->verticalScrollBar()->maximum(),
                     qPrintable(QString("%1: %2 of %3").arg(name).arg(place).arg(area->verticalScrollBar()->maximum())));
        }
        QVERIFY(document().study() == before);
        // Where a person went to, the wheel turns the number.
        auto* step = find<QDoubleSpinBox>("scan_step");
        step->setFocus();
        turnWheel(step, 120);
        QVERIFY(!(document().study() == before));
        document().undoStack().undo();
        QVERIFY(document().study() == before);
        area->verticalScrollBar()->setValue(0);
    }

    void filterIsChosen()
    {
        auto* kind = find<QComboBox>("map_filter_kind");
        kind->setFocus();
        QTest::keyClicks(kind, "Mean");
        QCOMPARE(document().study().mapFilter.kind, MapFilterKind::Mean);
        auto* after = find<MapView>("prepare_map_after");
        QTRY_VERIFY_WITH_TIMEOUT(after->isVisible() && after->hasImage(), 5000);
        picture("2-prepare-filter");
    }

    void trains()
    {
        go("step_train");
        auto* recipe = find<QComboBox>("train_recipe");
        recipe->setFocus();
        while (recipe->currentData().toString() != "quick" && recipe->currentIndex() + 1 < recipe->count())
            QTest::keyClick(recipe, Qt::Key_Down);
        QCOMPARE(document().study().recipe.name, std::string("quick"));
        // 96 pixels are too small to bin: choose the preparation, not a larger pattern.
        document().setDiffraction(DiffractionOptions{CentreKind::CentreOfMass, 5, 1, Scaling::SquareRoot});
        auto* fold = find<QAbstractButton>("train_options");
        if (!fold->isChecked())
            QTest::mouseClick(fold, Qt::LeftButton, {}, {10, fold->height() / 2});
        auto* locked = find<QCheckBox>("train_locked"); // the recipe's own values, until they are unlocked
        QVERIFY(locked->isChecked() && !find<QWidget>("train_epochs")->isEnabled());
        locked->click();
        setNumber("train_epochs", "2");
        setNumber("train_batch_size", "16");
        auto* start = find<QPushButton>("train_start");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), 10000);
        // What it will cost is known before it starts, from a trial.
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("train_estimate")->text().contains("per epoch"), 120000);
        picture("3-train-before");
        QTest::mouseClick(start, Qt::LeftButton);
        // The window must stay alive: a timer that should fire every 20 ms.
        QElapsedTimer gap;
        qint64 longest = 0;
        QTimer pulse;
        connect(&pulse, &QTimer::timeout, this, [&] {
            longest = std::max(longest, gap.restart());
        });
        gap.start();
        pulse.start(20);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("train_stop")->isVisible(), 5000);
        QTRY_VERIFY_WITH_TIMEOUT(document().currentRun() != nullptr, 300000);
        pulse.stop();
        QVERIFY2(longest < 2000, qPrintable(QString("the window stood still for %1 ms").arg(longest)));
        QCOMPARE(document().currentRun()->history.size(), 2u);
        QCOMPARE(find<QTableView>("train_runs")->model()->rowCount(), 1);
        QTRY_VERIFY(window().tasks().isIdle());
        picture("3-train-after");
    }

    void compares()
    {
        go("step_compare");
        auto* tabs = find<QTabWidget>("compare_tabs");
        QTRY_VERIFY(!window().findChildren<MapView*>(QRegularExpression("^compare_map_")).isEmpty());
        const QStringList names = {"maps", "scores", "scatter", "correlation"};
        QCOMPARE(tabs->count(), int(names.size()));
        for (int i = 0; i < tabs->count(); ++i) {
            tabs->setCurrentIndex(i);
            QTest::qWait(200);
            QVERIFY2(colours(tabs->currentWidget()->grab()) > 30, qPrintable(names[i]));
            picture("4-compare-" + names[i]);
        }
        const auto* scores = document().currentRun()->scores("0037");
        QVERIFY(scores && scores->targets.size() == 2);
        tabs->setCurrentIndex(1);
        auto* table = find<QTableView>("compare_score_table");
        QString all;
        for (int row = 0; row < table->model()->rowCount(); ++row)
            all += rowText(table, row) + "\n";
        QVERIFY2(all.contains("0037") && all.contains("Te"), qPrintable(all));
    }

    void inspects()
    {
        go("step_inspect");
        auto* map = find<MapView>("inspect_map");
        QTRY_VERIFY(map->hasImage());
        auto* pattern = find<PatternView>("inspect_pattern_region");
        const std::size_t before = map->shapes().size();
        click("inspect_tool_circle");
        drag(map, map->toWidget({9, 8}).toPoint(), map->toWidget({9, 11}).toPoint());
        QTRY_COMPARE(map->shapes().size(), before + 1);
        QTRY_VERIFY_WITH_TIMEOUT(pattern->hasImage(), 10000);
        const auto first = *pattern->imageValues();
        drag(map, map->toWidget({9, 8}).toPoint(), map->toWidget({4, 5}).toPoint());
        QTRY_VERIFY_WITH_TIMEOUT(*pattern->imageValues() != first, 10000);
        // The simulated detector has hot pixels, which no ring shall have for a peak.
        const QString peaks = find<QLabel>("inspect_peaks")->text();
        QVERIFY2(peaks.contains("hot or dead pixel"), qPrintable(peaks));
        QCOMPARE(find<StepButton>("step_inspect")->status().text, QString("1 region"));
        QTest::qWait(300);
        picture("5-inspect");
    }

    void exportsMaps()
    {
        go("step_compare");
        const QString target = QString::fromStdString((folder() / "exported").string());
        QString problem = "the export dialog did not appear";
        QTimer::singleShot(300, this, [&] {
            auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
            if (!dialog)
                return;
            auto* folder = dialog->findChild<QLineEdit*>("export_folder");
            auto* csv = dialog->findChild<QCheckBox*>("export_csv");
            problem = folder && csv ? QString() : "the export dialog lacks a field";
            if (folder && csv) {
                folder->selectAll();
                QTest::keyClicks(folder, target);
                QTest::mouseClick(csv, Qt::LeftButton, {}, {8, csv->height() / 2});
                dialog->grab().save("6-export.png");
            }
            QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->buttons().constFirst(), Qt::LeftButton);
        });
        window().findChild<QAction*>("export_maps")->trigger();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        QTRY_VERIFY(window().tasks().isIdle());
        QDir found(target);
        QVERIFY(found.exists());
        QStringList files;
        for (const QString& scan : found.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            files += QDir(target + "/" + scan).entryList(QDir::Files);
        files += found.entryList(QDir::Files);
        QVERIFY2(files.filter(QRegularExpression("predicted.*\\.mrc$")).size() >= 2, qPrintable(files.join(" ")));
        QVERIFY2(files.filter(QRegularExpression("predicted.*\\.csv$")).size() >= 2, qPrintable(files.join(" ")));
    }

    void atAnotherSize()
    {
        window().resize(1600, 1000);
        for (const char* step : {"step_scans", "step_prepare", "step_train", "step_compare", "step_inspect"}) {
            go(step);
            QTest::qWait(150);
            picture(QString("large-") + step);
        }
        document().undoStack().setClean();
        QVERIFY(closeWindow());
    }

  private:
    static void turnWheel(QWidget* field, int angle)
    {
        const QPointF place = QRectF(field->rect()).center();
        QWheelEvent turn(place, field->mapToGlobal(place), {}, {0, angle}, Qt::NoButton, Qt::NoModifier,
                         Qt::NoScrollPhase, false);
        QSpontaneKeyEvent::setSpontaneous(&turn); // as from the mouse: only then it goes on to the parents
        qApp->notify(field, &turn);
    }
    void setNumber(const QString& name, const QString& text)
    {
        auto* box = find<QAbstractSpinBox>(name);
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, text);
        QTest::keyClick(box, Qt::Key_Return);
    }
    static QString rowText(const QAbstractItemView* view, int row)
    {
        QStringList cells;
        for (int column = 0; column < view->model()->columnCount(); ++column)
            cells += view->model()->index(row, column).data().toString();
        return cells.join(" | ");
    }
};

QTEST_MAIN(MainJourney)
#include "tst_main_journey.moc"
