// SPDX-License-Identifier: GPL-3.0-or-later
// The study file: defaults, every key and every option read and written, paths.
#include "core/base/os_file.h"
#include "tests/core/io/study_text.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

using namespace dispersa;
using test::document;
using test::full;
namespace fs = std::filesystem;

class TestStudyFile : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

  private Q_SLOTS:
    void emptyStudyHasTheDefaults();
    void readsEveryKey();
    void everyKeySurvivesARoundTrip();
    void everyStepOfThePreparationSurvives();
    void everySplitSurvives();
    void theGuardIsTheRulesUnlessSaid();
    void everyCorrectionSurvives();
    void theAccountSurvives();
    void scansForIntervalsSurvive();
    void membersAndRegressionSurvive();
    void theOrderOfFramesSurvives();
    void writesTheDocumentedText();
    void bilateralFilterHasItsOwnDefaultSize();
    void pathsFollowTheStudy();
    void pathsAreUtf8();
    void filesAreWrittenAndReadBack();
};

void TestStudyFile::emptyStudyHasTheDefaults()
{
    const auto study = parseStudy(document(), "/data");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY(*study == Study{});
    const auto withObjects = parseStudy(
        document(R"("scans": [], "calibration": {}, "map_filter": {}, "split": {}, "recipe": {}, "correction": {})"),
        "/");
    QVERIFY(withObjects == Study{});
    const auto scan = parseStudy(document(R"("scans": [{"name": "a"}])"), "/");
    QVERIFY(scan);
    QCOMPARE(scan->scans.at(0).role, ScanRole::Predict);
}

void TestStudyFile::readsEveryKey()
{
    const auto study = parseStudy(full, "/data/study");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    const StudyScan& scan = study->scans.at(0);
    QCOMPARE(scan.role, ScanRole::Train);
    QCOMPARE(scan.diffraction->path, fs::path("/data/study/0033 4DSTEM.h5"));
    QCOMPARE(scan.diffraction->dataset, std::string("/datacube_root/datacube/data"));
    QVERIFY((*scan.diffraction->scanShape == ScanShape{110, 45}));
    QVERIFY((scan.diffraction->order == ScanOrder{true, 1, 2, true, true, true, true, true}));
    QVERIFY(scan.diffraction->isSigned);
    QCOMPARE(*scan.maps.at(0).unit, MapUnit::Fraction);
    QCOMPARE(scan.maps.at(1).path, fs::path("/data/other/GST - 0033-HAADF.mrc"));
    QVERIFY((*scan.mapFromScan == MapFromScan{0.5, -1, 2}));
    QVERIFY((*scan.crop == Region{1, 2, 3, 4}));
    QVERIFY((study->calibration == Calibration{0.0231, 1.053, 1.5}));
    QVERIFY((study->mapFilter == MapFilterOptions{MapFilterKind::Bilateral, 5, 10, 20}));
    QVERIFY((*study->diffraction == DiffractionOptions{CentreKind::CentreOfMass, 3.5, 2, Scaling::SquareRoot}));
    QCOMPARE(study->targets, (std::vector<std::string>{"O", "Te"}));
    QCOMPARE(study->normalise, Normalise::Sum);
    QCOMPARE(study->split.kind, SplitKind::Blocks);
    QCOMPARE(study->split.seed, std::numeric_limits<std::uint64_t>::max());
    QCOMPARE(study->split.block_px, 10);
    QCOMPARE(std::get<std::string>(study->recipe.changes.at("weights")), std::string("best"));
    QCOMPARE(std::get<double>(study->recipe.changes.at("learning_rate")), 0.001);
    QCOMPARE(*study->model, fs::path("/data/study/models/m.safetensors"));
    QCOMPARE(study->correction.fitOn, std::string("0033"));
}

void TestStudyFile::everyKeySurvivesARoundTrip()
{
    const auto study = parseStudy(full, "/data/study");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    const std::string text = studyToJson(*study, "/data/study");
    QVERIFY(parseStudy(text, "/data/study") == *study);
    QVERIFY(nlohmann::json::parse(text) == nlohmann::json::parse(full)); // the same document, key by key
    QVERIFY(parseStudy(studyToJson(Study{}, "/"), "/") == Study{});
    Study odd; // values that the usual form of the file leaves out
    odd.mapFilter.sigmaSpace = 3;
    odd.split.guard_px = 9;
    QVERIFY(parseStudy(studyToJson(odd, "/"), "/") == odd);
}

