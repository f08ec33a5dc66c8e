// SPDX-License-Identifier: GPL-3.0-or-later
// Reading HDF5: every number type, contiguous and chunked, statistics, which dataset is the scan, several threads at
// once.
#include "core/io/emd_format.h"
#include "tests/core/io/hdf5_test_support.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

using namespace dispersa;
using namespace testsupport;

Q_DECLARE_METATYPE(dispersa::ElementType)

class TestEmdFormat : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString pathOf(const QString& name) const { return m_folder.filePath(name); }
    static std::filesystem::path toPath(const QString& path) { return path.toStdString(); }

  private Q_SLOTS:
    void readsEveryNumberType_data()
    {
        QTest::addColumn<qint64>("stored");
        QTest::addColumn<ElementType>("type");
        QTest::addColumn<int>("layout"); // 0 contiguous, 1 chunked, 2 chunked and compressed
        const auto row = [](const char* name, hid_t stored, ElementType type) {
            for (int layout = 0; layout < 3; ++layout)
                QTest::addRow("%s, layout %d", name, layout) << qint64(stored) << type << layout;
        };
        row("uint8", H5T_STD_U8LE, ElementType::UInt8);
        row("int8", H5T_STD_I8LE, ElementType::Int8);
        row("uint16", H5T_STD_U16LE, ElementType::UInt16);
        row("uint16 big endian", H5T_STD_U16BE, ElementType::UInt16);
        row("int16", H5T_STD_I16LE, ElementType::Int16);
        row("uint32", H5T_STD_U32LE, ElementType::UInt32);
        row("int32 big endian", H5T_STD_I32BE, ElementType::Int32);
        row("float32", H5T_IEEE_F32LE, ElementType::Float32);
        row("float32 big endian", H5T_IEEE_F32BE, ElementType::Float32);
        row("float64", H5T_IEEE_F64LE, ElementType::Float64);
    }
    void readsEveryNumberType()
    {
        QFETCH(qint64, stored);
        QFETCH(ElementType, type);
        QFETCH(int, layout);
        const QString path = pathOf("types.h5");
        const std::vector<hsize_t> shape = {3, 4, 5, 6};
        makeHdf5(path, [&](hid_t file) {
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk[4] = {2, 3, 5, 4};
            if (layout > 0)
                H5Pset_chunk(creation, 4, chunk);
            if (layout > 1) {
                H5Pset_shuffle(creation);
                H5Pset_deflate(creation, 1);
            }
            addDataset(file, "/some/cube", stored, H5T_NATIVE_DOUBLE, shape, counting<double>(shape, 127), creation);
            H5Pclose(creation);
        });
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->items.size(), std::size_t(1));
        QCOMPARE(info->items[0].id, std::string("/some/cube"));
        QVERIFY(info->items[0].kind == ItemKind::Diffraction);
        QVERIFY(info->items[0].type == type);

        const auto scan = emdFormat().openDiffraction(toPath(path), {}, {});
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->scanShape(), (ScanShape{3, 4}));
        QCOMPARE((*scan)->patternShape(), (PatternShape{5, 6}));
        std::vector<float> block(2 * 2 * 30);
        const auto read = (*scan)->read({1, 2, 2, 2}, block);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        for (std::size_t i = 0; i < block.size(); ++i) {
            const std::size_t y = 1 + i / 60, x = 2 + i / 30 % 2, pixel = i % 30;
            QCOMPARE(block[i], static_cast<float>(((y * 4 + x) * 30 + pixel) % 127));
        }
        const auto statistics = emdFormat().statistics(toPath(path), "/some/cube", {}, {});
        QVERIFY(statistics);
        const auto values = counting<double>(shape, 127);
        QCOMPARE(statistics->sum, std::accumulate(values.begin(), values.end(), 0.0));
        QCOMPARE(statistics->max, 126.0);
        QCOMPARE(statistics->min, 0.0);
        QCOMPARE(statistics->first, (std::vector<double>{0, 1, 2, 3}));
        QCOMPARE(statistics->last, values.back());
    }

    void notANumberIsNoData()
    {
        const QString path = m_folder.filePath("nan.h5");
        const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
        makeHdf5(path, [&](hid_t file) {
            addDataset<float>(file, "/d", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {1, 2, 2, 2},
                              {nan, 3, -2, infinite, 4, nan, 1, -infinite});
            addDataset<float>(file, "/none", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {1, 1, 1, 2}, {nan, nan});
        });
        const auto statistics = emdFormat().statistics(toPath(path), "/d", {}, {});
        QVERIFY(statistics);
        QCOMPARE(statistics->sum, 6.0);
        QCOMPARE(statistics->min, -2.0);
        QCOMPARE(statistics->max, 4.0);
        QVERIFY(std::isnan(statistics->first.at(0)));
        const auto none = emdFormat().statistics(toPath(path), "/none", {}, {});
        QVERIFY(std::isnan(none->min) && std::isnan(none->max));
        QCOMPARE(none->sum, 0.0);
    }

    void statisticsWalkInFileOrderThroughManyBlocks()
    {
        // 3 x 5 frames of 1000 x 700 exceed one block, so that the walk slices in two dimensions.
        const QString path = pathOf("blocks.h5");
        const std::vector<hsize_t> shape = {3, 5, 1000, 700};
        const auto values = counting<std::uint16_t>(shape, 65521);
        makeHdf5(path, [&](hid_t file) { addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, values); });
        const auto statistics = emdFormat().statistics(toPath(path), "/d", {}, {});
        QVERIFY(statistics);
        QCOMPARE(statistics->sum, std::accumulate(values.begin(), values.end(), 0.0));
        QCOMPARE(statistics->last, double(values.back()));
        QCOMPARE(statistics->max, 65520.0);
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = emdFormat().statistics(toPath(path), "/d", {}, stop.get_token());
        QVERIFY(!cancelled);
        QVERIFY(cancelled.error().code == ErrorCode::Cancelled);
    }

    void picksTheDataCubeOrAsks()
    {
        const QString path = pathOf("several.h5");
        const std::vector<hsize_t> shape = {2, 2, 3, 3};
        makeHdf5(path, [&](hid_t file) {
            addDataset(file, "/a", H5T_STD_U8LE, H5T_NATIVE_UINT8, shape, counting<std::uint8_t>(shape, 9));
            addDataset(file, "/b", H5T_STD_U8LE, H5T_NATIVE_UINT8, shape, counting<std::uint8_t>(shape, 9));
            addDataset<std::uint8_t>(file, "/stack", H5T_STD_U8LE, H5T_NATIVE_UINT8, {4, 3, 3},
                                     counting<std::uint8_t>(shape, 9));
            addDataset<double>(file, "/table", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {2, 2}, {1, 2, 3, 4});
            addTextDataset(file, "/title", "no numbers");
        });
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(3));
        const auto ambiguous = emdFormat().openDiffraction(toPath(path), {}, {});
        QVERIFY(!ambiguous);
        QVERIFY(ambiguous.error().code == ErrorCode::DatasetMissing);
        QVERIFY(ambiguous.error().message.find("/a, /b") != std::string::npos);
        QVERIFY(emdFormat().openDiffraction(toPath(path), "/b", {}));
        QVERIFY(emdFormat().openDiffraction(toPath(path), "b", ScanShape{2, 2}));

        const auto code = [&](const std::string& id, std::optional<ScanShape> shapeWanted) {
            const auto scan = emdFormat().openDiffraction(toPath(path), id, shapeWanted);
            return scan ? ErrorCode::Internal : scan.error().code;
        };
        QVERIFY(code("/c", {}) == ErrorCode::DatasetMissing);
        QVERIFY(code("/a", ScanShape{4, 1}) == ErrorCode::ShapeMismatch);
        QVERIFY(code("/stack", {}) == ErrorCode::ScanShapeUnknown);
        QVERIFY(code("/stack", ScanShape{3, 1}) == ErrorCode::ShapeMismatch);
        QVERIFY(code("/table", {}) == ErrorCode::FormatUnsupported);
        QVERIFY(code("/title", {}) == ErrorCode::FormatUnsupported);
        const auto stack = emdFormat().openDiffraction(toPath(path), "/stack", ScanShape{2, 2});
        QVERIFY(stack);
        QCOMPARE((*(*stack)->pattern({1, 0}))[0], 0.0f); // 18 mod 9
        const auto table = emdFormat().readMap(toPath(path), "/table");
        QVERIFY(table);
        QCOMPARE(table->values, (std::vector<float>{1, 2, 3, 4}));
        const auto noMap = emdFormat().readMap(toPath(path), {});
        QVERIFY(!noMap);
        QVERIFY(noMap.error().code == ErrorCode::DatasetMissing);
    }

    void readsFromSeveralThreads()
    {
        const QString path = pathOf("threads.h5");
        const std::vector<hsize_t> shape = {8, 8, 16, 16};
        makeHdf5(path, [&](hid_t file) {
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk[4] = {1, 2, 16, 16};
            H5Pset_chunk(creation, 4, chunk);
            H5Pset_deflate(creation, 1);
            addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, counting<std::uint16_t>(shape, 65521),
                       creation);
            H5Pclose(creation);
        });
        const auto scan = emdFormat().openDiffraction(toPath(path), {}, {});
        QVERIFY(scan);
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([&, t] {
                    for (int i = t; i < 64; ++i) {
                        const auto pattern = (*scan)->pattern({i / 8, i % 8});
                        wrong += !pattern || (*pattern)[7] != static_cast<float>(i * 256 + 7);
                    }
                });
        }
        QCOMPARE(wrong.load(), 0);
    }

    void opensTheSharedScansQuickly()
    {
        const QString path = qEnvironmentVariable("DISPERSA_SHARED_DATA") + "/gst-multislice/0033 4DSTEM.h5";
        if (!QFile::exists(path))
            QSKIP("DISPERSA_SHARED_DATA with gst-multislice is absent");
        QElapsedTimer timer;
        timer.start();
        const auto scan = emdFormat().openDiffraction(toPath(path), {}, {});
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->scanShape(), (ScanShape{110, 45}));
        QCOMPARE((*scan)->calibration().scanStep_nm.value_or(0), 1.053);
        const auto pattern = (*scan)->pattern({50, 20});
        QVERIFY(pattern);
        QVERIFY2(timer.elapsed() < 1000, "opening and one pattern took a second");
        // About 3e5 electrons: SCIENCE.md.
        const double electrons = std::accumulate(pattern->begin(), pattern->end(), 0.0);
        QVERIFY2(electrons > 1e5 && electrons < 1e6, std::to_string(electrons).c_str());
    }
};

QTEST_APPLESS_MAIN(TestEmdFormat)
#include "tst_emd_format.moc"
