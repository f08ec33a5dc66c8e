// SPDX-License-Identifier: GPL-3.0-or-later
// Direct Electron's MRC movies: grid, order and calibration from the files beside them, whatever those say.
#include "core/io/direct_electron.h"
#include "core/io/format.h"
#include "core/io/mrc_format.h"
#include "tests/core/io/mrc_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <numeric>

using namespace dispersa;
using dispersa::test::MrcFixture;
namespace fs = std::filesystem;

namespace {

const Warning* findWarning(const std::vector<Warning>& warnings, const std::string& code)
{
    for (const Warning& warning : warnings)
        if (warning.code == code)
            return &warning;
    return nullptr;
}

/// Value of every pixel of the pattern at (y, x); frames are filled with their number.
float frameAt(const DiffractionScan& scan, int y, int x)
{
    const auto pattern = *scan.pattern({y, x});
    return std::all_of(pattern.begin(), pattern.end(), [&](float v) { return v == pattern.front(); }) ? pattern.front()
                                                                                                      : -1;
}

} // namespace

class TestDirectElectron : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path file(const std::string& name) const { return fs::path(m_folder->path().toStdString()) / name; }
    void write(const std::string& name, const std::string& text) const
    {
        std::ofstream(file(name), std::ios::binary) << text;
    }
    /// A movie whose frame k holds k + 1 everywhere, so that no data is told from frame 0.
    fs::path movie(int frames, const std::string& name = "20250429_06699_movie.mrc", int mode = 6) const
    {
        MrcFixture mrc;
        mrc.mode = mode;
        mrc.nz = frames;
        for (int i = 0; i < frames * 12; ++i)
            mode == 6 ? mrc.append(static_cast<std::uint16_t>(i / 12 + 1)) : mrc.append(static_cast<std::uint8_t>(200));
        return mrc.write(file(name));
    }
    void info(const std::string& lines, const std::string& name = "20250429_06699_info.txt") const
    {
        write(name, "Server Software Version = 2.7\nScan - Enable = Enable\n" + lines);
    }
    static fs::path sample(const char* name)
    {
        return fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / "samples/de_mrc_4dstem" / name;
    }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void rasterTellsItsGrid();
    void regionOfInterestGoesFirst();
    void numberedMovieSharesTheText();
    void framesThatAreNotPositions_data();
    void framesThatAreNotPositions();
    void listedPositions();
    void listWithoutUse_data();
    void listWithoutUse();
    void calibrationIsWhatIsCredible();
    void scanImages_data();
    void scanImages();
    void bytesAreUnsigned();
    void anotherGridTakesEveryFrame();
    void truncatedMovieKeepsItsFrames();
    void hostileTexts_data();
    void hostileTexts();
    void readsSamples();
};

void TestDirectElectron::rasterTellsItsGrid()
{
    info("Scan - Type = Raster\nScan - Size X = 3\nScan - Size Y = 2\n");
    const auto path = movie(6);
    const auto found = inspectFile(path);
    QCOMPARE(found->items.at(0).kind, ItemKind::Diffraction);
    QCOMPARE(found->items.at(0).shape, (std::vector<std::int64_t>{2, 3, 3, 4}));
    QVERIFY(found->warnings.empty());
    const auto scan = *openDiffraction(path);
    for (int i = 0; i < 6; ++i)
        QCOMPARE(frameAt(*scan, i / 3, i % 3), static_cast<float>(i + 1));
}

void TestDirectElectron::regionOfInterestGoesFirst()
{
    info("Scan - Size X = 64\nScan - Size Y = 64\nScan - ROI Enable = Enable\nScan - ROI Size X = 3\n"
         "Scan - ROI Size Y = 2\n");
    QVERIFY(((*openDiffraction(movie(6)))->scanShape() == ScanShape{2, 3}));
}

void TestDirectElectron::numberedMovieSharesTheText()
{
    info("Scan - Size X = 3\nScan - Size Y = 2\n");
    QVERIFY(((*openDiffraction(movie(6, "20250429_06699_0_movie.mrc")))->scanShape() == ScanShape{2, 3}));
    // Another acquisition has no text: it is a stack like any other.
    QCOMPARE(inspectFile(movie(6, "20250429_06700_movie.mrc"))->items.at(0).kind, ItemKind::Stack);
    // A text of something else is none.
    write("notes_info.txt", "the size = 3\n");
    QCOMPARE(inspectFile(movie(6, "notes_movie.mrc"))->items.at(0).kind, ItemKind::Stack);
}

