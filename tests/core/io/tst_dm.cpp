// SPDX-License-Identifier: GPL-3.0-or-later
// Reading Gatan DM3 and DM4: number types, byte orders, calibration, both axis orders of 4D-STEM, hostile tags.
#include "core/io/physical_units.h"
#include "core/io/dm_format.h"
#include "core/io/dm_images.h"
#include "core/io/dm_tags.h"
#include "core/io/format.h"
#include "core/io/map_naming.h"
#include "tests/core/io/detector_fixtures.h"
#include "tests/core/io/dm_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace dispersa;
using dispersa::test::counting;
using dispersa::test::DmFixture;
using dispersa::test::hasWarning;
using dispersa::test::scan4d;
namespace fs = std::filesystem;

namespace {

std::vector<float> steps(float first, float step, std::size_t count)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = first + step * static_cast<float>(i);
    return values;
}

const DmFixture::Axis nm{2, u"nm"};
const DmFixture::Axis inverse{0.5, u"1/nm"};

} // namespace

class TestDm : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path write(const std::string& name, const std::string& bytes) const
    {
        return DmFixture::write(fs::path(m_folder.path().toStdString()) / name, bytes);
    }

  private Q_SLOTS:
    void readsEveryTypeInBothVersionsAndOrders_data();
    void readsEveryTypeInBothVersionsAndOrders();
    void units_data();
    void units();
    void latin1Units();
    void mapCalibrationAndName();
    void patternInMilliradians();
    void stackOfImages();
    void stackWithTitanXGrid();
    void spectrumImageIsNoStack();
    void scanAxes_data();
    void scanAxes();
    void guessedOrderCanBeSwapped();
    void listsSeveralImages();
    void statisticsCanBeCancelled();
};

void TestDm::readsEveryTypeInBothVersionsAndOrders_data()
{
    QTest::addColumn<int>("dataType");
    QTest::addColumn<int>("storedType");
    QTest::addColumn<QString>("type");
    QTest::addColumn<bool>("dm4");
    QTest::addColumn<bool>("bigEndian");
    const std::vector<std::tuple<int, int, const char*>> types = {
        {1, 2, "int16"},  {2, 6, "float32"}, {6, 10, "uint8"},  {7, 3, "int32"},
        {9, 9, "int8"},   {10, 4, "uint16"}, {11, 5, "uint32"}, {12, 7, "float64"},
        {14, 8, "uint8"}, {39, 11, "int64"}, {40, 12, "uint64"}};
    for (const auto& [code, stored, type] : types)
        for (const bool dm4 : {false, true})
            for (const bool big : {false, true})
                QTest::addRow("%d %s %s %s", code, type, dm4 ? "DM4" : "DM3", big ? "big" : "little")
                    << code << stored << type << dm4 << big;
}

void TestDm::readsEveryTypeInBothVersionsAndOrders()
{
    QFETCH(int, dataType);
    QFETCH(int, storedType);
    QFETCH(QString, type);
    QFETCH(bool, dm4);
    QFETCH(bool, bigEndian);
    const DmFixture dm{dm4, bigEndian};
    std::string values;
    for (int i = 0; i < 6; ++i) {
        const int number = type.startsWith('u') ? 250 + i % 2 : -3 + i;
        if (type.endsWith("int8"))
            values += dm.value(static_cast<std::int8_t>(number));
        else if (type.endsWith("int16"))
            values += dm.value(static_cast<std::int16_t>(number));
        else if (type.endsWith("int32"))
            values += dm.value(static_cast<std::int32_t>(number));
        else if (type.endsWith("int64"))
            values += dm.value(static_cast<std::int64_t>(number));
        else if (type == "float32")
            values += dm.value(static_cast<float>(number));
        else
            values += dm.value(static_cast<double>(number));
    }
    DmFixture::Image image{{3, 2}, dataType, static_cast<std::uint64_t>(storedType), values};
    image.elementSize = values.size() / 6;
    const auto path = write("type.dm", dm.document({dm.image(image)})); // the content tells, not the name
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->format, std::string("dm"));
    QCOMPARE(info->items.size(), std::size_t(1)); // the thumbnail is none
    QVERIFY(info->warnings.empty());
    QCOMPARE(QString(elementTypeName(info->items[0].type)), type);
    QCOMPARE(info->items[0].kind, ItemKind::Map);
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 3}));
    const auto map = readMap(path);
    QVERIFY2(map, map ? "" : map.error().message.c_str());
    for (std::size_t i = 0; i < 6; ++i)
        QCOMPARE(map->values[i],
                 type.startsWith('u') ? 250.0f + static_cast<float>(i % 2) : -3.0f + static_cast<float>(i));
    const auto statistics = dmFormat().statistics(path, "", {}, {});
    QCOMPARE(statistics->sum, type.startsWith('u') ? 1503.0 : -3.0);
}

