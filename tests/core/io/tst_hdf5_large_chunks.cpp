// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 chunks so large that no second one fits: decoded once for all that is read of them, not for every block.
#include "core/io/emd_format.h"
#include "core/prepare/parallel_blocks.h"
#include "hdf5_test_support.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <ctime>

using namespace dispersa;
using namespace testsupport;

namespace {

double processorSeconds(const std::function<void()>& work)
{
    const std::clock_t before = std::clock();
    work();
    return double(std::clock() - before) / CLOCKS_PER_SEC;
}

} // namespace

class TestHdf5LargeChunks : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aChunkAboveTheCachesBudgetIsDecodedOnce()
    {
        // One chunk of 276 MiB, more than the 256 that are kept of smaller ones; blocks of 8 MiB.
        constexpr hsize_t rows = 6, columns = 23, pixels = 1024;
        constexpr std::size_t patternValues = pixels * pixels;
        QTemporaryDir folder;
        const QString path = folder.filePath("large.h5");
        makeHdf5(path, [&](hid_t file) {
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk[4] = {rows, columns, pixels, pixels};
            H5Pset_chunk(creation, 4, chunk);
            H5Pset_deflate(creation, 1);
            std::vector<std::uint16_t> values(rows * columns * patternValues);
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = static_cast<std::uint16_t>(i / patternValues);
            addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, {rows, columns, pixels, pixels}, values, creation);
            H5Pclose(creation);
        });
        const auto open = [&] { return emdFormat().openDiffraction(path.toStdString(), "/d", {}); };
        const auto scan = open(), again = open();
        QVERIFY(scan && again);
        const double once = processorSeconds([&] { QVERIFY((*again)->pattern({0, 0})); });
        const auto blocks = scanBlocks(**scan, wholeRegion((*scan)->scanShape()), 8u << 20);
        QVERIFY(blocks.size() > 30);
        std::atomic<int> wrong = 0;
        const double all = processorSeconds([&] {
            const auto done = forEachParallel(
                static_cast<std::int64_t>(blocks.size()),
                [&](std::int64_t index, int) -> Result<void> {
                    const Region& block = blocks[static_cast<std::size_t>(index)];
                    std::vector<std::uint16_t> values(static_cast<std::size_t>(block.count()) * patternValues);
                    if (auto read = (*scan)->readRaw(block, std::as_writable_bytes(std::span(values))); !read)
                        return read;
                    for (std::size_t i = 0; i < static_cast<std::size_t>(block.count()); ++i) {
                        const auto at = static_cast<int>(i);
                        const int pattern = (block.y + at / block.width) * int(columns) + block.x + at % block.width;
                        wrong += values[i * patternValues] != pattern || values[(i + 1) * patternValues - 1] != pattern;
                    }
                    return {};
                },
                {});
            QVERIFY(done);
        });
        QCOMPARE(wrong.load(), 0);
        qInfo("decoding once %.2f s, reading all in %zu blocks %.2f s", once, blocks.size(), all);
        // Copying out takes as long as decoding this; decoding for every block took more than thirty times as long.
        QVERIFY2(all < 8 * once, qPrintable(QString("%1 s, once %2 s").arg(all).arg(once)));
    }

    void framesThatAreDecodedTogetherAreReadTogether()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath("frames.h5");
        makeHdf5(path, [&](hid_t file) {
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk[3] = {10, 8, 8};
            H5Pset_chunk(creation, 3, chunk);
            H5Pset_deflate(creation, 1);
            addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, {12 * 16, 8, 8},
                       counting<std::uint16_t>({12 * 16, 8, 8}, 65521), creation);
            H5Pclose(creation);
        });
        for (const auto& [shape, grain] : {std::pair(ScanShape{12, 16}, ScanShape{1, 10}),
                                           std::pair(ScanShape{64, 3}, ScanShape{3, 3})}) {
            const auto scan = emdFormat().openDiffraction(path.toStdString(), "/d", shape);
            QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
            QCOMPARE((*scan)->readGrain(), grain);
        }
    }
};

QTEST_APPLESS_MAIN(TestHdf5LargeChunks)
#include "tst_hdf5_large_chunks.moc"
