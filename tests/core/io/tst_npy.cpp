// SPDX-License-Identifier: GPL-3.0-or-later
// Reading NumPy arrays: versions, types, byte and index orders, shapes, and headers that lie.
#include "core/io/format.h"
#include "tests/core/io/detector_fixtures.h"

#include <QTemporaryDir>
#include <QTest>

#include <numeric>

using namespace dispersa;
using dispersa::test::bigEndian;
using dispersa::test::hasWarning;
using dispersa::test::littleEndian;
namespace fs = std::filesystem;

namespace {

/// An array as numpy.save writes it.
struct NpyFixture {
    int version = 1;
    std::string descr = "'<u2'";
    bool fortran = false;
    std::string shape = "(2, 3)";
    std::string data = {};

    std::string dictionary() const
    {
        return "{'descr': " + descr + ", 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape +
               ", }";
    }
    std::string bytes() const { return withHeader(dictionary()); }
    std::string withHeader(std::string text) const
    {
        text.resize((text.size() + 64) / 64 * 64, ' ');
        text.back() = '\n';
        const std::string length = version == 1 ? littleEndian(static_cast<std::uint16_t>(text.size()))
                                                : littleEndian(static_cast<std::uint32_t>(text.size()));
        return std::string("\x93NUMPY") + static_cast<char>(version) + '\0' + length + text + data;
    }
};

/// 0, 1, 2, ... as little-endian uint16.
std::string counting(int count)
{
    std::string bytes;
    for (int i = 0; i < count; ++i)
        bytes += littleEndian(static_cast<std::uint16_t>(i));
    return bytes;
}

} // namespace

class TestNpy : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path write(const std::string& bytes, const char* name = "array.npy") const
    {
        return test::writeBytes(fs::path(m_folder.path().toStdString()) / name, bytes);
    }

  private Q_SLOTS:
    void readsEveryType_data();
    void readsEveryType();
    void readsEveryVersion_data();
    void readsEveryVersion();
    void mapTakesItsQuantityFromTheName();
    void stackNeedsAGrid();
    void fourDimensionsAreAScan();
    void fortranOrder();
    void stoppedEarly();
    void badFiles_data();
    void badFiles();
};

void TestNpy::readsEveryType_data()
{
    QTest::addColumn<QString>("descr");
    QTest::addColumn<QByteArray>("one"); ///< the value in bytes
    QTest::addColumn<float>("value");
    QTest::addColumn<ElementType>("type");
    const auto row = [](const char* descr, const std::string& bytes, float value, ElementType type) {
        QTest::newRow(descr) << QString("'%1'").arg(descr) << QByteArray::fromStdString(bytes) << value << type;
    };
    row("|b1", std::string(1, '\1'), 1, ElementType::UInt8);
    row("|i1", std::string(1, '\xfe'), -2, ElementType::Int8);
    row("|u1", std::string(1, '\xfe'), 254, ElementType::UInt8);
    row("<i2", littleEndian(std::int16_t(-300)), -300, ElementType::Int16);
    row(">i2", bigEndian(std::int16_t(-300)), -300, ElementType::Int16);
    row("<u2", littleEndian(std::uint16_t(65000)), 65000, ElementType::UInt16);
    row(">u2", bigEndian(std::uint16_t(65000)), 65000, ElementType::UInt16);
    row("<i4", littleEndian(std::int32_t(-70000)), -70000, ElementType::Int32);
    row(">u4", bigEndian(std::uint32_t(70000)), 70000, ElementType::UInt32);
    row("<i8", littleEndian(std::int64_t(-5000000000)), -5e9f, ElementType::Int64);
    row(">u8", bigEndian(std::uint64_t(5000000000)), 5e9f, ElementType::UInt64);
    row("<f2", littleEndian(std::uint16_t(0x4300)), 3.5f, ElementType::Float16);
    row(">f4", bigEndian(-2.5f), -2.5f, ElementType::Float32);
    row("<f8", littleEndian(0.125), 0.125f, ElementType::Float64);
}

void TestNpy::readsEveryType()
{
    QFETCH(QString, descr);
    QFETCH(QByteArray, one);
    QFETCH(float, value);
    QFETCH(ElementType, type);
    NpyFixture npy;
    npy.descr = descr.toStdString();
    for (int i = 0; i < 6; ++i)
        npy.data += i == 5 ? one.toStdString() : std::string(static_cast<std::size_t>(one.size()), '\0');
    const fs::path path = write(npy.bytes());
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->items[0].type, type);
    QVERIFY(info->items[0].kind == ItemKind::Map);
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 3}));
    const auto map = readMap(path);
    QVERIFY(map);
    QCOMPARE(map->at(1, 2), value);
    QCOMPARE(map->at(0, 0), 0.0f);
    QCOMPARE(static_cast<float>(test::formatNamed("npy").statistics(path, "", {}, {})->last), value);
}