void TestDm::units_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("factor");
    const auto row = [](const char* text, AxisKind kind, double factor) {
        QTest::newRow(text) << QString::fromUtf8(text) << static_cast<int>(kind) << factor;
    };
    row("nm", AxisKind::Length, 1);
    row("pm", AxisKind::Length, 1e-3);
    row("\u00b5m", AxisKind::Length, 1e3);
    row("\u03bcm", AxisKind::Length, 1e3);
    row("um", AxisKind::Length, 1e3);
    row("\u00c5", AxisKind::Length, 0.1);
    row("1/nm", AxisKind::Inverse, 0.1);
    row("1 / nm", AxisKind::Inverse, 0.1);
    row("nm^-1", AxisKind::Inverse, 0.1);
    row("nm\u207b\u00b9", AxisKind::Inverse, 0.1);
    row("1/A", AxisKind::Inverse, 1);
    row("\u212b^-1", AxisKind::Inverse, 1);
    row("1/\u00b5m", AxisKind::Inverse, 1e-4);
    row("mrad", AxisKind::Angle, 1);
    row("rad", AxisKind::Angle, 1000);
    row("eV", AxisKind::Energy, 1);
    row("keV", AxisKind::Energy, 1000);
    row("px", AxisKind::Unknown, 1);
    row("1/px", AxisKind::Unknown, 1);
    row("", AxisKind::Unknown, 1);
}

void TestDm::latin1Units()
{
    QCOMPARE(axisUnit("\xb5m").factor, 1e3);
    QCOMPARE(static_cast<int>(axisUnit("1/\xc5").kind), static_cast<int>(AxisKind::Inverse));
    QCOMPARE(static_cast<int>(axisUnit("\xc3").kind), static_cast<int>(AxisKind::Unknown));
}

void TestDm::units()
{
    QFETCH(QString, text);
    QFETCH(int, kind);
    QFETCH(double, factor);
    const AxisUnit unit = axisUnit(text.toStdString());
    QCOMPARE(static_cast<int>(unit.kind), kind);
    QVERIFY2(std::abs(unit.factor / factor - 1) < 1e-12, qPrintable(QString::number(unit.factor)));
}

void TestDm::mapCalibrationAndName()
{
    const DmFixture dm;
    DmFixture::Image image{{3, 2}, 10, 4, counting(dm, 6), {{0.002, u"\u00b5m"}, {0.002, u"\u00b5m"}}};
    auto item = inspectFile(write("scan-Te-at.dm4", dm.document({dm.image(image)})))->items.at(0);
    QVERIFY(std::abs(*item.calibration.scanStep_nm - 2) < 1e-6); // the scale is float32
    QCOMPARE(item.axes.at(1).unit, std::string("nm"));
    QCOMPARE(*item.quantity, std::string("Te")); // the file shows one thing, so its name counts
    image.name = u"EDS GeK";
    QCOMPARE(*inspectFile(write("scan-Te-at.dm4", dm.document({dm.image(image)})))->items.at(0).quantity,
             std::string("Ge"));
    image.name = u"1: survey"; // tells nothing, but the signal that was scanned does
    image.tags = {dm.group("DataBar", {dm.text("Signal Name", u"HAADF")})};
    const auto path = write("1.dm4", dm.document({dm.image(image)}));
    item = inspectFile(path)->items.at(0);
    QCOMPARE(*item.quantity, std::string("HAADF"));
    QVERIFY(std::abs(*readMap(path)->scanStep_nm - 2) < 1e-6);
}

