// SPDX-License-Identifier: GPL-3.0-or-later
// Reading MRC: modes, byte orders, FEI headers, stacks, and every way such a file can be wrong.
#include "core/io/format.h"
#include "core/io/mrc_format.h"
#include "tests/core/io/mrc_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <numeric>

using namespace dispersa;
using dispersa::test::FeiFixture;
using dispersa::test::MrcFixture;
namespace fs = std::filesystem;

namespace {

/// nz frames of 3 x 4 uint16 whose values count up through the file.
MrcFixture countingStack(int frames)
{
    MrcFixture mrc;
    mrc.mode = 6;
    mrc.nz = frames;
    for (int i = 0; i < frames * 12; ++i)
        mrc.append(static_cast<std::uint16_t>(i));
    return mrc;
}

/// Six frames of which the FEI header says that odd rows were scanned backwards.
MrcFixture serpentineStack()
{
    FeiFixture fei;
    fei.serpentine = true;
    MrcFixture mrc = countingStack(6);
    mrc.exttyp = "FEI2";
    mrc.extended = fei.bytes();
    mrc.nsymbt = 888;
    return mrc;
}

bool hasWarning(const std::vector<Warning>& warnings, const std::string& code)
{
    return std::any_of(warnings.begin(), warnings.end(), [&](const Warning& w) { return w.code == code; });
}

std::vector<float> countingFrom(float first, std::size_t count)
{
    std::vector<float> values(count);
    std::iota(values.begin(), values.end(), first);
    return values;
}

} // namespace

class TestMrc : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }
    static fs::path sample(const char* name) { return fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / name; }

  private Q_SLOTS:
    void readsEveryModeInBothByteOrders_data();
    void readsEveryModeInBothByteOrders();
    void infersByteOrderFromOddStamp_data();
    void infersByteOrderFromOddStamp();
    void refusesBadFiles_data();
    void refusesBadFiles();
    void warnsWithoutMapId();
    void stepComesFromNegativeCell();
    void feiBlockTellsElementAndStep();
    void damagedFeiBlockIsOnlyAWarning();
    void extendedHeaderMayBeLongerThanItsBlocks();
    void byteSign_data();
    void byteSign();
    void packedBytesAreRefused();
    void axisOrderIsSaid_data();
    void axisOrderIsSaid();
    void wrappedSignsAreKept();
    void constantMapIsRead();
    void flatStackNeedsScanShape();
    void stackReadsBlocksLazily();
    void scanShapeComesFromFeiRectangle();
    void serpentineRowsAreReversed();
    void serpentineRowsStayReversedInAnotherOrder();
    void volumeStackTellsItsGrid();
    void truncatedStackKeepsWholeFrames();
    void truncatedMapKeepsWholeRows();
    void statisticsFollowFileOrder();
    void statisticsCanBeCancelled();
    void nanValuesAreNoData();
    void readsSamples_data();
    void readsSamples();
    void readsMultisliceMaps();
};

void TestMrc::readsEveryModeInBothByteOrders_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<bool>("bigEndian");
    for (const int mode : {0, 1, 2, 6, 12})
        for (const bool big : {false, true})
            QTest::addRow("mode %d %s", mode, big ? "big" : "little") << mode << big;
}

void TestMrc::readsEveryModeInBothByteOrders()
{
    QFETCH(int, mode);
    QFETCH(bool, bigEndian);
    MrcFixture mrc;
    mrc.mode = mode;
    mrc.bigEndian = bigEndian;
    mrc.stamp = bigEndian ? std::string{0x11, 0x11, 0, 0} : std::string{0x44, 0x41, 0, 0};
    // 3.5, -2 and 100 in the mode's type; halves from the IEEE definition.
    std::vector<float> expected = {3, -2, 100};
    for (int i = 0; i < 12; ++i) {
        const int which = i % 3;
        switch (mode) {
        case 0:
            mrc.append(std::array<std::int8_t, 3>{3, -2, 100}[which]);
            break;
        case 1:
            mrc.append(std::array<std::int16_t, 3>{300, -2, 32767}[which]);
            expected = {300, -2, 32767};
            break;
        case 2:
            mrc.append(std::array<float, 3>{3.5f, -2e-9f, 1e20f}[which]);
            expected = {3.5f, -2e-9f, 1e20f};
            break;
        case 6:
            mrc.append(std::array<std::uint16_t, 3>{3, 65535, 256}[which]);
            expected = {3, 65535, 256};
            break;
        case 12:
            mrc.append(std::array<std::uint16_t, 3>{0x4300, 0xC000, 0x5640}[which]);
            expected = {3.5f, -2, 100};
            break;
        }
    }
    const auto path = mrc.write(file("mode.mrc"));
    const auto map = readMap(path);
    QVERIFY2(map, map ? "" : map.error().message.c_str());
    QCOMPARE(map->shape.height, 3);
    QCOMPARE(map->shape.width, 4);
    for (std::size_t i = 0; i < 12; ++i)
        QCOMPARE(map->values[i], expected[i % 3]);
    QVERIFY(inspectFile(path)->warnings.empty());
}