void TestStudyFile::everyStepOfThePreparationSurvives()
{
    const std::string text = document(R"("calibration": {"qr_rotation_deg": -88.5}, "diffraction": {
        "bad_pixels": "repair", "bad_pixel_sigmas": 8.5, "centre": "subpixel", "descan": "parabola",
        "ellipse_ratio": 1.02, "ellipse_angle_deg": -30.5, "beam_mask_px": 4.0, "beam_mask_edge_px": 2.5, "bin": 2,
        "scaling": "log", "later": {"step": 1}})");
    const auto study = parseStudy(text, "/");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY((*study->diffraction == DiffractionOptions{CentreKind::SubPixel, 4, 2, Scaling::Log, BadPixels::Repair, 8.5,
                                                       DescanModel::Parabola, 1.02, -30.5, 2.5}));
    QCOMPARE(*study->calibration.qrRotation_deg, -88.5);
    const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
    QVERIFY(written["diffraction"] == nlohmann::json::parse(text)["diffraction"]);
    QVERIFY(parseStudy(written.dump(), "/") == *study);
    const std::pair<const char*, DescanModel> models[] = {{"none", DescanModel::None},
                                                          {"constant", DescanModel::Constant},
                                                          {"plane", DescanModel::Plane},
                                                          {"parabola", DescanModel::Parabola},
                                                          {"rows", DescanModel::Rows}};
    for (const auto& [word, model] : models) {
        const auto said = parseStudy(document(std::string(R"("diffraction": {"descan": ")") + word + "\"}"), "/");
        QVERIFY2(said, word);
        QCOMPARE(said->diffraction->descan, model);
        QVERIFY(parseStudy(studyToJson(*said, "/"), "/") == *said);
    }
}

void TestStudyFile::everySplitSurvives()
{
    const std::pair<const char*, SplitKind> kinds[] = {{"random", SplitKind::Random},
                                                       {"blocks", SplitKind::Blocks},
                                                       {"scans", SplitKind::Scans},
                                                       {"leave_one_out", SplitKind::LeaveOneOut}};
    for (const auto& [word, kind] : kinds) {
        const auto study = parseStudy(
            document(std::string(R"("split": {"calibration_fraction": 0.15, "kind": ")") + word + "\"}"), "/");
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QCOMPARE(study->split.kind, kind);
        QCOMPARE(study->split.calibrationFraction, 0.15);
        const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
        QCOMPARE(written["split"]["kind"].get<std::string>(), std::string(word));
        QCOMPARE(written["split"]["calibration_fraction"].get<double>(), 0.15);
        QVERIFY(parseStudy(written.dump(), "/") == *study);
    }
}

void TestStudyFile::theGuardIsTheRulesUnlessSaid()
{
    const auto ruled = parseStudy(document(R"("split": {"kind": "blocks"})"), "/");
    QVERIFY(ruled && !ruled->split.guard_px);
    QVERIFY(!nlohmann::json::parse(studyToJson(*ruled, "/"))["split"].contains("guard_px"));
    for (const int guard : {0, 9}) { // none is not the same as not said
        const auto said =
            parseStudy(document(R"("split": {"kind": "blocks", "guard_px": )" + std::to_string(guard) + "}"), "/");
        QVERIFY(said && said->split.guard_px == guard);
        const std::string text = studyToJson(*said, "/");
        QCOMPARE(nlohmann::json::parse(text)["split"]["guard_px"].get<int>(), guard);
        QVERIFY(parseStudy(text, "/") == *said);
    }
}