void TestDirectElectron::framesThatAreNotPositions_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<int>("frames");
    QTest::addColumn<QString>("warning");
    QTest::addColumn<QString>("said");
    QTest::addColumn<QList<int>>("shown"); ///< frame + 1 of each of 2 x 3 positions, 0 for no data; empty: a stack
    QTest::newRow("two frames per point")
        << QByteArray("Scan - Camera Frames Per Point = 2\n") << 12 << "de_repeated_positions"
        << "2 frames for each of 6" << QList<int>{1, 3, 5, 7, 9, 11};
    QTest::newRow("three passes") << QByteArray("Scan - Repeats = 3\n") << 18 << "de_repeated_positions"
                                  << "repeated 3 times" << QList<int>{1, 2, 3, 4, 5, 6};
    QTest::newRow("two passes of two frames")
        << QByteArray("Scan - Repeats = 2\nScan - Camera Frames Per Point = 2\n") << 24 << "de_repeated_positions"
        << "4 frames for each of 6" << QList<int>{1, 3, 5, 7, 9, 11};
    QTest::newRow("flyback") << QByteArray("Scan - Total Flyback Count = 4\n") << 10 << "de_flyback_skipped"
                             << "2 frames after each row" << QList<int>{1, 2, 3, 6, 7, 8};
    QTest::newRow("flyback that was not recorded") << QByteArray("Scan - Total Flyback Count = 4\n") << 6 << ""
                                                   << "" << QList<int>{1, 2, 3, 4, 5, 6};
    QTest::newRow("stopped early") << QByteArray() << 4 << "de_scan_stopped_early"
                                   << "4 frames of a scan of 2 x 3" << QList<int>{1, 2, 3, 4, 0, 0};
    QTest::newRow("unexplained frames") << QByteArray() << 7 << "de_grid_mismatch"
                                        << "7 frames" << QList<int>{};
    QTest::newRow("twice as many without a reason") << QByteArray() << 12 << "de_grid_mismatch"
                                                    << "12 frames" << QList<int>{};
    QTest::newRow("several points in a frame") << QByteArray("Scan - Points Per Camera Frame = 2\n") << 6 << ""
                                               << "" << QList<int>{};
    QTest::newRow("not scanned") << QByteArray("Scan - Enable = Disable\n") << 6 << ""
                                 << "" << QList<int>{};
}

void TestDirectElectron::framesThatAreNotPositions()
{
    QFETCH(QByteArray, lines);
    QFETCH(int, frames);
    QFETCH(QString, warning);
    QFETCH(QString, said);
    QFETCH(QList<int>, shown);
    write("20250429_06699_info.txt",
          lines.toStdString() + "Scan - Enable = Enable\nScan - Type = Raster\nScan - Size X = 3\nScan - Size Y = 2\n");
    const auto path = movie(frames);
    const auto found = inspectFile(path);
    QVERIFY(found);
    if (warning.isEmpty()) {
        QVERIFY(found->warnings.empty());
    } else {
        const Warning* told = findWarning(found->warnings, warning.toStdString());
        QVERIFY(told);
        QVERIFY2(QString::fromStdString(told->message).contains(said), told->message.c_str());
    }
    const auto scan = openDiffraction(path);
    if (shown.isEmpty()) {
        QCOMPARE(found->items.at(0).kind, ItemKind::Stack);
        QCOMPARE(scan.error().code, ErrorCode::ScanShapeUnknown);
        return;
    }
    QVERIFY(((*scan)->scanShape() == ScanShape{2, 3}));
    for (int i = 0; i < 6; ++i) {
        QCOMPARE(frameAt(**scan, i / 3, i % 3), static_cast<float>(shown[i]));
        QCOMPARE((*scan)->isAvailable({i / 3, i % 3}), shown[i] > 0);
    }
    QCOMPARE((*scan)->availablePatterns(), 6 - shown.count(0));
    // Statistics are those of every frame in the file.
    QCOMPARE(mrcFormat().statistics(path, "", {}, {})->max, static_cast<double>(frames));
}

