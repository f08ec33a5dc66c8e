// SPDX-License-Identifier: GPL-3.0-or-later
// Reading MRC: modes, byte orders, FEI headers, statistics.
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

class TestMrc : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }
    static fs::path sample(const char* name) { return fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / name; }

  private Q_SLOTS:
    void readsEveryModeInBothByteOrders_data();
    void readsEveryModeInBothByteOrders();
    void stepComesFromNegativeCell();
    void feiBlockTellsElementAndStep();
    void byteSign_data();
    void byteSign();
    void axisOrderIsSaid_data();
    void axisOrderIsSaid();
    void statisticsFollowFileOrder();
    void statisticsCanBeCancelled();
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
