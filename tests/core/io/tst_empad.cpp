// SPDX-License-Identifier: GPL-3.0-or-later
// Reading EMPAD: frames without header, grids from names and XML files, calibration, wrong and missing files.
#include "core/io/empad_metadata.h"
#include "core/io/format.h"
#include "tests/core/io/detector_fixtures.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <memory>

using namespace dispersa;
using dispersa::test::hasWarning;
namespace fs = std::filesystem;

namespace {

/// Frames of 130 x 128 float32 that are filled with their number, but for the first pixel (100 + number) and the last
/// two rows (-1, which no reader may show).
std::string frames(int count)
{
    std::string bytes;
    for (int frame = 0; frame < count; ++frame) {
        std::vector<float> values(130 * 128, static_cast<float>(frame));
        values[0] += 100;
        std::fill(values.begin() + 128 * 128, values.end(), -1.0f);
        std::string raw(values.size() * sizeof(float), '\0');
        std::memcpy(raw.data(), values.data(), raw.size());
        bytes += raw;
    }
    return bytes;
}

const char* const start = "<root name=\"acquisition_1\"><software_version>0.51 211118</software_version>";

} // namespace

class TestEmpad : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path write(const char* name, const std::string& bytes) const
    {
        return test::writeBytes(fs::path(m_folder->path().toStdString()) / name, bytes);
    }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void gridFromName_data();
    void gridFromName();
    void readsFramesWithoutTheirFooter();
    void xmlOpensItsFrames();
    void gridFromXml_data();
    void gridFromXml();
    void seriesIsAStack();
    void moreFramesThanTheGrid();
    void stoppedEarly();
    void foldersInTheXmlAreIgnored();
    void badXml_data();
    void badXml();
    void otherRawFilesAreUnknown();
    void sampleXml();
};

void TestEmpad::gridFromName_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("shape");
    QTest::newRow("square") << "scan_x4_y4.raw"
                            << "4 x 4";
    QTest::newRow("two rows of three") << "scan_x3_y2.raw"
                                       << "2 x 3";
    QTest::newRow("with a prefix") << "my sample_scan_x3_y2.raw"
                                   << "2 x 3";
    QTest::newRow("series") << "series_x10.raw"
                            << "10";
    QTest::newRow("no columns") << "scan_x0_y2.raw"
                                << "";
    QTest::newRow("overflow") << "scan_x99999999999_y2.raw"
                              << "";
    QTest::newRow("something behind") << "scan_x3_y2_sum.raw"
                                      << "";
    QTest::newRow("nothing") << "acquisition.raw"
                             << "";
}

void TestEmpad::gridFromName()
{
    QFETCH(QString, name);
    QFETCH(QString, shape);
    const auto metadata = empadNameMetadata(name.toStdString());
    const QString found = !metadata.grids.empty() ? QString::fromStdString(toText(metadata.grids[0]))
                          : metadata.series       ? QString::number(*metadata.series)
                                                  : QString();
    QCOMPARE(found, shape);
}

void TestEmpad::readsFramesWithoutTheirFooter()
{
    const fs::path path = write("scan_x3_y2.raw", frames(6));
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->format, std::string("empad"));
    QVERIFY(info->warnings.empty());
    QVERIFY(info->items[0].kind == ItemKind::Diffraction);
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 3, 128, 128}));
    const auto scan = *openDiffraction(path);
    const auto pattern = *scan->pattern({1, 1});
    QCOMPARE(pattern.size(), std::size_t(128 * 128));
    QCOMPARE(pattern.front(), 104.0f);
    QCOMPARE(pattern.back(), 4.0f);
    const auto statistics = test::formatNamed("empad").statistics(path, "", {}, {});
    QCOMPARE(statistics->min, 0.0); // not the -1 of the footer
    QCOMPARE(statistics->sum, 15.0 * 128 * 128 + 600);
    QCOMPARE(openDiffraction(path, "x").error().code, ErrorCode::DatasetMissing);
    // An old file without metadata is a flat stack.
    const fs::path old = write("acquisition.raw", frames(4));
    QVERIFY(inspectFile(old)->items[0].kind == ItemKind::Stack);
    QCOMPARE(openDiffraction(old).error().code, ErrorCode::ScanShapeUnknown);
    QVERIFY(openDiffraction(old, "", ScanShape{2, 2}));
    QCOMPARE(openDiffraction(old, "", ScanShape{2, 3}).error().code, ErrorCode::ShapeMismatch);
}

