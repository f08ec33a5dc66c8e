// SPDX-License-Identifier: GPL-3.0-or-later
// Reading TIFF maps: number types, strips and tiles, pixel sizes, pages, and files that are no maps.
#include "core/io/format.h"
#include "core/io/tiff_format.h"
#include "core/io/tiff_units.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <fstream>

using namespace dispersa;
namespace fs = std::filesystem;

/// A classic little-endian TIFF of one page: tags with values of two or four bytes in place, and others behind them.
struct TiffFixture {
    struct Tag {
        quint16 number = 0;
        quint16 type = 4;
        QByteArray values = {}; ///< in the file's byte order
        quint32 count = 1;
    };
    QList<Tag> more; ///< in ascending order, beyond the usual ones

    static QByteArray number(quint64 value, int size)
    {
        QByteArray bytes;
        for (int i = 0; i < size; ++i)
            bytes.append(static_cast<char>(value >> (8 * i)));
        return bytes;
    }
    static Tag text(quint16 number, const QByteArray& words)
    {
        return {number, 2, words + '\0', static_cast<quint32>(words.size() + 1)};
    }
    static Tag real(quint16 number, double value)
    {
        return {number, 12, QByteArray(reinterpret_cast<const char*>(&value), 8), 1};
    }

    /// 2 x 3 bytes that count up; the pixels stand at byte 8, then the directory, then long values.
    QByteArray bytes(const QByteArray& description = {}) const
    {
        QList<Tag> tags = {{256, 4, number(3, 4), 1},
                           {257, 4, number(2, 4), 1},
                           {258, 3, number(8, 4), 1},
                           {259, 3, number(1, 4), 1},
                           {262, 3, number(1, 4), 1}};
        if (!description.isEmpty())
            tags.append(text(270, description));
        tags += {
            {273, 4, number(8, 4), 1}, {277, 3, number(1, 4), 1}, {278, 4, number(2, 4), 1}, {279, 4, number(6, 4), 1}};
        tags += more;
        QByteArray file = QByteArray("II*\0", 4) + number(16, 4) + QByteArray("\0\1\2\3\4\5\0\0", 8);
        QByteArray behind;
        const auto end = static_cast<quint64>(16 + 2 + 12 * tags.size() + 4);
        file += number(static_cast<quint64>(tags.size()), 2);
        for (const Tag& tag : tags) {
            file += number(tag.number, 2) + number(tag.type, 2) + number(tag.count, 4);
            if (tag.values.size() <= 4) {
                file += tag.values.leftJustified(4, '\0');
            } else {
                file += number(end + static_cast<quint64>(behind.size()), 4);
                behind += tag.values;
            }
        }
        return file + number(0, 4) + behind;
    }
};

class TestTiff : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    /// Files written by tiff_golden.py.
    static fs::path golden(const QString& name)
    {
        return fs::path(DISPERSA_SOURCE_DIR) / "tests/core/io/tiff" / name.toStdString();
    }
    fs::path write(const QByteArray& bytes) const
    {
        const fs::path path = fs::path(m_folder.path().toStdString()) / "bad.tif";
        std::ofstream(path, std::ios::binary).write(bytes.data(), bytes.size());
        return path;
    }
    static QByteArray bytesOf(const QString& name)
    {
        QFile file(QString::fromStdString(golden(name).string()));
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
    }

  private Q_SLOTS:
    void readsEveryNumberType_data();
    void readsEveryNumberType();
    void readsTilesAndStrips_data();
    void readsTilesAndStrips();
    void pixelSize_data();
    void pixelSize();
    void imageJUnits_data();
    void imageJUnits();
    void reciprocalUnits();
    void gatanTags_data();
    void gatanTags();
    void stackBehindOnePageIsSaid();
    void listsPages();
    void refusesPictures_data();
    void refusesPictures();
    void truncatedFileIsSaid();
    void absurdSizesAreRefused();
    void damagedBytesNeverCrash();
    void readsSample();
};

void TestTiff::readsEveryNumberType_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("order");
    for (const char* type : {"uint8", "int8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64"})
        for (const char* order : {"little", "big"})
            QTest::addRow("%s %s", type, order) << type << order;
}

