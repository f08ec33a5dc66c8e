// SPDX-License-Identifier: GPL-3.0-or-later
// Reading Quantum Detectors' Merlin: integers, raw layouts, .hdr files.
#include "core/io/format.h"
#include "core/io/mib_header.h"
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

namespace {

std::vector<float> asFloat(const Pixels& pixels)
{
    return {pixels.begin(), pixels.end()};
}

} // namespace

class TestMib : public QObject {
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
    void readsIntegers_data();
    void readsIntegers();
    void gridFromHdr_data();
    void gridFromHdr();
    void hdrFileOpensItsFrames();
    void rawOfOneChip_data();
    void rawOfOneChip();
    void rawCounterOf24Bits();
    void rawOfFourChips_data();
    void rawOfFourChips();
    void sample();
};

void TestMib::readsIntegers_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<ElementType>("element");
    QTest::addColumn<float>("first");
    QTest::newRow("U08") << "U08" << ElementType::UInt8 << 0.0f;
    QTest::newRow("U16") << "U16" << ElementType::UInt16 << 256.0f;
    QTest::newRow("U32") << "U32" << ElementType::UInt32 << 65536.0f;
}

void TestMib::readsIntegers()
{
    QFETCH(QString, type);
    QFETCH(ElementType, element);
    QFETCH(float, first);
    MibFixture mib;
    mib.type = type.toStdString();
    const fs::path path = write(plainFrames(6, mib));
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->format, std::string("mib"));
    QVERIFY(info->warnings.empty());
    QVERIFY(info->items[0].kind == ItemKind::Stack);
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{6, 3, 4}));
    QCOMPARE(info->items[0].type, element);
    QCOMPARE(openDiffraction(path).error().code, ErrorCode::ScanShapeUnknown);
    QCOMPARE(openDiffraction(path, "x", ScanShape{2, 3}).error().code, ErrorCode::DatasetMissing);
    const auto scan = openDiffraction(path, "", ScanShape{2, 3});
    QVERIFY(scan);
    std::vector<float> expected(12);
    std::iota(expected.begin(), expected.end(), first + 48);
    QCOMPARE(*(*scan)->pattern({1, 1}), expected);
    const auto statistics = test::formatNamed("mib").statistics(path, "", {}, {});
    QCOMPARE(statistics->sum, 71.0 * 72 / 2 + 72 * double(first));
    QCOMPARE(readMap(path).error().code, ErrorCode::FormatUnsupported);
}

void TestMib::gridFromHdr_data()
{
    QTest::addColumn<QString>("lines");
    QTest::addColumn<QString>("shape");
    const QString none = "6";
    QTest::newRow("ScanX and ScanY") << "ScanX:\t3\nScanY:\t2\n"
                                     << "2 x 3";
    QTest::newRow("Windows line ends") << "ScanX:\t3\r\nScanY:\t2\r\n"
                                       << "2 x 3";
    QTest::newRow("a trigger per row") << "Frames in Acquisition (Number):\t6\nFrames per Trigger (Number):\t3\n"
                                       << "2 x 3";
    QTest::newRow("ScanX goes before triggers")
        << "Frames per Trigger (Number):\t2\nFrames in Acquisition (Number):\t6\nScanX:\t3\nScanY:\t2\n"
        << "2 x 3";
    QTest::newRow("a trigger per pixel") << "Frames in Acquisition (Number):\t6\nFrames per Trigger (Number):\t1\n"
                                         << none;
    QTest::newRow("one trigger for all") << "Frames in Acquisition (Number):\t6\nFrames per Trigger (Number):\t6\n"
                                         << none;
    QTest::newRow("rows that do not fill") << "Frames in Acquisition (Number):\t6\nFrames per Trigger (Number):\t4\n"
                                           << none;
    QTest::newRow("absurd numbers") << "ScanX:\t-3\nScanY:\t99999999999999999999\n" << none;
    QTest::newRow("nothing") << "" << none;
}

