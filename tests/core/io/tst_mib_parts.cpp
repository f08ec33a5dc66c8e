// SPDX-License-Identifier: GPL-3.0-or-later
// Merlin scans in several numbered files: what is joined, in which order, what stays apart, and what is said of it.
#include "core/io/format.h"
#include "core/io/map_naming.h"
#include "tests/core/io/detector_fixtures.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace dispersa;
using dispersa::test::hasWarning;
using dispersa::test::MibFixture;
namespace fs = std::filesystem;

class TestMibParts : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path file(const std::string& name) const { return fs::path(m_folder->path().toStdString()) / name; }
    fs::path write(const std::string& name, const std::string& bytes) const
    {
        return test::writeBytes(file(name), bytes);
    }
    /// Frames `first`, `first` + 1, ... of an acquisition, whose values count through all of it.
    static std::string frames(int first, int count, const MibFixture& mib = {})
    {
        return mib.frames(count, first + 1, 12 * first);
    }
    static std::string hdr(int rows, int columns)
    {
        return "HDR,\t\nScanX:\t" + std::to_string(columns) + "\nScanY:\t" + std::to_string(rows) + "\n";
    }
    static std::int64_t framesIn(const fs::path& path)
    {
        const auto info = inspectFile(path);
        if (!info || info->items.size() != 1)
            return -1;
        const auto& shape = info->items[0].shape;
        return shape.size() == 4 ? shape[0] * shape[1] : shape[0];
    }
    /// Number of the frame that lies at a position.
    static int frameAt(const DiffractionScan& scan, ScanPoint point)
    {
        return (static_cast<int>(scan.pattern(point)->front()) - 256) / 12;
    }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void partsAreOneScan_data()
    {
        QTest::addColumn<QString>("hdr"); // empty: none
        QTest::addColumn<QString>("asked");
        for (const char* hdrName : {"", "scan.hdr", "scan_0001.hdr"})
            for (const char* asked : {"scan_0001.mib", "scan_0003.mib"})
                QTest::addRow("%s, %s", *hdrName ? hdrName : "no .hdr", asked) << hdrName << asked;
        QTest::newRow("by the shared .hdr") << "scan.hdr" << "scan.hdr";
        QTest::newRow("by the first part's .hdr") << "scan_0001.hdr" << "scan_0001.hdr";
    }
    void partsAreOneScan()
    {
        QFETCH(QString, hdr);
        QFETCH(QString, asked);
        write("scan_0001.mib", frames(0, 4));
        write("scan_0002.mib", frames(4, 5));
        write("scan_0003.mib", frames(9, 3));
        if (!hdr.isEmpty())
            write(hdr.toStdString(), TestMibParts::hdr(3, 4));
        const fs::path path = file(asked.toStdString());
        const auto info = inspectFile(path);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->path, file("scan_0001.mib"));
        QVERIFY(hasWarning(info->warnings, "files_joined"));
        const std::string& said = info->warnings[0].message;
        QVERIFY2(said.find("scan_0001.mib' to 'scan_0003.mib") != std::string::npos, said.c_str());
        QCOMPARE(info->items[0].kind, hdr.isEmpty() ? ItemKind::Stack : ItemKind::Diffraction);
        const auto scan = openDiffraction(path, "", ScanShape{3, 4});
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        for (int k = 0; k < 12; ++k)
            QCOMPARE(frameAt(**scan, {k / 4, k % 4}), k);
        // A block over the borders of two parts, and a window of each pattern.
        std::vector<float> values(12 * 12);
        QVERIFY((*scan)->read({0, 0, 3, 4}, values));
        for (int i = 0; i < 144; ++i)
            QCOMPARE(values[static_cast<std::size_t>(i)], float(256 + i));
        std::vector<std::byte> window(12 * 2 * sizeof(std::uint16_t));
        QVERIFY((*scan)->readWindow({0, 0, 3, 4}, {2, 1, 1, 2}, window));
        std::vector<float> pixels(24);
        convertToFloat(ElementType::UInt16, window, pixels);
        for (int k = 0; k < 12; ++k)
            QCOMPARE(pixels[static_cast<std::size_t>(2 * k)], float(256 + 12 * k + 9));
        const auto statistics = itemStatistics(path, {}, {}, {});
        QCOMPARE(statistics->sum, 144 * 256 + 143 * 144 / 2.0);
        QCOMPARE(statistics->last, 256.0 + 143);
    }

    void rawPartsAreJoinedToo()
    {
        MibFixture mib;
        mib.type = "R64";
        mib.depth = "6";
        mib.width = "0008";
        mib.height = "0001";
        for (int part = 0; part < 2; ++part) {
            std::string bytes;
            for (int frame = 0; frame < 2; ++frame)
                bytes += mib.header(2 * part + frame + 1) + std::string(8, static_cast<char>(10 * part + frame));
            write("raw" + std::to_string(part + 1) + ".mib", bytes);
        }
        const auto scan = openDiffraction(file("raw1.mib"), "", ScanShape{2, 2});
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->pattern({0, 1})->front(), 1.0f);
        QCOMPARE((*scan)->pattern({1, 0})->front(), 10.0f);
        QCOMPARE((*scan)->pattern({1, 1})->back(), 11.0f);
    }

    void theLastPartMayEndEarly()
    {
        write("scan_09.mib", frames(0, 4));
        std::string cut = frames(4, 3);
        cut.resize(cut.size() - 1);
        write("scan_10.mib", cut);
        write("scan.hdr", hdr(2, 4));
        const auto info = inspectFile(file("scan_10.mib"));
        QVERIFY(info);
        QVERIFY(hasWarning(info->warnings, "file_truncated"));
        QVERIFY(info->warnings[1].message.find("6 of 8 frames") != std::string::npos);
        const auto scan = openDiffraction(file("scan_09.mib"));
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->availablePatterns(), 6);
        QCOMPARE(frameAt(**scan, {1, 1}), 5);
        QVERIFY(!(*scan)->isAvailable({1, 2}));
    }

    void numbersThatSayNothingDoNotKeepPartsApart()
    {
        write("scan_1.mib", frames(0, 3));
        write("scan_2.mib", MibFixture().frames(3, 1, 36)); // counts from 1 again
        QCOMPARE(framesIn(file("scan_2.mib")), 6);
        write("scan.hdr", hdr(2, 3));
        QCOMPARE(framesIn(file("scan_1.mib")), 6);
        // But what the .hdr file announces is already there.
        write("scan.hdr", hdr(1, 3));
        QCOMPARE(framesIn(file("scan_1.mib")), 3);
        QVERIFY(!hasWarning(inspectFile(file("scan_1.mib"))->warnings, "files_joined"));
        QCOMPARE(inspectFile(file("scan_2.mib"))->path, file("scan_2.mib"));
    }

    void scansOfTheirOwnStayApart_data()
    {
        QTest::addColumn<int>("kind");
        const char* const names[] = {"a .hdr file of its own", "other pixels", "other type", "a gap in the frames",
                                     "a part that is missing", "a part before it that was cut", "not a Merlin file"};
        for (int kind = 0; kind < 7; ++kind)
            QTest::newRow(names[kind]) << kind;
    }
    void scansOfTheirOwnStayApart()
    {
        QFETCH(int, kind);
        write("scan_0001.mib", frames(0, 3));
        MibFixture other;
        std::string name = "scan_0002.mib";
        std::string bytes = frames(3, 2);
        switch (kind) {
        case 0:
            write("scan_0001.hdr", hdr(1, 3));
            write("scan_0002.hdr", hdr(1, 2));
            break;
        case 1:
            other.width = "0003";
            other.height = "0004";
            bytes = frames(3, 2, other);
            break;
        case 2:
            other.type = "U32";
            bytes = frames(3, 2, other);
            break;
        case 3:
            bytes = frames(5, 2);
            break;
        case 4:
            name = "scan_0003.mib";
            break;
        case 5:
            write("scan_0001.mib", frames(0, 3) + "MQ1,");
            break;
        default:
            bytes = "something else";
        }
        write(name, bytes);
        QCOMPARE(framesIn(file("scan_0001.mib")), 3);
        QVERIFY(!hasWarning(inspectFile(file("scan_0001.mib"))->warnings, "files_joined"));
        QCOMPARE(framesIn(file(name)), kind == 6 ? -1 : 2);
    }

    void aFolderListsPartsOnce()
    {
        write("scan_0001.mib", frames(0, 3));
        write("scan_0002.mib", frames(3, 3));
        write("scan.hdr", hdr(2, 3));
        const auto scans = scansInFolder(file(""));
        QVERIFY2(scans, scans ? "" : scans.error().message.c_str());
        QCOMPARE(scans->scans.size(), std::size_t(1));
        QCOMPARE(scans->scans[0].diffraction, file("scan_0001.mib"));
        QCOMPARE(std::count_if(scans->warnings.begin(), scans->warnings.end(),
                               [](const Warning& warning) { return warning.code == "files_joined"; }),
                 1);
    }
};

QTEST_APPLESS_MAIN(TestMibParts)
#include "tst_mib_parts.moc"
