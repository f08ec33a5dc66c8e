// SPDX-License-Identifier: GPL-3.0-or-later
// MRC files that are wrong: byte orders that contradict, sizes that cannot be, modes nobody reads, files that end early, odd
// values.
#include "core/io/format.h"
#include "core/io/mrc_format.h"
#include "tests/core/io/detector_fixtures.h"

#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;
using dispersa::test::countingFrom;
using dispersa::test::countingStack;
using dispersa::test::FeiFixture;
using dispersa::test::hasWarning;
using dispersa::test::MrcFixture;
namespace fs = std::filesystem;

class TestMrcBad : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void infersByteOrderFromOddStamp_data();
    void infersByteOrderFromOddStamp();
    void refusesBadFiles_data();
    void refusesBadFiles();
    void warnsWithoutMapId();
    void damagedFeiBlockIsOnlyAWarning();
    void extendedHeaderMayBeLongerThanItsBlocks();
    void packedBytesAreRefused();
    void wrappedSignsAreKept();
    void constantMapIsRead();
    void truncatedStackKeepsWholeFrames();
    void truncatedMapKeepsWholeRows();
    void nanValuesAreNoData();
};

void TestMrcBad::infersByteOrderFromOddStamp_data()
{
    QTest::addColumn<QByteArray>("stamp");
    QTest::addColumn<bool>("bigEndian");
    QTest::newRow("zeros, little") << QByteArray(4, '\0') << false;
    QTest::newRow("zeros, big") << QByteArray(4, '\0') << true;
    QTest::newRow("44 20, little") << QByteArray("\x44\x20\0\0", 4) << false;
    QTest::newRow("says little, is big") << QByteArray("\x44\x44\0\0", 4) << true;
    QTest::newRow("says big, is little") << QByteArray("\x11\x11\0\0", 4) << false;
}

void TestMrcBad::infersByteOrderFromOddStamp()
{
    QFETCH(QByteArray, stamp);
    QFETCH(bool, bigEndian);
    MrcFixture mrc;
    mrc.bigEndian = bigEndian;
    mrc.stamp = stamp.toStdString();
    for (int i = 0; i < 12; ++i)
        mrc.append(static_cast<float>(i));
    const auto path = mrc.write(file("stamp.mrc"));
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "mrc_machine_stamp"));
    QCOMPARE(readMap(path)->values, countingFrom(0, 12));
}

void TestMrcBad::refusesBadFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("said"); ///< must stand in the message
    const auto row = [](const char* name, const MrcFixture& mrc, ErrorCode code, const char* said) {
        QTest::newRow(name) << QByteArray::fromStdString(mrc.bytes()) << code << QString(said);
    };
    const std::string pixels(48, 'x');
    MrcFixture good;
    good.data = pixels;
    QTest::newRow("shorter than a header") << QByteArray("MAP ") << ErrorCode::FormatInvalid << "4 bytes";
    QTest::newRow("empty") << QByteArray() << ErrorCode::FormatInvalid << "0 bytes";
    auto bad = good;
    bad.nx = -4;
    row("negative width", bad, ErrorCode::FormatInvalid, "-4 x 3 x 1");
    bad = good;
    bad.nz = 0;
    row("no section", bad, ErrorCode::FormatInvalid, "4 x 3 x 0");
    bad = good;
    bad.nx = bad.ny = bad.nz = 2147483647;
    row("sizes that overflow", bad, ErrorCode::FormatInvalid, "1072 bytes");
    bad = good;
    bad.nx = bad.ny = 2000000;
    row("a frame beyond the file", bad, ErrorCode::FileTruncated, "16000000001024");
    bad = good;
    bad.nsymbt = -8;
    row("negative extended header", bad, ErrorCode::FormatInvalid, "-8 bytes; the file has 1072");
    bad = good;
    bad.nsymbt = 5000;
    row("extended header beyond the file", bad, ErrorCode::FormatInvalid, "5000 bytes; the file has 1072");
    bad = good;
    bad.data.resize(20); // one row of three
    row("most of a map is missing", bad, ErrorCode::FileTruncated, "1072 bytes (4 x 3 x 1 values), the file has 1044");
    bad = good;
    bad.ny = 2147483647; // 34 GB by the header
    row("a map of two thousand million rows", bad, ErrorCode::FileTruncated, "the file has 1072");
    bad = good;
    bad.mode = 4;
    row("complex", bad, ErrorCode::FormatUnsupported, "mode 4");
    bad = good;
    bad.mode = 3;
    row("complex integers", bad, ErrorCode::FormatUnsupported, "mode 3");
    bad = good;
    bad.mode = 101;
    row("4-bit", bad, ErrorCode::FormatUnsupported, "4-bit");
    bad = good;
    bad.mode = 77777;
    row("absurd mode", bad, ErrorCode::FormatInvalid, "77777");
    bad = good;
    bad.nsymbt = 2147483647;
    row("extended header of two gigabytes", bad, ErrorCode::FormatInvalid, "2147483647 bytes; the file has 1072");
    bad = good;
    bad.nsymbt = 1024; // the header says that the data starts behind the file's end
    row("extended header that takes the data's place", bad, ErrorCode::FormatInvalid, "1024 bytes; the file has 1072");
    bad = good;
    bad.nsymbt = 40;
    row("extended header that eats the data", bad, ErrorCode::FileTruncated,
        "1112 bytes (4 x 3 x 1 values), the file has 1072");
    bad = good;
    bad.nx = bad.ny = 46341; // nx ny just beyond 2^31
    row("sizes that overflow 32 bits", bad, ErrorCode::FileTruncated, "8589954148");
    bad = good;
    bad.ny = -2147483647 - 1;
    row("lowest height", bad, ErrorCode::FormatInvalid, "4 x -2147483648 x 1");
    bad = good;
    bad.ispg = 401;
    bad.mz = 0;
    row("volume stack without depth", bad, ErrorCode::FormatInvalid, "mz = 0");
}

