// SPDX-License-Identifier: GPL-3.0-or-later
// Converting a scan: the values come back, by our reader and by the rules of emdfile and py4DSTEM; nothing is left behind.
#include "core/io/format.h"
#include "core/prepare/prepared_scan.h"
#include "core/workflow/convert_scan.h"
#include "tests/support/memory_scan.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <numeric>

using namespace dispersa;

namespace {

constexpr ScanShape grid{5, 7};
constexpr PatternShape detector{8, 6};

std::vector<std::uint16_t> counts()
{
    std::vector<std::uint16_t> values(std::size_t(grid.count() * detector.count()));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = std::uint16_t((i * 2654435761u) >> 16);
    return values;
}

std::shared_ptr<MemoryScan> scan()
{
    auto made = std::make_shared<MemoryScan>(grid, detector, counts());
    made->setCalibration({0.02, 1.5, {}});
    return made;
}

QJsonArray array(std::initializer_list<int> values)
{
    QJsonArray result;
    for (const int value : values)
        result << value;
    return result;
}

} // namespace

class TestConvertScan : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }

    /// Empty if the script finds the file right.
    static QString checkedOutside(const std::filesystem::path& path, const QJsonObject& cube)
    {
        QProcess python;
        python.setProcessChannelMode(QProcess::MergedChannels);
        python.start(DISPERSA_PYTHON, {DISPERSA_SOURCE_DIR "/tests/core/io/check_emd.py", QString::fromStdString(path.string()),
                                       "--cube", QJsonDocument(cube).toJson(QJsonDocument::Compact)});
        if (!python.waitForFinished())
            return "the script did not end";
        return python.exitCode() == 0 ? QString() : QString::fromUtf8(python.readAll());
    }
    static bool hasH5py()
    {
        return QProcess::execute(DISPERSA_PYTHON, {"-c", "import h5py"}) == 0;
    }

  private Q_SLOTS:
    void otherReadersFindTheScan_data()
    {
        QTest::addColumn<bool>("compressed");
        QTest::addColumn<bool>("chunked");
        QTest::addColumn<bool>("prepared");
        QTest::addColumn<bool>("cropped");
        for (int i = 0; i < 16; ++i)
            QTest::addRow("%s%s%s%s", i & 1 ? "compressed " : "", i & 2 ? "chunked " : "", i & 4 ? "prepared " : "",
                          i & 8 ? "cropped" : "")
                << bool(i & 1) << bool(i & 2) << bool(i & 4) << bool(i & 8);
    }
    void otherReadersFindTheScan()
    {
        if (!hasH5py())
            QSKIP("python3-h5py is not installed");
        QFETCH(bool, compressed);
        QFETCH(bool, chunked);
        QFETCH(bool, prepared);
        QFETCH(bool, cropped);
        ConvertOptions options;
        options.compressed = compressed;
        options.chunked = chunked;
        options.calibration.scanStep_nm = 2.5; // the study's word wins
        if (prepared)
            options.preparation = DiffractionOptions{CentreKind::None, 0, 2, Scaling::Log};
        if (cropped)
            options.crop = Region{1, 2, 3, 4};
        const Region region = options.crop.value_or(wholeRegion(grid));
        const auto path = pathOf("converted.h5");
        const auto done = convertScan(scan(), path, options, {}, {});
        QVERIFY2(done, done ? "" : done.error().message.c_str());

        double sum = 0; // whole bins cover this detector, so binning keeps the sum
        std::vector<float> values(std::size_t(region.count() * detector.count()));
        QVERIFY(scan()->read(region, values));
        sum = std::accumulate(values.begin(), values.end(), 0.0);
        const int bin = prepared ? 2 : 1;
        const QJsonArray shape = array({region.height, region.width, detector.height / bin, detector.width / bin});
        QJsonObject cube{{"shape", shape},
                         {"dtype", prepared ? "uint32" : "uint16"},
                         {"sum", sum},
                         {"compression", compressed ? QJsonValue("gzip") : QJsonValue()},
                         {"Q", QJsonArray{0.02 * bin, "A^-1"}},
                         {"R", QJsonArray{2.5, "nm"}}};
        // A whole row fits into one MiB.
        cube["chunks"] = compressed || chunked ? QJsonValue(array({1, region.width, shape[2].toInt(), shape[3].toInt()}))
                                               : QJsonValue();
        QCOMPARE(checkedOutside(path, cube), QString());

        const auto expected = convertedScan(*scan(), options);
        QVERIFY(expected);
        const auto opened = openDiffraction(path);
        QVERIFY(opened);
        QCOMPARE((*opened)->scanShape(), expected->scan);
        QCOMPARE((*opened)->patternShape(), expected->pattern);
        QCOMPARE((*opened)->elementType(), expected->type);
        QVERIFY((*opened)->calibration() == expected->calibration);
        QCOMPARE(expected->bytes, std::uint64_t(region.count() * detector.count() / bin / bin) * (prepared ? 4 : 2));
    }

    void theScriptSeesAWrongFile()
    {
        if (!hasH5py())
            QSKIP("python3-h5py is not installed");
        QVERIFY(convertScan(scan(), pathOf("right.h5"), {}, {}, {}));
        QVERIFY(checkedOutside(pathOf("right.h5"), {{"dtype", "float32"}}).contains("dtype is 'uint16'"));
    }

    void chunksHoldAboutOneMebibyte()
    {
        // Patterns of 128 KiB: eight to a chunk of a row of 20. The last chunk of a row is cut.
        const ScanShape wide{3, 20};
        const PatternShape large{256, 256};
        std::vector<std::uint16_t> values(std::size_t(wide.count() * large.count()));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::uint16_t(i / 65536 + i % 7);
        const auto source = std::make_shared<MemoryScan>(wide, large, values);
        ConvertOptions options;
        options.compressed = true;
        const auto path = pathOf("chunks.h5");
        QVERIFY(convertScan(source, path, options, {}, {}));
        const auto opened = openDiffraction(path);
        QVERIFY(opened);
        std::vector<std::uint16_t> read(values.size());
        QVERIFY((*opened)->readRaw(wholeRegion(wide), std::as_writable_bytes(std::span(read))));
        QVERIFY(read == values);
        // A chunk written before it was full would be stored twice: the file would hardly be smaller than the data.
        QVERIFY(std::filesystem::file_size(path) < values.size() * 2 / 20);
        if (hasH5py())
            QCOMPARE(checkedOutside(path, {{"chunks", array({1, 8, 256, 256})}, {"compression", "gzip"}}), QString());
    }

    void progressReachesTheEnd()
    {
        Progress last;
        QVERIFY(convertScan(scan(), pathOf("progress.h5"), {}, [&](const Progress& p) { last = p; }, {}));
        QCOMPARE(last.done, grid.count());
        QCOMPARE(last.total, grid.count());
    }

    void nothingIsLeftBehind_data()
    {
        QTest::addColumn<bool>("cancelled");
        QTest::newRow("cancelled in the middle") << true;
        QTest::newRow("unreadable in the middle") << false;
    }
    void nothingIsLeftBehind()
    {
        QFETCH(bool, cancelled);
        const auto source = scan();
        if (!cancelled)
            source->breakAtRow(3);
        const auto folder = pathOf(cancelled ? "a" : "b");
        std::filesystem::create_directory(folder);
        std::stop_source stop;
        const auto sink = [&](const Progress& p) {
            if (cancelled && p.done > 10)
                stop.request_stop();
        };
        const auto done = convertScan(source, folder / "out.h5", {}, sink, stop.get_token());
        QVERIFY(!done);
        QVERIFY(done.error().code == (cancelled ? ErrorCode::Cancelled : ErrorCode::FileUnreadable));
        QVERIFY(std::filesystem::is_empty(folder));
    }

    void aFileThatIsThereStaysWhenConvertingFails()
    {
        const auto path = pathOf("kept.h5");
        QVERIFY(convertScan(scan(), path, {}, {}, {}));
        const auto size = std::filesystem::file_size(path);
        const auto broken = scan();
        broken->breakAtRow(2);
        QVERIFY(!convertScan(broken, path, {}, {}, {}));
        QCOMPARE(std::filesystem::file_size(path), size);
        QVERIFY(openDiffraction(path));
    }

    void theInputIsNeverTheOutput()
    {
        const auto path = pathOf("self.h5");
        QVERIFY(convertScan(scan(), path, {}, {}, {}));
        const auto opened = openDiffraction(path);
        QVERIFY(opened);
        const auto done = convertScan(*opened, path, {}, {}, {});
        QVERIFY(!done);
        QVERIFY(done.error().code == ErrorCode::InvalidArgument);
        QVERIFY(openDiffraction(path));
    }

    void whatCannotBeDoneSaysWhy()
    {
        ConvertOptions options;
        options.crop = Region{4, 4, 5, 5};
        QVERIFY(convertedScan(*scan(), options).error().code == ErrorCode::ShapeMismatch);
        options = {};
        options.preparation = DiffractionOptions{CentreKind::None, 0, 7, Scaling::Linear};
        QVERIFY(convertedScan(*scan(), options).error().code == ErrorCode::PatternTooSmall);
        options.preparation->bin = 0;
        QVERIFY(convertedScan(*scan(), options).error().code == ErrorCode::StudyInvalid);
    }
};

QTEST_APPLESS_MAIN(TestConvertScan)
#include "tst_convert_scan.moc"
