// SPDX-License-Identifier: GPL-3.0-or-later
// What was called EMD before version 1.0: Prismatic, older py4DSTEM, Berkeley.
#include "tests/core/io/dialect_fixture.h"
#include "tests/core/io/sample_check.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace dispersa;
using namespace testsupport;

namespace {

void addDim(hid_t file, const std::string& path, const char* name, const char* units, double step)
{
    addDoubles(file, path, {0, step, 2 * step});
    addText(file, path.c_str(), "name", name);
    addText(file, path.c_str(), "units", units);
}

} // namespace

class TestEmdDialects : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::filesystem::path make(const char* name, const std::function<void(hid_t)>& fill)
    {
        const QString path = m_folder.filePath(name);
        makeHdf5(path, fill);
        return path.toStdString();
    }
  private Q_SLOTS:
    void believesPrismaticsAngstromNotItsLabel()
    {
        const auto sample = test::sample("prismatic_v05/Si100_4D.emd");
        if (!sample)
            QSKIP("DISPERSA_SHARED_DATA with samples is absent");
        const auto info = inspectFile(sample->path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(2)); // two depths
        QVERIFY(hasWarning(*info, "unit_label"));
        // Simulated with steps of 0.5 A over a cell of 5.43 A: 0.05 nm and 1/5.43 1/A, though the file says n_m.
        QCOMPARE(info->items[0].calibration.scanStep_nm.value_or(0), .05);
        QVERIFY(std::abs(info->items[0].calibration.qPixel_invA.value_or(0) - 1 / 5.43) < 1e-4);
        QCOMPARE(info->items[0].calibration.convergence_mrad.value_or(0), 30.0);
        const auto scan = openDiffraction(sample->path, info->items[1].id);
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->scanShape(), (ScanShape{11, 11}));
    }

    void readsPrismaticDetectorImages()
    {
        const auto path = make("prismatic.h5", [](hid_t file) {
            const std::string slices = "/4DSTEM_simulation/data/realslices/";
            addDataset<float>(file, (slices + "annular_detector_depth0000/realslice").c_str(), H5T_IEEE_F32LE,
                              H5T_NATIVE_FLOAT, {3, 4}, counting<float>({3, 4}, 99));
            addDim(file, slices + "annular_detector_depth0000/dim1", "R_x", "[\u00c5]", .25);
            addDataset<float>(file, (slices + "virtual_detector_depth0000/realslice").c_str(), H5T_IEEE_F32LE,
                              H5T_NATIVE_FLOAT, {3, 4, 5}, counting<float>({3, 4, 5}, 99));
            addComplex(file, (slices + "wave_depth0000/realslice").c_str(), {3, 4});
        });
        QCOMPARE(formatName(path), std::string("prismatic"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        const FileItem* map = item(*info, "/4DSTEM_simulation/data/realslices/annular_detector_depth0000/realslice");
        QVERIFY(map && map->kind == ItemKind::Map && !map->isGuess);
        QCOMPARE(map->calibration.scanStep_nm.value_or(0), .025);
        QCOMPARE(readMap(path)->values[11], 11.0f); // the only map
        QVERIFY(hasWarning(*info, "dataset_skipped"));
        QCOMPARE(info->items.size(), std::size_t(2));
    }

    void readsOlderPy4dstem_data()
    {
        QTest::addColumn<QByteArray>("top");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("sizes"); // 0 none, 1 attributes of metadata_0, 2 Coordinates, 3 dims
        QTest::newRow("0.5") << QByteArray("4DSTEM_experiment") << QByteArray("datacube") << 0;
        QTest::newRow("0.6, calibrated") << QByteArray("4DSTEM_experiment") << QByteArray("data") << 1;
        QTest::newRow("0.12, another name") << QByteArray("my_scan") << QByteArray("data") << 2;
        QTest::newRow("0.9, dims") << QByteArray("4DSTEM_experiment") << QByteArray("data") << 3;
    }
    void readsOlderPy4dstem()
    {
        QFETCH(QByteArray, top);
        QFETCH(QByteArray, name);
        QFETCH(int, sizes);
        const std::string root = "/" + top.toStdString();
        const std::string cube = root + "/data/datacubes/scan one";
        const auto path = make("legacy.h5", [&](hid_t file) {
            addCube(file, (cube + "/" + name.toStdString()).c_str());
            addNumber(file, root.c_str(), "emd_group_type", H5T_STD_I64LE, 2);
            addNumber(file, cube.c_str(), "emd_group_type", H5T_STD_I64LE, 1);
            const std::string map = root + "/data/realslices/Ge-at/data";
            addDataset<float>(file, map.c_str(), H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3}, {1, 2, 3, 4, 5, 6});
            addDataset<float>(file, (root + "/data/diffractionslices/mean/data").c_str(), H5T_IEEE_F32LE,
                              H5T_NATIVE_FLOAT, {8, 8}, counting<float>({8, 8}, 99));
            addDataset<double>(file, (root + "/data/pointlists/peaks/qx/data").c_str(), H5T_IEEE_F64LE,
                               H5T_NATIVE_DOUBLE, {5}, {1, 2, 3, 4, 5});
            if (sizes == 1) {
                const std::string group = root + "/metadata/metadata_0/calibration";
                addGroup(file, group.c_str());
                addNumber(file, group.c_str(), "R_pix_size", H5T_IEEE_F64LE, 2.5);
                addText(file, group.c_str(), "R_pix_units", "A");
                addNumber(file, group.c_str(), "K_pix_size", H5T_IEEE_F64LE, .05);
                addText(file, group.c_str(), "K_pix_units", "1/A");
                addNumber(file, group.c_str(), "convergence_semiangle_mrad", H5T_IEEE_F64LE, 1.5);
            } else if (sizes == 2) {
                const std::string group = root + "/data/coordinates/coordinates/";
                addDataset<double>(file, (group + "R_pixel_size").c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {},
                                   {.25});
                addTextDataset(file, (group + "R_pixel_units").c_str(), "nm");
                addDataset<double>(file, (group + "Q_pixel_size").c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {},
                                   {.05});
                addTextDataset(file, (group + "Q_pixel_units").c_str(), "A^-1");
                addDataset<double>(file, (group + "QR_rotation_degrees").c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                                   {}, {-12.5});
            } else if (sizes == 3) {
                addDim(file, cube + "/dim1", "R_x", "[n_m]", .25);
                addDim(file, cube + "/dim3", "Q_x", "[n_m^-1]", .5);
            }
        });
        QCOMPARE(formatName(path), std::string("py4dstem"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(3)); // no point lists, no dims
        const FileItem& scan = info->items[0];
        QVERIFY(scan.kind == ItemKind::Diffraction);
        QCOMPARE(scan.shape, (std::vector<std::int64_t>{2, 3, 8, 8}));
        QCOMPARE(scan.calibration.scanStep_nm.value_or(0), sizes == 0 ? 0 : .25);
        QCOMPARE(scan.calibration.qPixel_invA.value_or(0), sizes == 0 ? 0 : .05);
        QCOMPARE(scan.calibration.convergence_mrad.value_or(0), sizes == 1 ? 1.5 : 0);
        QCOMPARE(scan.calibration.qrRotation_deg.value_or(0), sizes == 2 ? -12.5 : 0);
        const auto opened = openDiffraction(path, "my_scan" == top ? cube : std::string());
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE((*(*opened)->pattern({1, 2}))[5], float(5 * 64 + 5));
        const FileItem* map = item(*info, root + "/data/realslices/Ge-at/data");
        QVERIFY(map && map->kind == ItemKind::Map);
        QCOMPARE(map->quantity.value_or(""), std::string("Ge"));
        const FileItem* pattern = item(*info, root + "/data/diffractionslices/mean/data");
        QVERIFY(pattern);
        QCOMPARE(pattern->axes[0].name, std::string("det_y"));
        QCOMPARE(readMap(path, map->id)->values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
    }

    void readsPy4dstem13WithNumbersAsGroupTypes()
    {
        const auto path = make("v13.h5", [](hid_t file) {
            addCube(file, "/root/datacube/data");
            addText(file, "/root", "emd_group_type", "root");
            addNumber(file, "/root", "version_major", H5T_STD_I64LE, 0);
            addNumber(file, "/root", "version_minor", H5T_STD_I64LE, 13);
            addNumber(file, "/root/datacube", "emd_group_type", H5T_STD_I64LE, 1);
            addText(file, "/root/datacube", "py4dstem_class", "DataCube");
            addDataset<float>(file, "/root/datacube/HAADF/data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3},
                              {1, 2, 3, 4, 5, 6});
            addNumber(file, "/root/datacube/HAADF", "emd_group_type", H5T_STD_I64LE, 1);
            addText(file, "/root/datacube/HAADF", "py4dstem_class", "VirtualImage");
            addDataset<float>(file, "/root/datacube/probe/data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {8, 8},
                              counting<float>({8, 8}, 99));
            addNumber(file, "/root/datacube/probe", "emd_group_type", H5T_STD_I64LE, 1);
            addText(file, "/root/datacube/probe", "py4dstem_class", "Probe");
            const std::string calibration = "/root/datacube/calibration/";
            addDataset<double>(file, (calibration + "Q_pixel_size").c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {},
                               {.02});
            addTextDataset(file, (calibration + "Q_pixel_units").c_str(), "A^-1");
            addDataset<double>(file, (calibration + "qx0").c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {2, 3},
                               {1, 2, 3, 4, 5, 6});
        });
        QCOMPARE(formatName(path), std::string("emd"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->format, std::string("emd"));
        QCOMPARE(info->items.size(), std::size_t(3)); // not the shifts in the calibration
        QCOMPARE(info->items[0].id, std::string("/root/datacube/data"));
        QCOMPARE(info->items[0].calibration.qPixel_invA.value_or(0), .02);
        QVERIFY(openDiffraction(path));
        QCOMPARE(item(*info, "/root/datacube/probe/data")->axes[0].name, std::string("det_y"));
        QCOMPARE(item(*info, "/root/datacube/HAADF/data")->axes[0].name, std::string("y"));
    }

    void readsBerkeleyEmd_data()
    {
        QTest::addColumn<bool>("detectorFirst");
        QTest::newRow("ours") << false;
        QTest::newRow("detector first") << true;
    }
    void readsBerkeleyEmd()
    {
        QFETCH(bool, detectorFirst);
        const auto path = make("berkeley.emd", [&](hid_t file) {
            addCube(file, "/data/scan/data");
            addNumber(file, "/", "version_major", H5T_STD_I64LE, 0);
            addNumber(file, "/", "version_minor", H5T_STD_I64LE, 2);
            addNumber(file, "/data/scan", "emd_group_type", H5T_STD_I32LE, 1);
            const char* names[4] = {"y", "x", "ky", "kx"};
            for (int i = 0; i < 4; ++i) {
                const int axis = detectorFirst ? (i + 2) % 4 : i;
                addDim(file, "/data/scan/dim" + std::to_string(i + 1), names[axis], axis < 2 ? "[n_m]" : "[n_m^-1]",
                       axis < 2 ? 1.5 : .2);
            }
            addDataset<float>(file, "/data/Ge/data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 2}, {1, 2, 3, 4});
            addNumber(file, "/data/Ge", "emd_group_type", H5T_STD_I32LE, 1);
            addDim(file, "/data/Ge/dim1", "y", "[n_m]", 2);
            addDim(file, "/data/Ge/dim2", "x", "[n_m]", 2);
            addDataset<float>(file, "/data/nobody/data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 2}, {1, 2, 3, 4});
        });
        QCOMPARE(formatName(path), std::string("emd-berkeley"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(2)); // no dims, no group without the mark
        const FileItem* scan = item(*info, "/data/scan/data");
        QVERIFY(scan && scan->kind == ItemKind::Diffraction);
        QCOMPARE(hasWarning(*info, "axis_order"), detectorFirst);
        // In doubt about the order, sizes in the wrong place would mislead.
        QCOMPARE(scan->calibration.scanStep_nm.value_or(0), detectorFirst ? 0 : 1.5);
        QCOMPARE(scan->calibration.qPixel_invA.value_or(0), detectorFirst ? 0 : .02);
        const auto map = readMap(path);
        QVERIFY2(map, map ? "" : map.error().message.c_str());
        QCOMPARE(map->quantity, std::string("Ge"));
        QCOMPARE(map->scanStep_nm.value_or(0), 2.0);
    }
};

QTEST_APPLESS_MAIN(TestEmdDialects)
#include "tst_emd_dialects.moc"
