// SPDX-License-Identifier: GPL-3.0-or-later
// The study file: defaults, round trips, paths, unknown keys, and an error for every wrong key.
#include "core/base/os_file.h"
#include "core/io/study_file.h"

#include <QTemporaryDir>
#include <QTest>

#include <limits>

#include <nlohmann/json.hpp>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

/// The example of the design, with `extra` put in front of its keys.
std::string document(const std::string& extra = {})
{
    return R"({ "format": "dispersa-study", "version": 1)" + (extra.empty() ? "" : ", " + extra) + "}";
}

const char* const full = R"({ "format": "dispersa-study", "version": 1,
  "scans": [ { "name": "0033", "role": "train",
               "diffraction": { "path": "0033 4DSTEM.h5", "dataset": "/datacube_root/datacube/data", "scan_shape": [110, 45],
                 "order": { "swap_axes": true, "skip_first": 1, "skip_per_row": 2, "serpentine": true, "transpose": true,
                            "flip_y": true, "flip_x": true, "partial": true },
                 "signed": true },
               "maps": [ { "quantity": "O", "path": "GST - 0033-O-at.mrc", "unit": "fraction" },
                         { "quantity": "HAADF", "path": "../other/GST - 0033-HAADF.mrc", "dataset": "1", "unit": "arbitrary" } ],
               "map_from_scan": { "dy": 0.5, "dx": -1, "scale": 2 },
               "crop": { "y": 1, "x": 2, "height": 3, "width": 4 } } ],
  "calibration": { "q_pixel_invA": 0.0231, "scan_step_nm": 1.053, "convergence_mrad": 1.5 },
  "crop": { "y": 20, "x": 0, "height": 70, "width": 45 },
  "map_filter": { "kind": "bilateral", "size": 5, "sigma_color": 10, "sigma_space": 20 },
  "diffraction": { "centre": "com", "beam_mask_px": 3.5, "bin": 2, "scaling": "sqrt" },
  "targets": ["O", "Te"], "normalise": "sum",
  "split": { "kind": "blocks", "test_fraction": 0.25, "validation_fraction": 0.1, "seed": 18446744073709551615,
             "block_px": 10, "guard_px": 3 },
  "recipe": { "name": "quick", "epochs": 7, "weights": "best", "batch_size": 32, "learning_rate": 0.001, "patience": 4 },
  "model": "models/m.safetensors",
  "correction": { "kind": "none", "fit_on": "0033" }
})";

} // namespace

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
    void preparationsOfEarlierVersionsMeanWhatTheyMeant();
    void theOrderOfFramesSurvives();
    void writesTheDocumentedText();
    void bilateralFilterHasItsOwnDefaultSize();
    void pathsFollowTheStudy();
    void pathsAreUtf8();
    void unknownKeysSurviveAtEveryLevel();
    void unknownKeysOfAnUnchangedOrderSurvive();
    void unknownKeysOfARemovedObjectGo();
    void namesTheWrongKey_data();
    void namesTheWrongKey();
    void refusesWhatIsNoJson_data();
    void refusesWhatIsNoJson();
    void filesAreWrittenAtomically();
};

void TestStudyFile::emptyStudyHasTheDefaults()
{
    const auto study = parseStudy(document(), "/data");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY(*study == Study{});
    const auto withObjects = parseStudy(
        document(R"("scans": [], "calibration": {}, "map_filter": {}, "split": {}, "recipe": {}, "correction": {})"),
        "/");
    QVERIFY(*withObjects == Study{});
    const auto scan = parseStudy(document(R"("scans": [{"name": "a"}])"), "/");
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
    const std::string text = studyToJson(*study, "/data/study");
    QVERIFY(*parseStudy(text, "/data/study") == *study);
    QVERIFY(nlohmann::json::parse(text) == nlohmann::json::parse(full)); // the same document, key by key
    QVERIFY(*parseStudy(studyToJson(Study{}, "/"), "/") == Study{});
    Study odd; // values that the usual form of the file leaves out
    odd.mapFilter.sigmaSpace = 3;
    odd.split.guard_px = 9;
    QVERIFY(*parseStudy(studyToJson(odd, "/"), "/") == odd);
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
    QVERIFY(*parseStudy(written.dump(), "/") == *study);
    for (const char* descan : {"none", "constant", "plane", "parabola", "rows"})
        QVERIFY(parseStudy(document(std::string(R"("diffraction": {"descan": ")") + descan + "\"}"), "/"));
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
        QVERIFY(*parseStudy(written.dump(), "/") == *study);
    }
}

