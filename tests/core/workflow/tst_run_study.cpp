// SPDX-License-Identifier: GPL-3.0-or-later
// The whole job on a tiny study: every file of the contract, and what they hold.
#include "core/io/format.h"
#include "core/workflow/run_study.h"
#include "tests/core/workflow/haadf_study.h"

#include <nlohmann/json.hpp>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

/// Pearson and MAE in the plainest way, from files alone.
std::pair<double, double> scoresFromFiles(const fs::path& folder, const std::string& quantity)
{
    const auto real = readMap(folder / (quantity + "-real.mrc"));
    const auto predicted = readMap(folder / (quantity + "-predicted.mrc"));
    const double n = static_cast<double>(real->values.size());
    double sx = 0, sy = 0, error = 0;
    for (std::size_t i = 0; i < real->values.size(); ++i) {
        sx += real->values[i];
        sy += predicted->values[i];
        error += std::abs(double(real->values[i]) - double(predicted->values[i]));
    }
    double xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < real->values.size(); ++i) {
        const double x = real->values[i] - sx / n;
        const double y = predicted->values[i] - sy / n;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return {xy / std::sqrt(xx * yy), error / n};
}

std::string textOf(const fs::path& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

class TestRunStudy : public QObject {
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
        options.changes["epochs"] = std::int64_t(2);
        const auto run = runStudy(m_study, options, {}, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        m_run = *run;
    }

    void writesTheContract()
    {
        for (const char* name :
             {"study.dispersa", "run.json", "run.log", "history.csv", "model.safetensors", "checkpoints", "tensorboard",
              "split.csv", "metrics.json", "metrics.csv", "figure_data.h5", "figures", "maps.h5"})
            QVERIFY2(fs::exists(m_path / "run" / name), name);
        for (const char* scan : {"0033", "0034"})
            for (const char* quantity : {"O", "Te", "HAADF"})
                for (const char* stage : {"measured", "real", "predicted", "corrected"})
                    for (const char* extension : {".mrc", ".tif"}) {
                        const auto name = std::string(quantity) + "-" + stage + extension;
                        QVERIFY2(fs::exists(m_path / "run/maps" / scan / name), name.c_str());
                    }
        QCOMPARE(QString::fromStdString(textOf(m_path / "run/history.csv")).count('\n'), 3);
        QVERIFY(!fs::is_empty(m_path / "run/tensorboard"));
        QVERIFY(!fs::is_empty(m_path / "run/checkpoints"));
        for (const auto& entry : fs::recursive_directory_iterator(m_path / "run"))
            QVERIFY2(entry.path().filename().string()[0] != '.', entry.path().c_str()); // no temporary left
    }

    void metricsAreThoseOfTheFiles()
    {
        const auto json = nlohmann::json::parse(textOf(m_path / "run/metrics.json"));
        QCOMPARE(json["scans"].size(), 2u);
        const auto& scan = json["scans"][1];
        QCOMPARE(scan["name"].get<std::string>(), std::string("0034"));
        QCOMPARE(scan["in_sample"].get<bool>(), false);
        QCOMPARE(json["scans"][0]["in_sample"].get<bool>(), true);
        for (const auto& target : scan["targets"]) {
            const auto name = target["name"].get<std::string>();
            QCOMPARE(target["n"].get<int>(), 100);
            if (name == "HAADF")
                continue; // its files are in original units, its scores in target scale
            // The files hold the fractions as float32: 3e-8 each.
            const auto [pearson, mae] = scoresFromFiles(m_path / "run/maps/0034", name);
            QVERIFY(std::abs(target["pearson"].get<double>() - pearson) < 1e-6);
            QVERIFY(std::abs(target["mae"].get<double>() - mae) < 1e-6);
        }
        QCOMPARE(json["split"]["kind"].get<std::string>(), std::string("random"));
        QCOMPARE(json["split"]["test"]["targets"].size(), 3u);
        // Fitted on the part that stopped the training, which is the test part here.
        QCOMPARE(json["split"]["test"]["targets"][0]["correction"]["in_sample"].get<bool>(), true);
        QCOMPARE(json["summary"].size(), 3u);
    }

    void otherSoftwareAgrees()
    {
        // mrcfile, tifffile, h5py read the maps; PyTorch repeats them from the model file alone.
        const QByteArray said = checked("run");
        if (said.contains("not rebuilt"))
            QSKIP("Python has no PyTorch: the model file was not loaded there.");
    }

    void splitCoversTheCropOfTheTrainingScan()
    {
        int train = 0, test = 0;
        for (const SplitPixel& pixel : m_run->split) {
            QCOMPARE(pixel.scan, std::string("0033"));
            QVERIFY(m_study.crop->contains({pixel.y, pixel.x}));
            train += pixel.set == "train";
            test += pixel.set == "test";
        }
        QCOMPARE(train, 80);
        QCOMPARE(test, 20);
    }

    void readsBackAsItWas()
    {
        const auto loaded = loadRun(m_path / "run");
        QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
        const RunResult& run = **loaded;
        QCOMPARE(run.history.size(), 2u);
        QCOMPARE(run.bestEpoch, m_run->bestEpoch);
        QCOMPARE(run.device, m_run->device);
        QCOMPARE(run.scans.size(), 2u);
        QCOMPARE(run.scans[1].crop, *m_study.crop);
        const QuantityMaps* maps = run.scans[1].quantity("O");
        QVERIFY(maps);
        QCOMPARE(maps->predicted->values, m_run->scans[1].quantity("O")->predicted->values);
        QCOMPARE(maps->real->unit, MapUnit::Fraction);
        QCOMPARE(run.metrics.scans[1].targets[0].pearson.value, m_run->metrics.scans[1].targets[0].pearson.value);
        QCOMPARE(run.split.size(), m_run->split.size());
        QVERIFY(run.study.scans[0].diffraction->path == m_study.scans[0].diffraction->path);
    }

    void correctionFittedOnATrainingScanIsMarkedOnTheTestPart()
    {
        Study study = m_study;
        study.scans[0].name = "a, b";
        study.correction.fitOn = "a, b";
        RunOptions options;
        options.folder = m_path / "fitted";
        options.changes["epochs"] = std::int64_t(1);
        const auto run = runStudy(study, options, {}, {}, {}, {});
        QVERIFY(run);
        QVERIFY((*run)->metrics.testTargets[0].correctionInSample);
        const auto loaded = loadRun(options.folder);
        QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
        QCOMPARE((*loaded)->split[0].scan, std::string("a, b"));
    }

    void layoutTellsWhereOutputsBelong()
    {
        RunOptions options;
        options.folder = m_path / "events";
        options.changes["epochs"] = std::int64_t(1);
        std::shared_ptr<const TrainingLayout> layout;
        EpochReport last;
        RunEvents events;
        events.onLayout = [&](const std::shared_ptr<const TrainingLayout>& given) { layout = given; };
        events.onEpoch = [&](const EpochReport& report) { last = report; };
        QVERIFY(runStudy(m_study, options, events, {}, {}, {}));
        QVERIFY(layout);
        QCOMPARE(layout->pixels.size(), 100u);
        QCOMPARE(layout->pixels[10].point, (ScanPoint{2, 0}));
        QCOMPARE(last.outputs->size(), 300u);
        QCOMPARE(layout->real[0].size(), 3u);
    }

    void sameSeedSameRun()
    {
        RunOptions options;
        options.changes["epochs"] = std::int64_t(2);
        options.folder = m_path / "again";
        const auto run = runStudy(m_study, options, {}, {}, {}, {});
        QVERIFY(run);
        QCOMPARE((*run)->history[1].loss, m_run->history[1].loss);
        QCOMPARE((*run)->scans[1].quantity("O")->predicted->values, m_run->scans[1].quantity("O")->predicted->values);
    }

    void membersAndDropoutSayHowSureItIs()
    {
        Study study = m_study;
        study.recipe.changes["members"] = std::int64_t(2);
        RunOptions options;
        options.threads = 1;
        options.folder = m_path / "members";
        options.changes["epochs"] = std::int64_t(2);
        const auto members = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(members.has_value(), members ? "" : members.error().message.c_str());
        auto json = nlohmann::json::parse(textOf(options.folder / "run.json"));
        QCOMPARE(json["members"].get<int>(), 2);
        QVERIFY(!json.contains("dropout_passes"));
        QCOMPARE(json["epochs"].get<int>(), 2);
        QCOMPARE(QString::fromStdString(textOf(options.folder / "history.csv")).count('\n'), 3);
        QVERIFY(fs::exists(options.folder / "checkpoints/member1/last.safetensors"));
        if (const QByteArray said = checked("members"); !said.contains("not rebuilt"))
            QVERIFY2(said.contains("2 members: PyTorch differs from the sigma maps"), said.constData());

        study.account.dropoutPasses = 4;
        options.folder = m_path / "both";
        const auto both = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(both.has_value(), both ? "" : both.error().message.c_str());
        json = nlohmann::json::parse(textOf(options.folder / "run.json"));
        QCOMPARE(json["members"].get<int>(), 2);
        QCOMPARE(json["dropout_passes"].get<int>(), 4);
        const auto loaded = loadRun(options.folder);
        QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
        for (const char* scan : {"0033", "0034"})
            for (const char* quantity : {"O", "Te", "HAADF"}) {
                for (const char* extension : {".mrc", ".tif"})
                    QVERIFY(
                        fs::exists(options.folder / "maps" / scan / (std::string(quantity) + "-sigma" + extension)));
                const auto map = [&](const RunResultPtr& run) { return run->scan(scan)->quantity(quantity); };
                QCOMPARE(map(*both)->predicted->values, map(*members)->predicted->values);
                QCOMPARE(map(*loaded)->sigma->values, map(*both)->sigma->values);
                for (std::size_t i = 0; i < 100; ++i)
                    QVERIFY(map(*both)->sigma->values[i] > map(*members)->sigma->values[i]);
            }

        // The model alone says the same; dropout alone has its maps too.
        study.model = options.folder / "model.safetensors";
        options.folder = m_path / "both_again";
        options.changes.clear();
        const auto again = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
        QCOMPARE((*again)->scan("0034")->quantity("O")->sigma->values,
                 (*both)->scan("0034")->quantity("O")->sigma->values);
        study.model = m_path / "run/model.safetensors";
        options.folder = m_path / "dropout";
        const auto dropout = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(dropout.has_value(), dropout ? "" : dropout.error().message.c_str());
        QVERIFY((*dropout)->scan("0034")->quantity("O")->sigma);
        QVERIFY(!m_run->scan("0034")->quantity("O")->sigma);
    }

    void everyStepIsRepeatedAndKept()
    {
        // All steps on; the model alone, the cache and neither must give the same maps.
        Study study = m_study;
        study.diffraction = DiffractionOptions{
            CentreKind::SubPixel, 4, 1, Scaling::Log, BadPixels::Repair, 12, DescanModel::Plane, 1.02, 35, 2};
        RunOptions options;
        options.changes["epochs"] = std::int64_t(1);
        options.cache.folder = m_path / "cache";
        options.folder = m_path / "steps";
        const auto first = runStudy(study, options, {}, {}, {}, {});
        QVERIFY2(first.has_value(), first ? "" : first.error().message.c_str());
        const auto kept = [&] { return std::distance(fs::directory_iterator(options.cache.folder), {}); };
        QCOMPARE(int(kept()), 2); // the training scan's and the other's
        const auto saysFit = [](const RunResult& run) {
            return std::count_if(run.warnings.begin(), run.warnings.end(),
                                 [](const Warning& warning) { return warning.code.starts_with("descan_"); });
        };
        QCOMPARE(int(saysFit(**first)), 2);

        options.folder = m_path / "steps_again";
        const auto again = runStudy(study, options, {}, {}, {}, {});
        QVERIFY(again);
        QCOMPARE(int(kept()), 2);
        QCOMPARE(int(saysFit(**again)), 2);
        QCOMPARE((*again)->scans[1].quantity("O")->predicted->values,
                 (*first)->scans[1].quantity("O")->predicted->values);

        options.cache = {};
        options.folder = m_path / "steps_predicted";
        const auto predicted =
            predictFiles(m_path / "steps/model.safetensors", {m_path / "0034 4DSTEM.h5"}, study.crop, options, {}, {});
        QVERIFY2(predicted.has_value(), predicted ? "" : predicted.error().message.c_str());
        QCOMPARE((*predicted)->scans[0].quantity("O")->predicted->values,
                 (*first)->scans[1].quantity("O")->predicted->values);
    }

  private:
    /// What check_run.py says of a run that it finds right; fails the test if it finds it wrong.
    QByteArray checked(const char* run) const
    {
        QProcess python;
        python.setProcessChannelMode(QProcess::MergedChannels);
        python.start(DISPERSA_PYTHON, {DISPERSA_SOURCE_DIR "/tests/core/workflow/check_run.py",
                                       QString::fromStdString((m_path / run).string()), "0034"});
        const bool ended = python.waitForFinished(120000);
        const QByteArray said = python.readAll();
        if (!ended || python.exitCode() != 0)
            QTest::qFail(said.constData(), __FILE__, __LINE__);
        return said;
    }

    QTemporaryDir m_folder;
    fs::path m_path;
    Study m_study;
    RunResultPtr m_run;
};

QTEST_APPLESS_MAIN(TestRunStudy)
#include "tst_run_study.moc"