void TestMrcBad::refusesBadFiles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    QFETCH(QString, said);
    const fs::path path = file("bad.mrc");
    std::ofstream(path, std::ios::binary).write(bytes.data(), bytes.size());
    const auto info = inspectFile(path);
    QVERIFY(!info);
    QCOMPARE(info.error().code, code);
    QVERIFY2(QString::fromStdString(info.error().message).contains(said), info.error().message.c_str());
    QVERIFY(QString::fromStdString(info.error().message).contains("bad.mrc"));
    QCOMPARE(readMap(path).error().code, code);
    QCOMPARE(openDiffraction(path).error().code, code);
    QCOMPARE(mrcFormat().statistics(path, "", {}, {}).has_value(), false);
}

void TestMrcBad::warnsWithoutMapId()
{
    MrcFixture mrc;
    mrc.id = std::string(4, '\0');
    mrc.data = std::string(48, '\0');
    const auto info = inspectFile(mrc.write(file("old.mrc")));
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "mrc_no_map_id"));
    // Without a name or an identifier it is nothing.
    QCOMPARE(inspectFile(mrc.write(file("old.bin"))).error().code, ErrorCode::FormatUnknown);
}

void TestMrcBad::damagedFeiBlockIsOnlyAWarning()
{
    MrcFixture mrc;
    mrc.exttyp = "FEI1";
    mrc.extended = std::string(300, '\x7f');
    mrc.nsymbt = 300;
    mrc.data = std::string(48, '\0');
    const auto info = inspectFile(mrc.write(file("fei.mrc")));
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "mrc_fei_header"));
}

void TestMrcBad::extendedHeaderMayBeLongerThanItsBlocks()
{
    // Two frames, room for three blocks of FEI1 and some bytes; the first block's size is the stride.
    FeiFixture fei;
    fei.size = 768;
    fei.pixelSize = 2e8;
    MrcFixture mrc = countingStack(2);
    mrc.exttyp = "FEI1";
    mrc.extended = fei.bytes() + fei.bytes() + fei.bytes() + std::string(77, 'x');
    mrc.nsymbt = static_cast<std::int32_t>(mrc.extended.size());
    const auto path = mrc.write(file("long.mrc"));
    const auto info = inspectFile(path);
    QVERIFY(info->warnings.empty());
    QVERIFY(std::abs(*info->items.at(0).calibration.qPixel_invA - 0.02) < 1e-12);
    QCOMPARE(*(*openDiffraction(path, "", ScanShape{1, 2}))->pattern({0, 1}), countingFrom(12, 12));
}