void TestDm::patternInMilliradians()
{
    const DmFixture dm;
    DmFixture::Image image{{3, 2}, 10, 4, counting(dm, 6), {{0.25, u"mrad"}, {0.25, u"mrad"}}};
    auto item = inspectFile(write("a.dm4", dm.document({dm.image(image)})))->items.at(0);
    QVERIFY(!item.calibration.qPixel_invA); // without the voltage an angle is no length
    QCOMPARE(item.axes.at(0).unit, std::string("mrad"));
    QCOMPARE(item.axes.at(0).scale, 0.25);
    image.tags = {dm.group("Microscope Info", {dm.float64("Voltage", 200000)})};
    item = inspectFile(write("a.dm4", dm.document({dm.image(image)})))->items.at(0);
    // Kirkland, Advanced Computing in Electron Microscopy, table 2.1: 2.508 pm at 200 kV.
    QVERIFY(std::abs(*item.calibration.qPixel_invA * 0.02508 / 0.25e-3 - 1) < 1e-4);
    QVERIFY(!item.calibration.scanStep_nm);
    image.tags = {dm.group("Microscope Info", {dm.float64("Voltage", -1)})};
    QVERIFY(!inspectFile(write("a.dm4", dm.document({dm.image(image)})))->items.at(0).calibration.qPixel_invA);
}

