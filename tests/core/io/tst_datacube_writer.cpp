// SPDX-License-Identifier: GPL-3.0-or-later
// The scan writer: what py4DSTEM looks for is there, values come back, nothing appears before commit.
#include "core/io/datacube_writer.h"
#include "core/io/emd_format.h"
#include "hdf5_test_support.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <numbers>

using namespace dispersa;
using namespace testsupport;

class TestDataCubeWriter : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }
    static QByteArray bytesOf(const std::filesystem::path& path)
    {
        QFile file(QString::fromStdString(path.string()));
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
    }

    static constexpr ScanShape scan{3, 4};
    static constexpr PatternShape pattern{6, 5};
    static DataCubeOptions options(bool compressed)
    {
        DataCubeOptions result{scan, pattern};
        result.calibration = {0.0231, 1.053, 1.3, -88.5};
        result.compressed = compressed;
        return result;
    }
    static std::vector<std::uint16_t> values() { return counting<std::uint16_t>({3, 4, 6, 5}, 60013); }

    /// Appends in pieces of that many patterns.
    static Result<void> write(const std::filesystem::path& path, const DataCubeOptions& options, std::size_t piece)
    {
        auto writer = DataCubeWriter::create(path, options);
        if (!writer)
            return fail(writer.error());
        const auto all = values();
        for (std::size_t i = 0; i < 12; i += piece) {
            const std::size_t count = std::min(piece, 12 - i);
            if (auto done = (*writer)->append(std::as_bytes(std::span(all).subspan(i * 30, count * 30))); !done)
                return done;
        }
        return (*writer)->commit();
    }

  private Q_SLOTS:
    void valuesComeBack_data()
    {
        QTest::addColumn<bool>("compressed");
        QTest::addColumn<int>("piece");
        for (const bool compressed : {false, true})
            for (const int piece : {1, 3, 5, 12}) // within a row, across rows, all at once
                QTest::addRow("%s, %d patterns at a time", compressed ? "gzip" : "contiguous", piece)
                    << compressed << piece;
    }
    void valuesComeBack()
    {
        QFETCH(bool, compressed);
        QFETCH(int, piece);
        const auto path = pathOf("cube.h5");
        const auto done = write(path, options(compressed), static_cast<std::size_t>(piece));
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        const auto opened = emdFormat().openDiffraction(path, {}, {});
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        std::vector<std::uint16_t> read(values().size());
        QVERIFY((*opened)->readRaw(wholeRegion(scan), std::as_writable_bytes(std::span(read))));
        QCOMPARE(read, values());
        QVERIFY((*opened)->calibration() == options(compressed).calibration);
        const auto info = emdFormat().inspect(path);
        QVERIFY(info);
        QVERIFY(info->warnings.empty());
        QCOMPARE(info->format, std::string("emd"));
    }

    void carriesWhatPy4dstemLooksFor()
    {
        const auto path = pathOf("structure.h5");
        QVERIFY(write(path, options(false), 12));
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        QVERIFY(file >= 0);
        QCOMPARE(variableText(file, "/", "emd_group_type"), QByteArray("file"));
        QCOMPARE(variableText(file, "/", "UUID").size(), 36);
        QVERIFY(variableText(file, "/", "authoring_program").startsWith("dispersa"));
        QCOMPARE(variableText(file, "/", "authoring_user"), QByteArray(""));
        QCOMPARE(variableText(file, "/datacube_root", "emd_group_type"), QByteArray("root"));
        QCOMPARE(variableText(file, "/datacube_root", "python_class"), QByteArray("Root"));
        QCOMPARE(variableText(file, "/datacube_root/datacube", "emd_group_type"), QByteArray("array"));
        QCOMPARE(variableText(file, "/datacube_root/datacube", "python_class"), QByteArray("DataCube"));
        QCOMPARE(variableText(file, "/datacube_root/datacube/data", "units"), QByteArray("pixel intensity"));
        QCOMPARE(variableText(file, "/datacube_root/datacube/dim0", "name"), QByteArray("Rx"));
        QCOMPARE(variableText(file, "/datacube_root/datacube/dim3", "name"), QByteArray("Qy"));
        QCOMPARE(variableText(file, "/datacube_root/datacube/dim3", "units"), QByteArray("A^-1"));
        QCOMPARE(readAll<double>(file, "/datacube_root/datacube/dim1", H5T_NATIVE_DOUBLE),
                 (std::vector<double>{0, 1.053}));
        const QByteArray calibration = "/datacube_root/metadatabundle/calibration";
        QCOMPARE(variableText(file, "/datacube_root/metadatabundle", "emd_group_type"), QByteArray("metadatabundle"));
        QCOMPARE(variableText(file, calibration, "python_class"), QByteArray("Calibration"));
        QCOMPARE(variableText(file, calibration + "/Q_pixel_size", "type"), QByteArray("number"));
        QCOMPARE(readAll<double>(file, calibration + "/Q_pixel_size", H5T_NATIVE_DOUBLE), std::vector<double>{0.0231});
        QCOMPARE(readText(file, calibration + "/Q_pixel_units"), QByteArray("A^-1"));
        QCOMPARE(variableText(file, calibration + "/R_pixel_units", "type"), QByteArray("string"));
        QCOMPARE(readText(file, calibration + "/R_pixel_units"), QByteArray("nm"));
        QCOMPARE(readAll<double>(file, calibration + "/QR_rotation_degrees", H5T_NATIVE_DOUBLE),
                 std::vector<double>{-88.5});
        QCOMPARE(readAll<double>(file, calibration + "/QR_rotation", H5T_NATIVE_DOUBLE),
                 std::vector<double>{-88.5 * std::numbers::pi / 180});
        QCOMPARE(variableText(file, calibration + "/QR_rotation", "type"), QByteArray("number"));
        H5Fclose(file);
    }

    void anUnknownRotationIsNotWritten()
    {
        const auto path = pathOf("unrotated.h5");
        DataCubeOptions plain = options(false);
        plain.calibration.qrRotation_deg.reset();
        QVERIFY(write(path, plain, 12));
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        QVERIFY(H5Lexists(file, "/datacube_root/metadatabundle/calibration/Q_pixel_size", H5P_DEFAULT) > 0);
        QVERIFY(H5Lexists(file, "/datacube_root/metadatabundle/calibration/QR_rotation", H5P_DEFAULT) == 0);
        H5Fclose(file);
    }

    void sameContentGivesTheSameFile()
    {
        QVERIFY(write(pathOf("first.h5"), options(false), 12));
        QTest::qSleep(1100); // HDF5's time stamps count seconds
        QVERIFY(write(pathOf("second.h5"), options(false), 12));
        QVERIFY(!bytesOf(pathOf("first.h5")).isEmpty());
        QVERIFY(bytesOf(pathOf("first.h5")) == bytesOf(pathOf("second.h5")));
    }

    void nothingAppearsBeforeCommit()
    {
        const auto path = pathOf("sub/unfinished.h5");
        {
            auto writer = DataCubeWriter::create(path, options(false));
            QVERIFY(writer);
            const std::vector<std::uint16_t> one(30, 7);
            QVERIFY((*writer)->append(std::as_bytes(std::span(one))));
            QVERIFY(!std::filesystem::exists(path));
            const auto early = (*writer)->commit();
            QVERIFY(!early);
            QVERIFY(early.error().code == ErrorCode::InvalidArgument);
            QVERIFY(early.error().message.find("1 of its 12") != std::string::npos);
        }
        QVERIFY(QDir(m_folder.filePath("sub")).entryList(QDir::Files | QDir::Hidden).isEmpty());
    }

    void refusesWhatDoesNotFit()
    {
        DataCubeOptions empty = options(false);
        empty.scanShape = {0, 4};
        const auto refused = DataCubeWriter::create(pathOf("x.h5"), empty);
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::InvalidArgument);

        auto writer = DataCubeWriter::create(pathOf("x.h5"), options(false));
        QVERIFY(writer);
        const std::vector<std::byte> odd(61), tooMany(13 * 60);
        for (const auto& bytes : {odd, tooMany}) {
            const auto done = (*writer)->append(bytes);
            QVERIFY(!done);
            QVERIFY(done.error().code == ErrorCode::InvalidArgument);
        }
    }

    void reportsAnUnwritablePlace()
    {
        QVERIFY(write(pathOf("file.h5"), options(false), 12));
        const auto inside = pathOf("file.h5") / "cube.h5"; // a file is no folder
        const auto writer = DataCubeWriter::create(inside, options(false));
        QVERIFY(!writer);
        QVERIFY(writer.error().code == ErrorCode::WriteFailed);
        QVERIFY(writer.error().message.find(inside.string()) != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestDataCubeWriter)
#include "tst_datacube_writer.moc"
