// SPDX-License-Identifier: GPL-3.0-or-later
// Edits, undo, merging, opened scans and runs of the document.
#include "app/document/study_document.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;

namespace {

StudyScan scanNamed(const std::string& name, ScanRole role = ScanRole::Predict)
{
    StudyScan scan{name, role, DiffractionSource{"/data/" + name + " 4DSTEM.h5"}, {}, {}, {}, {}};
    scan.maps.push_back({"O", "/data/GST - " + name + "-O-at.mrc", {}, {}, {}});
    return scan;
}

Study studyOfTwo()
{
    Study study;
    study.scans = {scanNamed("0033", ScanRole::Train), scanNamed("0037")};
    return study;
}

} // namespace

class TestStudyDocument : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void editsAreUndone()
    {
        StudyDocument document;
        document.reset(studyOfTwo(), "/data/a.dispersa");
        QVERIFY(!document.isModified());
        QSignalSpy changed(&document, &StudyDocument::changed);
        document.setCrop(Region{20, 0, 70, 45});
        QVERIFY(document.isModified());
        QCOMPARE(document.study().crop->y, 20);
        document.undoStack().undo();
        QVERIFY(!document.study().crop);
        QVERIFY(!document.isModified());
        document.undoStack().redo();
        QCOMPARE(document.study().crop->height, 70);
        QCOMPARE(changed.size(), 3);
        for (const auto& arguments : changed)
            QCOMPARE(arguments.front().value<StudyPart>(), StudyPart::Crop);
    }

    void editsOfOneGestureMerge()
    {
        StudyDocument document;
        document.reset(studyOfTwo(), {});
        document.setCrop(Region{0, 0, 10, 10}, 1);
        document.setCrop(Region{1, 0, 10, 10}, 1);
        document.setCrop(Region{2, 0, 10, 10}, 1);
        QCOMPARE(document.undoStack().count(), 1);
        document.setCrop(Region{3, 0, 10, 10}, 2); // another gesture
        QCOMPARE(document.undoStack().count(), 2);
        document.setMapFilter({MapFilterKind::Median, 5, 75, 75}, 2); // another part
        QCOMPARE(document.undoStack().count(), 3);
        document.setCrop(Region{4, 0, 10, 10}); // no gesture at all
        document.setCrop(Region{5, 0, 10, 10});
        QCOMPARE(document.undoStack().count(), 5);
        document.undoStack().setIndex(1);
        QCOMPARE(document.study().crop->y, 2);
        document.undoStack().undo();
        QVERIFY(!document.study().crop);
    }

    void aGestureThatEndsWhereItBeganLeavesNoStep()
    {
        StudyDocument document;
        document.reset(studyOfTwo(), {});
        document.setCrop(Region{0, 0, 10, 10}, 1);
        document.setCrop(std::nullopt, 1);
        QCOMPARE(document.undoStack().count(), 0);
    }

    void editsThatChangeNothingAreDropped()
    {
        StudyDocument document;
        document.reset(studyOfTwo(), {});
        QSignalSpy changed(&document, &StudyDocument::changed);
        document.setCrop(std::nullopt);
        document.setRoles({"0033"}, ScanRole::Train);
        document.setTargets(document.study().targets);
        document.removeScans({"no such scan"});
        QCOMPARE(document.undoStack().count(), 0);
        QCOMPARE(changed.size(), 0);
    }

    void rolesOfSeveralScansAreOneStep()
    {
        StudyDocument document;
        document.reset(studyOfTwo(), {});
        document.setRoles({"0033", "0037"}, ScanRole::Ignore);
        QCOMPARE(document.undoStack().count(), 1);
        QCOMPARE(document.study().scans[0].role, ScanRole::Ignore);
        QCOMPARE(document.study().scans[1].role, ScanRole::Ignore);
        document.undoStack().undo();
        QCOMPARE(document.study().scans[0].role, ScanRole::Train);
        QCOMPARE(document.study().scans[1].role, ScanRole::Predict);
    }

    void addingScansKeepsNamesUnique()
    {
        StudyDocument document;
        document.addScans({scanNamed("0033")});
        QCOMPARE(document.currentScan(), std::string("0033"));
        StudyScan again = scanNamed("0033");
        again.maps.push_back({"Te", "/data/GST - 0033-Te-at.mrc", {}, {}, {}});
        document.addScans({again}); // the same file: gains the map
        QCOMPARE(document.study().scans.size(), std::size_t(1));
        QCOMPARE(document.study().scans[0].maps.size(), std::size_t(2));
        StudyScan other = scanNamed("0033");
        other.diffraction->path = "/elsewhere/0033.h5";
        document.addScans({other});
        QCOMPARE(document.study().scans.size(), std::size_t(2));
        QCOMPARE(document.study().scans[1].name, std::string("0033 (2)"));
    }

    void removingTheCurrentScanMovesOn()
    {
        StudyDocument document;
        Study study = studyOfTwo();
        study.correction.fitOn = "0033";
        document.reset(study, {});
        document.setOpened("0033", std::make_shared<OpenedScan>());
        QSignalSpy current(&document, &StudyDocument::currentScanChanged);
        document.removeScans({"0033"});
        QCOMPARE(document.currentScan(), std::string("0037"));
        QCOMPARE(current.size(), 1);
        QVERIFY(!document.opened("0033"));
        QCOMPARE(document.study().correction.fitOn, std::string("validation"));
    }

    void openedScansSurviveOtherEdits()
    {
        StudyDocument document;
        document.reset(studyOfTwo(), {});
        const auto opened = std::make_shared<OpenedScan>();
        QSignalSpy spy(&document, &StudyDocument::scanOpened);
        document.setOpenError("0037", Error{ErrorCode::FileNotFound, "gone", {}, {}, {}});
        QVERIFY(document.openError("0037"));
        document.setOpened("0037", opened);
        QVERIFY(!document.openError("0037"));
        QCOMPARE(document.firstOpened(), OpenedScanPtr(opened));
        document.setCrop(Region{0, 0, 5, 5});
        document.setRoles({"0037"}, ScanRole::Ignore);
        QCOMPARE(document.opened("0037"), OpenedScanPtr(opened));
        document.edit("maps", StudyPart::Scans, [](Study& study) { study.scans[1].maps.clear(); });
        QVERIFY(!document.opened("0037")); // names other files now
        document.setOpened("unknown", opened);
        QVERIFY(!document.opened("unknown"));
        QCOMPARE(spy.size(), 2);
    }

    void aTrainingScanComesFirst()
    {
        StudyDocument document;
        Study study;
        study.scans = {scanNamed("0031"), scanNamed("0033", ScanRole::Train)};
        document.reset(study, {});
        const auto predicted = std::make_shared<OpenedScan>();
        const auto trained = std::make_shared<OpenedScan>();
        document.setOpened("0031", predicted);
        QCOMPARE(document.firstOpened(), OpenedScanPtr(predicted));
        document.setOpened("0033", trained);
        QCOMPARE(document.firstOpened(), OpenedScanPtr(trained));
    }

    void runsGoOutOfDate()
    {
        StudyDocument document;
        document.reset(studyOfTwo(), {});
        RunResult run;
        run.study = document.study();
        QVERIFY(!document.isOutOfDate(run));
        document.setCalibration({0.02, 1.0, {}}); // changes labels, not results
        QVERIFY(!document.isOutOfDate(run));
        document.addScans({scanNamed("0099", ScanRole::Ignore)});
        QVERIFY(!document.isOutOfDate(run));
        document.setMapFilter({MapFilterKind::Median, 7, 75, 75});
        QVERIFY(document.isOutOfDate(run));
        document.undoStack().undo();
        QVERIFY(!document.isOutOfDate(run));
    }

    void theNewestRunIsCurrent()
    {
        StudyDocument document;
        auto first = std::make_shared<RunResult>();
        first->folder = "/runs/1";
        auto second = std::make_shared<RunResult>();
        second->folder = "/runs/2";
        document.addRun(first);
        document.addRun(second);
        QCOMPARE(document.currentRun(), RunResultPtr(second));
        document.removeRun(second);
        QCOMPARE(document.currentRun(), RunResultPtr(first));
        document.reset({}, {});
        QVERIFY(document.runs().empty() && !document.currentRun());
    }

    void savingRemembersThePath()
    {
        QTemporaryDir folder;
        StudyDocument document;
        document.reset(studyOfTwo(), {});
        QVERIFY(document.isModified()); // made from files, written nowhere
        const QString path = folder.filePath("one.dispersa");
        const auto saved = document.save(path);
        QVERIFY2(saved.has_value(), saved ? "" : saved.error().message.c_str());
        QVERIFY(!document.isModified());
        QCOMPARE(document.displayName(), QString("one"));
        QVERIFY(QFile::exists(path));
        const auto refused = document.save(folder.filePath("one.dispersa/below.dispersa"));
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::WriteFailed);
        QCOMPARE(document.filePath(), path);
    }
};

QTEST_GUILESS_MAIN(TestStudyDocument)
#include "tst_study_document.moc"