void TestEmpad::xmlOpensItsFrames()
{
    const fs::path xml =
        write("acquisition_1.xml", std::string(start) + "<pix_x>3</pix_x><pix_y>2</pix_y>"
                                                        "<raw_file filename=\"scan_x3_y2.raw\"/><iom_measurements>"
                                                        "<source.get_voltage>300000.0</source.get_voltage>"
                                                        "<optics.get_full_scan_field_of_view>[3e-07, 3e-07]"
                                                        "</optics.get_full_scan_field_of_view>"
                                                        "<calibrated_diffraction_angle>0.0005"
                                                        "</calibrated_diffraction_angle></iom_measurements></root>");
    const auto missing = inspectFile(xml);
    QCOMPARE(missing.error().code, ErrorCode::FileNotFound);
    QCOMPARE(missing.error().file.filename(), fs::path("scan_x3_y2.raw"));
    QCOMPARE(missing.error().arguments, std::vector<std::string>{"scan_x3_y2.raw"});
    const fs::path raw = write("scan_x3_y2.raw", frames(6));
    for (const fs::path& given : {xml, raw}) {
        const auto info = inspectFile(given);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->path, raw);
        const auto scan = openDiffraction(given);
        QVERIFY(scan);
        QCOMPARE((*scan)->file(), raw);
        QCOMPARE((*scan)->scanShape(), (ScanShape{2, 3}));
        QVERIFY(std::abs(*(*scan)->calibration().scanStep_nm - 100) < 1e-9); // 300 nm over the longer side
        // 0.5 mrad at 300 kV, whose electrons have 0.0196875 A
        QVERIFY(std::abs(*(*scan)->calibration().qPixel_invA - 0.5e-3 / 0.0196875) < 1e-6);
    }
}

void TestEmpad::gridFromXml_data()
{
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("shape"); ///< of the six frames there are
    const QString named = "<raw_file filename=\"frames.raw\"/>";
    QTest::newRow("pix_x and pix_y") << named + "<pix_x>2</pix_x><pix_y>3</pix_y>"
                                     << "3 x 2";
    QTest::newRow("acquire") << named + "<scan_parameters mode=\"search\"><scan_resolution_x>9</scan_resolution_x>"
                                        "<scan_resolution_y>9</scan_resolution_y></scan_parameters>"
                                        "<scan_parameters mode=\"acquire\"><scan_resolution_x>3</scan_resolution_x>"
                                        "<scan_resolution_y>2</scan_resolution_y></scan_parameters>"
                             << "2 x 3";
    QTest::newRow("search, which fits")
        << named + "<scan_parameters mode=\"acquire\"><scan_resolution_x>9</scan_resolution_x>"
                   "<scan_resolution_y>9</scan_resolution_y></scan_parameters>"
                   "<scan_parameters mode=\"search\"><scan_resolution_x>6</scan_resolution_x>"
                   "<scan_resolution_y>1</scan_resolution_y></scan_parameters>"
        << "1 x 6";
    QTest::newRow("no grid") << named << "";
    QTest::newRow("absurd numbers") << named + "<pix_x>-2</pix_x><pix_y>99999999999</pix_y>"
                                    << "";
}

void TestEmpad::gridFromXml()
{
    QFETCH(QString, body);
    QFETCH(QString, shape);
    const fs::path raw = write("frames.raw", frames(6));
    const fs::path xml = write("a.xml", start + body.toStdString() + "</root>");
    for (const fs::path& given : {raw, xml}) {
        const auto scan = openDiffraction(given);
        QCOMPARE(scan ? QString::fromStdString(toText((*scan)->scanShape())) : QString(), shape);
        if (!scan)
            QCOMPARE(scan.error().code, ErrorCode::ScanShapeUnknown);
    }
}

void TestEmpad::seriesIsAStack()
{
    write("series_x10.raw", frames(10));
    const fs::path xml = write(
        "a.xml", std::string(start) + "<type>series</type><count>10</count><raw_file filename=\"series_x10.raw\"/>"
                                      "<scan_parameters><series_count>10</series_count></scan_parameters></root>");
    const auto info = inspectFile(xml);
    QVERIFY(info);
    QVERIFY(info->items[0].kind == ItemKind::Stack);
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{10, 128, 128}));
}

void TestEmpad::moreFramesThanTheGrid()
{
    const fs::path path = write("scan_x2_y2.raw", frames(5));
    const auto info = inspectFile(path);
    QVERIFY(hasWarning(info->warnings, "extra_frames"));
    QVERIFY(info->items[0].kind == ItemKind::Stack);
    QCOMPARE(*info->items[0].scanHint, (ScanShape{2, 2}));
    QVERIFY(openDiffraction(path, "", ScanShape{2, 2}));
}

