// SPDX-License-Identifier: GPL-3.0-or-later
// Reading NanoMEGAS block files: map and patterns, calibration, files that stopped early or are wrong.
#include "core/io/format.h"
#include "tests/core/io/detector_fixtures.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <numeric>

using namespace dispersa;
using dispersa::test::BloFixture;
using dispersa::test::hasWarning;
namespace fs = std::filesystem;

class TestBlo : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path write(const std::string& bytes, const char* name = "scan.blo") const
    {
        return test::writeBytes(fs::path(m_folder.path().toStdString()) / name, bytes);
    }

  private Q_SLOTS:
    void readsScanAndMap();
    void calibrationWhereSane();
    void stepsMayDiffer();
    void stoppedEarly_data();
    void stoppedEarly();
    void oddMarksAreWarnings();
    void badFiles_data();
    void badFiles();
    void sample();
};

void TestBlo::readsScanAndMap()
{
    const fs::path path = write(BloFixture().bytes());
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->format, std::string("blo"));
    QVERIFY(info->warnings.empty());
    QCOMPARE(info->items.size(), std::size_t(2));
    QVERIFY(info->items[0].kind == ItemKind::Diffraction);
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 3, 2, 2}));
    QVERIFY(info->items[1].kind == ItemKind::Map);
    QCOMPARE(info->items[1].shape, (std::vector<std::int64_t>{2, 3}));
    const auto scan = openDiffraction(path);
    QVERIFY(scan);
    QCOMPARE((*scan)->scanShape(), (ScanShape{2, 3}));
    QCOMPARE(*(*scan)->pattern({0, 0}), (std::vector<float>{0, 1, 2, 3}));
    QCOMPARE(*(*scan)->pattern({1, 0}), (std::vector<float>{12, 13, 14, 15}));
    const auto map = readMap(path, "VBF");
    QVERIFY(map);
    QCOMPARE(map->values, (std::vector<float>{100, 101, 102, 103, 104, 105}));
    QCOMPARE(map->quantity, std::string("virtual BF"));
    const auto ofScan = test::formatNamed("blo").statistics(path, "", {}, {});
    QCOMPARE(ofScan->sum, 276.0); // 0 + 1 + ... + 23
    QCOMPARE(ofScan->last, 23.0);
    QCOMPARE(test::formatNamed("blo").statistics(path, "VBF", {}, {})->sum, 615.0);
    QCOMPARE(readMap(path, "HAADF").error().code, ErrorCode::DatasetMissing);
    QCOMPARE(openDiffraction(path, "VBF").error().code, ErrorCode::DatasetMissing);
    QCOMPARE(openDiffraction(path, "", ScanShape{2, 4}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE((*openDiffraction(path, "", ScanShape{3, 2}))->scanShape(), (ScanShape{3, 2}));
}

void TestBlo::calibrationWhereSane()
{
    const auto calibration = (*openDiffraction(write(BloFixture().bytes())))->calibration();
    QCOMPARE(*calibration.scanStep_nm, 5.0);
    // 1 / 6226 m on a screen 0.2 m away: 0.8031 mrad; at 200 kV (0.0250793 A) 0.032022 1/A.
    QVERIFY(std::abs(*calibration.qPixel_invA - 0.032022) < 1e-6);
    BloFixture blind;
    blind.pixelsPerMetre = 0;
    blind.stepX = blind.stepY = std::nan("");
    const auto unknown = (*openDiffraction(write(blind.bytes())))->calibration();
    QVERIFY(!unknown.scanStep_nm);
    QVERIFY(!unknown.qPixel_invA);
}

void TestBlo::stepsMayDiffer()
{
    BloFixture blo;
    blo.stepY = 8;
    const auto info = inspectFile(write(blo.bytes()));
    QVERIFY(!info->items[0].calibration.scanStep_nm); // there is no one step
    QCOMPARE(info->items[0].axes[0].scale, 8.0);
    QCOMPARE(info->items[0].axes[1].scale, 5.0);
    QCOMPARE(info->items[0].axes[0].unit, std::string("nm"));
    QCOMPARE(info->items[1].axes[0].scale, 8.0);
}

void TestBlo::stoppedEarly_data()
{
    QTest::addColumn<int>("bytes"); ///< taken away
    QTest::addColumn<int>("available");
    QTest::newRow("one byte short") << 1 << 5;
    QTest::newRow("two patterns short") << 20 << 4;
    QTest::newRow("in the second row") << 25 << 3;
    QTest::newRow("one pattern") << 41 << 1;
}

void TestBlo::stoppedEarly()
{
    QFETCH(int, bytes);
    QFETCH(int, available);
    std::string file = BloFixture().bytes();
    file.resize(file.size() - static_cast<std::size_t>(bytes));
    const fs::path path = write(file);
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "file_truncated"));
    QVERIFY(QString::fromStdString(info->warnings[0].message).contains(QString("%1 of 6 frames").arg(available)));
    const auto scan = *openDiffraction(path);
    QCOMPARE(scan->availablePatterns(), available);
    QVERIFY(scan->isAvailable({(available - 1) / 3, (available - 1) % 3}));
    QVERIFY(!scan->isAvailable({available / 3, available % 3}));
    QCOMPARE(test::formatNamed("blo").statistics(path, "", {}, {})->last, 4.0 * available - 1);
    QVERIFY(readMap(path, "VBF"));
}

