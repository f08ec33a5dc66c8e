// SPDX-License-Identifier: GPL-3.0-or-later
// The table of scans, watched by QAbstractItemModelTester through everything the document does.
#include "app/pages/scans/scans_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace dispersa;

namespace {

StudyScan scanNamed(const std::string& name)
{
    StudyScan scan{name, ScanRole::Predict, DiffractionSource{"/data/" + name + ".h5"}, {}, {}, {}, {}};
    scan.maps = {{"O", "/data/" + name + "-O-at.mrc", {}, {}, {}},
                 {"HAADF", "/data/" + name + "-HAADF.mrc", {}, {}, {}}};
    return scan;
}

OpenedScanPtr openedScan(const StudyScan& entry, std::vector<Warning> warnings = {}, std::optional<Error> obstacle = {})
{
    auto opened = std::make_shared<OpenedScan>();
    opened->entry = entry;
    opened->maps = {std::make_shared<const ElementMap>(emptyMap("O", MapUnit::Fraction, {110, 45}))};
    opened->warnings = std::move(warnings);
    opened->obstacle = std::move(obstacle);
    return opened;
}

QString text(const ScansModel& model, int row, ScansModel::Column column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class TestScansModel : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void followsTheDocument()
    {
        StudyDocument document;
        ScansModel model(document);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        document.addScans({scanNamed("0033"), scanNamed("0037")});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(text(model, 1, ScansModel::Name), QString("0037"));
        QCOMPARE(text(model, 0, ScansModel::Maps), QString("O HAADF"));
        QCOMPARE(model.rowOf("0037"), 1);
        document.removeScans({"0033"});
        QCOMPARE(model.rowCount(), 1);
        document.undoStack().undo();
        QCOMPARE(model.rowCount(), 2);
        document.reset({}, {});
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.scanAt(0), std::string());
        QCOMPARE(model.rowOf("0033"), -1);
    }

    void rolesAreEdited()
    {
        StudyDocument document;
        document.addScans({scanNamed("0033"), scanNamed("0037")});
        ScansModel model(document);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const QModelIndex role = model.index(0, ScansModel::Role);
        QVERIFY(role.flags() & Qt::ItemIsEditable);
        QVERIFY(!(model.index(0, ScansModel::Grid).flags() & Qt::ItemIsEditable));
        QVERIFY(model.setData(role, int(ScanRole::Train)));
        QCOMPARE(document.study().scans[0].role, ScanRole::Train);
        QCOMPARE(role.data().toString(), roleText(ScanRole::Train));
        QVERIFY(!changed.isEmpty());
        QVERIFY(!model.setData(role, 99));
        QVERIFY(!model.setData(model.index(0, ScansModel::Name), "x"));
        document.undoStack().undo();
        QCOMPARE(document.study().scans[0].role, ScanRole::Predict);
    }

    void stateTellsWhatHappened()
    {
        StudyDocument document;
        document.addScans({scanNamed("0033"), scanNamed("0034"), scanNamed("0035"), scanNamed("0036")});
        ScansModel model(document);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QString opening = text(model, 0, ScansModel::State);
        const auto& scans = document.study().scans;
        document.setOpened("0033", openedScan(scans[0]));
        document.setOpened("0034", openedScan(scans[1], {{"constant", "The map of Te is constant.", {}, {}}}));
        document.setOpenError("0035", Error{ErrorCode::FileNotFound, "gone", "/data/0035.h5", {}, {}});
        document.setOpened(
            "0036",
            openedScan(scans[3], {}, Error{ErrorCode::ShapeMismatch, "differ", {}, {"110 x 45", "111 x 45"}, {}}));
        QStringList states;
        for (int row = 0; row < 4; ++row)
            states << text(model, row, ScansModel::State);
        QVERIFY(!states.contains(opening));
        QCOMPARE(QSet<QString>(states.begin(), states.end()).size(), 4);
        QCOMPARE(text(model, 0, ScansModel::Grid), QString("110 x 45"));
        const auto toolTip = [&](int row) {
            return model.index(row, ScansModel::State).data(Qt::ToolTipRole).toString();
        };
        QVERIFY(toolTip(1).contains("Te"));
        QVERIFY(toolTip(2).contains("0035.h5"));
        QVERIFY(toolTip(3).contains("111 x 45"));
    }
};

QTEST_GUILESS_MAIN(TestScansModel)
#include "tst_scans_model.moc"