void TestStudyFile::theGuardIsTheRulesUnlessSaid()
{
    const auto ruled = parseStudy(document(R"("split": {"kind": "blocks"})"), "/");
    QVERIFY(ruled && !ruled->split.guard_px);
    QVERIFY(!nlohmann::json::parse(studyToJson(*ruled, "/"))["split"].contains("guard_px"));
    for (const int guard : {0, 9}) { // none is not the same as not said
        const auto said = parseStudy(document(R"("split": {"kind": "blocks", "guard_px": )" + std::to_string(guard) + "}"), "/");
        QVERIFY(said && said->split.guard_px == guard);
        const std::string text = studyToJson(*said, "/");
        QCOMPARE(nlohmann::json::parse(text)["split"]["guard_px"].get<int>(), guard);
        QVERIFY(*parseStudy(text, "/") == *said);
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
            {"fit_on": "calibration", "simplex": true, "later": 1, "kind": ")") + word + "\"}");
        const auto study = parseStudy(text, "/");
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QCOMPARE(study->correction.kind, kind);
        QCOMPARE(study->correction.fitOn, std::string("calibration"));
        QVERIFY(study->correction.simplex);
        const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
        QVERIFY(written["correction"] == nlohmann::json::parse(text)["correction"]);
        QVERIFY(*parseStudy(written.dump(), "/") == *study);
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
    QVERIFY(*parseStudy(written.dump(), "/") == *study);
    QVERIFY(parseStudy(document(R"("account": {})"), "/")->account == AccountOptions{});
    for (const char* edge : {R"("account": {"level": 0.5, "dropout_passes": 0})", R"("account": {"level": 0.99, "dropout_passes": 200})"})
        QVERIFY(parseStudy(document(edge), "/"));
}

/// A list of scans, or the one scan that earlier versions named by a text.
void TestStudyFile::scansForIntervalsSurvive()
{
    using Names = std::vector<std::string>;
    const std::string scans = R"("scans": [{"name": "a", "role": "predict"}, {"name": "b, c", "role": "predict"}], )";
    for (const auto& [json, names] : {std::pair{R"(["b, c", "a"])", Names{"b, c", "a"}}, std::pair{R"("b, c")", Names{"b, c"}},
                                      std::pair{R"([])", Names{}}, std::pair{R"("")", Names{}}}) {
        const auto study = parseStudy(document(scans + R"("account": {"calibrate_on": )" + json + "}"), "/");
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QCOMPARE(study->account.calibrateOn, names);
        const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
        QCOMPARE(written.contains("account"), !names.empty());
        if (!names.empty())
            QVERIFY(written["account"]["calibrate_on"] == nlohmann::json(names)); // a list, also of one
        QVERIFY(*parseStudy(written.dump(), "/") == *study);
    }
}

void TestStudyFile::membersAndRegressionSurvive()
{
    const auto study = parseStudy(document(R"("recipe": {"name": "radial", "members": 5, "regressor": "kernel"})"), "/");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QCOMPARE(std::get<std::int64_t>(study->recipe.changes.at("members")), std::int64_t(5));
    QCOMPARE(std::get<std::string>(study->recipe.changes.at("regressor")), std::string("kernel"));
    const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
    QCOMPARE(written["recipe"]["members"].get<int>(), 5);
    QCOMPARE(written["recipe"]["regressor"].get<std::string>(), std::string("kernel"));
    QVERIFY(*parseStudy(written.dump(), "/") == *study);
    for (const char* word : {"mean", "ridge", "kernel", "mlp"})
        QVERIFY(parseStudy(document(std::string(R"("recipe": {"regressor": ")") + word + "\"}"), "/"));
}

