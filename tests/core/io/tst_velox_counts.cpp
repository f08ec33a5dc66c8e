// SPDX-License-Identifier: GPL-3.0-or-later
// Counts per element from the spectrum stream of Velox EMD: windows of energies, frames, pixels that were not reached.
#include "core/io/map_naming.h"
#include "tests/core/io/sample_check.h"
#include "tests/core/io/velox_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace dispersa;
using namespace testsupport;
using namespace testsupport::velox;

class TestVeloxCounts : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

  private Q_SLOTS:
    void countsBothVersions_data()
    {
        QTest::addColumn<int>("version");
        QTest::newRow("10") << 10;
        QTest::newRow("11") << 11;
    }
    void countsBothVersions()
    {
        QFETCH(int, version);
        Made made;
        made.version = version;
        made.stream = twoFrames;
        const auto path = make(m_folder, made);
        const auto info = inspectFile(path);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        const FileItem* oxygen = item(*info, "/Data/SpectrumStream/O");
        QVERIFY(oxygen && oxygen->unit == MapUnit::Counts && oxygen->quantity == "O");
        QVERIFY(item(*info, "/Data/SpectrumStream/Te"));
        // Two streams of the same values, two frames each.
        const auto counted = readMap(path, oxygen->id), other = readMap(path, "/Data/SpectrumStream/Te");
        QVERIFY(counted && other);
        QCOMPARE(counted->values, (std::vector<float>{6, 0, 4, 0, 0, 2}));
        QCOMPARE(other->values, (std::vector<float>{0, 0, 4, 0, 0, 0}));
        const auto statistics = (*formatOf(path))->statistics(path, oxygen->id, {}, {});
        QVERIFY(statistics);
        QCOMPARE(statistics->sum, 12.0);
    }

    void saysThatTheStreamIsMissing()
    {
        const auto warns = [this](const Made& made) {
            return hasWarning(inspectFile(make(m_folder, made)).value(), "spectrum_stream_missing");
        };
        Made made;
        made.hasStream = false;
        QVERIFY(warns(made));
        made.hasStream = true; // the group is there and empty, as version 11 prunes
        QVERIFY(warns(made));
        made.stream = {78, mark};
        QVERIFY(!warns(made));
    }

    void countsARealStream()
    {
        // Counted with Python from the four streams: tests/core/io/velox_counts.py, which also says which channels.
        const auto sample = test::sample("velox_emd/velox_v11_SI_16x16.emd");
        if (!sample)
            QSKIP("DISPERSA_SHARED_DATA with samples is absent");
        const auto info = inspectFile(sample->path);
        QVERIFY(info);
        QVERIFY(hasWarning(*info, "map_prefiltered"));
        struct Expected {
            const char* element;
            double sum, first, largest;
        };
        for (const Expected& expected :
             {Expected{"C", 107, 3, 3}, Expected{"O", 22, 0, 1}, Expected{"Ca", 29, 0, 3}, Expected{"Cu", 3, 0, 1}}) {
            const std::string id = std::string("/Data/SpectrumStream/") + expected.element;
            const FileItem* found = item(*info, id);
            QVERIFY2(found, expected.element);
            QVERIFY(found->unit == MapUnit::Counts);
            const auto map = readMap(sample->path, id);
            QVERIFY2(map, map ? "" : map.error().message.c_str());
            QCOMPARE(map->shape, (ScanShape{16, 16}));
            QCOMPARE(map->quantity, std::string(expected.element));
            double sum = 0;
            for (const float value : map->values)
                sum += value;
            QCOMPARE(sum, expected.sum);
            QCOMPARE(double(map->values[0]), expected.first);
            QCOMPARE(double(*std::max_element(map->values.begin(), map->values.end())), expected.largest);
        }
    }

    void leavesPixelsOfAnAbortedScanEmpty()
    {
        Made made;
        made.stream = {78, mark, 78, mark, 78}; // three pixels of six, the third unfinished
        const auto map = readMap(make(m_folder, made), "/Data/SpectrumStream/O");
        QVERIFY(map);
        QCOMPARE(map->values[0], 2.0f);
        QCOMPARE(map->values[2], 2.0f);
        for (std::size_t i = 3; i < 6; ++i)
            QVERIFY(std::isnan(map->values[i]));
    }

    void keepsCountsBehindMaps()
    {
        // A folder takes the element map for the scan; the counts stay in the file for who asks for them.
        QTemporaryDir folder;
        const QString scan = folder.filePath("0033.h5");
        makeHdf5(scan, [](hid_t file) {
            addDataset<float>(file, "/d", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3, 4, 4},
                              counting<float>({2, 3, 4, 4}, 9));
        });
        Made made;
        made.stream = twoFrames;
        makeHdf5(folder.filePath("0033 EDS.emd"), [&](hid_t file) { fill(file, made); });
        const auto scans = scansInFolder(folder.path().toStdString());
        QVERIFY(scans);
        QCOMPARE(scans->scans.size(), std::size_t(1));
        const auto& maps = scans->scans[0].maps;
        const auto oxygen =
            std::find_if(maps.begin(), maps.end(), [](const auto& m) { return m.second.quantity == "O"; });
        QVERIFY(oxygen != maps.end());
        QCOMPARE(oxygen->second.dataset, std::string("/Data/Image/bb"));
    }
};

QTEST_APPLESS_MAIN(TestVeloxCounts)
#include "tst_velox_counts.moc"