void TestMib::gridFromHdr()
{
    QFETCH(QString, lines);
    QFETCH(QString, shape);
    const fs::path path = write(plainFrames(6));
    write(hdrStart + lines.toStdString() + "End\t", "scan.hdr");
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(info->warnings.empty());
    const FileItem& item = info->items[0];
    if (item.kind == ItemKind::Stack)
        QCOMPARE(QString::number(item.shape[0]), shape);
    else
        QCOMPARE(QString("%1 x %2").arg(item.shape[0]).arg(item.shape[1]), shape);
    QCOMPARE(openDiffraction(path).has_value(), item.kind == ItemKind::Diffraction);
}

void TestMib::hdrFileOpensItsFrames()
{
    const fs::path hdr = write(std::string(hdrStart) + "ScanX:\t3\nScanY:\t2\n", "scan.hdr");
    QCOMPARE(inspectFile(hdr).error().code, ErrorCode::FileNotFound);
    QCOMPARE(inspectFile(hdr).error().file, file("scan.mib")); // what is missing, for who looks for it
    const fs::path path = write(plainFrames(6), "scan.MIB");
    const auto info = inspectFile(hdr);
    QVERIFY(info);
    QCOMPARE(info->path, path);
    const auto scan = openDiffraction(hdr);
    QVERIFY(scan);
    QCOMPARE((*scan)->file(), path);
    QCOMPARE((*scan)->scanShape(), (ScanShape{2, 3}));
    // ENVI and others also call their headers .hdr.
    QCOMPARE(inspectFile(write("ENVI\nsamples = 3\n", "other.hdr")).error().code, ErrorCode::FormatUnknown);
}

void TestMib::rawOfOneChip_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<int>("width");
    QTest::addColumn<ElementType>("element");
    QTest::newRow("1 bit") << 1 << 128 << ElementType::UInt8;
    QTest::newRow("6 bits") << 6 << 16 << ElementType::UInt8;
    QTest::newRow("12 bits") << 12 << 8 << ElementType::UInt16;
}

void TestMib::rawOfOneChip()
{
    QFETCH(int, bits);
    QFETCH(int, width);
    QFETCH(ElementType, element);
    MibFixture mib;
    mib.type = "R64";
    mib.width = QString("%1").arg(width, 4, 10, QChar('0')).toStdString();
    mib.height = "0002";
    mib.depth = std::to_string(bits);
    const Pixels pixels = merlinPixels(static_cast<std::size_t>(width) * 2, bits);
    const Pixels blank(pixels.size(), 0);
    const fs::path path = write(mib.header(1) + packed(blank, bits) + mib.header(2) + packed(pixels, bits));
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 2, width}));
    QCOMPARE(info->items[0].type, element);
    const auto scan = *openDiffraction(path, "", ScanShape{1, 2});
    QCOMPARE(*scan->pattern({0, 1}), asFloat(pixels));
    std::vector<std::byte> corner(elementSize(element));
    QVERIFY(scan->readWindow({0, 1, 1, 1}, {1, 3, 1, 1}, corner));
    std::vector<float> value(1);
    convertToFloat(element, corner, value);
    QCOMPARE(value[0], static_cast<float>(pixels[static_cast<std::size_t>(width) + 3]));
    QCOMPARE(test::formatNamed("mib").statistics(path, "", {}, {})->sum,
             double(std::accumulate(pixels.begin(), pixels.end(), 0ull)));
    // The order within eight bytes, spelt out.
    if (bits == 6) {
        QCOMPARE(packed({1, 2, 3, 4, 5, 6, 7, 8}, 6), std::string("\x08\x07\x06\x05\x04\x03\x02\x01"));
    } else if (bits == 12) {
        QCOMPARE(packed({0x123, 0x456, 0x789, 0xABC}, 12), std::string("\x0A\xBC\x07\x89\x04\x56\x01\x23"));
    } else {
        Pixels first(64, 0);
        first[0] = first[9] = 1;
        QCOMPARE(packed(first, 1), std::string("\0\0\0\0\0\0\x02\x01", 8));
    }
}

