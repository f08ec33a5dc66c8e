// SPDX-License-Identifier: GPL-3.0-or-later
// Scans of a folder: diffraction files with the maps that belong to them.
#include "core/io/map_naming.h"
#include "tests/core/io/detector_fixtures.h"
#include "tests/core/io/mrc_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <set>

using namespace dispersa;
using dispersa::test::MrcFixture;
namespace fs = std::filesystem;

class TestScanFolder : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path folder() const { return fs::path(m_folder->path().toStdString()); }

    /// A flat stack of 3 x 4 patterns.
    void stack(const std::string& name, int frames) const
    {
        MrcFixture mrc;
        mrc.mode = 0;
        mrc.nz = frames;
        mrc.data = std::string(static_cast<std::size_t>(frames) * 12, '\1');
        mrc.write(folder() / name);
    }
    /// A stack of volumes tells its own grid of 2 x 3.
    void volumes(const std::string& name) const
    {
        MrcFixture mrc;
        mrc.mode = 0;
        mrc.nz = 6;
        mrc.mz = 3;
        mrc.ispg = 401;
        mrc.data = std::string(72, '\1');
        mrc.write(folder() / name);
    }
    void map(const std::string& name, int height = 2, int width = 3) const
    {
        MrcFixture mrc;
        mrc.ny = height;
        mrc.nx = width;
        mrc.data = std::string(static_cast<std::size_t>(height * width) * 4, '\0');
        mrc.write(folder() / name);
    }
    static std::vector<std::string> quantities(const FolderScan& scan)
    {
        std::vector<std::string> names;
        for (const auto& [path, naming] : scan.maps)
            names.push_back(naming.quantity);
        return names;
    }
    static int count(const std::vector<Warning>& warnings, const std::string& code)
    {
        return static_cast<int>(
            std::count_if(warnings.begin(), warnings.end(), [&](const Warning& w) { return w.code == code; }));
    }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void matchesByNumberInNaturalOrder();
    void companionMapTellsTheGridOfAStack();
    void companionMapTellsTheGridOfOtherStacks();
    void sideFilesAreNoScansOfTheirOwn();
    void pagesOfATiffFileAreNoScan();
    void stackWithoutCompanion();
    void filesWithoutPatternsSayWhatTheyHold();
    void numberThatAllFilesShareTellsNothing();
    void matchesByStem();
    void loneScanTakesNamelessMaps();
    void loneScanLeavesMapsOfAnotherNumber();
    void doubleMapsAreReported();
    void unusableFilesAreReported();
    void missingAndEmptyFolders();
    void multisliceFolder();
};

void TestScanFolder::matchesByNumberInNaturalOrder()
{
    for (const char* number : {"0110", "0033", "0037"}) {
        volumes(std::string(number) + " 4DSTEM.mrc");
        map("GST - " + std::string(number) + "-Ge-at.mrc");
        map("GST - " + std::string(number) + "-HAADF.mrc");
    }
    map("GST - 0999-Te-at.mrc");
    fs::create_directory(folder() / "truth");
    std::ofstream(folder() / "notes.txt") << "nothing";
    std::ofstream(folder() / ".hidden.mrc") << "nothing";
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->scans.size(), std::size_t(3));
    QCOMPARE(scans->scans[0].name, std::string("0033"));
    QCOMPARE(scans->scans[1].name, std::string("0037"));
    QCOMPARE(scans->scans[2].name, std::string("0110"));
    QCOMPARE(scans->scans[1].diffraction, folder() / "0037 4DSTEM.mrc");
    for (const FolderScan& scan : scans->scans)
        QCOMPARE(quantities(scan), (std::vector<std::string>{"Ge", "HAADF"}));
    QCOMPARE(count(scans->warnings, "map_without_scan"), 1);
    QCOMPARE(scans->warnings.size(), std::size_t(1));
    QCOMPARE(scans->warnings[0].file, folder() / "GST - 0999-Te-at.mrc");
}

void TestScanFolder::companionMapTellsTheGridOfAStack()
{
    stack("0033 4DSTEM.mrc", 10);
    map("GST - 0033-Ge-at.mrc", 2, 5);
    map("GST - 0033-HAADF.mrc", 40, 40); // an overview, not on the scan grid
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->scans.at(0).scanShape->height, 2);
    QCOMPARE(scans->scans.at(0).scanShape->width, 5);
}

