// SPDX-License-Identifier: GPL-3.0-or-later
// The example study as files: complete, readable, the same for the same seed whatever the threads, stopped when asked.
#include "core/io/emd_format.h"
#include "core/io/format.h"
#include "core/io/study_file.h"
#include "core/simulate/example_study.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;

class TestExampleStudy : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }
    static QByteArray bytesOf(const QString& path)
    {
        QFile file(path);
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
    }
    static ExampleOptions smallOptions(int threads)
    {
        ExampleOptions options;
        options.scans = 2;
        options.rows = 33;
        options.cols = 12;
        options.pixels = 48;
        options.threads = threads;
        return options;
    }

  private Q_SLOTS:
    void writesAWholeStudy()
    {
        std::int64_t last = 0, total = 0;
        const auto path = writeExampleStudy(pathOf("whole"), smallOptions(0),
                                            [&](const Progress& progress) {
                                                QVERIFY(progress.done >= last);
                                                last = progress.done;
                                                total = progress.total;
                                            },
                                            {});
        QVERIFY2(path, path ? "" : path.error().message.c_str());
        QCOMPARE(last, total);
        QCOMPARE(total, std::int64_t(2 * 33 * 12));
        QCOMPARE(QDir(m_folder.filePath("whole")).entryList(QDir::Files | QDir::Hidden).size(), 2 * 7 + 1);

        const auto study = readStudy(*path);
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QCOMPARE(study->scans.size(), std::size_t(2));
        QVERIFY(study->scans[0].role == ScanRole::Train && study->scans[1].role == ScanRole::Predict);
        QCOMPARE(study->scans[1].name, std::string("0034"));
        QCOMPARE(study->recipe.name, std::string("quick"));
        QCOMPARE(study->crop.value_or(Region{}), (Region{6, 0, 21, 12})); // rows 20 to 89 of 110
        QVERIFY(std::abs(study->calibration.qPixel_invA.value_or(0) - 0.0231 * 256 / 48) < 1e-12);
        for (const StudyScan& scan : study->scans) {
            const auto opened = openDiffraction(scan.diffraction->path, scan.diffraction->dataset);
            QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
            QCOMPARE((*opened)->scanShape(), (ScanShape{33, 12}));
            QCOMPARE((*opened)->patternShape(), (PatternShape{48, 48}));
            QVERIFY((*opened)->elementType() == ElementType::UInt16);
            QVERIFY((*opened)->calibration() == study->calibration);
            QCOMPARE(scan.maps.size(), std::size_t(6));
            std::vector<double> sums(33 * 12, 0.0);
            for (const MapSource& source : scan.maps) {
                const auto map = readMap(source.path);
                QVERIFY2(map, map ? "" : map.error().message.c_str());
                QCOMPARE(map->shape, (ScanShape{33, 12}));
                QVERIFY(std::abs(map->scanStep_nm.value_or(0) - 1.053) < 1e-5); // MRC keeps float32
                for (std::size_t i = 0; source.quantity != "HAADF" && i < sums.size(); ++i)
                    sums[i] += double(map->values[i]);
            }
            for (const double sum : sums)
                QVERIFY(std::abs(sum - 1) < 1e-6);
        }
    }

    void sameSeedSameBytes()
    {
        QVERIFY(writeExampleStudy(pathOf("one"), smallOptions(1), {}, {}));
        QVERIFY(writeExampleStudy(pathOf("two"), smallOptions(2), {}, {}));
        ExampleOptions other = smallOptions(2);
        other.seed = 2;
        QVERIFY(writeExampleStudy(pathOf("other"), other, {}, {}));
        int patterns = 0;
        for (const QString& name : QDir(m_folder.filePath("one")).entryList(QDir::Files)) {
            const QByteArray one = bytesOf(m_folder.filePath("one/" + name));
            QVERIFY(!one.isEmpty());
            QVERIFY2(one == bytesOf(m_folder.filePath("two/" + name)), qPrintable(name));
            if (name.endsWith(".h5")) {
                QVERIFY(one != bytesOf(m_folder.filePath("other/" + name)));
                ++patterns;
            }
        }
        QCOMPARE(patterns, 2);
    }

    void stopsWhenAsked()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto path = writeExampleStudy(pathOf("stopped"), smallOptions(1), {}, stop.get_token());
        QVERIFY(!path);
        QVERIFY(path.error().code == ErrorCode::Cancelled);
        for (const QString& name :
             QDir(m_folder.filePath("stopped")).entryList({"*.h5*", "*.dispersa"}, QDir::Files | QDir::Hidden))
            QFAIL(qPrintable("left behind: " + name));
    }

    void refusesBadOptions_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("value");
        QTest::newRow("no scan") << QByteArray("scans") << 0;
        QTest::newRow("many scans") << QByteArray("scans") << 21;
        QTest::newRow("few rows") << QByteArray("rows") << 7;
        QTest::newRow("many cols") << QByteArray("cols") << 2001;
        QTest::newRow("few pixels") << QByteArray("pixels") << 31;
        QTest::newRow("many pixels") << QByteArray("pixels") << 1025;
        QTest::newRow("threads") << QByteArray("threads") << -1;
    }
    void refusesBadOptions()
    {
        QFETCH(QByteArray, name);
        QFETCH(int, value);
        ExampleOptions options = smallOptions(0);
        (name == "scans"    ? options.scans
         : name == "rows"   ? options.rows
         : name == "cols"   ? options.cols
         : name == "pixels" ? options.pixels
                            : options.threads) = value;
        const auto path = writeExampleStudy(pathOf("refused"), options, {}, {});
        QVERIFY(!path);
        QVERIFY(path.error().code == ErrorCode::InvalidArgument);
        QVERIFY(path.error().message.find(name.toStdString()) != std::string::npos);
        QVERIFY(!std::filesystem::exists(pathOf("refused")));
    }

    void reportsAFolderThatIsAFile()
    {
        QFile file(m_folder.filePath("file"));
        QVERIFY(file.open(QFile::WriteOnly));
        const auto path = writeExampleStudy(pathOf("file"), smallOptions(0), {}, {});
        QVERIFY(!path);
        QVERIFY(path.error().code == ErrorCode::WriteFailed);
    }
};

QTEST_APPLESS_MAIN(TestExampleStudy)
#include "tst_example_study.moc"