void TestDirectElectron::listedPositions()
{
    info("Scan - Type = XY File\nScan - Size X = 2\nScan - Size Y = 4\n");
    write("20250429_06699_scan_coordinates.csv", "1,0\r\n0,2\r\n1,3\n1,0\n0,2\n\n"); // x,y
    const auto path = movie(5);
    const auto found = inspectFile(path);
    QCOMPARE(found->items.at(0).shape, (std::vector<std::int64_t>{4, 2, 3, 4}));
    const Warning* missing = findWarning(found->warnings, "de_positions_without_data");
    QVERIFY(missing);
    QVERIFY(QString::fromStdString(missing->message).contains("3 of 8"));
    const Warning* again = findWarning(found->warnings, "de_repeated_positions");
    QVERIFY(again);
    QVERIFY(QString::fromStdString(again->message).contains("2 of its 5 frames"));
    const auto scan = *openDiffraction(path);
    QCOMPARE(scan->availablePatterns(), 3);
    QCOMPARE(frameAt(*scan, 0, 1), 1.0f); // the first visit, not the fourth
    QCOMPARE(frameAt(*scan, 2, 0), 2.0f);
    QCOMPARE(frameAt(*scan, 3, 1), 3.0f);
    QVERIFY(!scan->isAvailable({0, 0}));
    QCOMPARE(frameAt(*scan, 0, 0), 0.0f);
    // Positions beyond the stated size enlarge the grid.
    write("20250429_06699_scan_coordinates.csv", "0,0\n4,0\n0,1\n1,1\n2,1\n");
    QVERIFY(((*openDiffraction(path))->scanShape() == ScanShape{4, 5}));
    // Two frames at each listed position.
    write("20250429_06699_scan_coordinates.csv", "1,0\n0,2\n1,3\n");
    const auto doubled = *openDiffraction(movie(6));
    QCOMPARE(frameAt(*doubled, 2, 0), 3.0f);
    QVERIFY(findWarning(inspectFile(movie(6))->warnings, "de_repeated_positions"));
}

void TestDirectElectron::listWithoutUse_data()
{
    QTest::addColumn<QByteArray>("table"); ///< empty: there is none
    QTest::addColumn<QString>("warning");
    QTest::addColumn<QString>("said");
    QTest::newRow("missing") << QByteArray() << "de_no_coordinates"
                             << "not beside it";
    QTest::newRow("words") << QByteArray("x,y\n0,0\n") << "de_no_coordinates"
                           << "damaged";
    QTest::newRow("one column") << QByteArray("0\n1\n") << "de_no_coordinates"
                                << "damaged";
    QTest::newRow("negative") << QByteArray("0,0\n-1,0\n") << "de_no_coordinates"
                              << "damaged";
    QTest::newRow("beyond any scan") << QByteArray("0,0\n9999999999,0\n") << "de_no_coordinates"
                                     << "damaged";
    QTest::newRow("a grid of 10^12") << QByteArray("0,0\n1000000,1000000\n") << "de_grid_mismatch"
                                     << "1000001 x 1000001";
}

void TestDirectElectron::listWithoutUse()
{
    QFETCH(QByteArray, table);
    QFETCH(QString, warning);
    QFETCH(QString, said);
    info("Scan - Type = Random\nScan - Size X = 3\nScan - Size Y = 2\n");
    if (!table.isEmpty())
        write("20250429_06699_scan_coordinates.csv", table.toStdString());
    const auto path = movie(6);
    const auto found = inspectFile(path);
    QCOMPARE(found->items.at(0).kind, ItemKind::Stack);
    const Warning* told = findWarning(found->warnings, warning.toStdString());
    QVERIFY(told);
    QVERIFY2(QString::fromStdString(told->message).contains(said), told->message.c_str());
    QVERIFY(openDiffraction(path, "", ScanShape{2, 3})); // a person who knows better
}

