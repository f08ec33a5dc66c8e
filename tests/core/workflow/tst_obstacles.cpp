// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that keeps a study from running is said before anything is written.
#include "core/io/map_writers.h"
#include "core/workflow/run_study.h"
#include "tests/support/small_study.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <functional>

using namespace dispersa;
namespace fs = std::filesystem;

using Spoil = std::function<void(Study&, const fs::path&)>;
Q_DECLARE_METATYPE(Spoil)

class TestObstacles : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void sound()
    {
        QTemporaryDir folder;
        const auto study = test::writeSmallStudy(folder.path().toStdString());
        QVERIFY(study);
        QVERIFY(obstaclesOf(*study).empty());
    }

    void spoiled_data()
    {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("names");
        const auto row = [](const char* name, ErrorCode code, const char* names, Spoil spoil) {
            QTest::newRow(name) << spoil << static_cast<int>(code) << QString(names);
        };
        row("missing diffraction", ErrorCode::FileNotFound, "0033 4DSTEM.h5",
            [](Study&, const fs::path& folder) { fs::remove(folder / "0033 4DSTEM.h5"); });
        row("missing map", ErrorCode::FileNotFound, "0033-O-at.mrc",
            [](Study&, const fs::path& folder) { fs::remove(folder / "GST - 0033-O-at.mrc"); });
        row("not HDF5", ErrorCode::FormatInvalid, "0033 4DSTEM.h5", [](Study&, const fs::path& folder) {
            std::ofstream(folder / "0033 4DSTEM.h5") << "this is no HDF5 file at all";
        });
        row("truncated HDF5", ErrorCode::FileTruncated, "0033 4DSTEM.h5", [](Study&, const fs::path& folder) {
            fs::resize_file(folder / "0033 4DSTEM.h5", fs::file_size(folder / "0033 4DSTEM.h5") / 2);
        });
        row("truncated map", ErrorCode::FileTruncated, "0033-Te-at.mrc", [](Study&, const fs::path& folder) {
            fs::resize_file(folder / "GST - 0033-Te-at.mrc", 1100);
        });
        row("grids differ", ErrorCode::ShapeMismatch, "11 x 10", [](Study&, const fs::path& folder) {
            ElementMap other = emptyMap("O", MapUnit::Fraction, {11, 10});
            other.values.assign(110, 0.5f);
            QVERIFY(writeMrc(other, {0, 0}, folder / "GST - 0033-O-at.mrc"));
        });
        row("crop outside", ErrorCode::ShapeMismatch, "12 x 10",
            [](Study& study, const fs::path&) { study.crop = Region{5, 5, 20, 20}; });
        row("unknown recipe", ErrorCode::UnknownRecipe, "alchemy",
            [](Study& study, const fs::path&) { study.recipe.name = "alchemy"; });
        row("loss of another recipe", ErrorCode::StudyInvalid, "cross_entropy", [](Study& study, const fs::path&) {
            study.recipe.name = "paper-haadf";
            study.recipe.changes["loss"] = std::string("cross_entropy");
        });
        row("dropout of regressions", ErrorCode::StudyInvalid, "'radial' is made of regressions", [](Study& study, const fs::path&) {
            study.recipe = unchanged(recipeNamed("radial").value());
            study.account.dropoutPasses = 10;
        });
        row("one pass with dropout", ErrorCode::StudyInvalid, "account.dropout_passes",
            [](Study& study, const fs::path&) { study.account.dropoutPasses = 1; });
        row("missing start", ErrorCode::FileNotFound, "none.safetensors",
            [](Study& study, const fs::path& folder) { study.recipe.startFrom = folder / "none.safetensors"; });
        row("pattern too small", ErrorCode::PatternTooSmall, "94",
            [](Study& study, const fs::path&) { study.diffraction->bin = 2; });
        row("unknown target", ErrorCode::DatasetMissing, "Ge",
            [](Study& study, const fs::path&) { study.targets = {"O", "Ge"}; });
        row("nothing trains", ErrorCode::NothingToTrain, "train",
            [](Study& study, const fs::path&) { study.scans[0].role = ScanRole::Predict; });
        row("no diffraction", ErrorCode::DatasetMissing, "0034",
            [](Study& study, const fs::path&) { study.scans[1].diffraction.reset(); });
        row("missing model", ErrorCode::FileNotFound, "none.safetensors",
            [](Study& study, const fs::path& folder) { study.model = folder / "none.safetensors"; });
        row("model is no model", ErrorCode::ModelInvalid, "GST - 0033-O-at.mrc",
            [](Study& study, const fs::path& folder) { study.model = folder / "GST - 0033-O-at.mrc"; });
        row("empty study", ErrorCode::NothingToTrain, "Open scans",
            [](Study& study, const fs::path&) { study.scans.clear(); });
    }
    void spoiled()
    {
        QFETCH(Spoil, spoil);
        QFETCH(int, code);
        QFETCH(QString, names);
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        auto study = test::writeSmallStudy(path);
        QVERIFY(study);
        spoil(*study, path);
        const auto obstacles = obstaclesOf(*study);
        QVERIFY(!obstacles.empty());
        QCOMPARE(errorCodeName(obstacles[0].code), errorCodeName(static_cast<ErrorCode>(code)));
        QVERIFY2(QString::fromStdString(obstacles[0].message).contains(names), obstacles[0].message.c_str());
        RunOptions options;
        options.folder = path / "run";
        const auto run = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY(!run);
        QCOMPARE(errorCodeName(run.error().code), errorCodeName(static_cast<ErrorCode>(code)));
        QVERIFY(!fs::exists(path / "run"));
    }

    void folderOfOtherFiles()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        const auto study = test::writeSmallStudy(path);
        RunOptions options;
        options.folder = path; // the inputs themselves
        const auto run = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::InvalidArgument);
        QVERIFY(fs::exists(path / "0033 4DSTEM.h5"));
    }
    void folderOfAnotherProgramWithALog()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        const auto study = test::writeSmallStudy(path);
        fs::create_directories(path / "session/maps");
        std::ofstream(path / "session/run.log") << "stage moved\n";
        std::ofstream(path / "session/maps/O.mrc") << "precious";
        RunOptions options;
        options.folder = path / "session";
        const auto run = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::InvalidArgument);
        QVERIFY(fs::exists(path / "session/maps/O.mrc"));
        QCOMPARE(fs::file_size(path / "session/run.log"), 12u);
    }
    void inputsInsideTheRunFolder()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        auto study = test::writeSmallStudy(path);
        fs::create_directories(path / "run/maps/0033");
        std::ofstream(path / "run/run.log") << "Dispersa\n";
        fs::rename(study->scans[0].maps[0].path, path / "run/maps/0033/O-real.mrc");
        study->scans[0].maps[0].path = path / "run/maps/0033/O-real.mrc";
        RunOptions options;
        options.folder = path / "run";
        const auto run = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::InvalidArgument);
        QVERIFY(fs::exists(path / "run/maps/0033/O-real.mrc"));
    }
    void unwritableFolder()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        const auto study = test::writeSmallStudy(path);
        std::ofstream(path / "file") << "x";
        RunOptions options;
        options.folder = path / "file" / "run"; // below a file nobody can write, not even root
        const auto run = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::WriteFailed);
    }
};

QTEST_APPLESS_MAIN(TestObstacles)
#include "tst_obstacles.moc"