void TestDm::stackOfImages()
{
    const DmFixture dm;
    // The third axis lacks a calibration, as plug-ins leave it.
    const auto path = write("s.dm4", dm.document({dm.image({{4, 3, 6}, 10, 4, counting(dm, 72), {inverse, inverse}})}));
    const FileItem item = inspectFile(path)->items.at(0);
    QCOMPARE(item.kind, ItemKind::Stack);
    QCOMPARE(item.shape, (std::vector<std::int64_t>{6, 3, 4}));
    QCOMPARE(item.axes.at(0).name, std::string("frame"));
    QCOMPARE(item.axes.at(0).unit, std::string("px"));
    QCOMPARE(item.axes.at(2).name, std::string("det_x"));
    QVERIFY(!item.scanHint);
    QCOMPARE(openDiffraction(path).error().code, ErrorCode::ScanShapeUnknown);
    QCOMPARE(openDiffraction(path, "", ScanShape{2, 4}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(openDiffraction(path, "", ScanShape{-2, -3}).error().code, ErrorCode::ShapeMismatch);
    const auto scan = *openDiffraction(path, "", ScanShape{2, 3});
    QCOMPARE(*scan->pattern({1, 2}), steps(60, 1, 12));
    QVERIFY(std::abs(*scan->calibration().qPixel_invA - 0.05) < 1e-9);
    QCOMPARE(readMap(path).error().code, ErrorCode::DatasetMissing);
    // Frames in another order need a grid first.
    ScanOrder order;
    order.flipX = true;
    QCOMPARE(openDiffraction(path, "", {}, order).error().code, ErrorCode::ScanShapeUnknown);
    QCOMPARE(*(*openDiffraction(path, "", ScanShape{2, 3}, order))->pattern({0, 0}), steps(24, 1, 12));
}

void TestDm::stackWithTitanXGrid()
{
    const DmFixture dm;
    DmFixture::Image image{{4, 3, 6}, 10, 4, counting(dm, 72)};
    image.tags = {dm.group("4D STEM Tags", {dm.uint32("Scan shape X", 3), dm.uint32("Scan shape Y", 2)})};
    const auto path = write("titan.dm4", dm.document({dm.image(image)}));
    const FileItem item = inspectFile(path)->items.at(0);
    QCOMPARE(item.kind, ItemKind::Stack);
    QVERIFY(item.scanHint);
    QVERIFY((*item.scanHint == ScanShape{2, 3}));
    QVERIFY(((*openDiffraction(path))->scanShape() == ScanShape{2, 3}));
    ScanOrder order;
    order.flipY = true;
    QCOMPARE(*(*openDiffraction(path, "", {}, order))->pattern({0, 0}), steps(36, 1, 12));
    const auto folder = scansOfFiles({path});
    QVERIFY((*folder->scans.at(0).scanShape == ScanShape{2, 3}));
}

void TestDm::spectrumImageIsNoStack()
{
    const DmFixture dm;
    const DmFixture::Axis energy{0.3, u"eV"};
    auto item =
        inspectFile(write("si.dm4", dm.document({dm.image({{4, 3, 6}, 10, 4, counting(dm, 72), {nm, nm, energy}})})))
            ->items.at(0);
    QCOMPARE(item.kind, ItemKind::Spectrum);
    QCOMPARE(item.axes.at(0).name, std::string("energy"));
    QVERIFY(std::abs(*item.calibration.scanStep_nm - 2) < 1e-9);
    DmFixture::Image line{{6, 5}, 10, 4, counting(dm, 30), {nm, nm}};
    line.tags = {dm.group("Meta Data", {dm.text("Format", u"Spectrum image")})};
    const auto path = write("line.dm4", dm.document({dm.image(line), dm.image({{30}, 10, 4, counting(dm, 30)})}));
    const auto info = inspectFile(path);
    QCOMPARE(info->items.size(), std::size_t(2));
    for (const FileItem& one : info->items) {
        QCOMPARE(one.kind, ItemKind::Spectrum);
        QVERIFY(!one.calibration.scanStep_nm); // nm along a line of spectra are wavelengths
    }
    QCOMPARE(readMap(path).error().code, ErrorCode::DatasetMissing);
    QCOMPARE(readMap(path, "1").error().code, ErrorCode::FormatUnsupported);
    QCOMPARE(dmFormat().statistics(path, "2", {}, {})->last, 29.0);
}

void TestDm::scanAxes_data()
{
    QTest::addColumn<QString>("evidence");
    QTest::addColumn<bool>("scanFastest");
    QTest::addColumn<bool>("certain");
    QTest::newRow("reciprocal units of the fast axes") << "units" << false << true;
    QTest::newRow("reciprocal units of the slow axes") << "units" << true << true;
    QTest::newRow("angles of the fast axes") << "angles" << false << true;
    QTest::newRow("only the scan has a length, slow") << "length" << false << true;
    QTest::newRow("only the scan has a length, fast") << "length" << true << true;
    QTest::newRow("data order swapped") << "tag" << false << true;
    QTest::newRow("data order not swapped") << "tag" << true << true;
    QTest::newRow("units go before the tag") << "both" << true << true;
    QTest::newRow("scan size, slow") << "size" << false << true;
    QTest::newRow("scan size, fast") << "size" << true << true;
    QTest::newRow("an early version of the program") << "format" << true << false;
    QTest::newRow("nothing") << "" << false << false;
}

void TestDm::scanAxes()
{
    QFETCH(QString, evidence);
    QFETCH(bool, scanFastest);
    QFETCH(bool, certain);
    for (const bool big : {false, true}) {
        const DmFixture dm{true, big};
        DmFixture::Image image = scan4d(dm, scanFastest);
        const auto pairs = [&](DmFixture::Axis scan, DmFixture::Axis pattern) {
            image.axes =
                scanFastest ? std::vector{scan, scan, pattern, pattern} : std::vector{pattern, pattern, scan, scan};
        };
        if (evidence == "units" || evidence == "both")
            pairs(nm, inverse);
        if (evidence == "angles")
            pairs(nm, {0.2, u"mrad"});
        if (evidence == "length")
            pairs(nm, {1, u""});
        if (evidence == "tag")
            image.tags = {dm.group("Meta Data", {dm.flag("Data Order Swapped", !scanFastest)})};
        if (evidence == "both")
            image.tags = {dm.group("Meta Data", {dm.flag("Data Order Swapped", scanFastest)})};
        if (evidence == "format")
            image.tags = {dm.group("Meta Data", {dm.text("Format", u"Diffraction image")})};
        if (evidence == "size")
            image.tags = {dm.group(
                "SI", {dm.group("Acquisition", {dm.group("Spatial Sampling", {dm.uint32("Height (pixels)", 2),
                                                                              dm.uint32("Width (pixels)", 3)})})})};
        const auto path = write("4d.dm4", dm.document({dm.image(image)}));
        const auto info = inspectFile(path);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        const FileItem& item = info->items.at(0);
        QCOMPARE(item.kind, ItemKind::Diffraction);
        QCOMPARE(item.shape, (std::vector<std::int64_t>{2, 3, 4, 5}));
        QCOMPARE(hasWarning(info->warnings, "dm_axis_order"), !certain);
        QCOMPARE(hasWarning(info->warnings, "dm_scan_fastest"), scanFastest);
        if (evidence == "units") {
            QVERIFY(std::abs(*item.calibration.qPixel_invA - 0.05) < 1e-9);
            QVERIFY(std::abs(*item.calibration.scanStep_nm - 2) < 1e-9);
            QCOMPARE(item.axes.at(3).unit, std::string("1/A"));
        }
        const auto scan = *openDiffraction(path);
        QVERIFY((scan->scanShape() == ScanShape{2, 3}));
        QVERIFY((scan->patternShape() == PatternShape{4, 5}));
        QVERIFY(scan->calibration() == item.calibration);
        // Position (1, 1) is the fifth: its pixels are 4, 10, 16 ... in a file that keeps the scan fastest.
        QCOMPARE(*scan->pattern({1, 1}), scanFastest ? steps(4, 6, 20) : steps(80, 1, 20));
        const auto statistics = dmFormat().statistics(path, "", {}, {});
        QCOMPARE(statistics->first, (std::vector<double>{0, 1, 2, 3})); // the file's own order
        QCOMPARE(statistics->sum, 119.0 * 120 / 2);
    }
}

void TestDm::guessedOrderCanBeSwapped()
{
    const DmFixture dm;
    // Nothing tells, and the guess is wrong: the file keeps the scan fastest.
    const auto path = write("4d.dm4", dm.document({dm.image(scan4d(dm, true))}));
    const auto guessed = *openDiffraction(path);
    QVERIFY((guessed->scanShape() == ScanShape{4, 5}));
    ScanOrder order;
    order.swapAxes = true;
    const auto scan = *openDiffraction(path, "", {}, order);
    QVERIFY((scan->scanShape() == ScanShape{2, 3}));
    QCOMPARE(*scan->pattern({1, 1}), steps(4, 6, 20));
}

void TestDm::listsSeveralImages()
{
    const DmFixture dm;
    DmFixture::Image haadf{{3, 2}, 10, 4, counting(dm, 6), {nm, nm}, {}, u"HAADF"};
    const auto path =
        write("Te.dm4",
              dm.document({dm.image(haadf), dm.image(scan4d(dm, false)), dm.image({{3, 2}, 10, 4, counting(dm, 6)})}));
    const auto info = inspectFile(path);
    QCOMPARE(info->items.size(), std::size_t(3));
    QCOMPARE(info->items[0].id, std::string("1"));
    QCOMPARE(*info->items[0].quantity, std::string("HAADF"));
    QCOMPARE(info->items[1].kind, ItemKind::Diffraction);
    QVERIFY(!info->items[2].quantity);                          // the file's name does not tell which of them it means
    QCOMPARE((*openDiffraction(path))->availablePatterns(), 6); // the only scan needs no name
    QVERIFY(openDiffraction(path, "2"));
    QCOMPARE(openDiffraction(path, "1").error().code, ErrorCode::FormatUnsupported);
    QCOMPARE(readMap(path, "3")->values, steps(0, 1, 6));
    QCOMPARE(readMap(path, "2").error().code, ErrorCode::FormatUnsupported);
}

void TestDm::statisticsCanBeCancelled()
{
    const DmFixture dm;
    const auto path = write("a.dm4", dm.document({dm.image(scan4d(dm, false))}));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(dmFormat().statistics(path, "", {}, stop.get_token()).error().code, ErrorCode::Cancelled);
    QCOMPARE(dmFormat().statistics(path, "9", {}, {}).error().code, ErrorCode::DatasetMissing);
}

QTEST_APPLESS_MAIN(TestDm)
#include "tst_dm.moc"