void TestDirectElectron::calibrationIsWhatIsCredible()
{
    const std::string grid = "Scan - Size X = 3\nScan - Size Y = 2\n";
    info(grid + "Specimen Pixel Size X (nanometers) = 0.5\nSpecimen Pixel Size Y (nanometers) = 0.5\n"
                "Diffraction Pixel Size X = 0.1\nDiffraction Pixel Size Y = 0.1\n");
    const FileItem item = inspectFile(movie(6))->items.at(0);
    QCOMPARE(*item.calibration.scanStep_nm, 0.5);
    QVERIFY(std::abs(*item.calibration.qPixel_invA - 0.01) < 1e-15);
    QCOMPARE(item.axes.at(0).unit, std::string("nm"));
    QVERIFY((*openDiffraction(movie(6)))->calibration() == item.calibration);
    info(grid + "Specimen Pixel Size X (nanometers) = -1\nDiffraction Pixel Size X = -1\n");
    QVERIFY(inspectFile(movie(6))->items.at(0).calibration == Calibration{});
    info(grid + "Specimen Pixel Size X (nanometers) = nan\nDiffraction Pixel Size X = 1e999\n");
    QVERIFY(inspectFile(movie(6))->items.at(0).calibration == Calibration{});
    info(grid + "Specimen Pixel Size X (nanometers) = 0.1\nSpecimen Pixel Size Y (nanometers) = 0.2\n");
    QVERIFY(findWarning(inspectFile(movie(6))->warnings, "de_step_differs"));
}

void TestDirectElectron::scanImages_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("quantity");
    QTest::addColumn<double>("step_nm"); ///< 0: unknown
    QTest::newRow("virtual detector") << "20250429_06699_0_Virt 0_sum.mrc"
                                      << "Virt 0" << 0.5;
    QTest::newRow("named virtual detector") << "20250429_06699_virt2_BrightField_total_sum.mrc"
                                            << "BrightField" << 0.5;
    QTest::newRow("external detector") << "20250429_06699_ext1_Ext 1.mrc"
                                       << "Ext 1" << 0.5;
    QTest::newRow("sum of the frames") << "20250429_06699_final.mrc"
                                       << "" << 0.0;
    QTest::newRow("named as we name maps") << "20250429_06699_ext2_HAADF.mrc"
                                           << "HAADF" << 0.5;
}

void TestDirectElectron::scanImages()
{
    QFETCH(QString, name);
    QFETCH(QString, quantity);
    QFETCH(double, step_nm);
    info("Scan - Size X = 4\nScan - Size Y = 3\nSpecimen Pixel Size X (nanometers) = 0.5\n");
    MrcFixture mrc;
    mrc.cellX = -40; // 4 pixels of -1 nm: the camera knows no size
    mrc.cellY = -30;
    for (int i = 0; i < 12; ++i)
        mrc.append(static_cast<float>(i));
    const auto path = mrc.write(file(name.toStdString()));
    const auto found = inspectFile(path);
    const FileItem& item = found->items.at(0);
    QCOMPARE(item.kind, ItemKind::Map);
    QCOMPARE(QString::fromStdString(item.quantity.value_or("")), quantity);
    QCOMPARE(item.calibration.scanStep_nm.value_or(0), step_nm);
    const auto map = readMap(path);
    QCOMPARE(QString::fromStdString(map->quantity), quantity);
    QCOMPARE(map->scanStep_nm.value_or(0), step_nm);
    QCOMPARE(map->values.at(11), 11.0f);
}

void TestDirectElectron::bytesAreUnsigned()
{
    info("Scan - Size X = 3\nScan - Size Y = 2\n");
    const auto path = movie(6, "20250429_06699_movie.mrc", 0);
    QVERIFY(inspectFile(path)->warnings.empty());
    QCOMPARE(inspectFile(path)->items.at(0).type, ElementType::UInt8);
    QCOMPARE(frameAt(**openDiffraction(path), 0, 0), 200.0f);
    QCOMPARE(mrcFormat().statistics(path, "int8", {}, {})->max, -56.0); // a person's word counts more
}

void TestDirectElectron::anotherGridTakesEveryFrame()
{
    info("Scan - Type = Raster\nScan - Size X = 3\nScan - Size Y = 2\nScan - Repeats = 2\n");
    const auto path = movie(12);
    const auto scan = *openDiffraction(path, "", ScanShape{2, 6});
    QCOMPARE(frameAt(*scan, 1, 0), 7.0f);
    QVERIFY(((*openDiffraction(path, "", ScanShape{2, 3}))->scanShape() == ScanShape{2, 3}));
    QCOMPARE(openDiffraction(path, "", ScanShape{3, 2}).error().code, ErrorCode::ShapeMismatch);
    ScanOrder order;
    order.flipX = true;
    QCOMPARE(frameAt(**openDiffraction(path, "", {}, order), 0, 0), 3.0f); // on the grid that the text tells
}