void TestMrc::infersByteOrderFromOddStamp_data()
{
    QTest::addColumn<QByteArray>("stamp");
    QTest::addColumn<bool>("bigEndian");
    QTest::newRow("zeros, little") << QByteArray(4, '\0') << false;
    QTest::newRow("zeros, big") << QByteArray(4, '\0') << true;
    QTest::newRow("44 20, little") << QByteArray("\x44\x20\0\0", 4) << false;
    QTest::newRow("says little, is big") << QByteArray("\x44\x44\0\0", 4) << true;
    QTest::newRow("says big, is little") << QByteArray("\x11\x11\0\0", 4) << false;
}

void TestMrc::infersByteOrderFromOddStamp()
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

void TestMrc::refusesBadFiles_data()
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

void TestMrc::refusesBadFiles()
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

void TestMrc::warnsWithoutMapId()
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

void TestMrc::stepComesFromNegativeCell()
{
    MrcFixture mrc;
    mrc.cellX = -42.12f; // 4 pixels of 1.053 nm
    mrc.data = std::string(50, '\0');
    const auto info = inspectFile(mrc.write(file("GST - 0033-Te-at.mrc")));
    QVERIFY(info);
    const FileItem& item = info->items.at(0);
    QVERIFY(std::abs(*item.calibration.scanStep_nm - 1.053) < 1e-6); // the cell is float32
    QCOMPARE(*item.quantity, std::string("Te"));
    QVERIFY(!item.unit); // fraction or percent: only the values tell
    QVERIFY(hasWarning(info->warnings, "mrc_extra_bytes"));
}

void TestMrc::feiBlockTellsElementAndStep()
{
    for (const bool big : {false, true}) {
        FeiFixture fei;
        fei.element = "Ge";
        MrcFixture mrc;
        mrc.bigEndian = big;
        mrc.stamp = big ? std::string{0x11, 0x11, 0, 0} : mrc.stamp;
        mrc.exttyp = "FEI2";
        mrc.extended = fei.bytes(big) + std::string(100, '\0'); // longer than one block
        mrc.nsymbt = static_cast<std::int32_t>(mrc.extended.size());
        for (int i = 0; i < 12; ++i)
            mrc.append(static_cast<float>(i));
        const auto path = mrc.write(file("scan-Te-at.mrc")); // the metadata goes before the name
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(*info->items.at(0).quantity, std::string("Ge"));
        QCOMPARE(*info->items.at(0).calibration.scanStep_nm, 2.0);
        QCOMPARE(*info->items.at(0).calibration.convergence_mrad, 1.0);
        QCOMPARE(readMap(path)->values, countingFrom(0, 12));
    }
}

void TestMrc::damagedFeiBlockIsOnlyAWarning()
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

void TestMrc::extendedHeaderMayBeLongerThanItsBlocks()
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

void TestMrc::byteSign_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<bool>("imod");
    QTest::addColumn<int>("flags");
    QTest::addColumn<QString>("dataset");
    QTest::addColumn<double>("value"); ///< of a byte 200
    QTest::addColumn<bool>("told");
    QTest::newRow("MRC 2014") << 20140 << false << 0 << "" << -56.0 << true;
    QTest::newRow("older") << 0 << false << 0 << "" << -56.0 << false;
    QTest::newRow("IMOD, signed") << 0 << true << 1 << "" << -56.0 << true;
    QTest::newRow("IMOD, unsigned") << 0 << true << 0 << "" << 200.0 << true;
    QTest::newRow("IMOD, unsigned, among other flags") << 20140 << true << 4 << "" << 200.0 << true;
    QTest::newRow("asked unsigned") << 20140 << false << 0 << "uint8" << 200.0 << true;
    QTest::newRow("asked signed") << 0 << true << 0 << "int8" << -56.0 << true;
}