void TestBlo::oddMarksAreWarnings()
{
    BloFixture blo;
    blo.version = 7;
    blo.mark = "..";
    blo.mapOffset = 0x1010; // it would lie in the patterns
    const auto info = inspectFile(write(blo.bytes() + "something behind"));
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "blo_version"));
    QVERIFY(hasWarning(info->warnings, "blo_frame_mark"));
    QCOMPARE(info->items.size(), std::size_t(1));
    QCOMPARE(readMap(write(blo.bytes())).error().code, ErrorCode::DatasetMissing);
}

void TestBlo::badFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [](const char* name, const std::string& bytes, ErrorCode code) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << code;
    };
    const std::string good = BloFixture().bytes();
    row("header cut", good.substr(0, 63), ErrorCode::FormatInvalid);
    row("no pattern", good.substr(0, 0x1010), ErrorCode::FileTruncated);
    row("pattern cut", good.substr(0, 0x1010 + 9), ErrorCode::FileTruncated);
    BloFixture bad;
    bad.nx = 0;
    row("no columns", bad.bytes(), ErrorCode::FormatInvalid);
    bad = {};
    bad.edge = 0;
    row("no pixels", bad.bytes(), ErrorCode::FormatInvalid);
    std::string file = good;
    file.replace(12, 4, test::littleEndian(std::uint32_t(20)));
    row("patterns in the header", file, ErrorCode::FormatInvalid);
    file.replace(12, 4, test::littleEndian(~std::uint32_t(0)));
    row("patterns beyond the file", file, ErrorCode::FileTruncated);
    file = good;
    file.replace(20, 2, "\xff\xff");
    row("pattern larger than any", file, ErrorCode::FormatInvalid);
    file = good;
    file.replace(24, 4, "\xff\xff\xff\xff");
    row("scan larger than any", file, ErrorCode::FormatInvalid);
}

void TestBlo::badFiles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    const fs::path path = write(bytes.toStdString());
    const auto info = inspectFile(path);
    QVERIFY(!info);
    QCOMPARE(info.error().code, code);
    QVERIFY(info.error().message.find("scan.blo") != std::string::npos);
    QCOMPARE(openDiffraction(path).error().code, code);
    QCOMPARE(readMap(path, "VBF").error().code, code);
    QVERIFY(!test::formatNamed("blo").statistics(path, "", {}, {}));
}

void TestBlo::sample()
{
    const fs::path path = fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / "samples/blo/test2.blo";
    if (!fs::exists(path))
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(info->warnings.empty());
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 3, 5, 5}));
    QCOMPARE(*info->items[0].calibration.scanStep_nm, 64.0);
    const auto statistics = test::formatNamed("blo").statistics(path, "", {}, {});
    QCOMPARE(statistics->sum, 2952.0);
    QCOMPARE(statistics->min, 0.0);
    QCOMPARE(statistics->max, 30.0);
    QCOMPARE(statistics->first, (std::vector<double>{20, 23, 25, 25}));
    QCOMPARE(statistics->last, 27.0);
    const auto scan = *openDiffraction(path);
    const std::vector<float> expected{473, 537, 534, 482, 388, 538};
    const auto map = readMap(path, "VBF");
    for (int i = 0; i < 6; ++i) {
        const auto pattern = *scan->pattern({i / 3, i % 3});
        QCOMPARE(std::accumulate(pattern.begin(), pattern.end(), 0.0f), expected[static_cast<std::size_t>(i)]);
    }
    // Mean of each pattern, rounded down: what the program that wrote the file kept as its virtual image.
    QCOMPARE(map->values, (std::vector<float>{18, 21, 21, 19, 15, 21}));
}

QTEST_APPLESS_MAIN(TestBlo)
#include "tst_blo.moc"