void TestDirectElectron::truncatedMovieKeepsItsFrames()
{
    info("Scan - Type = XY File\nScan - Size X = 3\nScan - Size Y = 2\n");
    write("20250429_06699_scan_coordinates.csv", "2,1\n1,1\n0,1\n2,0\n1,0\n0,0\n");
    const auto path = movie(6);
    fs::resize_file(path, 1024 + 4 * 24 + 5);
    const auto found = inspectFile(path);
    QVERIFY(findWarning(found->warnings, "file_truncated"));
    const auto scan = *openDiffraction(path);
    QCOMPARE(scan->availablePatterns(), 4);
    QCOMPARE(frameAt(*scan, 0, 2), 4.0f);
    QVERIFY(!scan->isAvailable({0, 0}));
    QCOMPARE(frameAt(*scan, 0, 0), 0.0f);
}

void TestDirectElectron::hostileTexts_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::newRow("negative size") << QByteArray("Scan - Size X = -3\nScan - Size Y = 2\n");
    QTest::newRow("no number") << QByteArray("Scan - Size X = three\nScan - Size Y = 2\n");
    QTest::newRow("zero") << QByteArray("Scan - Size X = 0\nScan - Size Y = 2\n");
    QTest::newRow("huge") << QByteArray("Scan - Size X = 1048576\nScan - Size Y = 1048576\nScan - Repeats = 1048576\n"
                                        "Scan - Camera Frames Per Point = 1048576\n");
    QTest::newRow("beyond int") << QByteArray("Scan - Size X = 99999999999999999999\nScan - Size Y = 2\n");
    QTest::newRow("lines without sense") << QByteArray("= = =\n\n==\nScan - Size X\n\0\0 = \0", 32);
}

void TestDirectElectron::hostileTexts()
{
    QFETCH(QByteArray, lines);
    info(lines.toStdString());
    const auto found = inspectFile(movie(6));
    QVERIFY(found);
    QCOMPARE(found->items.at(0).kind, ItemKind::Stack);
    QCOMPARE(openDiffraction(movie(6)).error().code, ErrorCode::ScanShapeUnknown);
}

void TestDirectElectron::readsSamples()
{
    if (!fs::exists(sample("Custom_movie.mrc")))
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const auto raster = *openDiffraction(sample("20241021_00405_movie.mrc"));
    QVERIFY((raster->scanShape() == ScanShape{4, 8}));
    for (int i = 0; i < 32; ++i) // frame k holds k
        QCOMPARE(frameAt(*raster, i / 8, i % 8), static_cast<float>(i));
    QCOMPARE(*raster->calibration().scanStep_nm, 0.1);
    QVERIFY(std::abs(*raster->calibration().qPixel_invA - 0.01) < 1e-15);

    // Columns 0, 2 and 4 of 5 x 5 positions, each twice: rosettasciio, too, leaves columns 1 and 3 empty.
    const auto listed = *openDiffraction(sample("Custom_movie.mrc"));
    QVERIFY((listed->scanShape() == ScanShape{5, 5}));
    QCOMPARE(listed->availablePatterns(), 15);
    for (int y = 0; y < 5; ++y)
        for (int x = 0; x < 5; ++x)
            QCOMPARE(listed->isAvailable({y, x}), x % 2 == 0);
    // The third position in file order is x = 0, y = 2.
    const auto flat = *openDiffraction(sample("Custom_movie.mrc"), "", ScanShape{1, 30});
    QCOMPARE(*listed->pattern({2, 0}), *flat->pattern({0, 2}));
    QCOMPARE(*listed->pattern({0, 4}), *flat->pattern({0, 10}));
    QVERIFY(findWarning(inspectFile(sample("Custom_movie.mrc"))->warnings, "de_repeated_positions"));

    for (const char* name : {"20241021_00405_0_Virt 0_sum.mrc", "20241021_00405_ext1_Ext 1.mrc"}) {
        const auto map = readMap(sample(name));
        QVERIFY2(map, map ? "" : map.error().message.c_str());
        QVERIFY((map->shape == ScanShape{4, 8}));
        QCOMPARE(map->scanStep_nm.value_or(0), 0.1);
    }
    QVERIFY(!readMap(sample("20241021_00405_final.mrc"))->scanStep_nm); // a sum of patterns has no probe step
}

QTEST_APPLESS_MAIN(TestDirectElectron)
#include "tst_direct_electron.moc"