void TestScanFolder::companionMapTellsTheGridOfOtherStacks()
{
    std::string npy = "{'descr': '|u1', 'fortran_order': False, 'shape': (10, 2, 2), }";
    npy.resize(118, ' ');
    npy = std::string("\x93NUMPY\x01\0", 8) + test::littleEndian(static_cast<std::uint16_t>(npy.size())) + npy;
    test::writeBytes(folder() / "0033 4DSTEM.npy", npy + std::string(40, '\1'));
    const test::MibFixture mib;
    std::string frames;
    for (int frame = 1; frame <= 6; ++frame)
        frames += mib.header(frame) + std::string(24, '\1');
    test::writeBytes(folder() / "0037 4DSTEM.mib", frames);
    test::writeBytes(folder() / "0038 4DSTEM.raw", std::string(4 * 130 * 128 * 4, '\0'));
    map("GST - 0033-Ge-at.mrc", 2, 5);
    map("GST - 0037-Ge-at.mrc", 3, 2);
    test::writeBytes(folder() / "GST - 0038-Ge-at.csv", "1,2\n3,4\n");
    const auto scans = scansInFolder(folder());
    QVERIFY2(scans, scans ? "" : scans.error().message.c_str());
    QCOMPARE(scans->scans.size(), std::size_t(3));
    QCOMPARE(*scans->scans[0].scanShape, (ScanShape{2, 5}));
    QCOMPARE(*scans->scans[1].scanShape, (ScanShape{3, 2}));
    QCOMPARE(*scans->scans[2].scanShape, (ScanShape{2, 2}));
    QVERIFY(scans->warnings.empty());
}

void TestScanFolder::sideFilesAreNoScansOfTheirOwn()
{
    const test::MibFixture mib;
    test::writeBytes(folder() / "0033.mib", mib.header(1) + std::string(24, '\1') + mib.header(2) + std::string(24, '\1'));
    test::writeBytes(folder() / "0033.hdr", "HDR,\t\nScanX:\t2\nScanY:\t1\n");
    test::writeBytes(folder() / "scan_x1_y1.raw", std::string(130 * 128 * 4, '\0'));
    test::writeBytes(folder() / "acquisition.xml",
                     "<root name=\"a\"><software_version>1</software_version><raw_file filename=\"scan_x1_y1.raw\"/></root>");
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->scans.size(), std::size_t(2));
    QCOMPARE(scans->scans[0].diffraction, folder() / "0033.mib");
    QCOMPARE(scans->scans[1].diffraction, folder() / "scan_x1_y1.raw");
    // Dropped alone, a side file brings the scan.
    const auto dropped = scansOfFiles({folder() / "acquisition.xml"});
    QVERIFY(dropped);
    QCOMPARE(dropped->scans.at(0).diffraction, folder() / "scan_x1_y1.raw");
}

void TestScanFolder::pagesOfATiffFileAreNoScan()
{
    volumes("0033 4DSTEM.mrc");
    fs::copy_file(fs::path(DISPERSA_SOURCE_DIR) / "tests/core/io/tiff/pages.tif", folder() / "0033-Ge-at.tif");
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->scans.size(), std::size_t(1));
    QCOMPARE(count(scans->warnings, "scan_shape_unknown"), 0);
    QCOMPARE(quantities(scans->scans[0]), std::vector<std::string>{"Ge"});
}

void TestScanFolder::stackWithoutCompanion()
{
    stack("0033 4DSTEM.mrc", 10);
    map("GST - 0033-Ge-at.mrc", 3, 3);
    // Listed all the same, so that its grid can be typed.
    for (const auto& found : {scansInFolder(folder()), scansOfFiles({folder() / "0033 4DSTEM.mrc"})}) {
        QVERIFY(found);
        QVERIFY(!found->scans.at(0).scanShape);
        QVERIFY(found->scans.at(0).needsShape);
        QCOMPARE(found->scans.at(0).name, std::string("0033"));
        QCOMPARE(count(found->warnings, "scan_shape_unknown"), 1);
        QVERIFY(QString::fromStdString(found->warnings.at(0).message).contains("stack of 10 patterns"));
    }
}

void TestScanFolder::filesWithoutPatternsSayWhatTheyHold()
{
    map("GST - 0033-Ge-at.mrc", 3, 3);
    const auto inFolder = scansInFolder(folder());
    QCOMPARE(inFolder.error().code, ErrorCode::DatasetMissing);
    const QString said = QString::fromStdString(inFolder.error().message);
    QVERIFY2(said.contains("'GST - 0033-Ge-at.mrc' holds no diffraction patterns but 1 x map."), qPrintable(said));
    QVERIFY2(said.contains("Add maps"), qPrintable(said));
    for (const char* name : {"a-O-at.mrc", "b-O-at.mrc", "c-O-at.mrc", "d-O-at.mrc"})
        map(name, 3, 3);
    QVERIFY(QString::fromStdString(scansInFolder(folder()).error().message).contains("The other 2 files hold none"));
}