void TestStudyFile::everyCorrectionSurvives()
{
    const std::pair<const char*, CorrectionKind> kinds[] = {{"none", CorrectionKind::None},
                                                            {"linear", CorrectionKind::Linear},
                                                            {"polynomial", CorrectionKind::Polynomial},
                                                            {"isotonic", CorrectionKind::Isotonic},
                                                            {"quantile", CorrectionKind::Quantile}};
    for (const auto& [word, kind] : kinds) {
        const std::string text = document(std::string(R"("split": {"calibration_fraction": 0.1}, "correction":
            {"fit_on": "calibration", "simplex": true, "later": 1, "kind": ")") +
                                          word + "\"}");
        const auto study = parseStudy(text, "/");
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QCOMPARE(study->correction.kind, kind);
        QCOMPARE(study->correction.fitOn, std::string("calibration"));
        QVERIFY(study->correction.simplex);
        const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
        QVERIFY(written["correction"] == nlohmann::json::parse(text)["correction"]);
        QVERIFY(parseStudy(written.dump(), "/") == *study);
    }
    // With a model the split is that model's: its calibration part is not this study's to keep.
    QVERIFY(parseStudy(document(R"("model": "m.safetensors", "correction": {"fit_on": "calibration"})"), "/"));
}

void TestStudyFile::theAccountSurvives()
{
    const std::string text =
        document(R"("account": {"level": 0.95, "dropout_passes": 50, "leak_gap": true, "later": {"a": [1]}})");
    const auto study = parseStudy(text, "/");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QCOMPARE(study->account.level, 0.95);
    QCOMPARE(study->account.dropoutPasses, 50);
    QVERIFY(study->account.leakGap);
    const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
    QVERIFY(written["account"] == nlohmann::json::parse(text)["account"]);
    QVERIFY(parseStudy(written.dump(), "/") == *study);
    QVERIFY(parseStudy(document(R"("account": {})"), "/").value().account == AccountOptions{});
    for (const char* edge :
         {R"("account": {"level": 0.5, "dropout_passes": 0})", R"("account": {"level": 0.99, "dropout_passes": 200})"})
        QVERIFY(parseStudy(document(edge), "/"));
}

/// A list of scans, or the one scan that earlier versions named by a text.
void TestStudyFile::scansForIntervalsSurvive()
{
    using Names = std::vector<std::string>;
    const std::string scans = R"("scans": [{"name": "a", "role": "predict"}, {"name": "b, c", "role": "predict"}], )";
    for (const auto& [json, names] :
         {std::pair{R"(["b, c", "a"])", Names{"b, c", "a"}}, std::pair{R"("b, c")", Names{"b, c"}},
          std::pair{R"([])", Names{}}, std::pair{R"("")", Names{}}}) {
        const auto study = parseStudy(document(scans + R"("account": {"calibrate_on": )" + json + "}"), "/");
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QCOMPARE(study->account.calibrateOn, names);
        const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
        QCOMPARE(written.contains("account"), !names.empty());
        if (!names.empty())
            QVERIFY(written["account"]["calibrate_on"] == nlohmann::json(names)); // a list, also of one
        QVERIFY(parseStudy(written.dump(), "/") == *study);
    }
}

void TestStudyFile::membersAndRegressionSurvive()
{
    const auto study =
        parseStudy(document(R"("recipe": {"name": "radial", "members": 5, "regressor": "kernel"})"), "/");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QCOMPARE(std::get<std::int64_t>(study->recipe.changes.at("members")), std::int64_t(5));
    QCOMPARE(std::get<std::string>(study->recipe.changes.at("regressor")), std::string("kernel"));
    const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
    QCOMPARE(written["recipe"]["members"].get<int>(), 5);
    QCOMPARE(written["recipe"]["regressor"].get<std::string>(), std::string("kernel"));
    QVERIFY(parseStudy(written.dump(), "/") == *study);
    for (const char* word : {"mean", "ridge", "kernel", "mlp"}) {
        const auto said = parseStudy(document(std::string(R"("recipe": {"regressor": ")") + word + "\"}"), "/");
        QVERIFY2(said, word);
        QCOMPARE(std::get<std::string>(said->recipe.changes.at("regressor")), std::string(word));
    }
}

void TestStudyFile::theOrderOfFramesSurvives()
{
    Study study;
    study.scans.resize(3);
    study.scans[0].name = "all";
    study.scans[0].diffraction =
        DiffractionSource{"/data/a.mrc", {}, ScanShape{3, 4}, {true, 5, 2, true, true, true, true, true}};
    study.scans[1].name = "none";
    study.scans[1].diffraction = DiffractionSource{"/data/b.mrc"};
    study.scans[2].name = "against the file";
    study.scans[2].diffraction = DiffractionSource{"/data/c.mrc"};
    study.scans[2].diffraction->order.serpentine = false;
    const std::string text = studyToJson(study, "/data");
    QVERIFY(text.find("\"partial\": true") != std::string::npos);
    QVERIFY(text.find("\"serpentine\": false") != std::string::npos);
    const auto orders = QByteArray::fromStdString(text).count("\"order\"");
    QCOMPARE(orders, 2); // said only where it is not the file's
    const auto again = parseStudy(text, "/data");
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QVERIFY(*again == study);
}

void TestStudyFile::writesTheDocumentedText()
{
    const auto json = nlohmann::json::parse(studyToJson(Study{}, "/"));
    QVERIFY(json == nlohmann::json::parse(R"({ "format": "dispersa-study", "version": 1, "scans": [],
        "map_filter": { "kind": "gaussian", "size": 7 }, "targets": ["O", "Si", "Ge", "Sb", "Te"], "normalise": "none",
        "split": { "kind": "random", "test_fraction": 0.2, "validation_fraction": 0.0, "seed": 42 },
        "recipe": { "name": "paper", "epochs": 100, "weights": "last" },
        "correction": { "kind": "linear", "fit_on": "validation" } })"));
    QVERIFY(studyToJson(Study{}, "/").starts_with("{\n  \"format\": \"dispersa-study\""));
}

void TestStudyFile::bilateralFilterHasItsOwnDefaultSize()
{
    QCOMPARE(parseStudy(document(R"("map_filter": {"kind": "bilateral"})"), "/").value().mapFilter.size, 9);
    QCOMPARE(parseStudy(document(R"("map_filter": {"kind": "median"})"), "/").value().mapFilter.size, 7);
}

void TestStudyFile::pathsFollowTheStudy()
{
    auto study = parseStudy(full, "/data/study").value();
    const std::string moved = studyToJson(study, "/data/runs/1");
    QVERIFY(moved.find("\"../../study/0033 4DSTEM.h5\"") != std::string::npos);
    QVERIFY(parseStudy(moved, "/data/runs/1") == study);
    // An absolute path in the file is taken as it is.
    study = parseStudy(document(R"("model": "/models/a/../m.safetensors")"), "/data").value();
    QCOMPARE(*study.model, fs::path("/models/m.safetensors"));
}

void TestStudyFile::pathsAreUtf8()
{
    const auto study = parseStudy(document("\"model\": \"Größe/µ.safetensors\""), "/data");
    QVERIFY(study);
    QCOMPARE(study->model->filename(), fs::path(u8"µ.safetensors"));
    QVERIFY(studyToJson(*study, "/data").find("Größe/µ.safetensors") != std::string::npos);
}

void TestStudyFile::filesAreWrittenAndReadBack()
{
    const fs::path folder(m_folder.path().toStdString());
    const fs::path path = folder / "new" / "a.dispersa";
    Study study;
    study.model = folder / "m.safetensors";
    QVERIFY(writeStudy(study, path));
    QVERIFY(readTextFile(path)->find("\"../m.safetensors\"") != std::string::npos);
    QCOMPARE(std::distance(fs::directory_iterator(path.parent_path()), {}), 1); // no half-written file beside it
    QVERIFY(readStudy(path) == study);
    QCOMPARE(readStudy(folder / "none.dispersa").error().code, ErrorCode::FileNotFound);
    QVERIFY(writeFileAtomically(path, document(R"("normalise": 3)")));
    const auto bad = readStudy(path);
    QCOMPARE(bad.error().code, ErrorCode::StudyInvalid);
    QCOMPARE(bad.error().file, path);
    QVERIFY(QString::fromStdString(bad.error().message).contains("a.dispersa"));
    QCOMPARE(writeStudy(study, path / "below a file").error().code, ErrorCode::WriteFailed);
}

QTEST_APPLESS_MAIN(TestStudyFile)
#include "tst_study_file.moc"
