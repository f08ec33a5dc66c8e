// SPDX-License-Identifier: GPL-3.0-or-later
// Reading HDF5: every number type, contiguous and chunked, py4DSTEM's calibration, damaged files, real files.
#include "core/io/emd_format.h"
#include "hdf5_test_support.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numbers>
#include <thread>

using namespace dispersa;
using namespace testsupport;

Q_DECLARE_METATYPE(dispersa::ElementType)
Q_DECLARE_METATYPE(dispersa::ErrorCode)

class TestEmdFormat : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString pathOf(const QString& name) const { return m_folder.filePath(name); }
    static std::filesystem::path toPath(const QString& path) { return path.toStdString(); }
    static bool hasWarning(const FileInfo& info, const std::string& code)
    {
        return std::any_of(info.warnings.begin(), info.warnings.end(), [&](const auto& w) { return w.code == code; });
    }

    /// A small py4DSTEM-like file with a Q pixel size in 1/A.
    QString dataCubeFile(const QString& name, double qPixel, const char* qUnit, double rPixel, const char* rUnit)
    {
        const QString path = pathOf(name);
        makeHdf5(path, [&](hid_t file) {
            const std::vector<hsize_t> shape = {2, 3, 64, 64};
            addDataset(file, "/datacube_root/datacube/data", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape,
                       counting<std::uint16_t>(shape, 60000));
            addText(file, "/", "emd_group_type", "file");
            addText(file, "/datacube_root/datacube", "emd_group_type", "array");
            addText(file, "/datacube_root/datacube", "python_class", "DataCube");
            const char* calibration = "/datacube_root/metadatabundle/calibration/";
            addDataset<double>(file, (std::string(calibration) + "Q_pixel_size").c_str(), H5T_IEEE_F64LE,
                               H5T_NATIVE_DOUBLE, {}, {qPixel});
            addTextDataset(file, (std::string(calibration) + "Q_pixel_units").c_str(), qUnit);
            addDataset<double>(file, (std::string(calibration) + "R_pixel_size").c_str(), H5T_IEEE_F64LE,
                               H5T_NATIVE_DOUBLE, {}, {rPixel});
            addTextDataset(file, (std::string(calibration) + "R_pixel_units").c_str(), rUnit);
        });
        return path;
    }

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

    void readsCalibration_data()
    {
        QTest::addColumn<double>("q");
        QTest::addColumn<QByteArray>("qUnit");
        QTest::addColumn<double>("r");
        QTest::addColumn<QByteArray>("rUnit");
        QTest::addColumn<double>("q_invA");
        QTest::addColumn<double>("step_nm");
        QTest::addColumn<QByteArray>("warning");
        QTest::newRow("py4DSTEM") << .0231 << QByteArray("A^-1") << 1.053 << QByteArray("nm") << .0231 << 1.053
                                  << QByteArray();
        QTest::newRow("angstrom") << .0231 << QByteArray("1/A") << 10.53 << QByteArray("A") << .0231 << 1.053
                                  << QByteArray();
        QTest::newRow("angstrom sign") << .0231 << QByteArray("\u00c5^-1") << 10.53 << QByteArray("\u00c5") << .0231
                                       << 1.053 << QByteArray();
        QTest::newRow("nanometre") << .231 << QByteArray("nm^-1") << 1.053 << QByteArray("nm") << .0231 << 1.053
                                   << QByteArray();
        // 64 px: the edge is at 32 * 0.5804 * 0.025079 = 466 mrad, as the paper's files state.
        QTest::newRow("2 pi/d") << .5804 << QByteArray("A^-1") << 1.053 << QByteArray("nm") << .5804 << 1.053
                                << QByteArray("q_convention");
        QTest::newRow("uncalibrated") << 1. << QByteArray("pixels") << 1. << QByteArray("pixels") << 0. << 0.
                                      << QByteArray();
        QTest::newRow("mrad") << 1. << QByteArray("mrad") << 1. << QByteArray("nm") << 0. << 1. << QByteArray("q_unit");
        QTest::newRow("nonsense") << -3. << QByteArray("A^-1") << 1. << QByteArray("bananas") << 0. << 0.
                                  << QByteArray("scan_unit");
    }
    void readsCalibration()
    {
        QFETCH(double, q);
        QFETCH(QByteArray, qUnit);
        QFETCH(double, r);
        QFETCH(QByteArray, rUnit);
        QFETCH(double, q_invA);
        QFETCH(double, step_nm);
        QFETCH(QByteArray, warning);
        const QString path = dataCubeFile("calibration.h5", q, qUnit, r, rUnit);
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->format, std::string("emd"));
        const Calibration& found = info->items.at(0).calibration;
        QCOMPARE(found.qPixel_invA.value_or(0), q_invA);
        QCOMPARE(found.scanStep_nm.value_or(0), step_nm);
        QCOMPARE(info->warnings.size(), std::size_t(warning.isEmpty() ? 0 : 1));
        QVERIFY(warning.isEmpty() || hasWarning(*info, warning.toStdString()));
        if (warning == "q_convention")
            QVERIFY(info->warnings[0].message.find("q is 0.09237") != std::string::npos); // 0.5804 / 2 pi
        const auto& axes = info->items[0].axes;
        QCOMPARE(axes.size(), std::size_t(4));
        QCOMPARE(axes[0].name, std::string("scan_y"));
        QCOMPARE(axes[0].unit, std::string(step_nm > 0 ? "nm" : "px"));
        QCOMPARE(axes[3].name, std::string("det_x"));
        QCOMPARE(axes[3].unit, std::string(q_invA > 0 ? "1/A" : "px"));
        const auto scan = emdFormat().openDiffraction(toPath(path), {}, {});
        QVERIFY(scan);
        QVERIFY((*scan)->calibration() == found);
    }

    /// The angle between scan and diffraction, as versions of py4DSTEM keep it.
    void readsTheRotation_data()
    {
        QTest::addColumn<double>("degrees"); // NaN: not in the file
        QTest::addColumn<double>("radians");
        QTest::addColumn<int>("flip"); // -1: not in the file
        QTest::addColumn<double>("expected");
        QTest::addColumn<bool>("warns");
        const double none = std::nan("");
        QTest::newRow("both") << -88.5 << -88.5 * std::numbers::pi / 180 << 0 << -88.5 << false;
        QTest::newRow("degrees alone, as 0.13 wrote it") << 12.25 << none << -1 << 12.25 << false;
        QTest::newRow("radians alone") << none << std::numbers::pi / 2 << -1 << 90.0 << false;
        QTest::newRow("known to be zero") << 0.0 << 0.0 << 0 << 0.0 << false;
        QTest::newRow("more than a turn") << 725.0 << none << 0 << 5.0 << false;
        QTest::newRow("nothing") << none << none << -1 << none << false;
        QTest::newRow("a flip without an angle") << none << none << 1 << none << false;
        QTest::newRow("exchanged axes are more than an angle") << 12.0 << none << 1 << none << true;
    }
    void readsTheRotation()
    {
        QFETCH(double, degrees);
        QFETCH(double, radians);
        QFETCH(int, flip);
        QFETCH(double, expected);
        QFETCH(bool, warns);
        const QString path = dataCubeFile("rotated.h5", 0.0231, "A^-1", 1.053, "nm");
        const hid_t file = H5Fopen(path.toUtf8().constData(), H5F_ACC_RDWR, H5P_DEFAULT);
        const std::string calibration = "/datacube_root/metadatabundle/calibration/";
        const auto add = [&](const char* name, double value) {
            if (!std::isnan(value))
                addDataset<double>(file, (calibration + name).c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {}, {value});
        };
        add("QR_rotation_degrees", degrees);
        add("QR_rotation", radians);
        if (flip >= 0) { // h5py's truth value
            const hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
            for (signed char number : {0, 1})
                H5Tenum_insert(type, number ? "TRUE" : "FALSE", &number);
            addDataset<signed char>(file, (calibration + "QR_flip").c_str(), type, type, {}, {(signed char)flip});
            H5Tclose(type);
        }
        H5Fclose(file);
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY(info);
        const auto& found = info->items.at(0).calibration.qrRotation_deg;
        QCOMPARE(found.has_value(), !std::isnan(expected));
        if (found)
            QVERIFY(std::abs(*found - expected) < 1e-9);
        QCOMPARE(hasWarning(*info, "axes_flipped"), warns);
    }

    void takesSizesFromDimsWhenThereIsNoCalibration()
    {
        const QString path = pathOf("dims.h5");
        makeHdf5(path, [](hid_t file) {
            addDataset<float>(file, "/top/cube/data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 2, 4, 4},
                              counting<float>({2, 2, 4, 4}, 99));
            addDataset<double>(file, "/top/cube/dim0", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {2}, {0, 2.5});
            addText(file, "/top/cube/dim0", "units", "A");
            addDataset<double>(file, "/top/cube/dim2", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {4}, {-.2, -.1, 0, .1});
            addText(file, "/top/cube/dim2", "units", "A^-1");
        });
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY(info);
        QCOMPARE(info->format, std::string("hdf5"));
        QCOMPARE(info->items.size(), std::size_t(1)); // dims are no data
        QCOMPARE(info->items[0].calibration.scanStep_nm.value_or(0), .25);
        QCOMPARE(info->items[0].calibration.qPixel_invA.value_or(0), .1);
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

    void refusesBadFiles_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("missing") << QByteArray("missing") << ErrorCode::FileNotFound << QByteArray("no file");
        QTest::newRow("empty") << QByteArray("empty") << ErrorCode::FormatInvalid << QByteArray("is not an HDF5 file");
        QTest::newRow("text") << QByteArray("text") << ErrorCode::FormatInvalid << QByteArray("is not an HDF5 file");
        QTest::newRow("folder") << QByteArray("folder") << ErrorCode::FileUnreadable
                                << QByteArray("not a regular file");
        QTest::newRow("cut in the data") << QByteArray("cut") << ErrorCode::FileTruncated << QByteArray("the file has 1000");
        QTest::newRow("cut in the header") << QByteArray("head") << ErrorCode::FormatInvalid << QByteArray("damaged");
    }
    void refusesBadFiles()
    {
        QFETCH(QByteArray, kind);
        QFETCH(ErrorCode, code);
        QFETCH(QByteArray, words);
        const QString path = kind == "folder" ? m_folder.path() : pathOf("bad-" + kind + ".h5");
        if (kind == "cut" || kind == "head") {
            QFile::remove(path);
            QVERIFY(QFile::copy(dataCubeFile("whole.h5", 1, "pixels", 1, "pixels"), path));
            QFile file(path);
            QVERIFY(file.resize(kind == "cut" ? 1000 : 12));
        } else if (kind == "empty" || kind == "text") {
            QFile file(path);
            QVERIFY(file.open(QFile::WriteOnly));
            file.write(kind == "text" ? QByteArray(5000, 'x') : QByteArray());
        }
        const auto check = [&](const Error& error) {
            QVERIFY2(error.code == code, error.message.c_str());
            QVERIFY2(error.message.find(words.toStdString()) != std::string::npos, error.message.c_str());
            QVERIFY(error.message.find(path.toStdString()) != std::string::npos);
        };
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY(!info);
        check(info.error());
        const auto scan = emdFormat().openDiffraction(toPath(path), {}, {});
        QVERIFY(!scan);
        check(scan.error());
        const auto statistics = emdFormat().statistics(toPath(path), "/d", {}, {});
        QVERIFY(!statistics);
        check(statistics.error());
    }

    void survivesFlippedBytes()
    {
        // Every byte of the metadata damaged in turn: an error or a value, never a crash or an absurd allocation.
        const QString whole = pathOf("flip.h5");
        const std::vector<hsize_t> shape = {2, 2, 3, 3};
        makeHdf5(whole, [&](hid_t file) {
            addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, counting<std::uint16_t>(shape, 99));
        });
        QFile original(whole);
        QVERIFY(original.open(QFile::ReadOnly));
        const QByteArray bytes = original.readAll();
        const QString path = pathOf("flipped.h5");
        int opened = 0;
        for (qsizetype i = 0; i < bytes.size(); i += 3) {
            QByteArray damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x7f);
            QFile file(path);
            QVERIFY(file.open(QFile::WriteOnly | QFile::Truncate));
            file.write(damaged);
            file.close();
            if (const auto scan = emdFormat().openDiffraction(toPath(path), {}, {}); scan && (*scan)->pattern({0, 0}))
                ++opened;
        }
        QVERIFY(opened > 0); // most bytes of such a file are padding or data
        QVERIFY(opened < bytes.size() / 3);
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

    void readsRealFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("rosettasciio") << "py4dstem_emd1/py4DSTEM_size2x3x4x5.h5";
        QTest::newRow("py4DSTEM") << "py4dstem_emd1/real_py4dstem.h5";
    }
    void readsRealFiles()
    {
        QFETCH(QString, name);
        const QString samples = qEnvironmentVariable("DISPERSA_SHARED_DATA") + "/samples/";
        QFile expectedFile(samples + "expected.json");
        if (!expectedFile.open(QFile::ReadOnly))
            QSKIP("DISPERSA_SHARED_DATA with samples/expected.json is absent");
        const QJsonObject file = QJsonDocument::fromJson(expectedFile.readAll()).object()[name].toObject();
        QVERIFY(!file.isEmpty());
        for (const QString& dataset : file.keys()) {
            const QJsonObject expected = file[dataset].toObject();
            const auto info = emdFormat().inspect(toPath(samples + name));
            QVERIFY(info);
            const FileItem& item = info->items.at(0);
            QCOMPARE(item.id, "/" + dataset.toStdString());
            QCOMPARE(item.shape.size(), std::size_t(4));
            for (int i = 0; i < 4; ++i)
                QCOMPARE(item.shape[std::size_t(i)], qint64(expected["shape"].toArray()[i].toInt()));
            QVERIFY(item.calibration.qPixel_invA && item.calibration.scanStep_nm);
            const auto statistics = emdFormat().statistics(toPath(samples + name), item.id, {}, {});
            QVERIFY(statistics);
            QCOMPARE(statistics->sum, expected["sum"].toDouble());
            QCOMPARE(statistics->min, expected["min"].toDouble());
            QCOMPARE(statistics->max, expected["max"].toDouble());
            QCOMPARE(statistics->last, expected["last"].toDouble());
            for (int i = 0; i < 4; ++i)
                QCOMPARE(statistics->first[std::size_t(i)], expected["first4"].toArray()[i].toDouble());
        }
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