void TestScanFolder::numberThatAllFilesShareTellsNothing()
{
    volumes("20241021_00405_movie.mrc");
    volumes("20241021_00406_movie.mrc");
    map("20241021_00405-Ge-at.mrc");
    map("20241021_00406-Ge-at.mrc");
    map("20241021-Te-at.mrc");
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->scans.at(0).name, std::string("00405"));
    QCOMPARE(scans->scans.at(0).maps.at(0).first, folder() / "20241021_00405-Ge-at.mrc");
    QCOMPARE(scans->scans.at(1).maps.size(), std::size_t(1));
    QCOMPARE(count(scans->warnings, "map_without_scan"), 1);
}

void TestScanFolder::matchesByStem()
{
    volumes("left grain 4DSTEM.mrc");
    volumes("right grain 4DSTEM.mrc");
    map("left grain-O-at.mrc");
    map("right grain_O_at.mrc");
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->scans.at(0).name, std::string("left grain"));
    QCOMPARE(scans->scans.at(0).maps.at(0).first, folder() / "left grain-O-at.mrc");
    QCOMPARE(scans->scans.at(1).maps.at(0).first, folder() / "right grain_O_at.mrc");
    QVERIFY(scans->warnings.empty());
}

void TestScanFolder::loneScanTakesNamelessMaps()
{
    volumes("0033 4DSTEM.mrc");
    map("O.mrc");
    map("sample-Te-at.mrc");
    map("picture.mrc"); // of what?
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(quantities(scans->scans.at(0)), (std::vector<std::string>{"O", "Te"}));
    QCOMPARE(count(scans->warnings, "map_quantity_unknown"), 1);
}

void TestScanFolder::loneScanLeavesMapsOfAnotherNumber()
{
    volumes("0033 4DSTEM.mrc");
    map("GST - 0033-Ge-at.mrc");
    map("GST - 0037-Te-at.mrc");
    map("HAADF.mrc");
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(quantities(scans->scans.at(0)), (std::vector<std::string>{"Ge", "HAADF"}));
    QCOMPARE(count(scans->warnings, "map_without_scan"), 1);
}

void TestScanFolder::doubleMapsAreReported()
{
    volumes("0033 4DSTEM.mrc");
    map("GST - 0033-Ge-net.mrc");
    map("GST - 0033-Ge-wt.mrc");
    map("GST - 0033-Ge-at.mrc");
    const auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->scans.at(0).maps.size(), std::size_t(1));
    QCOMPARE(scans->scans.at(0).maps[0].second.hint.value_or(""), std::string("at"));
    QCOMPARE(count(scans->warnings, "map_duplicate"), 2);
}

void TestScanFolder::unusableFilesAreReported()
{
    volumes("0033 4DSTEM.mrc");
    std::ofstream(folder() / "0034 4DSTEM.h5") << "this is not HDF5";
    std::ofstream(folder() / "readme.txt") << "text";
    auto scans = scansInFolder(folder());
    QVERIFY(scans);
    QCOMPARE(scans->warnings.size(), std::size_t(1)); // a text file in a folder is no news
    QCOMPARE(scans->warnings[0].code, std::string("format_invalid"));
    scans = scansOfFiles({folder() / "0033 4DSTEM.mrc", folder() / "readme.txt", folder() / "missing.mrc"});
    QVERIFY(scans);
    QCOMPARE(count(scans->warnings, "format_unknown"), 1);
    QCOMPARE(count(scans->warnings, "file_not_found"), 1);
}

void TestScanFolder::missingAndEmptyFolders()
{
    QCOMPARE(scansInFolder(folder() / "nowhere").error().code, ErrorCode::FileNotFound);
    QCOMPARE(scansInFolder(folder()).error().code, ErrorCode::DatasetMissing);
    QCOMPARE(scansOfFiles({}).error().code, ErrorCode::DatasetMissing);
}

void TestScanFolder::multisliceFolder()
{
    const fs::path data = fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / "gst-multislice";
    if (!fs::exists(data))
        QSKIP("The shared data set gst-multislice is not here (DISPERSA_SHARED_DATA).");
    const auto scans = scansInFolder(data);
    QVERIFY2(scans, scans ? "" : scans.error().message.c_str());
    std::vector<std::string> names;
    for (const FolderScan& scan : scans->scans) {
        names.push_back(scan.name);
        const auto found = quantities(scan);
        QCOMPARE(std::set<std::string>(found.begin(), found.end()),
                 (std::set<std::string>{"Ge", "HAADF", "O", "Sb", "Si", "Te"}));
        QCOMPARE(found.size(), std::size_t(6));
        QCOMPARE(scan.diffraction, data / (scan.name + " 4DSTEM.h5"));
        QVERIFY(!scan.dataset.empty());
    }
    QCOMPARE(names, (std::vector<std::string>{"0033", "0037", "0038", "0045"}));
    QVERIFY(scans->warnings.empty());
}

QTEST_APPLESS_MAIN(TestScanFolder)
#include "tst_scan_folder.moc"