void TestStudyFile::preparationsOfEarlierVersionsMeanWhatTheyMeant()
{
    const auto study = parseStudy(document(R"("diffraction": {"centre": "com", "beam_mask_px": 5})"), "/");
    QVERIFY((*study->diffraction == DiffractionOptions{CentreKind::CentreOfMass, 5, 1, Scaling::Linear}));
    QVERIFY(!study->diffraction->repairsPixels() && !study->diffraction->fitsDescan() &&
            !study->diffraction->resamples());
    // And what does nothing new is written as before.
    QVERIFY(nlohmann::json::parse(studyToJson(*study, "/"))["diffraction"] ==
            nlohmann::json::parse(R"({"centre": "com", "beam_mask_px": 5.0, "bin": 1, "scaling": "linear"})"));
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
    QCOMPARE(parseStudy(document(R"("map_filter": {"kind": "bilateral"})"), "/")->mapFilter.size, 9);
    QCOMPARE(parseStudy(document(R"("map_filter": {"kind": "median"})"), "/")->mapFilter.size, 7);
}

void TestStudyFile::pathsFollowTheStudy()
{
    auto study = *parseStudy(full, "/data/study");
    const std::string moved = studyToJson(study, "/data/runs/1");
    QVERIFY(moved.find("\"../../study/0033 4DSTEM.h5\"") != std::string::npos);
    QVERIFY(*parseStudy(moved, "/data/runs/1") == study);
    // An absolute path in the file is taken as it is.
    study = *parseStudy(document(R"("model": "/models/a/../m.safetensors")"), "/data");
    QCOMPARE(*study.model, fs::path("/models/m.safetensors"));
}

void TestStudyFile::pathsAreUtf8()
{
    const auto study = parseStudy(document("\"model\": \"Größe/µ.safetensors\""), "/data");
    QVERIFY(study);
    QCOMPARE(study->model->filename(), fs::path(u8"µ.safetensors"));
    QVERIFY(studyToJson(*study, "/data").find("Größe/µ.safetensors") != std::string::npos);
}

void TestStudyFile::unknownKeysSurviveAtEveryLevel()
{
    auto json = nlohmann::json::parse(full);
    const nlohmann::json note = {{"text", "später"}, {"list", {1, 2.5, nullptr, true}}};
    const std::vector<std::string> places = {"",
                                             "/scans/0",
                                             "/scans/0/diffraction",
                                             "/scans/0/diffraction/order",
                                             "/scans/0/maps/1",
                                             "/scans/0/map_from_scan",
                                             "/scans/0/crop",
                                             "/calibration",
                                             "/crop",
                                             "/map_filter",
                                             "/diffraction",
                                             "/split",
                                             "/recipe",
                                             "/correction",
                                             "/account"};
    for (const std::string& place : places) {
        json[nlohmann::json::json_pointer(place + "/note")] = note;
        json[nlohmann::json::json_pointer(place + "/a~1b~0c")] = place; // "a/b~c"
    }
    const auto study = parseStudy(json.dump(), "/data");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY(study->unknown.contains("note"));
    QVERIFY(study->scans[0].maps[1].unknown.contains("note"));
    QVERIFY(nlohmann::json::parse(studyToJson(*study, "/data")) == json);
    QVERIFY(*parseStudy(studyToJson(*study, "/data"), "/data") == *study);
}

void TestStudyFile::unknownKeysOfAnUnchangedOrderSurvive()
{
    const auto study = parseStudy(
        document(R"("scans": [{"name": "a", "diffraction": {"path": "x", "order": {"future": 1}}}])"), "/");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY(study->scans[0].diffraction->order.isDefault());
    QVERIFY(*parseStudy(studyToJson(*study, "/"), "/") == *study);
}

void TestStudyFile::unknownKeysOfARemovedObjectGo()
{
    auto study = *parseStudy(document(R"("crop": {"y": 0, "x": 0, "height": 2, "width": 2, "note": 1})"), "/");
    study.crop.reset();
    const auto json = nlohmann::json::parse(studyToJson(study, "/"));
    QVERIFY(!json.contains("crop")); // a crop of a note alone would be an invalid study
}

