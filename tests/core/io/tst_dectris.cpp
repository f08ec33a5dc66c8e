// SPDX-License-Identifier: GPL-3.0-or-later
// Dectris master files: frames over several files, the grid and sizes of the side file, masked and saturated pixels, what
// is missing; real files.
#include "core/io/format.h"
#include "core/workflow/open_scan.h"
#include "hdf5_test_support.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace dispersa;
using namespace testsupport;

Q_DECLARE_METATYPE(dispersa::ErrorCode)

class TestDectris : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    QString pathOf(const QString& name) const { return m_folder->filePath(name); }
    static std::filesystem::path toPath(const QString& path) { return path.toStdString(); }
    std::filesystem::path master() const { return toPath(pathOf("arina_master.h5")); }

    static QByteArray warningOf(const FileInfo& info, const std::string& code)
    {
        for (const Warning& warning : info.warnings)
            if (warning.code == code)
                return QByteArray::fromStdString(warning.message);
        return {};
    }

    /// What pixel `pixel` of frame `frame` of the golden scan reads as.
    static float expected(int frame, int pixel)
    {
        return pixel == 0 || pixel == 57 ? 0.0f : static_cast<float>(std::min((frame * 120 + pixel) % 1000, 900));
    }

    /// Writes the side file anew with another grid.
    void writeGrid(int rows, int columns)
    {
        makeHdf5(pathOf("arina.h5"), [&](hid_t file) {
            const hid_t group = H5Gcreate2(file, "STEM Metadata", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
            const hid_t space = H5Screate(H5S_SCALAR);
            for (const auto& [name, value] : {std::pair("NumPixelsX", columns), std::pair("NumPixelsY", rows)}) {
                const hid_t attribute = H5Acreate2(group, name, H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
                H5Awrite(attribute, H5T_NATIVE_INT, &value);
                H5Aclose(attribute);
            }
            H5Sclose(space);
            H5Gclose(group);
        });
    }

  private Q_SLOTS:
    void init()
    {
        // Files of hdf5_golden.py, in a folder where they may be changed.
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char* name : {"arina_master.h5", "arina_data_000001.h5", "arina_data_000002.h5", "arina.h5"}) {
            QVERIFY(QFile::copy(QString(DISPERSA_SOURCE_DIR "/tests/core/io/hdf5/") + name, pathOf(name)));
            QFile(pathOf(name)).setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        }
    }

    void readsFramesOverSeveralFiles()
    {
        const auto info = inspectFile(master());
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->format, std::string("dectris"));
        QCOMPARE(info->items.size(), std::size_t(1));
        const FileItem& item = info->items[0];
        QVERIFY(item.kind == ItemKind::Diffraction);
        QCOMPARE(item.id, std::string("/entry/data"));
        QCOMPARE(item.shape, (std::vector<std::int64_t>{4, 5, 12, 10}));
        QVERIFY(item.type == ElementType::UInt32);
        QCOMPARE(item.calibration.scanStep_nm.value_or(0), 0.5);
        // 0.1 mm at 0.2 m is 0.5 mrad, over a wavelength of 0.025079 A.
        QVERIFY(std::abs(item.calibration.qPixel_invA.value_or(0) - 0.019937) < 1e-6);
        QVERIFY(!warningOf(*info, "q_nominal").isEmpty());
        QVERIFY(warningOf(*info, "scan_step_nominal").isEmpty());

        const auto scan = openDiffraction(master());
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->scanShape(), (ScanShape{4, 5}));
        QCOMPARE((*scan)->availablePatterns(), 20);
        QVERIFY((*scan)->calibration() == item.calibration);
        std::vector<float> values(3 * 4 * 120); // frames 13 and on are in the second file
        const auto read = (*scan)->read({1, 1, 3, 4}, values);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        for (int i = 0; i < 3 * 4 * 120; ++i)
            QCOMPARE(values[static_cast<std::size_t>(i)], expected((1 + i / 480) * 5 + 1 + i / 120 % 4, i % 120));
        std::vector<std::byte> part(20 * 3 * 4 * 4);
        QVERIFY((*scan)->readWindow(wholeRegion({4, 5}), {4, 5, 3, 4}, part));
        std::vector<float> partValues(part.size() / 4);
        convertToFloat(ElementType::UInt32, part, partValues);
        for (int i = 0; i < 20 * 12; ++i)
            QCOMPARE(partValues[static_cast<std::size_t>(i)], expected(i / 12, (4 + i / 4 % 3) * 10 + 5 + i % 4));
    }

    void saysWhatIsMaskedAndSaturated()
    {
        const auto info = inspectFile(master());
        QVERIFY(info);
        QVERIFY(warningOf(*info, "pixels_masked").startsWith("2 pixels are excluded"));
        int saturated = 0;
        for (int i = 0; i < 16; ++i) // of 20 frames, 16 are looked at
            for (int pixel = 0; pixel < 120; ++pixel)
                saturated += pixel != 0 && pixel != 57 && (i * 20 / 16 * 120 + pixel) % 1000 > 900;
        QVERIFY(saturated > 0);
        QVERIFY2(warningOf(*info, "pixels_saturated").startsWith(QByteArray::number(saturated) + " pixels in 16 patterns"),
                 warningOf(*info, "pixels_saturated").constData());
    }

    void statisticsAreThoseOfWhatIsRead()
    {
        const auto format = formatOf(master());
        QVERIFY(format);
        const auto statistics = (*format)->statistics(master(), "/entry/data", {}, {});
        QVERIFY(statistics);
        double sum = 0;
        for (int i = 0; i < 2400; ++i)
            sum += expected(i / 120, i % 120);
        QCOMPARE(statistics->sum, sum);
        QCOMPARE(statistics->max, 900.0);
        QCOMPARE(statistics->last, double(expected(19, 119)));
    }

    void gridAndFramesMayDisagree()
    {
        writeGrid(5, 5); // stopped early: one row is missing
        auto info = inspectFile(master());
        QVERIFY(info);
        QCOMPARE(info->items[0].shape[0], std::int64_t(5));
        QVERIFY(warningOf(*info, "patterns_missing").contains("the other 5 positions have no data"));
        auto scan = openDiffraction(master());
        QVERIFY(scan);
        QCOMPARE((*scan)->availablePatterns(), 20);
        QVERIFY((*scan)->isAvailable({3, 4}) && !(*scan)->isAvailable({4, 0}));
        std::vector<float> values(2 * 120, -1);
        QVERIFY((*scan)->read({3, 4, 2, 1}, values));
        QCOMPARE(values[1], expected(19, 1));
        QVERIFY(std::all_of(values.begin() + 120, values.end(), [](float value) { return value == 0; }));
        StudyScan study;
        study.name = "arina";
        study.diffraction = DiffractionSource{master()};
        const auto opened = openScan(study, {});
        QVERIFY(opened);
        const auto& warnings = (*opened)->warnings;
        QCOMPARE(std::count_if(warnings.begin(), warnings.end(),
                               [](const Warning& warning) { return warning.code == "patterns_missing"; }),
                 1); // once

        writeGrid(3, 5); // more frames than positions: nothing tells which are too many
        info = inspectFile(master());
        QVERIFY(info);
        QVERIFY(info->items[0].kind == ItemKind::Stack);
        QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{20, 12, 10}));
        QVERIFY(info->items[0].scanHint == ScanShape({3, 5}));
        QVERIFY(!warningOf(*info, "patterns_too_many").isEmpty());
        scan = openDiffraction(master());
        QVERIFY(!scan && scan.error().code == ErrorCode::ScanShapeUnknown);
        ScanOrder order;
        order.skipPerRow = 1;
        scan = openDiffraction(master(), {}, ScanShape{4, 4}, order);
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*(*scan)->pattern({1, 0}))[3], expected(5, 3));
    }

    void worksWithoutSideFile()
    {
        QVERIFY(QFile::remove(pathOf("arina.h5")));
        const auto info = inspectFile(master());
        QVERIFY(info);
        QVERIFY(info->items[0].kind == ItemKind::Stack);
        QVERIFY(!info->items[0].calibration.qPixel_invA); // no camera length
        const auto unknown = openDiffraction(master());
        QVERIFY(!unknown && unknown.error().code == ErrorCode::ScanShapeUnknown);
        const auto wrong = openDiffraction(master(), {}, ScanShape{3, 5});
        QVERIFY(!wrong && wrong.error().code == ErrorCode::ShapeMismatch);
        const auto scan = openDiffraction(master(), "/entry/data", ScanShape{2, 10});
        QVERIFY(scan);
        QCOMPARE((*(*scan)->pattern({1, 9}))[119], expected(19, 119));
    }

    void namesWhatIsMissing()
    {
        const auto other = openDiffraction(master(), "/entry/data/data_000001");
        QVERIFY(!other && other.error().code == ErrorCode::DatasetMissing);
        QVERIFY(QFile::remove(pathOf("arina_data_000002.h5")));
        for (const auto& error : {inspectFile(master()).error(), openDiffraction(master()).error()}) {
            QVERIFY(error.code == ErrorCode::FileNotFound);
            QVERIFY2(error.message.find("arina_data_000002.h5") != std::string::npos, error.message.c_str());
            QCOMPARE(error.file, toPath(pathOf("arina_data_000002.h5")));
        }
    }

    void namesTheFileThatIsCutOff()
    {
        QFile file(pathOf("arina_data_000001.h5"));
        QVERIFY(file.resize(file.size() / 2));
        const auto scan = openDiffraction(master());
        QVERIFY(!scan);
        QVERIFY(scan.error().code == ErrorCode::FileTruncated);
        QVERIFY(scan.error().message.find("arina_data_000001.h5") != std::string::npos);
    }

    void partsMustFitTogether()
    {
        const std::vector<hsize_t> shape = {7, 12, 11};
        makeHdf5(pathOf("arina_data_000002.h5"), [&](hid_t file) {
            addDataset(file, "/entry/data/data", H5T_STD_U32LE, H5T_NATIVE_UINT32, shape,
                       counting<std::uint32_t>(shape, 99));
        });
        const auto scan = openDiffraction(master());
        QVERIFY(!scan);
        QVERIFY(scan.error().code == ErrorCode::ShapeMismatch);
    }

    void sideFileHoldsMaps()
    {
        const auto path = toPath(pathOf("arina.h5"));
        const auto info = inspectFile(path);
        QVERIFY(info);
        QCOMPARE(info->format, std::string("dectris"));
        QCOMPARE(info->items.size(), std::size_t(2));
        QCOMPARE(info->items[1].quantity.value_or(""), std::string("HAADF"));
        const auto map = readMap(path, info->items[1].id);
        QVERIFY(map);
        QCOMPARE(map->quantity, std::string("HAADF"));
        QCOMPARE(map->shape, (ScanShape{4, 5}));
        QCOMPARE(map->scanStep_nm.value_or(0), 0.5);
        QCOMPARE(map->at(3, 4), 19 / 4.0f);
        QVERIFY(readMap(path, "arina [BF]"));
        const auto ambiguous = readMap(path);
        QVERIFY(!ambiguous && ambiguous.error().code == ErrorCode::DatasetMissing);
        const auto patterns = openDiffraction(path);
        QVERIFY(!patterns && patterns.error().code == ErrorCode::DatasetMissing);
    }

    void readsRealFiles()
    {
        const QString samples = qEnvironmentVariable("DISPERSA_SHARED_DATA") + "/samples/";
        QFile expectedFile(samples + "expected.json");
        if (!expectedFile.open(QFile::ReadOnly))
            QSKIP("DISPERSA_SHARED_DATA with samples/expected.json is absent");
        const QJsonObject all = QJsonDocument::fromJson(expectedFile.readAll()).object();

        const auto path = toPath(samples + "arina/test_00_master.h5");
        const auto scan = openDiffraction(path);
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*scan)->scanShape(), (ScanShape{4, 4}));
        QCOMPARE((*scan)->patternShape(), (PatternShape{192, 192}));
        QVERIFY((*scan)->elementType() == ElementType::UInt32);
        QVERIFY(std::abs((*scan)->calibration().scanStep_nm.value_or(0) - 0.13915206) < 1e-8);
        const auto statistics = (*formatOf(path))->statistics(path, "/entry/data", {}, {});
        QVERIFY2(statistics, statistics ? "" : statistics.error().message.c_str());
        const QJsonObject frames = all["arina/test_00_master.h5"].toObject()["entry/data/data_000001"].toObject();
        QVERIFY(!frames.isEmpty());
        QCOMPARE(statistics->sum, frames["sum"].toDouble());
        QCOMPARE(statistics->max, frames["max"].toDouble());

        const QString name = "arina/au_145mm_68kx_microprobe_01.h5";
        const auto info = inspectFile(toPath(samples + name));
        QVERIFY(info);
        QCOMPARE(info->items.size(), std::size_t(3));
        for (const FileItem& item : info->items) {
            const QString group = "au_145mm_68kx_microprobe_01 [" + QString::fromStdString(*item.quantity) + "]";
            const QJsonObject image = all[name].toObject()[group].toObject();
            QVERIFY2(!image.isEmpty(), qPrintable(group));
            const auto imageStatistics = (*formatOf(info->path))->statistics(info->path, item.id, {}, {});
            QVERIFY(imageStatistics);
            QCOMPARE(imageStatistics->sum, image["sum"].toDouble());
            QCOMPARE(imageStatistics->min, image["min"].toDouble());
            QCOMPARE(imageStatistics->max, image["max"].toDouble());
            QCOMPARE(imageStatistics->last, image["last"].toDouble());
            const auto map = readMap(info->path, item.id);
            QVERIFY(map);
            QCOMPARE(map->shape, (ScanShape{64, 64}));
            QCOMPARE(double(map->values[1]), image["first4"].toArray()[1].toDouble());
        }
    }
};

QTEST_APPLESS_MAIN(TestDectris)
#include "tst_dectris.moc"
