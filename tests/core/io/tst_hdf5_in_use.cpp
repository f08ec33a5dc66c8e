// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 files that another program has open: being written, or locked.
#include "core/io/emd_format.h"
#include "tests/core/io/hdf5_test_support.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;
using namespace testsupport;

class TestHdf5InUse : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString pathOf(const QString& name) const { return m_folder.filePath(name); }
    static std::filesystem::path toPath(const QString& path) { return path.toStdString(); }

  private Q_SLOTS:
    void filesThatAreBeingWritten_data()
    {
        QTest::addColumn<bool>("swmr");
        QTest::newRow("readers allowed") << true;
        QTest::newRow("readers not foreseen") << false;
    }
    void filesThatAreBeingWritten()
    {
        // What lies on the disk while another program writes: a copy made before the writer closes its file.
        QFETCH(bool, swmr);
        const QString path = pathOf("writing.h5"), copy = pathOf(swmr ? "swmr.h5" : "no-swmr.h5");
        const std::vector<hsize_t> shape = {2, 3, 8, 8};
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        const hid_t file = H5Fcreate(path.toUtf8().constData(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        const hsize_t chunk[4] = {1, 1, 8, 8};
        H5Pset_chunk(creation, 4, chunk);
        addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, counting<std::uint16_t>(shape, 65521),
                   creation);
        if (swmr)
            QVERIFY(H5Fstart_swmr_write(file) >= 0);
        H5Fflush(file, H5F_SCOPE_GLOBAL);
        QFile::remove(copy);
        QVERIFY(QFile::copy(path, copy));
        const auto scan = emdFormat().openDiffraction(toPath(copy), "/d", {});
        H5Pclose(creation);
        H5Pclose(access);
        H5Fclose(file);
        if (swmr) {
            QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
            QCOMPARE((*(*scan)->pattern({1, 2}))[63], 383.0f);
        } else {
            QVERIFY(!scan);
            QVERIFY(scan.error().code == ErrorCode::FileUnreadable);
            QVERIFY2(scan.error().message.find("open for writing in another program") != std::string::npos,
                     scan.error().message.c_str());
        }
    }

    void filesThatOthersHoldAreRead()
    {
        const QString path = chunkedFile(pathOf("locked.h5"), {2, 2, 8, 8}, {1, 1, 8, 8}, [](hid_t) {});
        // Another program, whose lock would keep HDF5 from opening the file. It tells when it has it.
        QProcess other;
        other.start("flock", {"--exclusive", path, "sh", "-c", "echo held; read end"});
        QVERIFY(other.waitForStarted());
        QVERIFY(other.waitForReadyRead());
        QCOMPARE(other.readAll().trimmed(), QByteArray("held"));
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        other.closeWriteChannel();
        QVERIFY(other.waitForFinished());
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QVERIFY((*scan)->pattern({1, 1}));
    }
};

QTEST_APPLESS_MAIN(TestHdf5InUse)
#include "tst_hdf5_in_use.moc"
