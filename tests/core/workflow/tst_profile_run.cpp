// SPDX-License-Identifier: GPL-3.0-or-later
// The whole job with a recipe that reads ring profiles: files, repeats, the model alone, and other software.
#include "core/io/format.h"
#include "core/workflow/run_study.h"
#include "tests/support/small_study.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

std::string textOf(const fs::path& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

class TestProfileRun : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path m_path;
    Study m_study;
    RunResultPtr m_run;
    double m_seconds = 0;

    RunOptions into(const char* folder) const
    {
        RunOptions options;
        options.folder = m_path / folder;
        options.threads = 2;
        return options;
    }

  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        m_path = m_folder.path().toStdString();
        const auto study = test::writeSmallStudy(m_path);
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        m_study = *study;
        m_study.recipe = unchanged(recipeNamed("radial").value());
        m_study.diffraction.reset(); // as the recipe says
        m_study.crop = Region{1, 0, 10, 10};
        QElapsedTimer timer;
        timer.start();
        const auto run = runStudy(m_study, into("run"), {}, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        m_run = *run;
        m_seconds = double(timer.elapsed()) / 1000;
    }

    void takesSeconds()
    {
        // Two on an idle machine; networks on the same patterns take as long for one epoch.
        QVERIFY2(m_seconds < 60, qPrintable(QString::number(m_seconds)));
        QCOMPARE(m_run->history.size(), std::size_t(5)); // ridge, kernel, three networks
    }

    void writesTheContract()
    {
        for (const char* name :
             {"study.dispersa", "run.json", "run.log", "history.csv", "model.safetensors", "checkpoints", "tensorboard",
              "split.csv", "metrics.json", "metrics.csv", "figure_data.h5", "figures", "maps.h5"})
            QVERIFY2(fs::exists(m_path / "run" / name), name);
        for (const char* scan : {"0033", "0034"})
            for (const char* quantity : {"O", "Te"})
                for (const char* stage : {"measured", "real", "predicted", "corrected"})
                    for (const char* extension : {".mrc", ".tif"}) {
                        const auto name = std::string(quantity) + "-" + stage + extension;
                        QVERIFY2(fs::exists(m_path / "run/maps" / scan / name), name.c_str());
                    }
        QCOMPARE(QString::fromStdString(textOf(m_path / "run/history.csv")).count('\n'), 6);
        for (const auto& entry : fs::recursive_directory_iterator(m_path / "run"))
            QVERIFY2(entry.path().filename().string()[0] != '.', entry.path().c_str()); // no temporary left
    }

    void learnsRingsWhoseRadiusTellsTheComposition()
    {
        const auto json = nlohmann::json::parse(textOf(m_path / "run/metrics.json"));
        QCOMPARE(json["scans"].size(), 2u);
        for (const auto& target : json["scans"][1]["targets"])
            QVERIFY2(target["pearson"].get<double>() > 0.8, target.dump().c_str());
        const QuantityMaps *o = m_run->scans[1].quantity("O"), *te = m_run->scans[1].quantity("Te");
        for (std::size_t i = 0; i < 100; ++i) // a composition
            QVERIFY(std::abs(o->predicted->values[i] + te->predicted->values[i] - 1) < 1e-5f);
    }

    void readsBackAsItWas()
    {
        const auto loaded = loadRun(m_path / "run");
        QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
        QCOMPARE((*loaded)->study.recipe.name, std::string("radial"));
        QCOMPARE((*loaded)->history.size(), m_run->history.size());
        for (std::size_t s = 0; s < 2; ++s)
            for (const char* quantity : {"O", "Te"})
                QCOMPARE((*loaded)->scans[s].quantity(quantity)->predicted->values,
                         m_run->scans[s].quantity(quantity)->predicted->values);
    }

    void theModelAlonePredictsTheSame()
    {
        // 0034 lay outside of the training: its neighbourhoods reach beyond the crop as they did in the run.
        const auto run = predictFiles(m_path / "run/model.safetensors", {m_path / "0034 4DSTEM.h5"}, m_study.crop,
                                      into("predicted"), {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        for (const char* quantity : {"O", "Te"})
            QCOMPARE((*run)->scans[0].quantity(quantity)->predicted->values,
                     m_run->scans[1].quantity(quantity)->predicted->values);
        Study study = m_study;
        study.model = m_path / "run/model.safetensors";
        const auto again = runStudy(study, into("with_model"), {}, {}, {}, {});
        QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
        QVERIFY((*again)->history.empty());
        QCOMPARE((*again)->scans[1].quantity("O")->predicted->values, m_run->scans[1].quantity("O")->predicted->values);
    }

    void otherSoftwareAgrees_data()
    {
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<double>("ellipse");
        QTest::newRow("radial") << "radial" << 1.0;
        QTest::newRow("combined, with an ellipse") << "combined" << 1.04;
        QTest::newRow("polar") << "polar" << 1.0;
    }

    void otherSoftwareAgrees()
    {
        // NumPy makes the profiles of the patterns, PyTorch the maps of the profiles, from the model file alone.
        QFETCH(QString, recipe);
        QFETCH(double, ellipse);
        fs::path folder = m_path / "run";
        if (recipe != "radial") {
            folder = m_path / recipe.toStdString();
            Study study = m_study;
            study.recipe = unchanged(recipeNamed(recipe.toStdString()).value());
            study.diffraction = recipeNamed(recipe.toStdString()).value().diffraction;
            study.diffraction->ellipseRatio = ellipse;
            study.diffraction->ellipseAngle_deg = 25;
            const auto run = runStudy(study, into(recipe.toLatin1().constData()), {}, {}, {}, {});
            QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        }
        QProcess python;
        python.setProcessChannelMode(QProcess::MergedChannels);
        python.start(DISPERSA_PYTHON, {DISPERSA_SOURCE_DIR "/tests/core/workflow/check_run.py",
                                       QString::fromStdString(folder.string()), "0034"});
        QVERIFY(python.waitForFinished(120000));
        const QByteArray said = python.readAll();
        QVERIFY2(python.exitCode() == 0, said.constData());
        if (said.contains("not rebuilt"))
            QSKIP("Python has no PyTorch: the model file was not loaded there.");
        QVERIFY2(said.contains("NumPy made the profiles"), said.constData());
    }

    void sameSeedSameRun()
    {
        const auto again = runStudy(m_study, into("again"), {}, {}, {}, {});
        QVERIFY(again);
        QCOMPARE((*again)->scans[1].quantity("O")->predicted->values, m_run->scans[1].quantity("O")->predicted->values);
        RunOptions other = into("other");
        other.seed = 7;
        const auto seeded = runStudy(m_study, other, {}, {}, {}, {});
        QVERIFY(seeded);
        QVERIFY((*seeded)->scans[1].quantity("O")->predicted->values !=
                m_run->scans[1].quantity("O")->predicted->values);
    }

    void membersAndRegressionAreChosen()
    {
        // What `--members 2 --regressor mlp` puts among the changes.
        RunOptions options = into("networks");
        options.changes["members"] = std::int64_t(2);
        options.changes["regressor"] = std::string("mlp");
        TrainingEstimate estimate;
        RunEvents events;
        events.onEstimate = [&](const TrainingEstimate& told) { estimate = told; };
        const auto run = runStudy(m_study, options, events, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        QCOMPARE((*run)->history.size(), std::size_t(2));
        QVERIFY(estimate.trainingSeconds > 0 && estimate.predictionSeconds > 0 && estimate.memory_bytes > 0);
        const auto model = loadModel(m_path / "networks/model.safetensors");
        QVERIFY(model);
        const ProfileOptions& profile = *(*model)->description().profile;
        QCOMPARE(profile.regressors.size(), std::size_t(1));
        QCOMPARE(profile.regressors[0].kind, RegressorKind::Mlp);
        const auto loaded = loadRun(options.folder);
        QVERIFY(loaded);
        QCOMPARE(std::get<std::string>((*loaded)->study.recipe.changes.at("regressor")), std::string("mlp"));
        QCOMPARE(std::get<std::int64_t>((*loaded)->study.recipe.changes.at("members")), std::int64_t(2));
    }

    void trainsTheModelAlone()
    {
        const auto trained = trainStudy(m_study, m_path / "alone.safetensors", into(""), {}, {}, {}, {});
        QVERIFY2(trained.has_value(), trained ? "" : trained.error().message.c_str());
        const auto run = predictFiles(m_path / "alone.safetensors", {m_path / "0034 4DSTEM.h5"}, m_study.crop,
                                      into("predicted_alone"), {}, {});
        QVERIFY(run);
        QCOMPARE((*run)->scans[0].quantity("O")->predicted->values, m_run->scans[1].quantity("O")->predicted->values);
    }

    void aStopKeepsWhatIsFitted()
    {
        std::stop_source stop;
        RunEvents events;
        events.onEpoch = [&](const EpochReport&) { stop.request_stop(); };
        const auto run = runStudy(m_study, into("stopped"), events, {}, stop.get_token(), {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        QVERIFY((*run)->stoppedByUser);
        QCOMPARE((*run)->history.size(), std::size_t(1));
        QVERIFY(loadRun(m_path / "stopped"));
    }

    void canBeCancelledWhileScoring_data()
    {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<int>("step");
        QTest::newRow("novelty") << "fit baselines" << 1;
        QTest::newRow("ridge regression") << "fit baselines" << 4;
        QTest::newRow("baselines") << "compare baselines" << 2;
    }
    void canBeCancelledWhileScoring()
    {
        QFETCH(QString, stage);
        QFETCH(int, step);
        std::stop_source abort;
        int after = 0; // steps of the stage that were begun all the same
        const auto run = runStudy(
            m_study, into("cancelled"), {},
            [&](const Progress& progress) {
                if (progress.stage != stage.toStdString())
                    return;
                after += abort.stop_requested();
                if (progress.done == step)
                    abort.request_stop();
            },
            {}, abort.get_token());
        QVERIFY(!run && run.error().code == ErrorCode::Cancelled);
        QVERIFY2(after <= 1, qPrintable(QString::number(after)));
        QVERIFY(!fs::exists(m_path / "cancelled/metrics.json"));
    }

    /// The trainings beside the run's own: nobody who counts its steps or stops it may take them for that.
    void tellsTrainingsForTheScoresApart()
    {
        Study study = m_study;
        study.scans[1].role = ScanRole::Train; // intervals are fitted on what is left out of two
        std::vector<std::string> stages;
        const auto run = runStudy(study, into("apart"), {},
                                  [&](const Progress& progress) {
                                      if (stages.empty() || stages.back() != progress.stage)
                                          stages.push_back(progress.stage);
                                  },
                                  {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        const auto predicts = std::find_if(stages.begin(), stages.end(),
                                           [](const std::string& stage) { return stage.starts_with("predict "); });
        QVERIFY(std::find(stages.begin(), predicts, "train") != predicts);
        QVERIFY(std::find(predicts, stages.end(), "train") == stages.end());
        QVERIFY(std::find(predicts, stages.end(), "retrain") != stages.end());
    }

    /// However soon the last block follows the one before.
    void showsEachPredictionWhole()
    {
        auto study = test::writeSmallStudy(m_path / "large", {{"0033", "0034"}, 68, 64, 32, true}); // more than a block
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        study->recipe = m_study.recipe;
        study->diffraction.reset();
        study->scans[0].crop = Region{0, 0, 12, 10};
        RunEvents events;
        double share = 0;
        std::string scan;
        events.onPartial = [&](const PartialPrediction& partial) {
            scan = partial.scan;
            share = partial.share;
        };
        const auto run = runStudy(*study, into("large run"), events, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        QCOMPARE(scan, std::string("0034"));
        QCOMPARE(share, 1.0);
    }

    void cannotGoOn()
    {
        RunOptions options = into("run");
        options.resume = true;
        const auto resumed = runStudy(m_study, options, {}, {}, {}, {});
        QVERIFY(!resumed);
        QVERIFY(loadRun(m_path / "run")); // the run that was there still is
        Study study = m_study;
        study.recipe.startFrom = m_path / "run/model.safetensors";
        const auto tuned = runStudy(study, into("tuned"), {}, {}, {}, {});
        QVERIFY(!tuned && tuned.error().code == ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestProfileRun)
#include "tst_profile_run.moc"