void TestMib::rawCounterOf24Bits()
{
    MibFixture mib;
    mib.type = "R64";
    mib.width = "0016"; // two counters of 8
    mib.height = "0002";
    mib.depth = "24";
    const Pixels pixels = merlinPixels(16, 24);
    Pixels high, low;
    for (const std::uint32_t pixel : pixels) {
        high.push_back(pixel >> 12);
        low.push_back(pixel & 0xfff);
    }
    const fs::path path = write(mib.header() + packed(high, 12) + packed(low, 12));
    const auto scan = openDiffraction(path, "", ScanShape{1, 1});
    QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
    QCOMPARE((*scan)->patternShape(), (PatternShape{2, 8}));
    QCOMPARE((*scan)->elementType(), ElementType::UInt32);
    QCOMPARE(*(*scan)->pattern({0, 0}), asFloat(pixels));
}

void TestMib::rawOfFourChips_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<int>("side"); ///< of one chip
    QTest::newRow("1 bit") << 1 << 64;
    QTest::newRow("6 bits") << 6 << 8;
    QTest::newRow("12 bits") << 12 << 4;
}

void TestMib::rawOfFourChips()
{
    QFETCH(int, bits);
    QFETCH(int, side);
    MibFixture mib;
    mib.type = "R64";
    mib.layout = "  2x2G";
    mib.chips = "04";
    mib.width = QString("%1").arg(4 * side, 4, 10, QChar('0')).toStdString();
    mib.height = QString("%1").arg(side, 4, 10, QChar('0')).toStdString();
    mib.depth = std::to_string(bits);
    mib.length = 768;
    mib.lengthText = "00768";
    const auto edge = static_cast<std::size_t>(2 * side);
    const Pixels image = merlinPixels(edge * edge, bits);
    // A row of the file: the chips bottom right, bottom left (both upside down), top right, top left.
    const auto chipRow = [&](std::size_t row, bool bottom, bool right) {
        Pixels pixels;
        for (std::size_t i = 0; i < static_cast<std::size_t>(side); ++i) {
            const std::size_t y = bottom ? edge - 1 - row : row;
            const std::size_t x = (right ? edge / 2 : 0) + (bottom ? edge / 2 - 1 - i : i);
            pixels.push_back(image[y * edge + x]);
        }
        return packed(pixels, bits);
    };
    std::string frame = mib.header();
    for (std::size_t row = 0; row < static_cast<std::size_t>(side); ++row)
        frame += chipRow(row, true, true) + chipRow(row, true, false) + chipRow(row, false, true) +
                 chipRow(row, false, false);
    const auto scan = openDiffraction(write(frame + frame), "", ScanShape{1, 2});
    QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
    QCOMPARE((*scan)->patternShape(), (PatternShape{2 * side, 2 * side}));
    QCOMPARE(*(*scan)->pattern({0, 1}), asFloat(image));
}

void TestMib::sample()
{
    const fs::path folder = fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / "samples/merlin_mib";
    if (!fs::exists(folder))
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const fs::path path = folder / "001_4x2_6bit.mib";
    const auto info = inspectFile(folder / "001_4x2_6bit.hdr");
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->path, path);
    QVERIFY(info->warnings.empty());
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{8, 256, 256}));
    const auto statistics = test::formatNamed("mib").statistics(path, "", {}, {});
    QCOMPARE(statistics->sum, 3623664.0);
    QCOMPARE(statistics->min, 0.0);
    QCOMPARE(statistics->max, 63.0);
    QCOMPARE(statistics->first, (std::vector<double>{2, 2, 2, 2}));
    QCOMPARE(statistics->last, 1.0);
    const auto scan = *openDiffraction(path, "", ScanShape{2, 4});
    const std::vector<float> expected{448386, 449671, 452147, 455427, 450760, 453755, 455591, 457927};
    for (int i = 0; i < 8; ++i) {
        const auto pattern = *scan->pattern({i / 4, i % 4});
        QCOMPARE(std::accumulate(pattern.begin(), pattern.end(), 0.0f), expected[static_cast<std::size_t>(i)]);
    }
}

QTEST_APPLESS_MAIN(TestMib)
#include "tst_mib.moc"
