// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train page works out without a window: strategies, run folders, live maps, steps that mend an obstacle.
#include "app/pages/train/live_maps.h"
#include "app/pages/train/obstacle_list.h"
#include "app/pages/train/run_folder.h"
#include "app/pages/train/strategy_picker.h"
#include "app/pages/train/training_status.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace dispersa;

namespace {
Study studyOf(const std::vector<ScanRole>& roles)
{
    Study study;
    for (std::size_t i = 0; i < roles.size(); ++i)
        study.scans.push_back({std::to_string(33 + i), roles[i]});
    return study;
}
constexpr ScanRole T = ScanRole::Train;
constexpr ScanRole P = ScanRole::Predict;
constexpr ScanRole I = ScanRole::Ignore;
} // namespace

class TestTrainingValues : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tellsTheStrategyFromTheRoles()
    {
        QCOMPARE(strategyOf(studyOf({})), std::optional<Strategy>());
        QCOMPARE(strategyOf(studyOf({T})), std::optional(Strategy::OneScan));
        QCOMPARE(strategyOf(studyOf({I, T, I})), std::optional(Strategy::OneScan));
        QCOMPARE(strategyOf(studyOf({T, P, P})), std::optional(Strategy::FirstToOthers));
        QCOMPARE(strategyOf(studyOf({T, P, T})), std::optional(Strategy::FirstAndLast));
        QCOMPARE(strategyOf(studyOf({P, T, P})), std::optional<Strategy>());
        QCOMPARE(strategyOf(studyOf({T, P, I})), std::optional<Strategy>());
    }

    void appliedStrategyIsRecognised()
    {
        for (const Strategy strategy : {Strategy::OneScan, Strategy::FirstToOthers, Strategy::FirstAndLast}) {
            Study study = studyOf({P, P, I, P});
            applyStrategy(study, strategy);
            QCOMPARE(strategyOf(study), std::optional(strategy));
        }
    }

    void oneScanKeepsTheOneThatTrains()
    {
        Study study = studyOf({P, P, T, P});
        study.split.kind = SplitKind::Scans; // impossible with one scan
        applyStrategy(study, Strategy::OneScan);
        QCOMPARE(study.scans[2].role, T);
        QCOMPARE(study.scans[0].role, I);
        QCOMPARE(study.split.kind, SplitKind::Random);
    }

    void runFoldersLieBesideTheStudyAndAreNew()
    {
        QTemporaryDir folder;
        const QString study = folder.filePath(QStringLiteral("film.dispersa"));
        const QDateTime now(QDate(2026, 3, 4), QTime(5, 6, 7));
        const auto first = newRunFolder(study, now);
        QCOMPARE(QString::fromStdString(first.string()),
                 folder.filePath(QStringLiteral("film runs/2026-03-04 05.06.07")));
        QVERIFY(std::filesystem::create_directories(first));
        QVERIFY(newRunFolder(study, now) != first);
        QVERIFY(runTitle(first).contains(QStringLiteral("05:06:07")));
        QCOMPARE(runTitle("/data/my run"), QStringLiteral("my run"));
        QVERIFY(!newRunFolder({}, now).empty());
    }

    void interruptedRunsLieThereToo()
    {
        QTemporaryDir folder;
        const QString study = folder.filePath("GST.dispersa");
        const auto touch = [&](const QString& name) {
            QVERIFY(QDir().mkpath(QFileInfo(folder.filePath(name)).path()));
            QVERIFY(QFile(folder.filePath(name)).open(QIODevice::WriteOnly));
        };
        touch("GST runs/a/checkpoints/last.safetensors"); // stopped by a power cut
        touch("GST runs/b/checkpoints/last.safetensors"); // finished
        touch("GST runs/b/run.json");
        touch("GST runs/c/run.log"); // stopped before its first epoch ended
        touch("cli/checkpoints/last.safetensors");
        const auto found = interruptedRuns(study);
        QCOMPARE(found.size(), 2u);
        for (const auto& run : found)
            QVERIFY2(run.filename() == "a" || run.filename() == "cli", run.c_str());
        QVERIFY(interruptedRuns({}).empty());
    }

    void modelsAreCalledByTheirRun()
    {
        QTemporaryDir folder;
        const QString run = folder.filePath("2025-11-28 19.31.17");
        QVERIFY(QDir().mkpath(run));
        const std::filesystem::path path = run.toStdString();
        QCOMPARE(modelTitle(path / "model.safetensors"), QString("model.safetensors")); // no run made this folder
        QVERIFY(QFile(run + "/run.log").open(QIODevice::WriteOnly));
        for (const auto& model : {path / "model.safetensors", checkpointFile(path)})
            QVERIFY2(modelTitle(model).contains(runTitle(path)), qPrintable(modelTitle(model)));
        QCOMPARE(modelTitle(path / "other.safetensors"), QString("other.safetensors"));
    }

    void finishedRunsLieWithTheStudy()
    {
        QTemporaryDir folder;
        const QString study = folder.filePath("a.dispersa");
        QVERIFY(finishedRuns(study).empty());
        QVERIFY(finishedRuns({}).empty());
        for (const char* name : {"a runs/1", "a runs/unfinished", "results", "maps"})
            QVERIFY(QDir(folder.path()).mkpath(name));
        for (const char* name : {"a runs/1/run.json", "results/run.json"}) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        QCOMPARE(finishedRuns(study).size(), 2u);
    }

    void outputsBecomeMapsOverTheCrop()
    {
        TrainingLayout layout;
        layout.scans = {"0033", "0038"};
        layout.crops = {{10, 5, 2, 3}, {0, 0, 1, 1}};
        layout.targets = {"O", "HAADF"};
        layout.pixels = {{0, {10, 5}}, {0, {11, 7}}, {1, {0, 0}}};
        const auto maps = outputMaps(layout, {0.25f, 1, 0.5f, 2, 0.75f, 3}, 0);
        QCOMPARE(maps.size(), std::size_t(2));
        QCOMPARE(maps[0].shape, (ScanShape{2, 3}));
        QCOMPARE(maps[0].at(0, 0), 0.25f);
        QCOMPARE(maps[0].at(1, 2), 0.5f);
        QVERIFY(std::isnan(maps[0].at(0, 1))); // never seen
        QCOMPARE(maps[1].at(1, 2), 2.0f);
        QCOMPARE(maps[1].unit, MapUnit::Arbitrary);
        QCOMPARE(outputMaps(layout, {0.25f, 1, 0.5f, 2, 0.75f, 3}, 1)[0].at(0, 0), 0.75f);
    }

    void obstaclesAreMendedWhereTheyArise()
    {
        QCOMPARE(stepThatMends({ErrorCode::PatternTooSmall, ""}), Step::Prepare);
        QCOMPARE(stepThatMends({ErrorCode::FileNotFound, ""}), Step::Scans);
        QCOMPARE(stepThatMends({ErrorCode::UnknownRecipe, ""}), Step::Train);
        QCOMPARE(stepThatMends({ErrorCode::StudyInvalid, "", {}, {"crop"}}), Step::Prepare);
        QCOMPARE(stepThatMends({ErrorCode::StudyInvalid, "", {}, {"scans[2].maps"}}), Step::Scans);
        QCOMPARE(stepThatMends({ErrorCode::StudyInvalid, "", {}, {"recipe.epochs"}}), Step::Train);
    }

    void durationsReadLikeSpeech()
    {
        QCOMPARE(durationText(12.4), QStringLiteral("12 s"));
        QCOMPARE(durationText(200), QStringLiteral("3 min 20 s"));
        QCOMPARE(durationText(1500), QStringLiteral("25 min"));
        QCOMPARE(durationText(7500), QStringLiteral("2 h 5 min"));
    }
};

QTEST_MAIN(TestTrainingValues)
#include "tst_training_values.moc"
