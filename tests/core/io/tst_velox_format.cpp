// SPDX-License-Identifier: GPL-3.0-or-later
// Velox EMD: images, element maps of both techniques, sizes, raw counts from the spectrum stream, hostile metadata.
#include "core/io/format.h"
#include "core/io/map_naming.h"
#include "hdf5_test_support.h"
#include "tests/core/io/sample_check.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace dispersa;
using namespace testsupport;

namespace {

constexpr std::uint16_t mark = 65535;

/// What a made file holds; rows x columns are 2 x 3.
struct Made {
    int version = 11;
    std::vector<std::uint16_t> stream = {};
    bool hasStream = true;
    const char* pixelSize = R"("PixelSize":{"width":"2e-09","height":"2e-09"},"PixelUnitX":"m",)";
    bool filtered = false;
};

/// NUL-terminated JSON in columns, one for each frame.
void addMetadata(hid_t file, const std::string& group, const std::string& json, hsize_t frames)
{
    const hsize_t rows = 4000;
    std::vector<std::uint8_t> bytes(rows * frames, 0);
    for (std::size_t i = 0; i < json.size(); ++i)
        for (hsize_t frame = 0; frame < frames; ++frame)
            bytes[i * frames + frame] = static_cast<std::uint8_t>(json[i]);
    addDataset(file, (group + "/Metadata").c_str(), H5T_STD_U8LE, H5T_NATIVE_UINT8, {rows, frames}, bytes);
}

/// A text as Velox stores them: a list of one.
void addJson(hid_t file, const std::string& path, const char* json)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    addDataset<const char*>(file, path.c_str(), type, type, {1}, {json});
    H5Tclose(type);
}

void addImage(hid_t file, const std::string& id, const std::string& metadata, hsize_t frames = 1)
{
    std::vector<float> values(6 * frames); // pixel p of frame f: 10 p + f
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(10 * (i / frames) + i % frames);
    const std::string group = "/Data/Image/" + id;
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[3] = {2, 3, 1};
    H5Pset_chunk(creation, 3, chunk);
    addDataset(file, (group + "/Data").c_str(), H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3, frames}, values, creation);
    H5Pclose(creation);
    addMetadata(file, group, metadata, frames);
}

void show(hid_t file, int version, const std::string& display, const char* label, const std::string& image,
          const char* technique)
{
    if (version < 11) {
        const std::string json =
            R"({"display":{"label":")" + std::string(label) + R"("},"dataPath":"\/Data\/Image\/)" + image + R"("})";
        addJson(file, "/Presentation/Displays/ImageDisplay/" + display, json.c_str());
        return;
    }
    const std::string reference = "/SharedProperties/ImageSeriesDataReference/" + display;
    addJson(file, reference, (R"({"dataPath":"/Data/Image/)" + image + R"(","frameIndex":1})").c_str());
    addJson(file, "/Displays/ImageDisplay/" + display,
            (R"({"data":")" + reference + R"(","id":")" + label + R"(","title":"t"})").c_str());
    addJson(file, "/SharedProperties/DisplayGroupItem/" + display,
            (R"({"display":"/Displays/ImageDisplay/)" + display + R"(","groupType":")" + technique + R"("})").c_str());
}

const char* detectors = R"("Detectors":{"Detector-0":{"DetectorName":"HAADF","DetectorType":"ScanningDetector"},)"
                        R"("Detector-1":{"DetectorName":"SuperX1","DetectorType":"AnalyticalDetector",)"
                        R"("Dispersion":"10","OffsetEnergy":"-250","BeginEnergy":"120"},)"
                        R"("Detector-2":{"DetectorName":"Ceta","DetectorType":"ImagingDetector"}})";

std::string metadata(const char* detector, const std::string& pixelSize)
{
    // Escaped, not raw: moc counts the braces of raw strings.
    return std::string("{\"BinaryResult\":{") + pixelSize + "\"Detector\":\"" + detector +
           "\"},\"Optics\":{\"AccelerationVoltage\":\"200000\",\"BeamConvergence\":\"0.0012\"}," + detectors + "}";
}

void fill(hid_t file, const Made& made)
{
    addJson(file, "/Version", (R"({"version":")" + std::to_string(made.version) + R"(","format":"Velox"})").c_str());
    addImage(file, "aa", metadata("HAADF", made.pixelSize), 2);
    addImage(file, "bb", metadata("SuperX", made.pixelSize));
    show(file, made.version, "d1", "HAADF", "aa", "Stem");
    show(file, made.version, "d2", "O", "bb", "Eds");
    if (made.version >= 11) { // the same element by another technique
        addImage(file, "cc", metadata("GIF", made.pixelSize));
        show(file, made.version, "d3", "O", "cc", "Eels");
        addJson(file, "/SharedProperties/EDSSpectrumQuantificationSettings/q",
                R"({"elementSelection":[8, 52, "x", null, 1e300]})");
        if (made.filtered) {
            addJson(file, "/SharedProperties/UnaryImageFilterSettings/f",
                    R"({"enabled":true,"filter":"Mean","kernelSize":3})");
            addJson(file, "/Features/SIFeature/s",
                    R"({"eds":{"quantificationKernelFilterSettings":"/SharedProperties/UnaryImageFilterSettings/f"}})");
        }
    } else {
        addJson(file, "/Operations/ImageQuantificationOperation/q", R"({"elementSelection":["8","52"]})");
        if (made.filtered)
            addJson(file, "/Operations/ImageFilterOperation/f", R"({"enabled":"true","filter":"Gaussian"})");
    }
    addGroup(file, "/Data/SpectrumImage/si");
    if (!made.hasStream)
        return;
    addGroup(file, "/Data/SpectrumStream");
    if (!made.stream.empty())
        for (const char* id : {"/Data/SpectrumStream/s1", "/Data/SpectrumStream/s2"}) {
            addDataset(file, (std::string(id) + "/Data").c_str(), H5T_STD_U16LE, H5T_NATIVE_UINT16,
                       {made.stream.size(), 1}, made.stream);
            addJson(file, std::string(id) + "/AcquisitionSettings", R"({"bincount":"4096"})");
            addMetadata(file, id, metadata("SuperX1", made.pixelSize), 1);
        }
}