void TestMrc::byteSign()
{
    QFETCH(int, version);
    QFETCH(bool, imod);
    QFETCH(int, flags);
    QFETCH(QString, dataset);
    QFETCH(double, value);
    QFETCH(bool, told);
    MrcFixture mrc;
    mrc.mode = 0;
    mrc.version = version;
    mrc.imodStamp = imod ? 1146047817 : 0;
    mrc.imodFlags = flags;
    mrc.nz = 2;
    mrc.data = std::string(24, '\xc8');
    const auto path = mrc.write(file("bytes.mrc"));
    const std::string id = dataset.toStdString();
    QCOMPARE(hasWarning(inspectFile(path)->warnings, "mrc_byte_sign"), !told);
    QCOMPARE(static_cast<double>((*openDiffraction(path, id, ScanShape{1, 2}))->pattern({0, 1})->at(3)), value);
    QCOMPARE(mrcFormat().statistics(path, id, {}, {})->sum, 24 * value);
    mrc.nz = 1;
    mrc.data.resize(12);
    QCOMPARE(static_cast<double>(readMap(mrc.write(file("map.mrc")), id)->values.at(0)), value);
    mrc.mode = 6; // words are no bytes
    mrc.data.resize(24);
    QCOMPARE(readMap(mrc.write(file("words.mrc")), "uint8").error().code, ErrorCode::DatasetMissing);
    mrc.mode = 12;
    QCOMPARE(readMap(mrc.write(file("halves.mrc")), "uint16").error().code, ErrorCode::DatasetMissing);
}

void TestMrc::packedBytesAreRefused()
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

void TestMrc::axisOrderIsSaid_data()
{
    QTest::addColumn<int>("columns");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("sections");
    QTest::addColumn<QString>("said"); ///< empty: no warning
    QTest::newRow("x y z") << 1 << 2 << 3 << "";
    QTest::newRow("nothing") << 0 << 0 << 0 << "";
    QTest::newRow("no permutation") << 1 << 1 << 7 << "";
    QTest::newRow("y x z") << 2 << 1 << 3 << "y, x and z";
    QTest::newRow("z y x") << 3 << 2 << 1 << "z, y and x";
}

void TestMrc::axisOrderIsSaid()
{
    QFETCH(int, columns);
    QFETCH(int, rows);
    QFETCH(int, sections);
    QFETCH(QString, said);
    MrcFixture mrc;
    mrc.axes = {columns, rows, sections};
    for (int i = 0; i < 12; ++i)
        mrc.append(static_cast<float>(i));
    const auto path = mrc.write(file("axes.mrc"));
    const auto warnings = inspectFile(path)->warnings;
    QCOMPARE(hasWarning(warnings, "mrc_axis_order"), !said.isEmpty());
    if (!said.isEmpty())
        QVERIFY2(QString::fromStdString(warnings.at(0).message).contains(said), warnings.at(0).message.c_str());
    QCOMPARE(readMap(path)->values, countingFrom(0, 12)); // as they lie in the file
}

void TestMrc::wrappedSignsAreKept()
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

void TestMrc::constantMapIsRead()
{
    MrcFixture mrc;
    mrc.data = std::string(48, '\0');
    const auto path = mrc.write(file("zero-Ge-at.mrc"));
    QCOMPARE(readMap(path)->values, std::vector<float>(12, 0.0f));
    const auto statistics = mrcFormat().statistics(path, "", {}, {});
    QCOMPARE(statistics->min, 0.0);
    QCOMPARE(statistics->max, 0.0);
}