void TestNpy::readsEveryVersion_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<QString>("text");
    const QString usual = QString::fromStdString(NpyFixture().dictionary());
    for (const int version : {1, 2, 3})
        QTest::addRow("version %d", version) << version << usual;
    QTest::newRow("Python 2") << 1 << "{'descr': '<u2', 'fortran_order': False, 'shape': (2L, 3L), }";
    QTest::newRow("other order and quotes") << 1 << "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<u2\"}";
}

void TestNpy::readsEveryVersion()
{
    QFETCH(int, version);
    QFETCH(QString, text);
    NpyFixture npy;
    npy.version = version;
    npy.data = counting(6);
    const auto map = readMap(write(npy.withHeader(text.toStdString())));
    QVERIFY2(map, map ? "" : map.error().message.c_str());
    QCOMPARE(map->values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

void TestNpy::mapTakesItsQuantityFromTheName()
{
    NpyFixture npy;
    npy.data = counting(6);
    const fs::path path = write(npy.bytes(), "GST - 0033-Ge-wt.npy");
    QCOMPARE(*inspectFile(path)->items[0].quantity, std::string("Ge"));
    const auto map = readMap(path);
    QCOMPARE(map->quantity, std::string("Ge"));
    QVERIFY(map->unit == MapUnit::WeightPercent);
    QCOMPARE(openDiffraction(path, "", ScanShape{2, 3}).error().code, ErrorCode::DatasetMissing);
    QCOMPARE(readMap(path, "page").error().code, ErrorCode::DatasetMissing);
}

void TestNpy::stackNeedsAGrid()
{
    NpyFixture npy;
    npy.shape = "(6, 2, 2)";
    npy.data = counting(24);
    const fs::path path = write(npy.bytes());
    const auto info = inspectFile(path);
    QVERIFY(info->items[0].kind == ItemKind::Stack);
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{6, 2, 2}));
    QCOMPARE(openDiffraction(path).error().code, ErrorCode::ScanShapeUnknown);
    QCOMPARE(openDiffraction(path, "", ScanShape{2, 2}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(*(*openDiffraction(path, "", ScanShape{2, 3}))->pattern({1, 0}), (std::vector<float>{12, 13, 14, 15}));
    QCOMPARE(readMap(path).error().code, ErrorCode::FormatUnsupported);
}

void TestNpy::fourDimensionsAreAScan()
{
    NpyFixture npy;
    npy.shape = "(2, 3, 2, 2)";
    npy.descr = "'>u2'";
    for (int i = 0; i < 24; ++i)
        npy.data += bigEndian(static_cast<std::uint16_t>(i));
    const fs::path path = write(npy.bytes());
    const auto scan = openDiffraction(path);
    QVERIFY(scan);
    QCOMPARE((*scan)->scanShape(), (ScanShape{2, 3}));
    QCOMPARE(*(*scan)->pattern({1, 2}), (std::vector<float>{20, 21, 22, 23}));
    QCOMPARE(*(*openDiffraction(path, "", ScanShape{3, 2}))->pattern({1, 0}), (std::vector<float>{8, 9, 10, 11}));
    QCOMPARE(test::formatNamed("npy").statistics(path, "", {}, {})->sum, 276.0);
}

void TestNpy::fortranOrder()
{
    // value at [i, j, k, l] of (2, 3, 2, 2): i + 2 j + 6 k + 12 l
    NpyFixture npy;
    npy.fortran = true;
    npy.shape = "(2, 3, 2, 2)";
    npy.data = counting(24);
    fs::path path = write(npy.bytes());
    auto scan = openDiffraction(path);
    QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
    QCOMPARE(*(*scan)->pattern({1, 2}), (std::vector<float>{5, 17, 11, 23}));
    QCOMPARE(*(*scan)->pattern({0, 1}), (std::vector<float>{2, 14, 8, 20}));
    QCOMPARE(openDiffraction(path, "", ScanShape{3, 2}).error().code, ErrorCode::ShapeMismatch);
    npy.shape = "(6, 2, 2)"; // i + 6 k + 12 l
    path = write(npy.bytes());
    scan = openDiffraction(path, "", ScanShape{2, 3});
    QVERIFY(scan);
    QCOMPARE(*(*scan)->pattern({1, 1}), (std::vector<float>{4, 16, 10, 22}));
    npy.shape = "(2, 3)";
    npy.data = counting(6);
    path = write(npy.bytes());
    QCOMPARE(readMap(path)->values, (std::vector<float>{0, 2, 4, 1, 3, 5}));
    // A file that was cut has lost a part of every pattern.
    npy.shape = "(2, 3, 2, 2)";
    npy.data = counting(23);
    QCOMPARE(inspectFile(write(npy.bytes())).error().code, ErrorCode::FileTruncated);
}

void TestNpy::stoppedEarly()
{
    NpyFixture npy;
    npy.shape = "(2, 3, 2, 2)";
    npy.data = counting(19); // four patterns of four and a bit
    const fs::path path = write(npy.bytes());
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "file_truncated"));
    QVERIFY(info->warnings[0].message.find("4 of 6 frames") != std::string::npos);
    const auto scan = *openDiffraction(path);
    QCOMPARE(scan->availablePatterns(), 4);
    QVERIFY(!scan->isAvailable({1, 1}));
    QCOMPARE(test::formatNamed("npy").statistics(path, "", {}, {})->last, 15.0);
    npy.shape = "(6, 2, 2)";
    QCOMPARE((*openDiffraction(write(npy.bytes()), "", ScanShape{3, 2}))->availablePatterns(), 4);
}