void TestTiff::readsEveryNumberType()
{
    QFETCH(QString, type);
    QFETCH(QString, order);
    const auto path = golden(type + "-" + order + ".tif");
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(QString(elementTypeName(info->items.at(0).type)), type);
    QCOMPARE(info->items.at(0).id, std::string());
    const auto map = readMap(path);
    QVERIFY2(map, map ? "" : map.error().message.c_str());
    QCOMPARE(map->shape.height, 7);
    QCOMPARE(map->shape.width, 5);
    const int offset = type.startsWith('u') ? 0 : -3;
    for (int i = 0; i < 35; ++i)
        QCOMPARE(map->values[static_cast<std::size_t>(i)], static_cast<float>(i + offset));
}

void TestTiff::readsTilesAndStrips_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("tiles, deflate") << "tiled-deflate.tif";
    QTest::newRow("BigTIFF, strips that do not divide the height") << "strips-big.tif";
}

void TestTiff::readsTilesAndStrips()
{
    QFETCH(QString, name);
    const auto map = readMap(golden(name));
    QVERIFY2(map, map ? "" : map.error().message.c_str());
    QCOMPARE(map->shape.height, 40);
    QCOMPARE(map->shape.width, 50);
    for (std::size_t i = 0; i < 2000; ++i)
        QCOMPARE(map->values[i], static_cast<float>(i) / 7);
    const auto statistics = tiffFormat().statistics(golden(name), "", {}, {});
    QCOMPARE(statistics->max, static_cast<double>(1999.0f / 7));
    QCOMPARE(statistics->first.at(3), static_cast<double>(3.0f / 7));
    QCOMPARE(statistics->last, static_cast<double>(1999.0f / 7));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(tiffFormat().statistics(golden(name), "", {}, stop.get_token()).error().code, ErrorCode::Cancelled);
}

void TestTiff::pixelSize_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("step_nm"); ///< 0: unknown
    QTest::newRow("nm") << "imagej-nm.tif" << 1.053;
    QTest::newRow("um") << "imagej-um.tif" << 2.0;
    QTest::newRow("dots per inch are a printer's") << "dpi.tif" << 0.0;
    QTest::newRow("none") << "float32-little.tif" << 0.0;
}

void TestTiff::pixelSize()
{
    QFETCH(QString, name);
    QFETCH(double, step_nm);
    const auto map = readMap(golden(name));
    QVERIFY(map);
    QCOMPARE(map->scanStep_nm.has_value(), step_nm > 0);
    if (step_nm > 0) // libtiff hands resolutions out as float32
        QVERIFY2(std::abs(*map->scanStep_nm / step_nm - 1) < 1e-6, qPrintable(QString::number(*map->scanStep_nm)));
}

void TestTiff::imageJUnits_data()
{
    QTest::addColumn<QString>("unit");
    QTest::addColumn<double>("step_nm");
    QTest::newRow("nm") << "nm" << 0.5;
    QTest::newRow("escaped micro") << "\\u00B5m" << 500.0;
    QTest::newRow("UTF-8 micro") << QString::fromUtf8("µm") << 500.0;
    QTest::newRow("escaped Angstrom") << "\\u00C5" << 0.05;
    QTest::newRow("micron") << "micron" << 500.0;
    QTest::newRow("Angstrom") << "A" << 0.05;
    QTest::newRow("pm") << "pm" << 5e-4;
    QTest::newRow("pixel says nothing") << "pixel" << 0.0;
    QTest::newRow("reciprocal is no length") << "1/nm" << 0.0;
}

void TestTiff::imageJUnits()
{
    QFETCH(QString, unit);
    QFETCH(double, step_nm);
    const std::string description = "ImageJ=1.53t\nimages=1\nunit=" + unit.toStdString() + "\nmin=0\n";
    const auto size = tiffPixelSize_nm(description, 2, false);
    QCOMPARE(size.value_or(0), step_nm);
    QVERIFY(!tiffPixelSize_nm(description, 0, false));
    QVERIFY(!tiffPixelSize_nm(description, std::nan(""), true));
}

