// SPDX-License-Identifier: GPL-3.0-or-later
// Pixel sizes and rotation as py4DSTEM keeps them in HDF5: units, doubtful values, versions, real files.
#include "core/io/emd_format.h"
#include "tests/core/io/dialect_fixture.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <numbers>

using namespace dispersa;
using namespace testsupport;

class TestEmdCalibration : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString pathOf(const QString& name) const { return m_folder.filePath(name); }
    static std::filesystem::path toPath(const QString& path) { return path.toStdString(); }

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
        if (found) // an angle goes through radians and turns: some roundings of double
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

    /// What h5py reads of these files; their values are compared in tst_samples.
    void readsTheCalibrationOfRealFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("q_invA");
        QTest::addColumn<double>("step_nm");
        QTest::newRow("rosettasciio") << "py4DSTEM_size2x3x4x5.h5" << 0.044251566616087125 << 0.126796875;
        QTest::newRow("py4DSTEM, steps in A") << "real_py4dstem.h5" << 0.0125 << 0.25;
    }
    void readsTheCalibrationOfRealFiles()
    {
        QFETCH(QString, name);
        QFETCH(double, q_invA);
        QFETCH(double, step_nm);
        const QString path = qEnvironmentVariable("DISPERSA_SHARED_DATA") + "/samples/py4dstem_emd1/" + name;
        if (!QFile::exists(path))
            QSKIP("DISPERSA_SHARED_DATA with samples is absent");
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        const Calibration& found = info->items.at(0).calibration;
        QCOMPARE(found.qPixel_invA.value_or(0), q_invA);
        QCOMPARE(found.scanStep_nm.value_or(0), step_nm);
    }
};

QTEST_APPLESS_MAIN(TestEmdCalibration)
#include "tst_emd_calibration.moc"
