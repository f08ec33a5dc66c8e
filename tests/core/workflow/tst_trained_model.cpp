// SPDX-License-Identifier: GPL-3.0-or-later
// What a run's model is good for afterwards: predicting other scans, a study without a training, and further training.
#include "core/workflow/run_study.h"
#include "tests/core/workflow/haadf_study.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <filesystem>

using namespace dispersa;
namespace fs = std::filesystem;

class TestTrainedModel : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        m_path = m_folder.path().toStdString();
        const auto study = test::writeHaadfStudy(m_path);
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        m_study = *study;
        RunOptions options;
        options.folder = m_path / "run";
        options.changes["epochs"] = std::int64_t(1);
        const auto run = runStudy(m_study, options, {}, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        m_run = *run;
    }

    void fineTunesFromARun()
    {
        Study study = m_study;
        study.recipe.startFrom = m_path / "run/model.safetensors";
        RunOptions options;
        options.folder = m_path / "tuned";
        options.changes["epochs"] = std::int64_t(1);
        const auto tuned = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(tuned.has_value(), tuned ? "" : tuned.error().message.c_str());
        QCOMPARE(loadRun(m_path / "tuned").value()->study.recipe.startFrom.value(), *study.recipe.startFrom);
        // A model of other patterns is told before anything is prepared.
        auto wide = test::writeSmallStudy(m_path / "wide", {{"0033", "0034"}, 4, 4, 100, true});
        QVERIFY(wide.has_value());
        QVERIFY(obstaclesOf(*wide).empty());
        wide->recipe.startFrom = study.recipe.startFrom;
        const auto obstacles = obstaclesOf(*wide);
        QVERIFY(!obstacles.empty() && obstacles[0].code == ErrorCode::ModelMismatch);
        study.recipe.startFrom = m_path / "no model.safetensors";
        const auto missing = runStudy(study, options, {}, {}, {}, {});
        QVERIFY(!missing && missing.error().code == ErrorCode::FileNotFound);
    }

    void trainedModelPredictsAScanWithoutMaps()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        fs::copy_file(m_path / "0034 4DSTEM.h5", path / "0034 4DSTEM.h5");
        RunOptions options;
        options.folder = path / "predicted";
        const auto run =
            predictFiles(m_path / "run/model.safetensors", {path / "0034 4DSTEM.h5"}, m_study.crop, options, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        QVERIFY((*run)->metrics.scans.empty());
        const QuantityMaps* maps = (*run)->scans[0].quantity("Te");
        QVERIFY(maps && maps->predicted && !maps->real);
        // The same patterns through the same model: the same map as in the run.
        QCOMPARE(maps->predicted->values, m_run->scans[1].quantity("Te")->predicted->values);
    }

    void studyWithModelSkipsTraining()
    {
        Study study = m_study;
        study.model = m_path / "run/model.safetensors";
        study.correction.fitOn = "0033, first";
        study.scans[0].name = "0033, first"; // a comma must not break the files that hold it
        RunOptions options;
        options.folder = m_path / "with_model";
        const auto run = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        QVERIFY((*run)->history.empty());
        QVERIFY(!(*run)->scores("0034")->inSample);
        QVERIFY((*run)->scores("0033, first")->targets[0].correctionInSample);
        QVERIFY((*run)->scores("0034")->targets[0].corrected);
        QVERIFY(!(*run)->scores("0034")->targets[0].correctionInSample);
    }

    void modelKnowsWhatItWasTrainedOn()
    {
        Study study = m_study;
        study.model = m_path / "run/model.safetensors";
        RunOptions options;
        options.folder = m_path / "known";
        const auto run = runStudy(study, options, {}, {}, {}, {});
        QVERIFY(run);
        QVERIFY((*run)->scores("0033")->inSample);
        QVERIFY(!(*run)->scores("0034")->inSample);
    }

    void correctionWithNothingToFitItOnIsLeftOut()
    {
        Study study = m_study;
        study.model = m_path / "run/model.safetensors";
        study.scans[1].maps.clear();
        study.correction.fitOn = "0034";
        RunOptions options;
        options.folder = m_path / "not_fitted";
        const auto run = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        QCOMPARE(std::ranges::count((*run)->warnings, std::string("correction_not_fitted"), &Warning::code), 1);
        QVERIFY((*run)->scans[1].quantity("O")->predicted && !(*run)->scans[1].quantity("O")->corrected);
        QVERIFY(!(*run)->scores("0033")->targets[0].corrected);
    }

  private:
    QTemporaryDir m_folder;
    fs::path m_path;
    Study m_study;
    RunResultPtr m_run; ///< of both scans, trained on 0033; its model is what the tests use
};

QTEST_APPLESS_MAIN(TestTrainedModel)
#include "tst_trained_model.moc"
