// SPDX-License-Identifier: GPL-3.0-or-later
// Merlin files that are wrong: extra and missing frames, wrong headers and .hdr files.
#include "core/io/format.h"
#include "tests/core/io/detector_fixtures.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace dispersa;
using dispersa::test::hasWarning;
using dispersa::test::hdrStart;
using dispersa::test::merlinPixels;
using dispersa::test::MibFixture;
using dispersa::test::packed;
using dispersa::test::Pixels;
namespace fs = std::filesystem;

class TestMibBad : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder->path().toStdString()) / name; }
    fs::path write(const std::string& bytes, const char* name = "scan.mib") const
    {
        return test::writeBytes(file(name), bytes);
    }
    static std::string plainFrames(int count, const MibFixture& mib = {}) { return mib.frames(count); }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void damagedHdrIsOnlyAWarning();
    void framesBesideTheGrid();
    void stoppedEarly();
    void rawFramesThatAreMissing();
    void badFiles_data();
    void badFiles();
};

void TestMibBad::damagedHdrIsOnlyAWarning()
{
    const fs::path path = write(plainFrames(6));
    write("something else", "scan.hdr");
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "format_invalid"));
    QCOMPARE(info->items[0].shape[0], 6);
}

void TestMibBad::framesBesideTheGrid()
{
    const fs::path path = write(plainFrames(8)); // a flyback frame after each row of three
    write(std::string(hdrStart) + "ScanX:\t3\nScanY:\t2\n", "scan.hdr");
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "extra_frames"));
    QVERIFY(info->items[0].kind == ItemKind::Stack);
    QCOMPARE(info->items[0].shape[0], 8);
    QCOMPARE(*info->items[0].scanHint, (ScanShape{2, 3}));
    ScanOrder order;
    order.skipPerRow = 1;
    const auto rows = openDiffraction(path, "", ScanShape{2, 3}, order);
    QVERIFY(rows);
    QCOMPARE((*rows)->pattern({1, 0})->front(), 256 + 4 * 12.0f);
    const auto atEnd = openDiffraction(path, "", ScanShape{2, 3}); // the same grid, the rest left over
    QVERIFY(atEnd);
    QCOMPARE((*atEnd)->pattern({1, 0})->front(), 256 + 3 * 12.0f);
    QCOMPARE((*atEnd)->availablePatterns(), 6);
    QCOMPARE(openDiffraction(path, "", ScanShape{3, 3}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(openDiffraction(path, "", ScanShape{-2, -3}).error().code, ErrorCode::ShapeMismatch);
}

void TestMibBad::stoppedEarly()
{
    std::string bytes = plainFrames(5);
    bytes.resize(bytes.size() - 1);
    const fs::path path = write(bytes);
    auto info = inspectFile(path); // without .hdr file: four whole frames and a bit
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "frame_cut"));
    QCOMPARE(info->items[0].shape[0], 4);
    write(std::string(hdrStart) + "ScanX:\t3\nScanY:\t2\n", "scan.hdr");
    info = inspectFile(path);
    QVERIFY(hasWarning(info->warnings, "file_truncated"));
    QVERIFY(info->warnings[0].message.find("4 of 6 frames") != std::string::npos);
    const auto scan = *openDiffraction(path);
    QCOMPARE(scan->scanShape(), (ScanShape{2, 3}));
    QCOMPARE(scan->availablePatterns(), 4);
    QVERIFY(!scan->isAvailable({1, 1}));
    QCOMPARE(*scan->pattern({1, 1}), std::vector<float>(12, 0));
    QCOMPARE(test::formatNamed("mib").statistics(path, "", {}, {})->last, 256.0 + 47);
    write(std::string(hdrStart) + "Frames in Acquisition (Number):\t9\n", "scan.hdr");
    QCOMPARE(inspectFile(path)->items[0].shape[0], 9);
}

void TestMibBad::rawFramesThatAreMissing()
{
    MibFixture mib;
    mib.type = "R64";
    mib.width = "0008";
    mib.height = "0001";
    mib.depth = "6";
    const std::string frame = mib.header() + packed({1, 2, 3, 4, 5, 6, 7, 8}, 6);
    const fs::path path = write(frame + frame + frame.substr(0, frame.size() - 1));
    write(std::string(hdrStart) + "ScanX:\t2\nScanY:\t2\n", "scan.hdr");
    const auto scan = *openDiffraction(path);
    QCOMPARE(scan->availablePatterns(), 2);
    QVERIFY(!scan->isAvailable({1, 0}));
    QCOMPARE(*scan->pattern({0, 1}), (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}));
    QCOMPARE(*scan->pattern({1, 0}), std::vector<float>(8, 0));
    std::vector<std::byte> tooSmall(7);
    QCOMPARE(scan->readRaw({0, 0, 1, 1}, tooSmall).error().code, ErrorCode::InvalidArgument);
}