void TestTiff::reciprocalUnits()
{
    const std::string description = "ImageJ=1.53t\nunit=1/nm\n";
    QCOMPARE(*tiffQPixel_invA(description, 2), 0.05);
    QCOMPARE(*tiffQPixel_invA("ImageJ=1.53t\nunit=1/\\u00C5\n", 2), 0.5);
    QCOMPARE(*tiffQPixel_invA("ImageJ=1.53t\nunit=\\u00B5m^-1\n", 2), 5e-5);
    QVERIFY(!tiffQPixel_invA(description, 0));
    QVERIFY(!tiffQPixel_invA("ImageJ=1.53t\nunit=nm\n", 2));
    QVERIFY(!tiffQPixel_invA("", 2));
}

void TestTiff::gatanTags_data()
{
    QTest::addColumn<QByteArray>("unit");
    QTest::addColumn<double>("size");
    QTest::addColumn<double>("step_nm"); ///< 0: unknown
    QTest::addColumn<double>("q_invA");
    QTest::newRow("nm") << QByteArray("nm") << 0.25 << 0.25 << 0.0;
    QTest::newRow("um") << QByteArray("\xc2\xb5m") << 0.5 << 500.0 << 0.0;
    QTest::newRow("um, Latin-1") << QByteArray("\xb5m") << 0.5 << 500.0 << 0.0; // as GMS 2 writes it
    QTest::newRow("1/nm") << QByteArray("1/nm") << 0.5 << 0.0 << 0.05;
    QTest::newRow("no unit") << QByteArray("") << 0.5 << 0.0 << 0.0;
    QTest::newRow("no size") << QByteArray("nm") << 0.0 << 0.0 << 0.0;
    QTest::newRow("no number") << QByteArray("nm") << std::nan("") << 0.0 << 0.0;
}

void TestTiff::gatanTags()
{
    QFETCH(QByteArray, unit);
    QFETCH(double, size);
    QFETCH(double, step_nm);
    QFETCH(double, q_invA);
    TiffFixture tiff;
    tiff.more = {TiffFixture::text(65003, unit), TiffFixture::real(65009, size)};
    const auto path = write(tiff.bytes());
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    const FileItem& item = info->items.at(0);
    QCOMPARE(item.calibration.scanStep_nm.value_or(0), step_nm);
    QCOMPARE(item.calibration.qPixel_invA.value_or(0), q_invA);
    QCOMPARE(item.axes.at(0).name, std::string(q_invA > 0 ? "det_y" : "y"));
    QCOMPARE(readMap(path)->values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
    // The same tags with values of another type are none of Gatan's.
    tiff.more = {{65003, 4, TiffFixture::number(7, 4), 1}, {65009, 4, TiffFixture::number(7, 4), 1}};
    QVERIFY(inspectFile(write(tiff.bytes()))->items.at(0).calibration == Calibration{});
}

void TestTiff::stackBehindOnePageIsSaid()
{
    const auto info = inspectFile(write(TiffFixture{}.bytes("ImageJ=1.53t\nimages=3000\nslices=3000\n")));
    QCOMPARE(info->items.size(), std::size_t(1));
    QCOMPARE(info->warnings.size(), std::size_t(1));
    QCOMPARE(info->warnings[0].code, std::string("tiff_imagej_stack"));
    QVERIFY(QString::fromStdString(info->warnings[0].message).contains("3000 images"));
    QVERIFY(inspectFile(write(TiffFixture{}.bytes("ImageJ=1.53t\nimages=1\n")))->warnings.empty());
    QVERIFY(inspectFile(write(TiffFixture{}.bytes("images=3000\n")))->warnings.empty()); // another program's words
}

void TestTiff::listsPages()
{
    const auto info = inspectFile(golden("pages.tif"));
    QVERIFY(info);
    QCOMPARE(info->items.size(), std::size_t(2));
    QCOMPARE(info->items[0].id, std::string("0"));
    QCOMPARE(info->items[1].id, std::string("1"));
    QCOMPARE(info->items[1].shape, (std::vector<std::int64_t>{4, 5}));
    QCOMPARE(info->warnings.size(), std::size_t(1)); // the colour page is skipped, not the file
    QCOMPARE(info->warnings[0].code, std::string("tiff_page_skipped"));
    QCOMPARE(readMap(golden("pages.tif"))->values[34], 34.0f);
    QCOMPARE(readMap(golden("pages.tif"), "1")->values[19], 119.0f);
    for (const char* id : {"3", "-1", "page", "99999999999"})
        QCOMPARE(readMap(golden("pages.tif"), id).error().code, ErrorCode::DatasetMissing);
}

void TestTiff::refusesPictures_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("said");
    QTest::newRow("RGB") << "rgb.tif"
                         << "3 channels";
    QTest::newRow("palette") << "palette.tif"
                             << "palette";
    QTest::newRow("complex") << "complex.tif"
                             << "64-bit values of sample format 6";
    QTest::newRow("one bit") << "bilevel.tif"
                             << "1-bit";
}