void TestStudyFile::namesTheWrongKey_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("said");
    const auto row = [](const char* keys, const char* key, const char* said) {
        QTest::newRow(keys) << QString::fromStdString(document(keys)) << key << said;
    };
    QTest::newRow("not an object") << "[1, 2]"
                                   << ""
                                   << "must be an object, not a list";
    QTest::newRow("no format") << "{}"
                               << "format"
                               << "dispersa-study";
    QTest::newRow("other format") << R"({"format": "x", "version": 1})"
                                  << "format"
                                  << "dispersa-study";
    QTest::newRow("no version") << R"({"format": "dispersa-study"})"
                                << "version"
                                << "is missing";
    QTest::newRow("newer") << R"({"format": "dispersa-study", "version": 2})"
                           << "version"
                           << "newer Dispersa";
    QTest::newRow("version as text") << R"({"format": "dispersa-study", "version": "1"})"
                                     << "version"
                                     << "a number";
    row(R"("scans": {})", "scans", "must be a list, not an object");
    row(R"("scans": [{"name": "a"}, 3])", "scans[1]", "must be an object, not a number");
    row(R"("scans": [{}])", "scans[0].name", "is missing");
    row(R"("scans": [{"name": 33}])", "scans[0].name", "must be text, not a number");
    row(R"("scans": [{"name": "a"}, {"name": "b", "role": "foo"}])", "scans[1].role",
        "must be one of train, predict, ignore, not \"foo\"");
    row(R"("scans": [{"name": "a", "role": null}])", "scans[0].role", "must be text, not null");
    row(R"("scans": [{"name": "a", "diffraction": {}}])", "scans[0].diffraction.path", "is missing");
    row(R"("scans": [{"name": "a", "diffraction": {"path": ""}}])", "scans[0].diffraction.path", "path of a file");
    row(R"("scans": [{"name": "a", "diffraction": {"path": "x", "scan_shape": [1]}}])",
        "scans[0].diffraction.scan_shape", "two sizes");
    row(R"("scans": [{"name": "a", "diffraction": {"path": "x", "scan_shape": [0, 5]}}])",
        "scans[0].diffraction.scan_shape", "two sizes");
    row(R"("scans": [{"name": "a", "diffraction": {"path": "x", "scan_shape": [99999999999, 5]}}])",
        "scans[0].diffraction.scan_shape", "two sizes");
    row(R"("scans": [{"name": "a", "diffraction": {"path": "x", "signed": 1}}])", "scans[0].diffraction.signed",
        "must be true or false, not a number");
    row(R"("scans": [{"name": "a", "diffraction": {"path": "x", "order": {"flip_y": "yes"}}}])",
        "scans[0].diffraction.order.flip_y", "must be true or false");
    row(R"("scans": [{"name": "a", "diffraction": {"path": "x", "order": {"skip_per_row": -1}}}])",
        "scans[0].diffraction.order.skip_per_row", "between 0");
    row(R"("scans": [{"name": "a", "maps": [{"path": "x"}]}])", "scans[0].maps[0].quantity", "must name an element");
    row(R"("scans": [{"name": "a", "maps": [{"quantity": "O", "path": 5}]}])", "scans[0].maps[0].path", "must be text");
    row(R"("scans": [{"name": "a", "maps": [{"quantity": "O", "path": "x", "unit": "at%"}]}])", "scans[0].maps[0].unit",
        "fraction, percent, weight_percent, counts, arbitrary");
    row(R"("scans": [{"name": "a", "map_from_scan": {"dy": "0"}}])", "scans[0].map_from_scan.dy", "must be a number");
    row(R"("scans": [{"name": "a", "crop": {"y": 0, "x": 0, "height": 0, "width": 1}}])", "scans[0].crop.height",
        "between 1");
    row(R"("scans": [{"name": "a"}, {"name": "a"}])", "scans.name", "uses 'a' twice");
    row(R"("calibration": {"scan_step_nm": "1"})", "calibration.scan_step_nm", "must be a number, not text");
    row(R"("calibration": {"scan_step_nm": -1})", "calibration.scan_step_nm", "greater than 0");
    row(R"("crop": {"y": 0, "x": 0, "height": 5})", "crop.width", "is missing");
    row(R"("crop": {"y": 1.5, "x": 0, "height": 5, "width": 5})", "crop.y", "whole number");
    row(R"("crop": {"y": -1, "x": 0, "height": 5, "width": 5})", "crop.y", "between 0");
    row(R"("crop": {"y": 3000000000, "x": 0, "height": 5, "width": 5})", "crop.y", "between 0");
    row(R"("map_filter": {"kind": "blur"})", "map_filter.kind", "none, mean, gaussian, median, bilateral");
    row(R"("map_filter": {"size": 4})", "map_filter.size", "odd");
    row(R"("map_filter": {"size": 1e30})", "map_filter.size", "between");
    row(R"("diffraction": {"bin": 0})", "diffraction.bin", "between 1 and 16");
    row(R"("diffraction": {"centre": "middle"})", "diffraction.centre", "none, com, subpixel");
    row(R"("diffraction": {"descan": "spline"})", "diffraction.descan", "none, constant, plane, parabola, rows");
    row(R"("diffraction": {"bad_pixels": true})", "diffraction.bad_pixels", "must be text");
    row(R"("diffraction": {"bad_pixel_sigmas": 0})", "diffraction.bad_pixel_sigmas", "between 3 and 1000");
    row(R"("diffraction": {"ellipse_ratio": 0.98})", "diffraction.ellipse_ratio", "between 1 and 2");
    row(R"("diffraction": {"ellipse_angle_deg": 200})", "diffraction.ellipse_angle_deg", "between -180 and 180");
    row(R"("diffraction": {"beam_mask_edge_px": -1})", "diffraction.beam_mask_edge_px", "from 0 to 10000");
    row(R"("calibration": {"qr_rotation_deg": 900})", "calibration.qr_rotation_deg", "between -360 and 360");
    row(R"("diffraction": {"scaling": "cube"})", "diffraction.scaling", "linear, sqrt, log");
    row(R"("targets": "O")", "targets", "must be a list, not text");
    row(R"("targets": ["O", 5])", "targets[1]", "must name a map");
    row(R"("targets": [])", "targets", "is empty");
    row(R"("normalise": "softmax")", "normalise", "none, sum");
    row(R"("split": {"seed": -1})", "split.seed", "0 to 18446744073709551615");
    row(R"("split": {"seed": 1e20})", "split.seed", "whole number");
    row(R"("split": {"test_fraction": 1})", "split.test_fraction", "between 0 and 1");
    row(R"("recipe": {"epochs": 0})", "recipe.epochs", "between 1 and 100000");
    row(R"("recipe": {"weights": "middle"})", "recipe.weights", "last, best");
    row(R"("recipe": {"patience": true})", "recipe.patience", "must be a number, not true or false");
    row(R"("recipe": {"batch_size": 0})", "recipe.batch_size", "between 1");
    row(R"("model": 7)", "model", "must be text");
    row(R"("split": {"kind": "leave one out"})", "split.kind", "random, blocks, scans, leave_one_out");
    row(R"("split": {"guard_px": -1})", "split.guard_px", "between 0 and 100000");
    row(R"("split": {"guard_px": null})", "split.guard_px", "must be a number");
    row(R"("split": {"guard_px": 2.5})", "split.guard_px", "whole number");
    row(R"("split": {"calibration_fraction": -0.1})", "split.calibration_fraction", "at least 0");
    row(R"("split": {"calibration_fraction": "0.1"})", "split.calibration_fraction", "must be a number, not text");
    row(R"("split": {"validation_fraction": 0.3, "calibration_fraction": 0.5})", "split.calibration_fraction",
        "leave pixels to train on");
    row(R"("recipe": {"members": 0})", "recipe.members", "between 1 and 20");
    row(R"("recipe": {"members": 21})", "recipe.members", "between 1 and 20");
    row(R"("recipe": {"members": 2.5})", "recipe.members", "whole number");
    row(R"("recipe": {"members": [2]})", "recipe.members", "must not be a list");
    row(R"("recipe": {"regressor": "forest"})", "recipe.regressor", "mean, ridge, kernel, mlp");
    row(R"("recipe": {"regressor": 1})", "recipe.regressor", "mean, ridge, kernel, mlp");
    row(R"("correction": {"kind": "cubic"})", "correction.kind", "none, linear, polynomial, isotonic, quantile");
    row(R"("correction": {"simplex": 1})", "correction.simplex", "must be true or false");
    row(R"("split": {"block_px": 2147483647})", "split.block_px", "must lie between 1 and 100000");
    row(R"("split": {"guard_px": 2147483647})", "split.guard_px", "must lie between 0 and 100000");
    row(R"("account": {"calibrate_on": "0099"})", "account.calibrate_on", "scans with the role predict");
    row(R"("account": {"calibrate_on": ["0099"]})", "account.calibrate_on", "'0099'");
    row(R"("account": {"calibrate_on": [""]})", "account.calibrate_on", "scans with the role predict");
    row(R"("scans": [{"name": "a", "role": "train"}], "account": {"calibrate_on": ["a"]})", "account.calibrate_on",
        "scans with the role predict");
    row(R"("scans": [{"name": "a"}], "account": {"calibrate_on": ["a", "a"]})", "account.calibrate_on", "twice");
    row(R"("account": {"calibrate_on": 7})", "account.calibrate_on", "must be a list of names, not a number");
    row(R"("account": {"calibrate_on": ["0099", null]})", "account.calibrate_on", "names only, not null");
    row(R"("targets": ["../../O"])", "targets", "cannot name a file");
    row(R"("correction": {"fit_on": "nowhere"})", "correction.fit_on", "validation, calibration, test or the name of a scan");
    row(R"("correction": {"fit_on": "calibration"})", "correction.fit_on", "keeps no pixel");
    row(R"("account": 1)", "account", "must be an object");
    row(R"("account": {"level": 0.4})", "account.level", "between 0.5 and 0.99");
    row(R"("account": {"level": 1})", "account.level", "between 0.5 and 0.99");
    row(R"("account": {"level": true})", "account.level", "must be a number");
    row(R"("account": {"dropout_passes": -1})", "account.dropout_passes", "between 0 and 200");
    row(R"("account": {"dropout_passes": 201})", "account.dropout_passes", "between 0 and 200");
    row(R"("account": {"dropout_passes": 0.5})", "account.dropout_passes", "whole number");
    row(R"("account": {"leak_gap": "yes"})", "account.leak_gap", "must be true or false");
}

