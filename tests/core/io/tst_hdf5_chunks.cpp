// SPDX-License-Identifier: GPL-3.0-or-later
// Chunked HDF5 decoded by ourselves: every filter as other programs write it, damaged chunks, many threads, little memory.
#include "core/base/os_file.h"
#include "core/io/emd_format.h"
#include "core/prepare/parallel_blocks.h"
#include "hdf5_test_support.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace dispersa;
using namespace testsupport;

Q_DECLARE_METATYPE(dispersa::ErrorCode)

class TestHdf5Chunks : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString pathOf(const QString& name) const { return m_folder.filePath(name); }
    static std::filesystem::path toPath(const QString& path) { return path.toStdString(); }

    /// Value `i` of a dataset of hdf5_golden.py.
    static double goldenValue(const QString& dataset, std::uint64_t i)
    {
        if (!dataset.startsWith("noise"))
            return static_cast<double>((i * i >> 9) % 19);
        return static_cast<double>(i * 2654435761u >> 7 & (dataset.endsWith("uint8") ? 0xff : 0xffff));
    }

  private Q_SLOTS:
    void initTestCase()
    {
        // What this machine has in plugins must not decide what the tests see.
        QVERIFY(H5PLset_loading_state(0) >= 0);
    }

    void decodesWhatOtherProgramsWrite_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("dataset");
        for (const char* name : {"filters.h5", "indexes.h5", "userblock.h5"})
            for (const QString& dataset : datasetsOf(golden(name)))
                QTest::addRow("%s: %s", name, qPrintable(dataset)) << golden(name) << dataset;
    }
    void decodesWhatOtherProgramsWrite()
    {
        QFETCH(QString, name);
        QFETCH(QString, dataset);
        const std::string id = "/" + dataset.toStdString();
        const bool flat = dataset.startsWith("stack");
        const auto scan =
            emdFormat().openDiffraction(toPath(name), id, flat ? std::optional(ScanShape{4, 5}) : std::nullopt);
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->scanShape(), (ScanShape{4, 5}));
        QCOMPARE((*scan)->patternShape(), (PatternShape{20, 22}));
        std::vector<float> values(4 * 5 * 440);
        const auto read = (*scan)->read(wholeRegion({4, 5}), values);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        for (std::size_t i = 0; i < values.size(); ++i)
            QCOMPARE(values[i], static_cast<float>(goldenValue(dataset, i)));

        // Parts that begin and end inside chunks.
        const Region block{1, 2, 3, 3}, window{3, 5, 14, 15};
        const std::size_t size = elementSize((*scan)->elementType());
        std::vector<std::byte> part(static_cast<std::size_t>(block.count() * window.count()) * size);
        QVERIFY((*scan)->readWindow(block, window, part));
        std::vector<float> partValues(part.size() / size);
        convertToFloat((*scan)->elementType(), part, partValues);
        std::size_t at = 0;
        for (int y = 1; y < 4; ++y)
            for (int x = 2; x < 5; ++x)
                for (int row = 3; row < 17; ++row)
                    for (int column = 5; column < 20; ++column, ++at)
                        QCOMPARE(partValues[at],
                                 values[static_cast<std::size_t>((y * 5 + x) * 440 + row * 22 + column)]);

        const auto statistics = emdFormat().statistics(toPath(name), id, {}, {});
        QVERIFY(statistics);
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i)
            sum += goldenValue(dataset, i);
        QCOMPARE(statistics->sum, sum);
        QCOMPARE(statistics->last, goldenValue(dataset, values.size() - 1));
    }

    void chunksNeverWrittenHoldTheFillValue()
    {
        const auto scan = emdFormat().openDiffraction(toPath(golden("fill.h5")), "/fill-uint16", {});
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        std::vector<float> values(4 * 5 * 440);
        const auto read = (*scan)->read(wholeRegion({4, 5}), values);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t y = i / 2200, x = i / 440 % 5;
            QCOMPARE(values[i], y >= 2 && x < 3 ? static_cast<float>(goldenValue("fill", i)) : 7.0f);
        }
        const auto empty = emdFormat().openDiffraction(toPath(golden("fill.h5")), "/empty-int32-big", {});
        QVERIFY(empty);
        const auto readEmpty = (*empty)->read(wholeRegion({4, 5}), values);
        QVERIFY2(readEmpty, readEmpty ? "" : readEmpty.error().message.c_str());
        QVERIFY(std::all_of(values.begin(), values.end(), [](float value) { return value == -7.0f; }));
    }

    void edgesMayBeLeftUnfiltered()
    {
        const QString path = pathOf("edges.h5");
        const std::vector<hsize_t> shape = {3, 5, 8, 8};
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        const hid_t file = H5Fcreate(path.toUtf8().constData(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        const hsize_t chunk[4] = {2, 2, 8, 8};
        H5Pset_chunk(creation, 4, chunk);
        H5Pset_chunk_opts(creation, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
        H5Pset_deflate(creation, 1);
        addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, counting<std::uint16_t>(shape, 65521),
                   creation);
        H5Pclose(creation);
        H5Fclose(file);
        H5Pclose(access);
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY(scan);
        std::vector<float> values(3 * 5 * 64);
        const auto read = (*scan)->read(wholeRegion({3, 5}), values);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        for (std::size_t i = 0; i < values.size(); ++i)
            QCOMPARE(values[i], static_cast<float>(i));
    }

    void otherFiltersOfTheLibraryStillWork()
    {
        const QString path = chunkedFile(pathOf("scaleoffset.h5"), {3, 3, 8, 8}, {1, 2, 8, 8}, [](hid_t creation) {
            H5Pset_scaleoffset(creation, H5Z_SO_INT, H5Z_SO_INT_MINBITS_DEFAULT);
        });
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY(scan);
        QCOMPARE((*(*scan)->pattern({2, 1}))[5], 7 * 64 + 5.0f);
    }

    void threadsReadAtTheSameTime()
    {
        const std::vector<hsize_t> shape = {12, 10, 16, 16};
        const QString path = chunkedFile(pathOf("threads.h5"), shape, {5, 3, 7, 16}, [](hid_t creation) {
            H5Pset_shuffle(creation);
            H5Pset_deflate(creation, 1);
        });
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY(scan);
        std::atomic<int> wrong = 0, reads = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 8; ++t)
                threads.emplace_back([&, t] {
                    std::vector<float> values(2 * 3 * 256);
                    for (int i = 0; i < 60; ++i, ++reads) {
                        const int y = (i * 7 + t) % 11, x = (i * 5 + t * 3) % 8;
                        if (!(*scan)->read({y, x, 2, 3}, values)) {
                            ++wrong;
                            continue;
                        }
                        for (int k = 0; k < 2 * 3 * 256; ++k)
                            wrong += values[static_cast<std::size_t>(k)] !=
                                     static_cast<float>((((y + k / 768) * 10 + x + k / 256 % 3) * 256 + k % 256) % 65521);
                    }
                });
        }
        QCOMPARE(reads.load(), 8 * 60);
        QCOMPARE(wrong.load(), 0);
    }

    void aPassOverALargeFileTakesLittleMemory()
    {
        // 1.2 GB of patterns from one stored chunk, written again and again.
        const QString path = pathOf("large.h5");
        constexpr int rows = 96, columns = 96, pixels = 256;
        const std::vector<std::uint16_t> pattern = counting<std::uint16_t>({pixels, pixels}, 60000);
        makeHdf5(path, [&](hid_t file) {
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk[4] = {1, 1, pixels, pixels};
            H5Pset_chunk(creation, 4, chunk);
            H5Pset_shuffle(creation);
            H5Pset_deflate(creation, 1);
            addDataset<std::uint16_t>(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, {rows, columns, pixels, pixels},
                                      {}, creation);
            const hid_t data = H5Dopen2(file, "/d", H5P_DEFAULT);
            const hid_t memory = H5Screate_simple(4, chunk, nullptr), space = H5Dget_space(data);
            const hsize_t start[4] = {0, 0, 0, 0};
            H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, chunk, nullptr);
            H5Dwrite(data, H5T_NATIVE_UINT16, memory, space, H5P_DEFAULT, pattern.data());
            H5Dflush(data);
            hsize_t size = 0;
            H5Dget_chunk_storage_size(data, start, &size);
            std::vector<char> bytes(size);
            std::uint32_t mask = 0;
            H5Dread_chunk(data, H5P_DEFAULT, start, &mask, bytes.data());
            for (hsize_t i = 1; i < hsize_t(rows) * columns; ++i) {
                const hsize_t origin[4] = {i / columns, i % columns, 0, 0};
                H5Dwrite_chunk(data, H5P_DEFAULT, mask, origin, size, bytes.data());
            }
            H5Sclose(space);
            H5Sclose(memory);
            H5Dclose(data);
            H5Pclose(creation);
        });
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY(scan);
        const auto before = peakResidentMemory();
        const auto blocks = scanBlocks(**scan, wholeRegion({rows, columns}), 8u << 20);
        std::atomic<std::int64_t> sum = 0;
        const auto done = forEachParallel(
            static_cast<std::int64_t>(blocks.size()),
            [&](std::int64_t index, int) -> Result<void> {
                const Region& block = blocks[static_cast<std::size_t>(index)];
                std::vector<std::uint16_t> values(static_cast<std::size_t>(block.count()) * pixels * pixels);
                if (auto read = (*scan)->readRaw(block, std::as_writable_bytes(std::span(values))); !read)
                    return read;
                sum += std::accumulate(values.begin(), values.end(), std::int64_t(0));
                return {};
            },
            {});
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QCOMPARE(sum.load(), std::accumulate(pattern.begin(), pattern.end(), std::int64_t(0)) * rows * columns);
        // At most 256 MiB of chunks, and what the threads hold.
        const auto grown = (peakResidentMemory() - before) >> 20;
        QVERIFY2(grown < 320, qPrintable(QString("grew by %1 MiB").arg(grown)));
    }

    void foreignByteOrderInOnePieceIsMapped()
    {
        const QString path = pathOf("big.h5");
        const std::vector<hsize_t> shape = {3, 4, 5, 6};
        makeHdf5(path, [&](hid_t file) {
            addDataset(file, "/d", H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE, shape, counting<double>(shape, 1000));
        });
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY(scan);
        QCOMPARE((*(*scan)->pattern({2, 3}))[29], 359.0f);
    }
};

QTEST_APPLESS_MAIN(TestHdf5Chunks)
#include "tst_hdf5_chunks.moc"