void TestMibBad::badFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("said");
    const auto row = [](const char* name, const std::string& bytes, ErrorCode code, const char* said) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << code << QString(said);
    };
    const auto header = [](auto change) {
        MibFixture mib;
        change(mib);
        return mib.header() + std::string(1000, '\0');
    };
    const std::string good = plainFrames(2);
    row("no Merlin file", "nothing at all", ErrorCode::FormatInvalid, "MQ1");
    row("header cut", good.substr(0, 100), ErrorCode::FileTruncated, "384 bytes, the file 100");
    row("first fields cut", good.substr(0, 20), ErrorCode::FormatInvalid, "length");
    row("frame cut", good.substr(0, 384 + 23), ErrorCode::FileTruncated, "one whole pattern of 3 x 4");
    row("no length", header([](MibFixture& m) { m.lengthText = "abc"; }), ErrorCode::FormatInvalid, "length");
    row("negative length", header([](MibFixture& m) { m.lengthText = "-0384"; }), ErrorCode::FormatInvalid, "length");
    row("raw whose header ends before its layout", header([](MibFixture& m) { m.type = "R64", m.lengthText = "00032"; }),
        ErrorCode::FormatInvalid, "chip layout");
    row("no width", header([](MibFixture& m) { m.width = "0000"; }), ErrorCode::FormatInvalid, "0000");
    row("width of text", header([](MibFixture& m) { m.width = "wide"; }), ErrorCode::FormatInvalid, "wide");
    row("absurd height", header([](MibFixture& m) { m.height = "99999999"; }), ErrorCode::FormatInvalid, "99999999");
    row("pattern larger than any", header([](MibFixture& m) { m.width = m.height = "65535"; }),
        ErrorCode::FormatInvalid, "impossible");
    row("unknown type", header([](MibFixture& m) { m.type = "F32"; }), ErrorCode::FormatUnsupported, "F32");
    row("second frame elsewhere", header([](MibFixture&) {}), ErrorCode::FormatInvalid, "byte 408");
    row("raw without depth", header([](MibFixture& m) { m.type = "R64", m.depth = "?"; }), ErrorCode::FormatUnsupported,
        "counter depth");
    row("raw of 8 bits", header([](MibFixture& m) { m.type = "R64", m.depth = "8"; }), ErrorCode::FormatUnsupported,
        "8 bits");
    row("raw of three chips", header([](MibFixture& m) { m.type = "R64", m.chips = "03", m.layout = "2x2"; }),
        ErrorCode::FormatUnsupported, "3 chips");
    row("raw of chips in a row",
        header([](MibFixture& m) { m.type = "R64", m.chips = "04", m.layout = "Nx1", m.width = "0012"; }),
        ErrorCode::FormatUnsupported, "Nx1");
    row("raw counters of four chips", header([](MibFixture& m) {
            m.type = "R64", m.chips = "04", m.layout = "2x2", m.width = "0012", m.depth = "24";
        }),
        ErrorCode::FormatUnsupported, "24 bits");
    row("raw halves of an odd width", header([](MibFixture& m) { m.type = "R64", m.width = "0009", m.depth = "24"; }),
        ErrorCode::FormatUnsupported, "odd width of 9");
    row("raw width that fills no group", header([](MibFixture& m) { m.type = "R64", m.width = "0006"; }),
        ErrorCode::FormatUnsupported, "multiple of 4");
}

void TestMibBad::badFiles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    QFETCH(QString, said);
    const fs::path path = write(bytes.toStdString());
    const auto info = inspectFile(path);
    QVERIFY(!info);
    QCOMPARE(info.error().code, code);
    QVERIFY2(QString::fromStdString(info.error().message).contains(said), info.error().message.c_str());
    QVERIFY(info.error().message.find("scan.mib") != std::string::npos);
    QCOMPARE(openDiffraction(path, "", ScanShape{1, 1}).error().code, code);
    QVERIFY(!test::formatNamed("mib").statistics(path, "", {}, {}));
}

QTEST_APPLESS_MAIN(TestMibBad)
#include "tst_mib_bad.moc"