void TestStudyFile::namesTheWrongKey()
{
    QFETCH(QString, json);
    QFETCH(QString, key);
    QFETCH(QString, said);
    const auto study = parseStudy(json.toStdString(), "/data");
    QVERIFY(!study);
    QCOMPARE(study.error().code, ErrorCode::StudyInvalid);
    QCOMPARE(QString::fromStdString(study.error().arguments.at(0)), key);
    const QString message = QString::fromStdString(study.error().message);
    QVERIFY2(message.contains(said), qPrintable(message));
    QVERIFY2(message.contains(key), qPrintable(message));
}

void TestStudyFile::refusesWhatIsNoJson_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("cut off") << QByteArray(full).first(300);
    QTest::newRow("not a number") << QByteArray(R"({"format": NaN})");
    QTest::newRow("number too large") << QByteArray(R"({"format": 1e999})");
    QTest::newRow("invalid UTF-8") << QByteArray("{\"format\": \"\xff\xfe\"}");
    QTest::newRow("a million brackets") << QByteArray(1000000, '[');
    QTest::newRow("binary") << QByteArray("\x89HDF\r\n\x1a\n\0\0", 10);
}

void TestStudyFile::refusesWhatIsNoJson()
{
    QFETCH(QByteArray, text);
    const auto study = parseStudy(text.toStdString(), "/");
    QVERIFY(!study);
    QCOMPARE(study.error().code, ErrorCode::FormatInvalid);
    QVERIFY(study.error().message.size() > 20);
}

void TestStudyFile::filesAreWrittenAtomically()
{
    const fs::path folder(m_folder.path().toStdString());
    const fs::path path = folder / "new" / "a.dispersa";
    Study study;
    study.model = folder / "m.safetensors";
    QVERIFY(writeStudy(study, path));
    QVERIFY(readTextFile(path)->find("\"../m.safetensors\"") != std::string::npos);
    QVERIFY(*readStudy(path) == study);
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
