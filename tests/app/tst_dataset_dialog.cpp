// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing one of several things in a file, its information and its conversion: what the dialogs show and hand back.
#include "app/actions/convert_dialog.h"
#include "app/actions/dataset_dialog.h"
#include "app/actions/file_info_dialog.h"
#include "app/main_window.h"
#include "core/io/map_writers.h"
#include "tests/core/io/hdf5_test_support.h"
#include "tests/support/small_study.h"
#include "widgets/map_view.h"
#include "widgets/pattern_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRadioButton>
#include <QStandardPaths>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace dispersa;
using namespace testsupport;

namespace {

template<class T>
T* child(const QWidget& widget, const char* name)
{
    T* found = widget.findChild<T*>(name);
    if (!found)
        qFatal("there is no %s", name);
    return found;
}

QPushButton* okButton(const QWidget& dialog)
{
    return dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
}

} // namespace

class TestDatasetDialog : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    TaskRunner m_tasks;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }

    /// Two scans and a stack, none of which says what it is, in a file like a home-made one.
    std::filesystem::path genericFile() const
    {
        const auto path = pathOf("generic.h5");
        makeHdf5(QString::fromStdString(path.string()), [](hid_t file) {
            addDataset(file, "/run/first", H5T_STD_U16LE, H5T_NATIVE_UINT16, {2, 3, 4, 5},
                       counting<std::uint16_t>({2, 3, 4, 5}, 1000));
            addDataset(file, "/run/second", H5T_STD_U16LE, H5T_NATIVE_UINT16, {3, 2, 6, 4},
                       counting<std::uint16_t>({3, 2, 6, 4}, 1000));
            addDataset(file, "/run/frames", H5T_STD_U16LE, H5T_NATIVE_UINT16, {12, 4, 5},
                       counting<std::uint16_t>({12, 4, 5}, 1000));
        });
        return path;
    }

    Study smallStudy()
    {
        std::filesystem::create_directories(pathOf("study"));
        const auto study = test::writeSmallStudy(pathOf("study"), {{"0033", "0034"}, 6, 5, 24, true});
        if (!study)
            qFatal("%s", study.error().message.c_str());
        return *study;
    }

  private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("dispersa-test");
        QCoreApplication::setApplicationName("tst_dataset_dialog");
    }

    void itemsAreListedWithAPicture()
    {
        const auto info = inspectFile(genericFile());
        QVERIFY(info);
        QVERIFY(needsChoice(*info));
        DatasetDialog dialog(*info, DatasetDialog::Wanted::Anything, "/run/second", m_tasks, nullptr);
        const auto* table = child<QTableWidget>(dialog, "dataset_table");
        QCOMPARE(table->rowCount(), 3);
        QStringList ids;
        for (int row = 0; row < 3; ++row)
            ids << table->item(row, 0)->text();
        QCOMPARE(QSet<QString>(ids.begin(), ids.end()), (QSet<QString>{"/run/first", "/run/second", "/run/frames"}));
        const int second = int(ids.indexOf("/run/second"));
        QCOMPARE(table->currentRow(), second);
        QCOMPARE(table->item(second, 2)->text(), QString("3 × 2 × 6 × 4"));
        QCOMPARE(table->item(second, 3)->text(), QString("uint16"));
        const auto* pattern = child<PatternView>(dialog, "dataset_pattern");
        QTRY_VERIFY(pattern->hasImage());
        QCOMPARE(pattern->imageHeight(), 6);
        QCOMPARE(pattern->imageValues()->front(), float((1 * 2 + 1) * 24)); // position (1, 1) of 3 x 2
        QCOMPARE(dialog.choice().item.id, std::string("/run/second"));
        QVERIFY(!dialog.choice().asMap);
        QVERIFY(child<QRadioButton>(dialog, "dataset_as_patterns")->isChecked());
        QVERIFY(!child<QComboBox>(dialog, "dataset_quantity")->isEnabled());
        QVERIFY(okButton(dialog)->isEnabled());
    }

    void aStackSaysThatItsShapeComesNext()
    {
        const auto info = inspectFile(genericFile());
        DatasetDialog dialog(*info, DatasetDialog::Wanted::Patterns, "/run/frames", m_tasks, nullptr);
        QCOMPARE(dialog.choice().item.id, std::string("/run/frames"));
        QVERIFY(child<QLabel>(dialog, "dataset_hint")->text().contains("12 patterns"));
    }

    void aMapNeedsAName()
    {
        ElementMap map = emptyMap("x", MapUnit::Counts, {4, 6});
        std::fill(map.values.begin(), map.values.end(), 2.0f);
        const auto path = pathOf("nameless.tif");
        QVERIFY(writeTiff(map, {}, path));
        FileInfo info{path, "tiff", {}, {}};
        FileItem item;
        item.kind = ItemKind::Map;
        item.shape = {4, 6};
        info.items = {item};
        DatasetDialog dialog(info, DatasetDialog::Wanted::Maps, {}, m_tasks, nullptr);
        QTRY_VERIFY(child<MapView>(dialog, "dataset_map")->hasImage());
        QVERIFY(!okButton(dialog)->isEnabled());
        child<QComboBox>(dialog, "dataset_quantity")->setCurrentText("Ge");
        QVERIFY(okButton(dialog)->isEnabled());
        auto* unit = child<QComboBox>(dialog, "dataset_unit");
        QVERIFY(!dialog.choice().unit);
        unit->setCurrentIndex(unit->findText("Atomic percent"));
        QVERIFY(dialog.choice().asMap);
        QCOMPARE(dialog.choice().quantity, std::string("Ge"));
        QVERIFY(dialog.choice().unit == MapUnit::Percent);
        for (const char* name : {"dataset_table", "dataset_quantity", "dataset_unit", "dataset_pattern", "dataset_map"})
            QVERIFY2(!child<QWidget>(dialog, name)->accessibleName().isEmpty(), name);
    }

    /// Opening a file of several scans asks; the chosen dataset is what the study remembers.
    void openingAnUnclearFileAsks()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        bool asked = false;
        QTimer poll;
        connect(&poll, &QTimer::timeout, this, [&] {
            auto* dialog = window.findChild<DatasetDialog*>();
            if (!dialog)
                return;
            asked = true;
            auto* table = child<QTableWidget>(*dialog, "dataset_table");
            for (int row = 0; row < table->rowCount(); ++row)
                if (table->item(row, 0)->text() == "/run/second")
                    table->selectRow(row);
            dialog->accept();
        });
        poll.start(20);
        window.openPaths({QString::fromStdString(genericFile().string())});
        QTRY_VERIFY(asked);
        poll.stop();
        QTRY_COMPARE(window.document().study().scans.size(), std::size_t(1));
        const StudyScan& scan = window.document().study().scans.front();
        QCOMPARE(scan.diffraction->dataset, std::string("/run/second"));
        QTRY_VERIFY(window.document().opened(scan.name));
        QVERIFY((window.document().opened(scan.name)->shape() == ScanShape{3, 2}));
        window.document().undoStack().setClean();
    }

    void informationShowsStatistics()
    {
        FileInfoDialog dialog({genericFile()}, m_tasks, nullptr);
        dialog.show();
        auto* table = child<QTableWidget>(dialog, "info_table");
        QTRY_COMPARE(table->columnCount(), 3);
        auto* button = child<QPushButton>(dialog, "info_statistics");
        QVERIFY(button->isEnabled());
        button->click();
        const auto column = [&] {
            for (int i = 0; i < table->columnCount(); ++i)
                if (table->horizontalHeaderItem(i)->text() == "/run/first")
                    return i;
            return -1;
        };
        const auto rowOf = [&](const QString& name) {
            for (int i = 0; i < table->rowCount(); ++i)
                if (table->verticalHeaderItem(i)->text() == name)
                    return i;
            return -1;
        };
        QTRY_COMPARE(table->item(rowOf("Sum"), 2)->text().isEmpty(), false);
        QTRY_COMPARE(table->item(rowOf("Sum"), column())->text(), QString::number(119 * 120 / 2));
        QCOMPARE(table->item(rowOf("Maximum"), column())->text(), QString("119"));
        QCOMPARE(table->item(rowOf("First values"), column())->text(), QString("0, 1, 2, 3"));
        QCOMPARE(table->item(rowOf("Last value"), column())->text(), QString("119"));
        QCOMPARE(table->item(rowOf("Shape"), column())->text(), QString("2 × 3 × 4 × 5"));
        QTRY_VERIFY(!child<QWidget>(dialog, "info_progress")->isVisible());
    }

    void conversionTellsSizeAndType()
    {
        const Study study = smallStudy();
        const auto opened = openScan(study.scans.front(), study.calibration);
        QVERIFY(opened);
        ConvertDialog dialog(*opened, {CentreKind::CentreOfMass, 0, 2, Scaling::SquareRoot}, Region{1, 0, 4, 5},
                             m_folder.path(), nullptr);
        auto* summary = child<QLabel>(dialog, "convert_summary");
        QVERIFY(summary->text().contains("6 x 5 positions, patterns of 24 x 24, uint16"));
        child<QCheckBox>(dialog, "convert_prepare")->setChecked(true);
        child<QCheckBox>(dialog, "convert_crop")->setChecked(true);
        QVERIFY(summary->text().contains("4 x 5 positions, patterns of 12 x 12, uint32"));
        QVERIFY(summary->text().contains("0.04")); // the bin widened the q pixel
        auto* storage = child<QComboBox>(dialog, "convert_storage");
        storage->setCurrentIndex(2);
        QVERIFY(summary->text().contains("before compression"));
        const ConvertOptions options = dialog.options();
        QVERIFY(options.compressed && options.preparation && options.crop);
        QVERIFY((*options.crop == Region{1, 0, 4, 5}));
        child<QLineEdit>(dialog, "convert_target")->setText(m_folder.filePath("name"));
        QCOMPARE(dialog.target(), m_folder.filePath("name.h5"));
        child<QLineEdit>(dialog, "convert_target")->clear();
        QVERIFY(!okButton(dialog)->isEnabled());
    }

    /// From the menu to the file: the task writes it and a note says so.
    void convertingFromTheMenuWritesTheFile()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        auto* action = window.findChild<QAction*>("convert_scan");
        QVERIFY(action && !action->isEnabled());
        window.document().reset(smallStudy(), {});
        QTRY_VERIFY(window.document().opened("0033"));
        QVERIFY(action->isEnabled());
        const QString target = m_folder.filePath("from menu.h5");
        QTimer::singleShot(50, this, [&] {
            auto* dialog = window.findChild<ConvertDialog*>();
            QVERIFY(dialog);
            child<QLineEdit>(*dialog, "convert_target")->setText(target);
            dialog->accept();
        });
        action->trigger();
        QTRY_VERIFY(QFileInfo::exists(target));
        const auto scan = openDiffraction(target.toStdString());
        QVERIFY(scan);
        QVERIFY(((*scan)->scanShape() == ScanShape{6, 5}));
        auto* list = window.findChild<QListWidget*>("message_list");
        QTRY_VERIFY(list->count() > 0 && list->item(list->count() - 1)->text().contains("was converted"));
        window.document().undoStack().setClean();
    }
};

QTEST_MAIN(TestDatasetDialog)
#include "tst_dataset_dialog.moc"
