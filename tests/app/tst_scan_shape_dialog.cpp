// SPDX-License-Identifier: GPL-3.0-or-later
// The dialog that gives a flat stack its grid: what it proposes, what the switches do to the preview, what it hands back.
#include "app/actions/frame_order_panel.h"
#include "app/actions/scan_shape_dialog.h"
#include "app/actions/scan_tools.h"
#include "app/actions/study_files.h"
#include "app/main_window.h"
#include "app/text/plurals.h"
#include "core/data/reordered_scan.h"
#include "core/io/format.h"
#include "core/io/map_writers.h"
#include "core/prepare/frame_sums.h"
#include "tests/core/io/mrc_fixture.h"
#include "widgets/map_view.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace dispersa;

namespace {

constexpr int rows = 6;
constexpr int columns = 8;

/// A flat stack whose frame k holds k in every pixel.
std::filesystem::path writeStack(const std::filesystem::path& path, int frames, bool serpentine = false)
{
    test::MrcFixture mrc;
    if (serpentine) {
        test::FeiFixture fei;
        fei.serpentine = true;
        mrc.exttyp = "FEI2";
        mrc.extended = fei.bytes();
        mrc.nsymbt = fei.size;
    }
    mrc.mode = 6;
    mrc.nx = mrc.mx = 5;
    mrc.ny = mrc.my = 4;
    mrc.nz = frames;
    for (int frame = 0; frame < frames; ++frame)
        for (int i = 0; i < 20; ++i)
            mrc.append(std::uint16_t(frame));
    return mrc.write(path);
}

std::filesystem::path writeMap(const std::filesystem::path& path, const char* quantity)
{
    ElementMap map = emptyMap(quantity, MapUnit::Arbitrary, {rows, columns});
    for (std::size_t i = 0; i < map.values.size(); ++i)
        map.values[i] = float(i);
    if (!dispersa::writeMrc(map, {}, path))
        return {};
    return path;
}

template<class T>
T* child(const QWidget& widget, const char* name)
{
    T* found = widget.findChild<T*>(name);
    if (!found)
        qFatal("there is no %s", name);
    return found;
}

/// The image shown is that of the scan which the dialog's source opens.
bool previewIsWhatOpens(const ScanShapeDialog& dialog)
{
    const DiffractionSource source = dialog.source();
    const auto scan = openDiffraction(source.path, source.dataset, source.scanShape, source.order);
    if (!scan)
        return false;
    const auto sums = frameSums(**scan, false, {}, {}, {});
    const MapPtr shown = child<MapView>(dialog, "shape_preview")->map();
    if (!sums || !shown || shown->shape != (*scan)->scanShape())
        return false;
    for (std::size_t i = 0; i < sums->size(); ++i) {
        const float a = (*sums)[i];
        const float b = shown->values[i];
        // Of swapped axes the additions come in another order.
        if (!(std::abs(a - b) <= 1e-5f * std::abs(a) || (std::isnan(a) && std::isnan(b))))
            return false;
    }
    return true;
}

} // namespace