void TestTiff::refusesPictures()
{
    QFETCH(QString, name);
    QFETCH(QString, said);
    for (const Error& error : {inspectFile(golden(name)).error(), readMap(golden(name)).error()}) {
        QCOMPARE(error.code, ErrorCode::FormatUnsupported);
        QVERIFY2(QString::fromStdString(error.message).contains(said), error.message.c_str());
    }
}

void TestTiff::truncatedFileIsSaid()
{
    QByteArray bytes = bytesOf("strips-big.tif");
    QVERIFY(bytes.size() > 8000);
    const auto path = write(bytes.first(bytes.size() - 500));
    const auto map = readMap(path);
    QVERIFY(!map);
    QCOMPARE(map.error().code, ErrorCode::FileTruncated);
    QVERIFY(QString::fromStdString(map.error().message).contains(QString::number(bytes.size() - 500)));
    QCOMPARE(readMap(write(bytes.first(20))).error().code, ErrorCode::FormatInvalid);
}

void TestTiff::absurdSizesAreRefused()
{
    // A classic little-endian TIFF of one directory: 10 million x 10 million pixels of 64 bits in a file of 100 bytes.
    QByteArray bytes("II*\0\x08\0\0\0", 8);
    const auto number = [&](quint64 value, int size) {
        for (int i = 0; i < size; ++i)
            bytes.append(static_cast<char>(value >> (8 * i)));
    };
    const QList<QList<quint64>> tags = {{256, 4, 10000000}, {257, 4, 10000000}, {258, 3, 64}, {259, 3, 1},
                                        {262, 3, 1},        {273, 4, 8},        {277, 3, 1},  {278, 4, 10000000},
                                        {279, 4, 80},       {339, 3, 3}};
    number(static_cast<quint64>(tags.size()), 2);
    for (const auto& tag : tags) {
        number(tag[0], 2);
        number(tag[1], 2);
        number(1, 4);
        number(tag[2], 4);
    }
    number(0, 4);
    const auto map = readMap(write(bytes));
    QVERIFY(!map);
    QCOMPARE(map.error().code, ErrorCode::FileTruncated);
    QVERIFY2(QString::fromStdString(map.error().message).contains("800000000000000 bytes"),
             map.error().message.c_str());
}

void TestTiff::damagedBytesNeverCrash()
{
    // Every byte of the header and directory in turn set to 255: an error or a map, never a crash or a huge allocation.
    const QByteArray good = bytesOf("tiled-deflate.tif");
    int refused = 0;
    for (qsizetype i = 0; i < std::min<qsizetype>(good.size(), 400); ++i) {
        QByteArray bad = good;
        bad[i] = char(255);
        const auto path = write(bad);
        const auto map = readMap(path);
        if (!map) {
            ++refused;
            QVERIFY(!map.error().message.empty());
        }
    }
    QVERIFY(refused > 20);
}

void TestTiff::readsSample()
{
    const fs::path path = fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) /
                          "samples/tiff/test_loading_image_saved_with_imageJ.tif";
    if (!fs::exists(path))
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const auto statistics = tiffFormat().statistics(path, "", {}, {});
    QVERIFY(statistics);
    QCOMPARE(statistics->sum, 15422830.0); // expected.json, from tifffile
    QCOMPARE(statistics->min, 2866.0);
    QCOMPARE(statistics->max, 3774.0);
    QCOMPARE(statistics->first, (std::vector<double>{3465, 3352, 3373, 3400}));
    QCOMPARE(statistics->last, 3319.0);
}

QTEST_APPLESS_MAIN(TestTiff)
#include "tst_tiff.moc"