void TestMrcBad::packedBytesAreRefused()
{
    MrcFixture mrc;
    mrc.mode = 0;
    mrc.imodStamp = 1146047817;
    mrc.imodFlags = 16;
    mrc.data = std::string(12, 'x');
    const auto info = inspectFile(mrc.write(file("packed.mrc")));
    QCOMPARE(info.error().code, ErrorCode::FormatUnsupported);
    QVERIFY(QString::fromStdString(info.error().message).contains("4-bit"));
}

void TestMrcBad::wrappedSignsAreKept()
{
    // Numbers that a program wrote with the wrong sign are not mended on suspicion.
    MrcFixture words;
    words.mode = 1;
    MrcFixture counts;
    counts.mode = 6;
    for (int i = 0; i < 12; ++i) {
        words.append(static_cast<std::int16_t>(i - 5));
        counts.append(static_cast<std::uint16_t>(i < 5 ? 65535 - i : i));
    }
    const auto signedPath = words.write(file("negative.mrc"));
    QCOMPARE(readMap(signedPath)->values, countingFrom(-5, 12));
    QCOMPARE(readMap(signedPath, "uint16")->values.at(4), 65535.0f);
    const auto path = counts.write(file("wrapped.mrc"));
    QCOMPARE(readMap(path)->values.at(4), 65531.0f);
    QCOMPARE(readMap(path, "int16")->values.at(4), -5.0f); // a person's word unwraps them
    QCOMPARE(mrcFormat().statistics(path, "int16", {}, {})->min, -5.0);
    QCOMPARE(mrcFormat().statistics(path, "", {}, {})->max, 65535.0);
}

void TestMrcBad::constantMapIsRead()
{
    MrcFixture mrc;
    mrc.data = std::string(48, '\0');
    const auto path = mrc.write(file("zero-Ge-at.mrc"));
    QCOMPARE(readMap(path)->values, std::vector<float>(12, 0.0f));
    const auto statistics = mrcFormat().statistics(path, "", {}, {});
    QCOMPARE(statistics->min, 0.0);
    QCOMPARE(statistics->max, 0.0);
}

void TestMrcBad::truncatedStackKeepsWholeFrames()
{
    MrcFixture mrc = countingStack(6);
    mrc.data.resize(4 * 24 + 10);
    const auto path = mrc.write(file("short.mrc"));
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "file_truncated"));
    QVERIFY(QString::fromStdString(info->warnings.at(0).message).contains("4 of 6 frames"));
    const auto scan = *openDiffraction(path, "", ScanShape{2, 3});
    QCOMPARE(scan->availablePatterns(), 4);
    QVERIFY(scan->isAvailable({1, 0}));
    QVERIFY(!scan->isAvailable({1, 1}));
    QCOMPARE(*scan->pattern({1, 0}), countingFrom(36, 12));
    QCOMPARE(*scan->pattern({1, 1}), std::vector<float>(12, 0.0f));
    QCOMPARE(mrcFormat().statistics(path, "", {}, {})->max, 47.0);
}

void TestMrcBad::truncatedMapKeepsWholeRows()
{
    MrcFixture mrc;
    for (int i = 0; i < 12; ++i)
        mrc.append(static_cast<float>(i));
    mrc.data.resize(40); // two and a half of three rows
    const auto path = mrc.write(file("short-Ge-at.mrc"));
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "file_truncated"));
    QVERIFY(QString::fromStdString(info->warnings.at(0).message).contains("2 of 3 rows"));
    const auto map = readMap(path);
    QVERIFY(map);
    QVERIFY((map->shape == ScanShape{3, 4}));
    for (std::size_t i = 0; i < 8; ++i)
        QCOMPARE(map->values[i], static_cast<float>(i));
    for (std::size_t i = 8; i < 12; ++i)
        QVERIFY(!ElementMap::isData(map->values[i]));
    QCOMPARE(mrcFormat().statistics(path, "", {}, {})->last, 7.0);
}

void TestMrcBad::nanValuesAreNoData()
{
    MrcFixture mrc;
    for (int i = 0; i < 12; ++i)
        mrc.append(i == 5 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(i));
    const auto path = mrc.write(file("nan.mrc"));
    const auto statistics = mrcFormat().statistics(path, "", {}, {});
    QCOMPARE(statistics->sum, 61.0);
    QCOMPARE(statistics->max, 11.0);
    QVERIFY(!ElementMap::isData(readMap(path)->values[5]));
}

QTEST_APPLESS_MAIN(TestMrcBad)
#include "tst_mrc_bad.moc"
