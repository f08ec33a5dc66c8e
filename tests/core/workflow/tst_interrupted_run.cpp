// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that are stopped, cancelled and taken up again: what is left in the folder, and that going on changes nothing.
#include "core/workflow/run_study.h"
#include "tests/core/workflow/haadf_study.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace dispersa;
namespace fs = std::filesystem;

class TestInterruptedRun : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        m_path = m_folder.path().toStdString();
        const auto study = test::writeHaadfStudy(m_path);
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        m_study = *study;
    }

    void resumesARun()
    {
        RunOptions options;
        options.folder = m_path / "resumed";
        options.changes["epochs"] = std::int64_t(1);
        options.threads = 1;
        const auto missing = [&] {
            RunOptions early = options;
            early.resume = true;
            return runStudy(m_study, early, {}, {}, {}, {});
        }();
        QVERIFY(!missing && missing.error().code == ErrorCode::FileNotFound);
        QVERIFY(runStudy(m_study, options, {}, {}, {}, {}));
        options.resume = true;
        options.changes["epochs"] = std::int64_t(2);
        const auto resumed = runStudy(m_study, options, {}, {}, {}, {});
        QVERIFY2(resumed.has_value(), resumed ? "" : resumed.error().message.c_str());
        QCOMPARE((*resumed)->history.size(), std::size_t(2));
        options.resume = false;
        options.folder = m_path / "unbroken";
        const auto unbroken = runStudy(m_study, options, {}, {}, {}, {});
        QVERIFY(unbroken.has_value());
        for (std::size_t i = 0; i < 2; ++i)
            QCOMPARE((*resumed)->history[i].loss, (*unbroken)->history[i].loss);
        QVERIFY((*resumed)->scans[1].quantity("O")->predicted->values ==
                (*unbroken)->scans[1].quantity("O")->predicted->values);
        // Another rate is another training.
        options.folder = m_path / "resumed";
        options.resume = true;
        options.changes["learning_rate"] = 0.01;
        const auto other = runStudy(m_study, options, {}, {}, {}, {});
        QVERIFY(!other && other.error().code == ErrorCode::ModelMismatch);
        // The run that was finished there is still one.
        QCOMPARE(loadRun(m_path / "resumed").value()->history.size(), std::size_t(2));
    }

    void aCancelledRunIsInterrupted()
    {
        RunOptions options;
        options.folder = m_path / "cancelled";
        options.changes["epochs"] = std::int64_t(3);
        options.threads = 1;
        std::stop_source abort;
        RunEvents events;
        events.onEpoch = [&](const EpochReport& report) {
            if (report.record.epoch == 1)
                abort.request_stop();
        };
        const auto cancelled = runStudy(m_study, options, events, {}, {}, abort.get_token());
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
        QVERIFY(!loadRun(options.folder));
        QVERIFY(loadModel(options.folder / "model.safetensors")); // what was finished is kept
        const auto left = loadInterruptedRun(options.folder);
        QVERIFY2(left.has_value(), left ? "" : left.error().message.c_str());
        QCOMPARE((*left)->history.size(), std::size_t(1));
        QVERIFY((*left)->study.recipe.changes.at("epochs") == TrainingValue(std::int64_t(3)));
        // It goes on with the study that lies in its folder.
        RunOptions rest;
        rest.folder = (*left)->folder;
        rest.resume = true;
        rest.threads = 1;
        const auto finished = runStudy((*left)->study, rest, {}, {}, {}, {});
        QVERIFY2(finished.has_value(), finished ? "" : finished.error().message.c_str());
        QCOMPARE((*finished)->history.size(), std::size_t(3));
        const auto none = loadInterruptedRun(options.folder);
        QVERIFY(!none && none.error().code == ErrorCode::FileNotFound);
        QVERIFY(!loadInterruptedRun(m_path / "nowhere"));
    }

    void stopKeepsTheBestAndGoesOn()
    {
        RunOptions options;
        options.folder = m_path / "stopped";
        options.changes["epochs"] = std::int64_t(50);
        std::stop_source stop;
        RunEvents events;
        events.onEpoch = [&](const EpochReport&) { stop.request_stop(); };
        const auto run = runStudy(m_study, options, events, {}, stop.get_token(), {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        QVERIFY((*run)->stoppedByUser);
        QCOMPARE((*run)->history.size(), std::size_t(1));
        QCOMPARE((*run)->bestEpoch, 1);
        QVERIFY(loadRun(options.folder));
    }

  private:
    QTemporaryDir m_folder;
    fs::path m_path;
    Study m_study;
};

QTEST_APPLESS_MAIN(TestInterruptedRun)
#include "tst_interrupted_run.moc"