class TestScanShapeDialog : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    TaskRunner m_tasks;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }

    StudyScan stack(int frames, bool withMap) const
    {
        StudyScan scan;
        scan.name = "0033";
        scan.diffraction = DiffractionSource{writeStack(pathOf("stack.mrc"), frames), {}, {}, {}, {}};
        if (withMap)
            scan.maps.push_back({"HAADF", writeMap(pathOf("GST - 0033-HAADF.mrc"), "HAADF"), {}, {}, {}});
        return scan;
    }

  private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("dispersa-test");
        QCoreApplication::setApplicationName("tst_scan_shape_dialog");
        installPlurals();
    }

    void aMapOfAsManyPixelsIsProposedFirst()
    {
        ScanShapeDialog dialog(stack(rows * columns, true), 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        QVERIFY((dialog.shape() == ScanShape{rows, columns}));
        const auto* list = child<QListWidget>(dialog, "shape_candidates");
        QCOMPARE(list->count(), 10); // 48 has ten divisors
        QVERIFY(list->item(0)->text().startsWith("6 × 8"));
        QVERIFY(list->item(0)->text().contains("map"));
        QVERIFY(previewIsWhatOpens(dialog));
        const MapPtr companion = child<MapView>(dialog, "shape_companion")->map();
        QVERIFY(companion && companion->quantity == "HAADF");
        QVERIFY((dialog.source().scanShape == ScanShape{rows, columns}));
        QVERIFY(dialog.source().order.isDefault());
    }

    void withoutAMapThereIsNoSecondImage()
    {
        ScanShapeDialog dialog(stack(rows * columns, false), 0, m_tasks, nullptr);
        dialog.show();
        QTRY_VERIFY(dialog.isReady());
        QVERIFY(!child<QWidget>(dialog, "shape_companion_side")->isVisible());
        QVERIFY(child<QListWidget>(dialog, "shape_candidates")->item(0)->text().startsWith("6 × 8"));
    }

    void typingAShapeFollowsInListPreviewAndText()
    {
        ScanShapeDialog dialog(stack(rows * columns, false), 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        child<QSpinBox>(dialog, "shape_rows")->setValue(4);
        child<QSpinBox>(dialog, "shape_columns")->setValue(12);
        QVERIFY(child<QListWidget>(dialog, "shape_candidates")->currentItem()->text().startsWith("4 × 12"));
        QVERIFY(previewIsWhatOpens(dialog));
        QVERIFY(child<QLabel>(dialog, "shape_fit")->text().contains("4 x 12"));
        // A grid that is none of the pairs: allowed, and said.
        child<QSpinBox>(dialog, "shape_columns")->setValue(13);
        QCOMPARE(child<QListWidget>(dialog, "shape_candidates")->currentRow(), -1);
        QVERIFY(child<QLabel>(dialog, "shape_fit")->text().contains("4 of 52"));
        QVERIFY(dialog.source().order.partial);
        QVERIFY(previewIsWhatOpens(dialog));
        child<QSpinBox>(dialog, "shape_columns")->setValue(11);
        QVERIFY(child<QLabel>(dialog, "shape_fit")->text().contains("4 of 48"));
        QVERIFY(previewIsWhatOpens(dialog));
    }

    void everySwitchShowsWhatOpens_data()
    {
        QTest::addColumn<QString>("box");
        for (const char* name : {"order_serpentine", "order_transpose", "order_flip_rows", "order_flip_columns",
                                 "order_swap_axes"})
            QTest::newRow(name) << name;
    }
    void everySwitchShowsWhatOpens()
    {
        QFETCH(QString, box);
        ScanShapeDialog dialog(stack(rows * columns, true), 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        auto* check = child<QCheckBox>(dialog, box.toLatin1());
        check->click();
        QTRY_VERIFY(dialog.isReady());
        QVERIFY(!dialog.source().order.isDefault());
        QVERIFY(previewIsWhatOpens(dialog));
        check->click();
        QTRY_VERIFY(dialog.isReady());
        QVERIFY(dialog.source().order.isDefault());
        QVERIFY((dialog.shape() == ScanShape{rows, columns}));
    }

    void serpentineRowsOfTheFileAreWhereItStarts()
    {
        StudyScan scan = stack(rows * columns, true);
        scan.diffraction->path = writeStack(pathOf("snake.mrc"), rows * columns, true);
        ScanShapeDialog dialog(scan, 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        auto* serpentine = child<QCheckBox>(dialog, "order_serpentine");
        QVERIFY(serpentine->isChecked());
        QVERIFY(child<QLabel>(dialog, "shape_about")->text().contains("backwards"));
        QVERIFY(dialog.source().order.isDefault());
        QVERIFY(previewIsWhatOpens(dialog));
        const auto firstOfSecondRow = [&] { return child<MapView>(dialog, "shape_preview")->map()->at(1, 0); };
        QCOMPARE(firstOfSecondRow(), float(20 * std::sqrt(15.0)));
        child<QCheckBox>(dialog, "order_flip_columns")->click();
        QVERIFY(previewIsWhatOpens(dialog));
        QCOMPARE(firstOfSecondRow(), float(20 * std::sqrt(8.0)));
        child<QCheckBox>(dialog, "order_flip_columns")->click();
        // The file may be wrong, and the study then says so.
        serpentine->click();
        QVERIFY(dialog.source().order.serpentine == false);
        QVERIFY(previewIsWhatOpens(dialog));
        QCOMPARE(firstOfSecondRow(), float(20 * std::sqrt(8.0)));
        scan.diffraction = dialog.source();
        ScanShapeDialog again(scan, 0, m_tasks, nullptr);
        QTRY_VERIFY(again.isReady());
        QVERIFY(!child<QCheckBox>(again, "order_serpentine")->isChecked());
        QVERIFY(again.source() == *scan.diffraction);
    }

    void lostSignsAreGivenBack()
    {
        ScanShapeDialog dialog(stack(rows * columns, true), 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        QVERIFY(!dialog.source().isSigned);
        child<QCheckBox>(dialog, "shape_signed")->click();
        QVERIFY(dialog.source().isSigned);
        StudyScan scan = stack(rows * columns, true);
        scan.diffraction = dialog.source();
        ScanShapeDialog again(scan, 0, m_tasks, nullptr);
        QVERIFY(child<QCheckBox>(again, "shape_signed")->isChecked());
        QTRY_VERIFY(again.isReady());
    }

    void skippedFramesChangeTheCandidates()
    {
        // 3 frames before the scan, one flyback frame after each row.
        ScanShapeDialog dialog(stack(3 + rows * (columns + 1), true), 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        child<QSpinBox>(dialog, "order_skip_first")->setValue(3);
        child<QSpinBox>(dialog, "order_skip_per_row")->setValue(1);
        QVERIFY(child<QListWidget>(dialog, "shape_candidates")->item(0)->text().startsWith("6 × 8"));
        QVERIFY((dialog.shape() == ScanShape{rows, columns}));
        QVERIFY(previewIsWhatOpens(dialog));
        const MapPtr image = child<MapView>(dialog, "shape_preview")->map();
        QCOMPARE(image->at(0, 0), float(20 * std::sqrt(3.0)));
        QCOMPARE(image->at(1, 0), float(20 * std::sqrt(12.0)));
        QVERIFY(!dialog.source().order.partial);
    }

    void whatTheStudySaysIsKept()
    {
        StudyScan scan = stack(rows * columns, true);
        scan.diffraction->scanShape = ScanShape{12, 4};
        scan.diffraction->order.flipY = true;
        ScanShapeDialog dialog(scan, 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        QVERIFY(dialog.source() == *scan.diffraction);
    }

    void aPrimeNumberOfFramesIsNoSquare()
    {
        ScanShapeDialog dialog(stack(47, false), 0, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        QCOMPARE(child<QListWidget>(dialog, "shape_candidates")->count(), 2);
        QVERIFY((dialog.shape() == ScanShape{1, 47}));
    }

    void everyControlHasANameAndAKeyboard()
    {
        ScanShapeDialog dialog(stack(rows * columns, true), 2, m_tasks, nullptr);
        QTRY_VERIFY(dialog.isReady());
        for (const char* name : {"shape_candidates", "shape_rows", "shape_columns", "order_skip_first",
                                 "order_skip_per_row", "shape_preview", "shape_companion", "shape_companion_box"})
            QVERIFY2(!child<QWidget>(dialog, name)->accessibleName().isEmpty(), name);
        QVERIFY(child<QCheckBox>(dialog, "shape_for_alike")->text().contains("2 other scans"));
        QVERIFY(dialog.forAllAlike());
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        auto* list = child<QListWidget>(dialog, "shape_candidates");
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Down);
        QCOMPARE(list->currentRow(), 1);
        QVERIFY((dialog.shape() == ScanShape{8, 6}));
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(dialog.result(), int(QDialog::Accepted));
    }

    void aFileThatCannotBeReadSaysWhy()
    {
        StudyScan scan = stack(4, false);
        scan.diffraction->path = pathOf("missing.mrc");
        ScanShapeDialog dialog(scan, 0, m_tasks, nullptr);
        QTRY_VERIFY(child<QLabel>(dialog, "shape_about")->text().contains("missing.mrc"));
        QVERIFY(!dialog.isReady());
        QVERIFY(!dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok)->isEnabled());
    }

    /// Adding a lone stack leads to the dialog; what is chosen there opens the scan; undo takes it back.
    void aLoneStackLeadsToTheDialog()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        const auto path = writeStack(pathOf("lone.mrc"), 35);
        bool asked = false;
        QTimer poll;
        connect(&poll, &QTimer::timeout, this, [&] {
            auto* dialog = window.findChild<ScanShapeDialog*>();
            if (!dialog || !dialog->isReady())
                return;
            asked = true;
            child<QSpinBox>(*dialog, "shape_rows")->setValue(5);
            child<QSpinBox>(*dialog, "shape_columns")->setValue(7);
            dialog->accept();
        });
        poll.start(20);
        window.openPaths({QString::fromStdString(path.string())});
        QTRY_VERIFY(asked);
        poll.stop();
        QTRY_VERIFY(window.document().opened("lone"));
        QVERIFY((window.document().opened("lone")->shape() == ScanShape{5, 7}));
        window.document().undoStack().undo();
        QTRY_VERIFY(window.document().openError("lone"));
        QVERIFY(window.document().openError("lone")->code == ErrorCode::ScanShapeUnknown);
        QVERIFY(window.findChild<QLabel*>("scans_hint")->text().contains("Set the shape of lone"));
        window.document().undoStack().redo();
        QTRY_VERIFY(window.document().opened("lone"));
        window.document().undoStack().setClean();
    }

    /// Several of them are asked for once; who declines finds their messages, which ask again, for all of as many frames.
    void declinedStacksAreAskedForByTheirMessages()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QStringList paths;
        for (const char* name : {"a_100.mrc", "b_200.mrc"})
            paths << QString::fromStdString(writeStack(pathOf(name), 35).string());
        bool wanted = false;
        int asked = 0;
        QTimer poll;
        connect(&poll, &QTimer::timeout, this, [&] {
            auto* dialog = window.findChild<ScanShapeDialog*>();
            if (!dialog || !dialog->isReady())
                return;
            ++asked;
            wanted ? dialog->accept() : dialog->reject();
        });
        poll.start(20);
        window.openPaths(paths);
        QTRY_COMPARE(asked, 1);
        QTest::qWait(200);
        QCOMPARE(asked, 1); // no means no, for the other one too
        QCOMPARE(window.files().scanTools().scansWithoutShape().size(), std::size_t(2));
        auto* list = window.findChild<QListWidget*>("message_list");
        QCOMPARE(list->count(), 2);
        wanted = true;
        Q_EMIT list->itemActivated(list->item(1));
        QCOMPARE(asked, 2);
        QTRY_VERIFY(window.files().scanTools().scansWithoutShape().empty());
        for (const StudyScan& scan : window.document().study().scans)
            QTRY_VERIFY(window.document().opened(scan.name));
        QCOMPARE(list->count(), 0);
        window.document().undoStack().setClean();
    }
};

QTEST_MAIN(TestScanShapeDialog)
#include "tst_scan_shape_dialog.moc"