void TestMrc::flatStackNeedsScanShape()
{
    const auto path = countingStack(6).write(file("stack.mrc"));
    const auto info = inspectFile(path);
    QCOMPARE(info->items.at(0).kind, ItemKind::Stack);
    QCOMPARE(info->items.at(0).shape, (std::vector<std::int64_t>{6, 3, 4}));
    const auto unknown = openDiffraction(path);
    QCOMPARE(unknown.error().code, ErrorCode::ScanShapeUnknown);
    QCOMPARE(unknown.error().arguments, std::vector<std::string>{"6"});
    const auto wrong = openDiffraction(path, "", ScanShape{2, 4});
    QCOMPARE(wrong.error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(wrong.error().arguments, (std::vector<std::string>{"6", "2 x 4"}));
    QVERIFY(openDiffraction(path, "", ScanShape{2, 3}));
    QCOMPARE(openDiffraction(path, "", ScanShape{-2, -3}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(openDiffraction(path, "/data", ScanShape{2, 3}).error().code, ErrorCode::DatasetMissing);
    QCOMPARE(readMap(path).error().code, ErrorCode::FormatUnsupported);
}

void TestMrc::stackReadsBlocksLazily()
{
    const auto scan = *openDiffraction(countingStack(6).write(file("stack.mrc")), "", ScanShape{2, 3});
    QCOMPARE(scan->availablePatterns(), 6);
    QCOMPARE(*scan->pattern({1, 2}), countingFrom(60, 12));
    std::vector<float> block(2 * 2 * 12);
    QVERIFY(scan->read({0, 1, 2, 2}, block));
    std::vector<float> expected = countingFrom(12, 24);
    const auto second = countingFrom(48, 24);
    expected.insert(expected.end(), second.begin(), second.end());
    QCOMPARE(block, expected);
    std::vector<std::byte> raw(24);
    QCOMPARE(scan->readRaw({0, 3, 1, 1}, raw).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(scan->readRaw({0, 0, 1, 2}, raw).error().code, ErrorCode::InvalidArgument);
}

void TestMrc::scanShapeComesFromFeiRectangle()
{
    FeiFixture fei;
    fei.pixelSize = 1.1442968e8; // 1/m: a diffraction pattern
    fei.scanWidth = 3;
    fei.scanHeight = 2;
    MrcFixture mrc = countingStack(6);
    mrc.exttyp = "FEI2";
    mrc.extended = fei.bytes();
    mrc.nsymbt = 888;
    const auto path = mrc.write(file("fei.mrc"));
    // It may be that of another frame, so it is a hint and the item stays a stack.
    const FileItem item = inspectFile(path)->items.at(0);
    QCOMPARE(item.kind, ItemKind::Stack);
    QVERIFY(item.scanHint);
    QVERIFY((*item.scanHint == ScanShape{2, 3}));
    QVERIFY(((*openDiffraction(path, "", ScanShape{3, 2}))->scanShape() == ScanShape{3, 2}));
    ScanOrder order;
    order.flipY = true;
    QCOMPARE(*(*openDiffraction(path, "", {}, order))->pattern({0, 0}), countingFrom(36, 12));
    const auto scan = openDiffraction(path);
    QVERIFY(scan);
    QCOMPARE((*scan)->scanShape().height, 2);
    QCOMPARE((*scan)->scanShape().width, 3);
    QVERIFY(std::abs(*(*scan)->calibration().qPixel_invA - 0.011442968) < 1e-12);
    QVERIFY(!(*scan)->calibration().scanStep_nm);
    // The rectangle is the full frame: it says nothing about a sub-scan of another size.
    fei.scanWidth = 256;
    mrc.extended = fei.bytes();
    QCOMPARE(openDiffraction(mrc.write(file("fei.mrc"))).error().code, ErrorCode::ScanShapeUnknown);
    QVERIFY(!inspectFile(file("fei.mrc"))->items.at(0).scanHint);
}

void TestMrc::serpentineRowsAreReversed()
{
    MrcFixture mrc = serpentineStack();
    auto scan = *openDiffraction(mrc.write(file("snake.mrc")), "", ScanShape{2, 3});
    QCOMPARE(*scan->pattern({0, 2}), countingFrom(24, 12));
    QCOMPARE(*scan->pattern({1, 0}), countingFrom(60, 12));
    QCOMPARE(*scan->pattern({1, 2}), countingFrom(36, 12));
    // Interrupted in the backward row: what was recorded lies at that row's end.
    mrc.data.resize(4 * 24);
    scan = *openDiffraction(mrc.write(file("snake2.mrc")), "", ScanShape{2, 3});
    QCOMPARE(scan->availablePatterns(), 4);
    QVERIFY(scan->isAvailable({1, 2}));
    QVERIFY(!scan->isAvailable({1, 1}));
    QCOMPARE(*scan->pattern({1, 2}), countingFrom(36, 12));
    QCOMPARE(*scan->pattern({1, 1}), std::vector<float>(12, 0.0f));
}

/// What the file tells and what the user adds are both done; only what the user says of serpentine rows replaces the file's.
void TestMrc::serpentineRowsStayReversedInAnotherOrder()
{
    const auto path = serpentineStack().write(file("snake3.mrc"));
    QVERIFY(inspectFile(path)->items.at(0).isSerpentine);
    const auto frames = [&](const ScanOrder& order) {
        std::vector<int> found;
        const auto scan = openDiffraction(path, "", ScanShape{2, 3}, order);
        for (int y = 0; scan && y < (*scan)->scanShape().height; ++y)
            for (int x = 0; x < (*scan)->scanShape().width; ++x)
                found.push_back(static_cast<int>((*scan)->pattern({y, x})->front()) / 12);
        return found;
    };
    ScanOrder order;
    QCOMPARE(frames(order), (std::vector{0, 1, 2, 5, 4, 3}));
    order.flipX = true;
    QCOMPARE(frames(order), (std::vector{2, 1, 0, 3, 4, 5}));
    order.serpentine = true; // as the file says: no second turn
    QCOMPARE(frames(order), (std::vector{2, 1, 0, 3, 4, 5}));
    order.serpentine = false;
    QCOMPARE(frames(order), (std::vector{2, 1, 0, 5, 4, 3}));
    order = {};
    order.serpentine = false;
    QCOMPARE(frames(order), (std::vector{0, 1, 2, 3, 4, 5}));
    order = {};
    order.transpose = true;
    QCOMPARE(frames(order), (std::vector{0, 5, 1, 4, 2, 3}));
    // A volume stack tells its grid, and a stack of another number of frames is refused as ever.
    QCOMPARE(openDiffraction(path, "", ScanShape{2, 2}).error().code, ErrorCode::ShapeMismatch);
    MrcFixture volumes = serpentineStack();
    volumes.ispg = 401;
    volumes.mz = 3;
    order = {};
    order.flipY = true;
    const auto scan = openDiffraction(volumes.write(file("snake4.mrc")), "", {}, order);
    QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
    QCOMPARE((*scan)->pattern({0, 0})->front(), 60.0f);
    QCOMPARE((*scan)->pattern({1, 0})->front(), 0.0f);
}

void TestMrc::volumeStackTellsItsGrid()
{
    MrcFixture mrc = countingStack(6);
    mrc.ispg = 401;
    mrc.mz = 3;
    const auto path = mrc.write(file("volumes.mrc"));
    const auto info = inspectFile(path);
    QCOMPARE(info->items.at(0).kind, ItemKind::Diffraction);
    QCOMPARE(info->items.at(0).shape, (std::vector<std::int64_t>{2, 3, 3, 4}));
    QCOMPARE((*openDiffraction(path))->scanShape().width, 3);
    mrc.mz = 4;
    QCOMPARE(inspectFile(mrc.write(file("volumes2.mrc"))).error().code, ErrorCode::FormatInvalid);
}

void TestMrc::truncatedStackKeepsWholeFrames()
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

void TestMrc::truncatedMapKeepsWholeRows()
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

void TestMrc::statisticsFollowFileOrder()
{
    std::vector<double> done;
    const auto path = countingStack(6).write(file("stack.mrc"));
    const auto statistics = mrcFormat().statistics(
        path, "", [&](const Progress& p) { done.push_back(double(p.done) / double(p.total)); }, {});
    QVERIFY(statistics);
    QCOMPARE(statistics->min, 0.0);
    QCOMPARE(statistics->max, 71.0);
    QCOMPARE(statistics->sum, 71.0 * 72 / 2);
    QCOMPARE(statistics->first, (std::vector<double>{0, 1, 2, 3}));
    QCOMPARE(statistics->last, 71.0);
    QCOMPARE(done.back(), 1.0);
    QCOMPARE(mrcFormat().statistics(path, "x", {}, {}).error().code, ErrorCode::DatasetMissing);
}

void TestMrc::statisticsCanBeCancelled()
{
    std::stop_source stop;
    stop.request_stop();
    const auto path = countingStack(6).write(file("stack.mrc"));
    QCOMPARE(mrcFormat().statistics(path, "", {}, stop.get_token()).error().code, ErrorCode::Cancelled);
}

void TestMrc::nanValuesAreNoData()
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

void TestMrc::readsSamples_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QList<qint64>>("shape");
    QTest::addColumn<QString>("type");
    QTest::addColumn<double>("min");
    QTest::addColumn<double>("max");
    QTest::addColumn<double>("sum");
    QTest::addColumn<double>("first");
    QTest::addColumn<double>("last");
    // Numbers from mrcfile and rosettasciio, expected.json beside the samples.
    QTest::newRow("EMDB volume") << "samples/mrc_generic/EMD-3197.map" << QList<qint64>{20, 20, 20} << "float32"
                                 << -4.1337456703186035 << 5.576736927032471 << 6268.896269149147 << -1.8013091087341309
                                 << 1.3078573942184448;
    QTest::newRow("Velox HAADF") << "samples/velox_mrc_fei2/HAADFscan.mrc" << QList<qint64>{16, 16} << "uint16"
                                 << 3923.0 << 9399.0 << 1552947.0 << 5715.0 << 5721.0;
    QTest::newRow("DE movie") << "samples/de_mrc_4dstem/20241021_00405_movie.mrc" << QList<qint64>{4, 8, 4, 8}
                              << "uint16" << 0.0 << 31.0 << 15872.0 << 0.0 << 31.0;
    QTest::newRow("DE custom movie") << "samples/de_mrc_4dstem/Custom_movie.mrc" << QList<qint64>{5, 5, 16, 16}
                                     << "uint16" << 682.0 << 1596.0 << 9006430.0 << 726.0 << 1477.0;
    QTest::newRow("DE image") << "samples/de_mrc_4dstem/20241021_00405_final.mrc" << QList<qint64>{4, 8} << "float32"
                              << 496.0 << 496.0 << 15872.0 << 496.0 << 496.0;
}

void TestMrc::readsSamples()
{
    QFETCH(QString, name);
    QFETCH(QList<qint64>, shape);
    QFETCH(QString, type);
    QFETCH(double, min);
    QFETCH(double, max);
    QFETCH(double, sum);
    QFETCH(double, first);
    QFETCH(double, last);
    const fs::path path = sample(name.toUtf8().constData());
    if (!fs::exists(path))
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    const FileItem& item = info->items.at(0);
    QCOMPARE(QList<qint64>(item.shape.begin(), item.shape.end()), shape);
    QCOMPARE(QString(elementTypeName(item.type)), type);
    const auto statistics = mrcFormat().statistics(path, "", {}, {});
    QCOMPARE(statistics->min, min);
    QCOMPARE(statistics->max, max);
    QCOMPARE(statistics->sum, sum);
    QCOMPARE(statistics->first.at(0), first);
    QCOMPARE(statistics->last, last);
    if (name.contains("HAADFscan")) { // 5.679 nm stand in the FEI2 block and in the cell
        QVERIFY(std::abs(*item.calibration.scanStep_nm - 5.679131290012676) < 1e-9);
        QVERIFY(std::abs(*item.calibration.convergence_mrad - 14.327324427576586) < 1e-9);
    }
}

void TestMrc::readsMultisliceMaps()
{
    if (!fs::exists(sample("gst-multislice")))
        QSKIP("The shared data set gst-multislice is not here (DISPERSA_SHARED_DATA).");
    std::vector<double> sum;
    for (const char* element : {"O", "Si", "Ge", "Sb", "Te"}) {
        const auto map = readMap(sample("gst-multislice") / ("GST - 0033-" + std::string(element) + "-at.mrc"));
        QVERIFY(map);
        QCOMPARE(map->quantity, std::string(element));
        QCOMPARE(map->shape.height, 110);
        QCOMPARE(map->shape.width, 45);
        QVERIFY(std::abs(*map->scanStep_nm - 1.053) < 1e-6);
        sum.resize(map->values.size());
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += static_cast<double>(map->values[i]);
    }
    for (const double value : sum) // atomic fractions: float32 rounding of five numbers remains
        QVERIFY(std::abs(value - 1) < 1e-6);
}

QTEST_APPLESS_MAIN(TestMrc)
#include "tst_mrc.moc"
