// SPDX-License-Identifier: GPL-3.0-or-later
// The dialects of HDF5: which file is which, what each lists, with which sizes and in which unit.
#include "core/io/map_naming.h"
#include "tests/core/io/dialect_fixture.h"
#include "tests/core/io/sample_check.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace dispersa;
using namespace testsupport;

namespace {

void addHspyAxis(hid_t file, const std::string& group, const char* name, const char* units, double scale, bool navigate)
{
    addGroup(file, group.c_str());
    addText(file, group.c_str(), "name", name);
    addText(file, group.c_str(), "units", units);
    addNumber(file, group.c_str(), "scale", H5T_IEEE_F64LE, scale);
    addNumber(file, group.c_str(), "offset", H5T_IEEE_F64LE, 0);
    addTruth(file, group.c_str(), "navigate", navigate);
}

} // namespace

class TestHdf5Dialects : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::filesystem::path make(const char* name, const std::function<void(hid_t)>& fill)
    {
        const QString path = m_folder.filePath(name);
        makeHdf5(path, fill);
        return path.toStdString();
    }
  private Q_SLOTS:
    void readsRealFiles_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("kind");
        QTest::newRow("HyperSpy spectrum") << "hspy/EDS_TEM_FePt_nanoparticles.hspy"
                                           << "hspy"
                                           << "spectrum";
        QTest::newRow("HyperSpy pattern") << "hspy/pyxem_Amorphous_sumDP.hspy"
                                          << "hspy"
                                          << "map";
        QTest::newRow("NeXus") << "nexus/simple_signal.nxs"
                               << "nexus"
                               << "diffraction";
        QTest::newRow("Prismatic") << "prismatic_v05/Si100_4D.emd"
                                   << "prismatic"
                                   << "diffraction";
        QTest::newRow("py4DSTEM") << "py4dstem_emd1/real_py4dstem.h5"
                                  << "emd"
                                  << "diffraction";
        QTest::newRow("rosettasciio") << "py4dstem_emd1/py4DSTEM_size2x3x4x5.h5"
                                      << "emd"
                                      << "diffraction";
    }
    void readsRealFiles()
    {
        QFETCH(QString, file);
        QFETCH(QString, format);
        QFETCH(QString, kind);
        const auto sample = test::sample(file);
        if (!sample)
            QSKIP("DISPERSA_SHARED_DATA with samples is absent");
        QCOMPARE(formatName(sample->path), format.toStdString());
        const auto info = inspectFile(sample->path);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->format, format.toStdString());
        for (const QString& dataset : sample->datasets()) {
            const FileItem* found = item(*info, "/" + dataset.toStdString());
            QVERIFY2(found, qPrintable(dataset));
            QCOMPARE(QString(itemKindName(found->kind)), kind);
            const QString difference = sample->difference(dataset, *found);
            QVERIFY2(difference.isEmpty(), qPrintable(difference));
        }
    }

    void readsHyperSpyScans_data()
    {
        QTest::addColumn<QByteArray>("unit");
        QTest::addColumn<double>("scale");
        QTest::addColumn<double>("q_invA");
        QTest::addColumn<QByteArray>("warning");
        QTest::newRow("1/A") << QByteArray("1/\u00c5") << .02 << .02 << QByteArray();
        QTest::newRow("1/nm") << QByteArray("1 / nm") << .2 << .02 << QByteArray();
        QTest::newRow("TeX") << QByteArray("$A^{-1}$") << .02 << .02 << QByteArray();
        QTest::newRow("pyxem k") << QByteArray("k_A^-1") << .02 << .02 << QByteArray();
        QTest::newRow("pyxem q") << QByteArray("q_A^-1") << .2 << .2 / (2 * std::numbers::pi) << QByteArray("q_two_pi");
        QTest::newRow("mrad at 200 kV") << QByteArray("mrad") << .25079 << .01 << QByteArray();
        QTest::newRow("2 pi/d unsaid") << QByteArray("1/\u00c5") << 3.0 << 3.0 << QByteArray("q_convention");
        QTest::newRow("nothing") << QByteArray("<undefined>") << 1.0 << 0.0 << QByteArray();
    }
    void readsHyperSpyScans()
    {
        QFETCH(QByteArray, unit);
        QFETCH(double, scale);
        QFETCH(double, q_invA);
        QFETCH(QByteArray, warning);
        const auto path = make("scan.hspy", [&](hid_t file) {
            const std::string root = "/Experiments/some title";
            addText(file, "/", "file_format", "HyperSpy");
            addCube(file, (root + "/data").c_str());
            addHspyAxis(file, root + "/axis-0", "y", "\u00b5m", .002, true);
            addHspyAxis(file, root + "/axis-1", "x", "\u00b5m", .002, true);
            addHspyAxis(file, root + "/axis-2", "ky", unit, -scale, false);
            addHspyAxis(file, root + "/axis-3", "kx", unit, scale, false);
            const std::string microscope = root + "/metadata/Acquisition_instrument/TEM";
            addGroup(file, microscope.c_str());
            addNumber(file, microscope.c_str(), "beam_energy", H5T_IEEE_F64LE, 200);
            addNumber(file, microscope.c_str(), "convergence_angle", H5T_IEEE_F64LE, 1.2);
        });
        QCOMPARE(formatName(path), std::string("hspy"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(1));
        QVERIFY(info->items[0].kind == ItemKind::Diffraction);
        const Calibration& found = info->items[0].calibration;
        QCOMPARE(found.scanStep_nm.value_or(0), 2.0);
        // 1e-4: the wavelength in the row of mrad has five digits.
        QVERIFY2(std::abs(found.qPixel_invA.value_or(0) - q_invA) <= 1e-4 * q_invA,
                 QByteArray::number(found.qPixel_invA.value_or(0)).constData());
        QCOMPARE(found.convergence_mrad.value_or(0), 1.2);
        QCOMPARE(info->warnings.size(), std::size_t(warning.isEmpty() ? 0 : 1));
        QVERIFY(warning.isEmpty() || hasWarning(*info, warning.toStdString()));
        const auto scan = openDiffraction(path);
        QVERIFY(scan);
        QVERIFY((*scan)->calibration() == found);
    }

    void tellsHyperSpySignalsApart_data()
    {
        QTest::addColumn<QList<int>>("shape");
        QTest::addColumn<QByteArray>("axes"); // n navigates in nm, k is 1/nm, E is keV, i is an image axis in nm
        QTest::addColumn<ItemKind>("kind");
        QTest::addColumn<QByteArray>("first"); // name of the first axis
        QTest::newRow("map") << QList<int>{4, 5} << QByteArray("nn") << ItemKind::Map << QByteArray("y");
        QTest::newRow("image") << QList<int>{4, 5} << QByteArray("ii") << ItemKind::Map << QByteArray("y");
        QTest::newRow("pattern") << QList<int>{4, 5} << QByteArray("kk") << ItemKind::Map << QByteArray("det_y");
        QTest::newRow("line of spectra") << QList<int>{4, 5} << QByteArray("nE") << ItemKind::Spectrum
                                         << QByteArray("n");
        QTest::newRow("line of patterns")
            << QList<int>{3, 4, 5} << QByteArray("nkk") << ItemKind::Stack << QByteArray("frame");
        QTest::newRow("images") << QList<int>{3, 4, 5} << QByteArray("nii") << ItemKind::Stack << QByteArray("frame");
        QTest::newRow("spectrum image") << QList<int>{3, 4, 5} << QByteArray("nnE") << ItemKind::Spectrum
                                        << QByteArray("n");
        QTest::newRow("spectrum") << QList<int>{5} << QByteArray("E") << ItemKind::Spectrum << QByteArray("E");
    }
    void tellsHyperSpySignalsApart()
    {
        QFETCH(QList<int>, shape);
        QFETCH(QByteArray, axes);
        QFETCH(ItemKind, kind);
        QFETCH(QByteArray, first);
        const auto path = make("signal.hspy", [&](hid_t file) {
            const std::string root = "/Experiments/s";
            addText(file, "/", "file_format", "HyperSpy");
            const std::vector<hsize_t> extents(shape.begin(), shape.end());
            addDataset(file, (root + "/data").c_str(), H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, extents,
                       counting<float>(extents, 997));
            for (int i = 0; i < axes.size(); ++i) {
                const char c = axes[i];
                const char name[2] = {c, '\0'};
                addHspyAxis(file, root + "/axis-" + std::to_string(i), name,
                            c == 'k'   ? "1/nm"
                            : c == 'E' ? "keV"
                                       : "nm",
                            .5, c == 'n');
            }
            addDataset<double>(file, (root + "/learning_results/factors").c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                               {2, 2}, {1, 2, 3, 4});
            const std::string sample = root + "/metadata/Sample";
            addGroup(file, sample.c_str());
            addTexts(file, sample.c_str(), "elements", {"Te"});
        });
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(1)); // not what was learned from it
        const FileItem& found = info->items[0];
        QCOMPARE(itemKindName(found.kind), itemKindName(kind));
        QCOMPARE(found.axes.size(), std::size_t(shape.size()));
        QCOMPARE(found.axes[0].name, first.toStdString());
        if (axes == "nn") {
            QCOMPARE(found.quantity.value_or(""), std::string("Te"));
            QCOMPARE(readMap(path)->scanStep_nm.value_or(0), .5);
        }
        if (axes == "kk")
            QVERIFY(!found.quantity && found.calibration.qPixel_invA == .05);
        if (axes == "nkk") {
            QCOMPARE(found.scanHint.value_or(ScanShape{}), (ScanShape{1, 3}));
            QCOMPARE(found.calibration.scanStep_nm.value_or(0), .5);
            const auto line = openDiffraction(path, found.id, ScanShape{1, 3});
            QVERIFY(line);
            QCOMPARE((*(*line)->pattern({0, 2}))[0], 40.0f);
        }
    }

    void readsNexus_data()
    {
        QTest::addColumn<int>("style");
        QTest::newRow("new") << 0;
        QTest::newRow("old, axes on the signal") << 1;
        QTest::newRow("oldest, axes by number") << 2;
    }
    void readsNexus()
    {
        QFETCH(int, style);
        const auto path = make("scan.nxs", [&](hid_t file) {
            addCube(file, "/entry/data/counts");
            addText(file, "/entry", "NX_class", "NXentry");
            addText(file, "/entry/data", "NX_class", "NXdata");
            addDoubles(file, "/entry/data/sy", {0, 3});
            addDoubles(file, "/entry/data/sx", {0, 3, 6});
            for (const char* axis : {"/entry/data/sy", "/entry/data/sx"})
                addText(file, axis, "units", "nm");
            addDoubles(file, "/entry/data/qy", {0, .04, .08});
            addDoubles(file, "/entry/data/qx", {0, .04, .08});
            for (const char* axis : {"/entry/data/qy", "/entry/data/qx"})
                addText(file, axis, "units", "1/angstrom");
            if (style == 0) {
                addText(file, "/entry/data", "signal", "counts");
                addTexts(file, "/entry/data", "axes", {"sy", "sx", "qy", "qx"});
            } else {
                addNumber(file, "/entry/data/counts", "signal", H5T_STD_I32LE, 1);
            }
            if (style == 1)
                addText(file, "/entry/data/counts", "axes", "sy:sx:qy:qx");
            if (style == 2) {
                int number = 1;
                for (const char* axis : {"/entry/data/sy", "/entry/data/sx", "/entry/data/qy", "/entry/data/qx"})
                    addNumber(file, axis, "axis", H5T_STD_I32LE, number++);
            }
            addCube(file, "/entry/instrument/raw"); // no NXdata
            addDataset<float>(file, "/entry/thumbnail/image", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3},
                              {1, 2, 3, 4, 5, 6});
            addText(file, "/entry/thumbnail", "NX_class", "NXdata");
            addText(file, "/entry/thumbnail", "signal", "image");
        });
        QCOMPARE(formatName(path), std::string("nexus"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(2));
        const FileItem* scan = item(*info, "/entry/data/counts");
        QVERIFY(scan && scan->kind == ItemKind::Diffraction);
        QCOMPARE(scan->calibration.scanStep_nm.value_or(0), 3.0);
        QCOMPARE(scan->calibration.qPixel_invA.value_or(0), .04);
        QVERIFY(item(*info, "/entry/thumbnail/image")->isGuess);
        QVERIFY(openDiffraction(path));
        QVERIFY(openDiffraction(path, "/entry/instrument/raw")); // by hand
    }

    void prefersTheDefaultOfNexus()
    {
        const auto path = make("default.nxs", [](hid_t file) {
            for (const char* group : {"/entry/a", "/entry/b"}) {
                addCube(file, (std::string(group) + "/data").c_str());
                addText(file, group, "NX_class", "NXdata");
                addText(file, group, "signal", "data");
            }
            addText(file, "/entry", "NX_class", "NXentry");
            addText(file, "/entry", "default", "b");
            addText(file, "/", "default", "entry");
        });
        const auto scan = openDiffraction(path);
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->dataset(), std::string("/entry/b/data"));
    }

    void offersEveryDatasetOfAnUnknownFile()
    {
        const auto path = make("unknown.h5", [](hid_t file) {
            addCube(file, "/deep/in/it");
            addDataset<float>(file, "/stack", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3, 4},
                              counting<float>({2, 3, 4}, 99));
            addDataset<float>(file, "/image", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3}, {1, 2, 3, 4, 5, 6});
            addDataset<float>(file, "/column", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {3, 1}, {1, 2, 3});
            addDoubles(file, "/list", {1, 2, 3});
            addTextDataset(file, "/title", "text");
            addComplex(file, "/wave", {4, 4});
            addDataset<float>(file, "/empty", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {0, 3, 4}, {});
        });
        QCOMPARE(formatName(path), std::string("hdf5"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(3));
        QVERIFY(item(*info, "/deep/in/it")->kind == ItemKind::Diffraction && !item(*info, "/deep/in/it")->isGuess);
        QVERIFY(item(*info, "/stack")->kind == ItemKind::Stack);
        QVERIFY(item(*info, "/image")->isGuess);
        QCOMPARE(info->warnings.size(), std::size_t(1)); // the complex one, and the rest of the file is there
        QCOMPARE(info->warnings[0].code, std::string("dataset_skipped"));
        QVERIFY(info->warnings[0].message.find("/wave") != std::string::npos);
        const auto unasked = readMap(path);
        QVERIFY(!unasked);
        QCOMPARE(unasked.error().code, ErrorCode::DatasetMissing);
        QCOMPARE(readMap(path, "/image")->values[5], 6.0f);
        QCOMPARE(openDiffraction(path, "/wave").error().code, ErrorCode::FormatUnsupported);
    }

    void saysWhyListsShowNothing()
    {
        // Events of a counting detector: rows of different length, and columns of a table.
        const auto events = make("events.h5", [](hid_t id) {
            const hid_t rows = H5Tvlen_create(H5T_NATIVE_UINT32);
            addDataset<hvl_t>(id, "/electron_events/frames", rows, rows, {4}, std::vector<hvl_t>(4, hvl_t{0, nullptr}));
            addDataset<std::uint32_t>(id, "/electron_events/scan_positions", H5T_STD_U32LE, H5T_NATIVE_UINT32, {4},
                                      {0, 1, 2, 3});
            H5Tclose(rows);
        });
        const auto empty = make("empty.h5", [](hid_t) {});
        for (const auto& [path, code] : {std::pair{events, "lists_only"}, std::pair{empty, "nothing_to_show"}}) {
            const auto info = inspectFile(path);
            QVERIFY2(info, info ? "" : info.error().message.c_str());
            QVERIFY(info->items.empty());
            QCOMPARE(info->warnings.size(), std::size_t(1));
            QCOMPARE(info->warnings[0].code, std::string(code));
            // Who opens such a file hears the same.
            const auto scans = scansOfFiles({path});
            QCOMPARE(scans.error().code, ErrorCode::DatasetMissing);
            QVERIFY(scans.error().message.find(info->warnings[0].message) != std::string::npos);
        }
        QVERIFY(inspectFile(events)->warnings[0].message.find("sparse") != std::string::npos);
    }

    void survivesAttributesOfOtherTypes()
    {
        // Numbers where texts belong, texts where numbers belong, lists where one value belongs: nothing is known then.
        const auto path = make("odd.hspy", [](hid_t file) {
            const std::string root = "/Experiments/odd";
            addText(file, "/", "file_format", "HyperSpy");
            addCube(file, (root + "/data").c_str());
            for (int i = 0; i < 4; ++i) {
                const std::string axis = root + "/axis-" + std::to_string(i);
                addGroup(file, axis.c_str());
                addNumber(file, axis.c_str(), "units", H5T_IEEE_F64LE, 7);
                addTexts(file, axis.c_str(), "name", {"a", "b"});
                addText(file, axis.c_str(), "scale", "wide");
                addText(file, axis.c_str(), "navigate", "perhaps");
            }
        });
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(1));
        QVERIFY(!info->items[0].calibration.scanStep_nm && !info->items[0].calibration.qPixel_invA);
        QVERIFY(openDiffraction(path));
    }
};

QTEST_APPLESS_MAIN(TestHdf5Dialects)
#include "tst_hdf5_dialects.moc"
