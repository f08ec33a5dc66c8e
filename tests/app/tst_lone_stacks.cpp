// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of stacks that tell no grid: each is listed, the person is asked, and what was said about them goes once it
// holds no longer.
#include "app/actions/scan_shape_dialog.h"
#include "app/main_window.h"
#include "tests/core/io/mrc_fixture.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace dispersa;

class TestLoneStacks : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("dispersa-test");
        QCoreApplication::setApplicationName("tst_lone_stacks");
    }

    void aFolderOfStacksIsListedAndAskedFor()
    {
        QTemporaryDir folder;
        writeStack(folder, "grain A.mrc", 24);
        writeStack(folder, "grain B.mrc", 24);
        writeStack(folder, "grain C.mrc", 15);
        MainWindow window;
        window.show();
        // One question for those with as many frames, a second one for the other, which is declined. A dialog runs its own
        // loop, so a timer answers.
        QStringList asked;
        QString seen;
        QTimer answer;
        connect(&answer, &QTimer::timeout, this, [&] {
            auto* dialog = qobject_cast<ScanShapeDialog*>(QApplication::activeModalWidget());
            if (!dialog || !dialog->isReady())
                return;
            auto* alike = dialog->findChild<QCheckBox*>("shape_for_alike");
            auto* candidates = dialog->findChild<QListWidget*>("shape_candidates");
            const auto wanted = candidates->findItems(QString::fromUtf8("4 × 6"), Qt::MatchStartsWith);
            auto* use = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
            if (asked.isEmpty() && alike->isChecked() && wanted.size() == 1) {
                candidates->setCurrentItem(wanted.front());
                if (!use->isEnabled())
                    return; // its preview comes first
                seen = QStringLiteral("%1 scans, %2 messages")
                           .arg(window.document().study().scans.size())
                           .arg(messages(window));
                asked << dialog->windowTitle();
                use->click();
            } else {
                asked << dialog->windowTitle();
                dialog->reject();
            }
        });
        answer.start(20);
        window.openPaths({folder.path()});
        QTRY_COMPARE_WITH_TIMEOUT(int(asked.size()), 2, 60000);
        QVERIFY2(asked[0].contains("grain A") && asked[1].contains("grain C"), qPrintable(asked.join(u'|')));
        QCOMPARE(seen, QString("3 scans, 3 messages"));

        QTRY_VERIFY(window.document().opened("grain A") && window.document().opened("grain B"));
        QVERIFY((window.document().opened("grain B")->shape() == ScanShape{4, 6}));
        QVERIFY(window.document().openError("grain C"));
        // What could not be read is said of the last one alone.
        QTRY_COMPARE(messages(window), 1);
        QVERIFY(window.findChild<QListWidget*>("message_list")->item(0)->text().contains("grain C"));
        const auto& study = window.document().study();
        QVERIFY(study.scan("grain A")->role == ScanRole::Predict);
        QVERIFY(study.scan("grain C")->role == ScanRole::Ignore); // it cannot take part
        window.document().undoStack().undo();
        QTRY_COMPARE(messages(window), 3); // they hold again
        window.document().undoStack().setClean();
    }

    void filesWithoutPatternsSayWhatTheyHold()
    {
        QTemporaryDir folder;
        test::MrcFixture map;
        for (int i = 0; i < 12; ++i)
            map.append(float(i));
        map.write(folder.filePath("GST - 0033-O-at.mrc").toStdString());
        MainWindow window;
        window.show();
        QString said;
        QTimer answer;
        connect(&answer, &QTimer::timeout, this, [&] {
            if (auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget())) {
                said = box->text();
                box->accept();
            }
        });
        answer.start(20);
        window.openPaths({folder.filePath("GST - 0033-O-at.mrc")});
        QTRY_VERIFY(!said.isEmpty());
        QVERIFY2(said.contains("1 x map") && said.contains("Add maps"), qPrintable(said));
        window.document().undoStack().setClean();
    }

  private:
    static void writeStack(const QTemporaryDir& folder, const QString& name, int frames)
    {
        test::MrcFixture stack;
        stack.nx = stack.mx = 8;
        stack.ny = stack.my = 8;
        stack.nz = stack.mz = frames;
        stack.mode = 6;
        for (int i = 0; i < frames * 64; ++i)
            stack.append(static_cast<std::uint16_t>(i % 100));
        stack.write(folder.filePath(name).toStdString());
    }
    static int messages(const MainWindow& window)
    {
        return window.findChild<QListWidget*>("message_list")->count();
    }
};

QTEST_MAIN(TestLoneStacks)
#include "tst_lone_stacks.moc"