// O K-alpha 525 eV lies in channel 77.5, its window of +-58 eV in channels 72 to 83; Te L-alpha 3767 eV in channel
// 401.7.
const std::vector<std::uint16_t> twoFrames = {
    78, 25, mark, mark, 78, 79,   402, mark, mark, mark, 500, mark,  // frame 0
    72, 83, mark, 71,   84, mark, 402, mark, mark, mark, 77,  4000}; // frame 1, without its last mark

} // namespace

Q_DECLARE_METATYPE(Made)

class TestVeloxFormat : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::filesystem::path make(const Made& made, const char* name = "made.emd")
    {
        const QString path = m_folder.filePath(name);
        makeHdf5(path, [&](hid_t file) { fill(file, made); });
        return path.toStdString();
    }
    static const FileItem* item(const FileInfo& info, const std::string& id)
    {
        const auto found =
            std::find_if(info.items.begin(), info.items.end(), [&](const auto& i) { return i.id == id; });
        return found == info.items.end() ? nullptr : &*found;
    }
    static bool hasWarning(const FileInfo& info, const std::string& code)
    {
        return std::any_of(info.warnings.begin(), info.warnings.end(), [&](const auto& w) { return w.code == code; });
    }

  private Q_SLOTS:
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
            const QString difference = sample->difference(dataset, *found);
            QVERIFY2(difference.isEmpty(), qPrintable(difference));
            QCOMPARE(QString::fromStdString(found->quantity.value_or("")), expected["label"].toString());
            const double width = expected["PixelSize"]["width"].toString().toDouble();
            if (expected["PixelUnitX"].toString() == "m") {
                QCOMPARE(found->calibration.scanStep_nm.value_or(0), width * 1e9);
                QCOMPARE(found->calibration.convergence_mrad.value_or(0), 25.010652711104642);
            } else {
                QCOMPARE(found->calibration.qPixel_invA.value_or(0), width * 1e-10);
                QCOMPARE(found->axes[0].name, std::string("det_y"));
            }
            const auto map = readMap(sample->path, found->id);
            QVERIFY(map);
            QCOMPARE(double(map->values[3]), expected["first4"].toArray()[3].toDouble());
        }
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
        const auto path = make(made);
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
        const FileItem* counts = item(*info, "/Data/SpectrumStream/O");
        QVERIFY(counts && counts->unit == MapUnit::Counts && counts->quantity == "O");
        QVERIFY(item(*info, "/Data/SpectrumStream/Te"));
        // The frame that Velox shows: from version 11 on the file names one.
        const auto shown = readMap(path, haadf->id);
        QVERIFY(shown);
        QCOMPARE(shown->values[5], version >= 11 ? 51.0f : 50.0f);
        QCOMPARE(shown->scanStep_nm.value_or(0), 2.0);
        // Two streams of the same values, two frames each.
        QCOMPARE(readMap(path, "/Data/SpectrumStream/O")->values, (std::vector<float>{6, 0, 4, 0, 0, 2}));
        QCOMPARE(readMap(path, "/Data/SpectrumStream/Te")->values, (std::vector<float>{0, 0, 4, 0, 0, 0}));
        const auto statistics = (*formatOf(path))->statistics(path, "/Data/SpectrumStream/O", {}, {});
        QVERIFY(statistics);
        QCOMPARE(statistics->sum, 12.0);
    }

    void readsSeriesAsStacks()
    {
        Made made;
        const auto path = make(made);
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

    void saysWhatIsMissing()
    {
        Made made;
        made.pixelSize = "";
        made.hasStream = false;
        const auto info = inspectFile(make(made));
        QVERIFY(info);
        QVERIFY(!item(*info, "/Data/Image/bb")->calibration.scanStep_nm);
        QCOMPARE(item(*info, "/Data/Image/bb")->axes[0].unit, std::string("px"));
        QVERIFY(hasWarning(*info, "spectrum_stream_missing"));
        made.hasStream = true; // the group is there and empty, as version 11 prunes
        QVERIFY(hasWarning(*inspectFile(make(made)), "spectrum_stream_missing"));
        made.stream = {78, mark};
        QVERIFY(!hasWarning(*inspectFile(make(made)), "spectrum_stream_missing"));
    }

    void saysThatMapsWereSmoothed_data() { readsBothVersions_data(); }
    void saysThatMapsWereSmoothed()
    {
        Made made;
        made.version = QTest::currentDataTag() == QByteArray("11") ? 11 : 10;
        QVERIFY(!hasWarning(*inspectFile(make(made)), "map_prefiltered"));
        made.filtered = true;
        const auto info = inspectFile(make(made));
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

    void leavesPixelsOfAnAbortedScanEmpty()
    {
        Made made;
        made.stream = {78, mark, 78, mark, 78}; // three pixels of six, the third unfinished
        const auto map = readMap(make(made), "/Data/SpectrumStream/O");
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
