// SPDX-License-Identifier: GPL-3.0-or-later
// Studies that are refused: an error that names the wrong key, and texts that are no JSON.
#include "tests/core/io/study_text.h"

#include <QTest>

using namespace dispersa;
using test::document;
using test::full;

class TestStudyFileBad : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void namesTheWrongKey_data();
    void namesTheWrongKey();
    void refusesWhatIsNoJson_data();
    void refusesWhatIsNoJson();
};

void TestStudyFileBad::namesTheWrongKey_data()
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
    row(R"("calibration": {"qr_rotation_deg": 900})", "calibration.qr_rotation_deg", "between -360 and 360");
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
    row(R"("diffraction": {"scaling": "cube"})", "diffraction.scaling", "linear, sqrt, log");
    row(R"("targets": "O")", "targets", "must be a list, not text");
    row(R"("targets": ["O", 5])", "targets[1]", "must name a map");
    row(R"("targets": [])", "targets", "is empty");
    row(R"("targets": ["../../O"])", "targets", "cannot name a file");
    row(R"("normalise": "softmax")", "normalise", "none, sum");
    row(R"("split": {"seed": -1})", "split.seed", "0 to 18446744073709551615");
    row(R"("split": {"seed": 1e20})", "split.seed", "whole number");
    row(R"("split": {"test_fraction": 1})", "split.test_fraction", "between 0 and 1");
    row(R"("split": {"kind": "leave one out"})", "split.kind", "random, blocks, scans, leave_one_out");
    row(R"("split": {"guard_px": -1})", "split.guard_px", "between 0 and 100000");
    row(R"("split": {"guard_px": null})", "split.guard_px", "must be a number");
    row(R"("split": {"guard_px": 2.5})", "split.guard_px", "whole number");
    row(R"("split": {"calibration_fraction": -0.1})", "split.calibration_fraction", "at least 0");
    row(R"("split": {"calibration_fraction": "0.1"})", "split.calibration_fraction", "must be a number, not text");
    row(R"("split": {"validation_fraction": 0.3, "calibration_fraction": 0.5})", "split.calibration_fraction",
        "leave pixels to train on");
    row(R"("split": {"block_px": 2147483647})", "split.block_px", "must lie between 1 and 100000");
    row(R"("split": {"guard_px": 2147483647})", "split.guard_px", "must lie between 0 and 100000");
    row(R"("recipe": {"epochs": 0})", "recipe.epochs", "between 1 and 100000");
    row(R"("recipe": {"weights": "middle"})", "recipe.weights", "last, best");
    row(R"("recipe": {"patience": true})", "recipe.patience", "must be a number, not true or false");
    row(R"("recipe": {"batch_size": 0})", "recipe.batch_size", "between 1");
    row(R"("recipe": {"members": 0})", "recipe.members", "between 1 and 20");
    row(R"("recipe": {"members": 21})", "recipe.members", "between 1 and 20");
    row(R"("recipe": {"members": 2.5})", "recipe.members", "whole number");
    row(R"("recipe": {"members": [2]})", "recipe.members", "must not be a list");
    row(R"("recipe": {"regressor": "forest"})", "recipe.regressor", "mean, ridge, kernel, mlp");
    row(R"("recipe": {"regressor": 1})", "recipe.regressor", "mean, ridge, kernel, mlp");
    row(R"("model": 7)", "model", "must be text");
    row(R"("correction": {"kind": "cubic"})", "correction.kind", "none, linear, polynomial, isotonic, quantile");
    row(R"("correction": {"simplex": 1})", "correction.simplex", "must be true or false");
    row(R"("correction": {"fit_on": "nowhere"})", "correction.fit_on",
        "validation, calibration, test or the name of a scan");
    row(R"("correction": {"fit_on": "calibration"})", "correction.fit_on", "keeps no pixel");
    row(R"("account": {"calibrate_on": "0099"})", "account.calibrate_on", "scans with the role predict");
    row(R"("account": {"calibrate_on": ["0099"]})", "account.calibrate_on", "'0099'");
    row(R"("account": {"calibrate_on": [""]})", "account.calibrate_on", "scans with the role predict");
    row(R"("scans": [{"name": "a", "role": "train"}], "account": {"calibrate_on": ["a"]})", "account.calibrate_on",
        "scans with the role predict");
    row(R"("scans": [{"name": "a"}], "account": {"calibrate_on": ["a", "a"]})", "account.calibrate_on", "twice");
    row(R"("account": {"calibrate_on": 7})", "account.calibrate_on", "must be a list of names, not a number");
    row(R"("account": {"calibrate_on": ["0099", null]})", "account.calibrate_on", "names only, not null");
    row(R"("account": 1)", "account", "must be an object");
    row(R"("account": {"level": 0.4})", "account.level", "between 0.5 and 0.99");
    row(R"("account": {"level": 1})", "account.level", "between 0.5 and 0.99");
    row(R"("account": {"level": true})", "account.level", "must be a number");
    row(R"("account": {"dropout_passes": -1})", "account.dropout_passes", "between 0 and 200");
    row(R"("account": {"dropout_passes": 201})", "account.dropout_passes", "between 0 and 200");
    row(R"("account": {"dropout_passes": 0.5})", "account.dropout_passes", "whole number");
    row(R"("account": {"leak_gap": "yes"})", "account.leak_gap", "must be true or false");
}

void TestStudyFileBad::namesTheWrongKey()
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

void TestStudyFileBad::refusesWhatIsNoJson_data()
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

void TestStudyFileBad::refusesWhatIsNoJson()
{
    QFETCH(QByteArray, text);
    const auto study = parseStudy(text.toStdString(), "/");
    QVERIFY(!study);
    QCOMPARE(study.error().code, ErrorCode::FormatInvalid);
    QVERIFY2(study.error().message.starts_with("The study is not "), study.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestStudyFileBad)
#include "tst_study_file_bad.moc"