void TestEmpad::stoppedEarly()
{
    std::string bytes = frames(5);
    bytes.resize(bytes.size() - 4); // in the footer of the last frame
    const fs::path path = write("scan_x3_y2.raw", bytes);
    const auto info = inspectFile(path);
    QVERIFY(info);
    QVERIFY(hasWarning(info->warnings, "file_truncated"));
    const auto scan = *openDiffraction(path);
    QCOMPARE(scan->scanShape(), (ScanShape{2, 3}));
    QCOMPARE(scan->availablePatterns(), 4);
    QVERIFY(!scan->isAvailable({1, 1}));
    QCOMPARE(inspectFile(write("scan_x1_y1.raw", bytes.substr(0, 66559))).error().code, ErrorCode::FileTruncated);
}

void TestEmpad::foldersInTheXmlAreIgnored()
{
    write("frames.raw", frames(1));
    for (const char* name : {"/home/empad/frames.raw", "C:\\data\\frames.raw", "../../frames.raw"}) {
        const auto info =
            inspectFile(write("a.xml", std::string(start) + "<raw_file filename=\"" + name + "\"/></root>"));
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->path.filename(), fs::path("frames.raw"));
        QCOMPARE(info->path.parent_path(), fs::path(m_folder->path().toStdString()));
    }
}

void TestEmpad::badXml_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<ErrorCode>("code");
    const QString root = start;
    QTest::newRow("cut") << root + "<raw_file filename=\"a.raw" << ErrorCode::FormatInvalid;
    QTest::newRow("not closed") << root + "<raw_file filename=\"a.raw\"/>" << ErrorCode::FormatInvalid;
    QTest::newRow("no raw file") << root + "</root>" << ErrorCode::FormatInvalid;
    QTest::newRow("no name") << root + "<raw_file filename=\"\"/></root>" << ErrorCode::FormatInvalid;
    QTest::newRow("a folder") << root + "<raw_file filename=\"../..\"/></root>" << ErrorCode::FormatInvalid;
    QTest::newRow("elsewhere") << root + "<raw_file filename=\"absent.raw\"/></root>" << ErrorCode::FileNotFound;
    QTest::newRow("another program's") << "<TrcHeader><ClassInstance/></TrcHeader>" << ErrorCode::FormatUnknown;
}

void TestEmpad::badXml()
{
    QFETCH(QString, text);
    QFETCH(ErrorCode, code);
    const fs::path path = write("a.xml", text.toStdString());
    QCOMPARE(inspectFile(path).error().code, code);
    QCOMPARE(openDiffraction(path).error().code, code);
    // The frames open without it.
    QVERIFY(openDiffraction(write("scan_x1_y1.raw", frames(1))));
}

void TestEmpad::otherRawFilesAreUnknown()
{
    QCOMPARE(inspectFile(write("photo.raw", std::string(70000, 'x'))).error().code, ErrorCode::FormatUnknown);
}

void TestEmpad::sampleXml()
{
    const fs::path folder = fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / "samples/empad_xml";
    if (!fs::exists(folder))
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const auto old = readEmpadXml(folder / "map4x4.xml");
    QVERIFY(old);
    QCOMPARE(old->rawName, std::string("scan_x4_y4.raw"));
    QCOMPARE(old->grids.front(), (ScanShape{4, 4}));
    const Calibration calibration = old->calibration(old->grids.front());
    QVERIFY(std::abs(*calibration.scanStep_nm - 1141.5856) < 1e-3); // as rosettasciio
    QVERIFY(std::abs(*calibration.qPixel_invA - 4.2906574394463665e-4 / 0.0196875) < 1e-6);
    const auto recent = readEmpadXml(folder / "EMPAD_v1.2.2_x32_y64_size0.8.xml");
    QVERIFY(recent);
    QCOMPARE(recent->grids.front(), (ScanShape{64, 32}));
    QVERIFY(std::abs(*recent->calibration(recent->grids.front()).scanStep_nm - 27.6131150) < 1e-6); // as rosettasciio
    QVERIFY(!recent->qPixel_invA);
    const auto series = readEmpadXml(folder / "stack_images.xml");
    QVERIFY(series);
    QVERIFY(series->grids.empty());
    QCOMPARE(*series->series, 10);
}

QTEST_APPLESS_MAIN(TestEmpad)
#include "tst_empad.moc"