void TestNpy::badFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [](const char* name, const std::string& bytes, ErrorCode code) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << code;
    };
    const auto changed = [](auto change) {
        NpyFixture npy;
        npy.data = counting(6);
        change(npy);
        return npy.bytes();
    };
    NpyFixture good;
    good.data = counting(6);
    row("nothing but the signature", "\x93NUMPY", ErrorCode::FormatInvalid);
    row("header cut", good.bytes().substr(0, 40), ErrorCode::FormatInvalid);
    row("map cut", good.bytes().substr(0, good.bytes().size() - 1), ErrorCode::FileTruncated);
    row("unknown version", changed([](NpyFixture& n) { n.version = 9; }), ErrorCode::FormatUnsupported);
    std::string absurd = changed([](NpyFixture& n) { n.version = 2; });
    absurd.replace(8, 4, "\xff\xff\xff\xff");
    row("header of 4 GiB", absurd, ErrorCode::FormatInvalid);
    for (const char* text : {"", "{", "{}", "[1, 2]", "{'descr': '<u2', 'fortran_order': False}",
                             "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3}",
                             "{'descr': '<u2', 'fortran_order': Maybe, 'shape': (2, 3)}",
                             "{'descr': '<u2', 'fortran_order': False, 'shape': (2, x)}",
                             "{'descr': '<u2, 'fortran_order': False, 'shape': (2, 3)}",
                             "{'descr': [('a', '<u2', 'fortran_order': False, 'shape': (2, 3)}"})
        row((std::string("header ") + text).c_str(), good.withHeader(text), ErrorCode::FormatInvalid);
    for (const char* descr : {"'<c8'", "'|O'", "'<U4'", "'|S4'", "'<M8[ns]'", "'<f16'", "[('a', '<u2'), ('b', '<u2')]"})
        row(descr, changed([&](NpyFixture& n) { n.descr = descr; }), ErrorCode::FormatUnsupported);
    for (const char* shape : {"()", "(6,)", "(1, 1, 2, 3, 1)"})
        row(shape, changed([&](NpyFixture& n) { n.shape = shape; }), ErrorCode::FormatUnsupported);
    for (const char* shape : {"(0, 3)", "(-2, -3)", "(4294967296, 2)", "(2147483647, 2147483647, 2147483647)",
                              "(99999999999999999999, 2)", "(65536, 65536)", "(65536, 65536, 1, 1)"})
        row(shape, changed([&](NpyFixture& n) { n.shape = shape; }), ErrorCode::FormatInvalid);
    row("scan without one pattern", changed([](NpyFixture& n) { n.shape = "(2, 3, 4, 4)"; }), ErrorCode::FileTruncated);
}

void TestNpy::badFiles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    const fs::path path = write(bytes.toStdString());
    const auto info = inspectFile(path);
    QVERIFY(!info);
    QVERIFY2(info.error().code == code, info.error().message.c_str());
    QVERIFY(info.error().message.find("array.npy") != std::string::npos);
    QCOMPARE(readMap(path).error().code, code);
    QCOMPARE(openDiffraction(path).error().code, code);
    QVERIFY(!test::formatNamed("npy").statistics(path, "", {}, {}));
}

QTEST_APPLESS_MAIN(TestNpy)
#include "tst_npy.moc"
