// SPDX-License-Identifier: GPL-3.0-or-later
// Maps written as MRC, TIFF and CSV: bytes as the standards want them, read back equal, whole or not at all.
#include "core/base/os_file.h"
#include "core/io/format.h"
#include "core/io/map_writers.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

ElementMap sampleMap()
{
    ElementMap map = emptyMap("O", MapUnit::Fraction, {3, 4});
    for (std::size_t i = 0; i < 12; ++i)
        map.values[i] = static_cast<float>(i) / 10;
    map.scanStep_nm = 1.053;
    return map;
}

template<class T>
T at(const std::string& bytes, std::size_t offset)
{
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

} // namespace

class TestMapWriters : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void mrcHeaderIsStandard();
    void mrcWithoutDataHasUndeterminedStatistics();
    void readsBackWhatItWrote_data();
    void readsBackWhatItWrote();
    void csvIsShortestText();
    void failsWithoutTouchingTheTarget_data();
    void failsWithoutTouchingTheTarget();
    void refusesMapsWithoutPixels();
};

void TestMapWriters::mrcHeaderIsStandard()
{
    QVERIFY(writeMrc(sampleMap(), {20, 7}, file("O.mrc")));
    const std::string bytes = *readTextFile(file("O.mrc"));
    QCOMPARE(bytes.size(), std::size_t(1024 + 48));
    // MRC 2014, https://www.ccpem.ac.uk/mrc_format/mrc2014.php: nx ny nz mode start(3) m(3)
    const std::array<std::int32_t, 10> numbers = {4, 3, 1, 2, 7, 20, 0, 4, 3, 1};
    for (std::size_t i = 0; i < numbers.size(); ++i)
        QCOMPARE(at<std::int32_t>(bytes, 4 * i), numbers[i]);
    QCOMPARE(at<float>(bytes, 40), 42.12f); // 4 x 10.53 A
    QCOMPARE(at<float>(bytes, 44), 31.59f);
    QCOMPARE(at<float>(bytes, 52), 90.0f);
    for (std::int32_t axis = 1; axis <= 3; ++axis)
        QCOMPARE(at<std::int32_t>(bytes, 60 + 4 * static_cast<std::size_t>(axis)), axis);
    QCOMPARE(at<float>(bytes, 76), 0.0f);
    QCOMPARE(at<float>(bytes, 80), 1.1f);
    QVERIFY(std::abs(at<float>(bytes, 84) - 0.55f) < 1e-6f);      // mean of 0 .. 1.1
    QVERIFY(std::abs(at<float>(bytes, 216) - 0.345205f) < 1e-6f); // sqrt((12^2 - 1) / 12) / 10
    QCOMPARE(at<std::int32_t>(bytes, 108), 20140);
    QCOMPARE(bytes.substr(208, 8), std::string("MAP DD\0\0", 8));
    QCOMPARE(at<std::int32_t>(bytes, 220), 1);
    QVERIFY(bytes.substr(224, 80).starts_with("Dispersa " DISPERSA_VERSION ": O [fraction]"));
}

void TestMapWriters::mrcWithoutDataHasUndeterminedStatistics()
{
    QVERIFY(writeMrc(emptyMap("O", MapUnit::Fraction, {3, 4}), {}, file("none.mrc")));
    const std::string bytes = *readTextFile(file("none.mrc"));
    QVERIFY(at<float>(bytes, 80) < at<float>(bytes, 76));
    QVERIFY(at<float>(bytes, 216) < 0);
    QVERIFY(std::isnan(at<float>(bytes, 1024)));
}

void TestMapWriters::readsBackWhatItWrote_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("MRC") << "map one.mrc"; // a name that tells nothing: the label in the file does
    QTest::newRow("TIFF") << "map one.tif";
}

void TestMapWriters::readsBackWhatItWrote()
{
    QFETCH(QString, name);
    const fs::path path = file("new folder") / name.toStdString();
    const auto write = name.endsWith("mrc") ? writeMrc : writeTiff;
    ElementMap map = sampleMap();
    map.values[5] = std::numeric_limits<float>::quiet_NaN();
    const auto written = write(map, {20, 7}, path);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(info->warnings.empty());
    QCOMPARE(*info->items.at(0).unit, MapUnit::Fraction);
    const auto read = readMap(path);
    QVERIFY(read);
    QCOMPARE(read->quantity, std::string("O"));
    QCOMPARE(read->unit, MapUnit::Fraction);
    QCOMPARE(read->shape.width, 4);
    QVERIFY(std::abs(*read->scanStep_nm - 1.053) < 1e-6); // float32 in the file
    for (std::size_t i = 0; i < 12; ++i)
        QVERIFY(i == 5 ? std::isnan(read->values[i]) : read->values[i] == map.values[i]);
    // Without a step the file claims none.
    map.scanStep_nm.reset();
    QVERIFY(write(map, {}, path));
    QVERIFY(!readMap(path)->scanStep_nm);
}

void TestMapWriters::csvIsShortestText()
{
    ElementMap map = emptyMap("O", MapUnit::Fraction, {2, 3});
    map.values = {0.1f, std::numeric_limits<float>::quiet_NaN(), 1e-20f, -3, 16777216, 0.333333343f};
    QVERIFY(writeMapCsv(map, file("O.csv")));
    QCOMPARE(*readTextFile(file("O.csv")), std::string("0.1,,1e-20\n-3,16777216,0.33333334\n"));
}

void TestMapWriters::failsWithoutTouchingTheTarget_data()
{
    QTest::addColumn<int>("which");
    QTest::newRow("MRC") << 0;
    QTest::newRow("TIFF") << 1;
    QTest::newRow("CSV") << 2;
}

void TestMapWriters::failsWithoutTouchingTheTarget()
{
    QFETCH(int, which);
    const std::array<std::function<Result<void>(const fs::path&)>, 3> writers = {
        [](const fs::path& p) { return writeMrc(sampleMap(), {}, p); },
        [](const fs::path& p) { return writeTiff(sampleMap(), {}, p); },
        [](const fs::path& p) { return writeMapCsv(sampleMap(), p); }};
    const fs::path blocker = file("a file");
    QVERIFY(writeFileAtomically(blocker, "kept"));
    const auto written = writers[static_cast<std::size_t>(which)](blocker / "map"); // a file is no folder
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::WriteFailed);
    QVERIFY(QString::fromStdString(written.error().message).contains("map"));
    QCOMPARE(*readTextFile(blocker), std::string("kept"));
    // A folder in the way stays a folder, and no temporary is left beside it.
    const fs::path taken = file("taken") / "map";
    fs::create_directories(taken);
    QCOMPARE(writers[static_cast<std::size_t>(which)](taken).error().code, ErrorCode::WriteFailed);
    QCOMPARE(std::distance(fs::directory_iterator(file("taken")), fs::directory_iterator{}), 1);
}

void TestMapWriters::refusesMapsWithoutPixels()
{
    ElementMap map = sampleMap();
    map.values.clear();
    QCOMPARE(writeMrc(map, {}, file("x")).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(writeTiff(map, {}, file("x")).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(writeMapCsv(map, file("x")).error().code, ErrorCode::InvalidArgument);
    QVERIFY(!fs::exists(file("x")));
}

QTEST_APPLESS_MAIN(TestMapWriters)
#include "tst_map_writers.moc"
