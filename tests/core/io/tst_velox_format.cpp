// SPDX-License-Identifier: GPL-3.0-or-later
// Velox EMD: images, element maps of both techniques, series, sizes, filters of both kinds, hostile metadata.
#include "tests/core/io/sample_check.h"
#include "tests/core/io/velox_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;
using namespace testsupport;
using namespace testsupport::velox;

class TestVeloxFormat : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

  private Q_SLOTS:
    /// What tst_samples does not compare with expected.json.
    void readsRealFiles_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("version 11") << "velox_emd/velox_v11_SI_16x16.emd";
        QTest::newRow("version 8") << "velox_emd/velox_v8_Ceta_diffraction.emd";
    }
    void readsRealFiles()
    {
        QFETCH(QString, file);
        const auto sample = test::sample(file);
        if (!sample)
            QSKIP("DISPERSA_SHARED_DATA with samples is absent");
        const auto info = inspectFile(sample->path);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->format, std::string("velox"));
        QVERIFY(!sample->datasets().isEmpty());
        for (const QString& dataset : sample->datasets()) {
            const FileItem* found = item(*info, "/" + dataset.toStdString());
            QVERIFY2(found, qPrintable(dataset));
            const QJsonObject expected = sample->expected[dataset].toObject();
            if (expected["PixelUnitX"].toString() == "m")
                QCOMPARE(found->calibration.convergence_mrad.value_or(0), 25.010652711104642);
            else
                QCOMPARE(found->axes[0].name, std::string("det_y"));
            const auto map = readMap(sample->path, found->id);
            QVERIFY(map);
            QCOMPARE(double(map->values[3]), expected["first4"].toArray()[3].toDouble());
        }
    }

    void readsBothVersions_data()
    {
        QTest::addColumn<int>("version");
        QTest::newRow("10") << 10;
        QTest::newRow("11") << 11;
    }
    void readsBothVersions()
    {
        QFETCH(int, version);
        Made made;
        made.version = version;
        made.stream = twoFrames;
        const auto path = make(m_folder, made);
        const auto info = inspectFile(path);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->format, std::string("velox"));
        QCOMPARE(info->items.size(), std::size_t(version >= 11 ? 6 : 5));
        const FileItem* haadf = item(*info, "/Data/Image/aa");
        QVERIFY(haadf && haadf->kind == ItemKind::Map);
        QCOMPARE(haadf->quantity.value_or(""), std::string("HAADF"));
        QCOMPARE(haadf->calibration.scanStep_nm.value_or(0), 2.0);
        QCOMPARE(haadf->calibration.convergence_mrad.value_or(0), 1.2);
        QCOMPARE(item(*info, "/Data/Image/bb")->quantity.value_or(""), std::string("O"));
        if (version >= 11)
            QCOMPARE(item(*info, "/Data/Image/cc")->quantity.value_or(""), std::string("O (EELS)"));
        // The frame that Velox shows: from version 11 on the file names one.
        const auto shown = readMap(path, haadf->id);
        QVERIFY(shown);
        QCOMPARE(shown->values[5], version >= 11 ? 51.0f : 50.0f);
        QCOMPARE(shown->scanStep_nm.value_or(0), 2.0);
    }

    void readsSeriesAsStacks()
    {
        Made made;
        const auto path = make(m_folder, made);
        const auto info = inspectFile(path);
        QVERIFY(info);
        const FileItem* stack = item(*info, "/Data/Image/aa/Data");
        QVERIFY(stack && stack->kind == ItemKind::Stack);
        QCOMPARE(stack->shape, (std::vector<std::int64_t>{2, 2, 3}));
        const auto statistics = (*formatOf(path))->statistics(path, stack->id, {}, {});
        QVERIFY(statistics);
        QCOMPARE(statistics->sum, 2 * (10. + 20 + 30 + 40 + 50) + 6);
        QCOMPARE(statistics->first, (std::vector<double>{0, 10, 20, 30}));
        QCOMPARE(openDiffraction(path, stack->id).error().code, ErrorCode::ScanShapeUnknown);
        QCOMPARE(openDiffraction(path, stack->id, ScanShape{3, 1}).error().code, ErrorCode::ShapeMismatch);
        const auto scan = openDiffraction(path, stack->id, ScanShape{1, 2});
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE(*(*scan)->pattern({0, 1}), (std::vector<float>{1, 11, 21, 31, 41, 51}));
        std::vector<float> small(3);
        QCOMPARE((*scan)->read({0, 0, 1, 2}, small).error().code, ErrorCode::InvalidArgument);
        ScanOrder order;
        order.transpose = true;
        QVERIFY(openDiffraction(path, stack->id, ScanShape{2, 1}, order));
    }

    void sizesThatTheFileDoesNotTellAreUnknown()
    {
        Made made;
        made.pixelSize = "";
        const auto info = inspectFile(make(m_folder, made));
        QVERIFY(info);
        QVERIFY(!item(*info, "/Data/Image/bb")->calibration.scanStep_nm);
        QCOMPARE(item(*info, "/Data/Image/bb")->axes[0].unit, std::string("px"));
    }

    void saysThatMapsWereSmoothed_data() { readsBothVersions_data(); }
    void saysThatMapsWereSmoothed()
    {
        QFETCH(int, version);
        Made made;
        made.version = version;
        QVERIFY(!hasWarning(*inspectFile(make(m_folder, made)), "map_prefiltered"));
        made.filtered = true;
        const auto info = inspectFile(make(m_folder, made));
        QVERIFY(hasWarning(*info, "map_prefiltered"));
    }

    void namesTheFilterThatIsMissing()
    {
        const QString path = m_folder.filePath("filter.emd");
        makeHdf5(path, [](hid_t file) {
            addJson(file, "/Version", R"({"version":"11","format":"Velox"})");
            addImage(file, "aa", metadata("HAADF", ""), 2);
            addImage(file, "bb", metadata("HAADF", ""), 2);
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk[] = {2, 3, 1};
            H5Pset_chunk(creation, 3, chunk);
            H5Pset_filter(creation, 31999, H5Z_FLAG_OPTIONAL, 0, nullptr);
            H5Ldelete(file, "/Data/Image/bb/Data", H5P_DEFAULT);
            addDataset<float>(file, "/Data/Image/bb/Data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3, 2}, {}, creation);
            H5Pclose(creation);
        });
        const auto map = readMap(path.toStdString(), "/Data/Image/bb");
        QVERIFY(!map);
        QCOMPARE(map.error().code, ErrorCode::FormatUnsupported);
        QVERIFY2(map.error().message.find("filter 31999,") != std::string::npos, map.error().message.c_str());
        QVERIFY(readMap(path.toStdString(), "/Data/Image/aa")); // the others are there
    }

    void survivesHostileMetadata_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<bool>("isVelox");
        const QByteArray good = R"({"version":"11","format":"Velox"})";
        QTest::newRow("numbers for texts") << QByteArray(R"({"version":11,"format":"Velox"})")
                                           << QByteArray(R"({"BinaryResult":7,"Detectors":[1],"Optics":"x"})") << true;
        QTest::newRow("lists") << good << QByteArray(R"([[],{}])") << true;
        QTest::newRow("types") << good
                               << QByteArray(R"({"BinaryResult":{"PixelSize":[1,2],"PixelUnitX":{"a":1},"Detector":5},)"
                                             R"("Detectors":{"Detector-0":"no","Detector-1":{"DetectorName":null}}})")
                               << true;
        QTest::newRow("sizes") << good
                               << QByteArray(R"({"BinaryResult":{"PixelSize":{"width":"1e400"},"PixelUnitX":"m"},)"
                                             R"("Optics":{"AccelerationVoltage":"-1"}})")
                               << true;
        QTest::newRow("cut") << good << QByteArray("{\"BinaryResult\":{\"Pix") << true;
        QTest::newRow("deep") << good << QByteArray(3000, '[') << true;
        QTest::newRow("not UTF-8") << good << QByteArray("{\"BinaryResult\":\"\xff\xfe\"}") << true;
        QTest::newRow("no JSON") << good << QByteArray("hello") << true;
        QTest::newRow("another format") << QByteArray(R"({"version":"11","format":"Other"})") << QByteArray("{}")
                                        << false;
        QTest::newRow("broken version") << QByteArray("{") << QByteArray("{}") << false;
    }
    void survivesHostileMetadata()
    {
        QFETCH(QByteArray, version);
        QFETCH(QByteArray, json);
        QFETCH(bool, isVelox);
        const QString path = m_folder.filePath("hostile.emd");
        makeHdf5(path, [&](hid_t file) {
            addJson(file, "/Version", version.constData());
            addImage(file, "aa", json.toStdString());
            for (const char* where : {"/Displays/ImageDisplay/x", "/SharedProperties/DisplayGroupItem/x",
                                      "/Presentation/Displays/ImageDisplay/x", "/Features/SIFeature/x",
                                      "/SharedProperties/EDSSpectrumQuantificationSettings/x"})
                addJson(file, where, json.constData());
            addJson(file, "/Displays/ImageDisplay/y", R"({"data":"/Data/Image/aa"})"); // a group, no text
            addJson(file, "/Displays/ImageDisplay/z", "{\"data\":\"//../..//\"}");
            addJson(file, "/Displays/ImageDisplay/w", R"({"data":"/Displays/ImageDisplay/w"})"); // itself
            addDataset<std::uint16_t>(file, "/Data/SpectrumStream/s/Data", H5T_STD_U16LE, H5T_NATIVE_UINT16, {3, 1},
                                      {1, 2, 65535});
            addMetadata(file, "/Data/SpectrumStream/s", json.toStdString(), 1);
            addJson(file, "/Data/SpectrumStream/s/AcquisitionSettings", json.constData());
            addComplex(file, "/Data/Image/fft/Data", {2, 3});
        });
        const auto info = inspectFile(path.toStdString());
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->format == "velox", isVelox);
        if (!isVelox)
            return;
        QCOMPARE(info->items.size(), std::size_t(1));
        QVERIFY(hasWarning(*info, "dataset_skipped"));
        QVERIFY(readMap(path.toStdString(), "/Data/Image/aa"));
        QVERIFY(!info->items[0].calibration.scanStep_nm);
    }
};

QTEST_APPLESS_MAIN(TestVeloxFormat)
#include "tst_velox_format.moc"
