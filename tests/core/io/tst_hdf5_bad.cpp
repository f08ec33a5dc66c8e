// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 files that are wrong or in use: filters and files that are missing, damaged chunks, cut, locked or being written.
#include "core/base/os_file.h"
#include "core/io/emd_format.h"
#include "hdf5_test_support.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace dispersa;
using namespace testsupport;

Q_DECLARE_METATYPE(dispersa::ErrorCode)

class TestHdf5Bad : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString pathOf(const QString& name) const { return m_folder.filePath(name); }
    static std::filesystem::path toPath(const QString& path) { return path.toStdString(); }

  private Q_SLOTS:
    void initTestCase()
    {
        // What this machine has in plugins must not decide what the tests see.
        QVERIFY(H5PLset_loading_state(0) >= 0);
    }

    void namesTheFilterThatIsMissing_data()
    {
        QTest::addColumn<int>("filter");
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("bzip2") << 307 << QByteArray("307 (bzip2)");
        QTest::newRow("blosc") << 32001 << QByteArray("32001 (blosc)");
        QTest::newRow("zfp") << 32013 << QByteArray("32013 (zfp)");
        QTest::newRow("unknown") << 31999 << QByteArray("filter 31999,");
    }
    void namesTheFilterThatIsMissing()
    {
        QFETCH(int, filter);
        QFETCH(QByteArray, name);
        const QString path = chunkedFile(pathOf("missing.h5"), {2, 2, 8, 8}, {1, 1, 8, 8}, [&](hid_t creation) {
            H5Pset_filter(creation, filter, H5Z_FLAG_OPTIONAL, 0, nullptr);
        });
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY(info);
        QCOMPARE(info->warnings.size(), std::size_t(1));
        QCOMPARE(info->warnings[0].code, std::string("filter_missing"));
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY(!scan);
        QVERIFY(scan.error().code == ErrorCode::FormatUnsupported);
        QVERIFY2(scan.error().message.find(name.toStdString()) != std::string::npos, scan.error().message.c_str());
        const auto statistics = emdFormat().statistics(toPath(path), "/d", {}, {});
        QVERIFY(!statistics && statistics.error().code == ErrorCode::FormatUnsupported);
    }

    void damagedChunksAreErrors_data()
    {
        QTest::addColumn<QString>("dataset");
        QTest::addColumn<QByteArray>("front"); // what the chunk's first bytes become
        QTest::addColumn<QByteArray>("words");
        const QByteArray ones(16, '\xff');
        QTest::newRow("deflate") << "deflate-shuffle-whole-uint16" << ones << QByteArray("deflate data is damaged");
        QTest::newRow("fletcher32") << "fletcher32-uint16" << ones << QByteArray("checksum");
        QTest::newRow("lzf") << "lzf-uint16" << ones << QByteArray("LZF data is damaged");
        QTest::newRow("lz4 size") << "lz4-uint16" << ones << QByteArray("claims to hold 18446744073709551615 bytes");
        QTest::newRow("lz4 block") << "lz4-uint16" << QByteArray::fromHex("00000000000014a00000000000000000")
                                   << QByteArray("block size is 0");
        QTest::newRow("lz4 data") << "lz4-uint16" << QByteArray::fromHex("00000000000014a0000014a07fffffff")
                                  << QByteArray("reaches beyond its end");
        QTest::newRow("bitshuffle size") << "bitshuffle-lz4-whole-uint32" << ones << QByteArray("claims to hold");
        QTest::newRow("bitshuffle block") << "bitshuffle-lz4-whole-uint32"
                                          << QByteArray::fromHex("00000000000029400000000300000000")
                                          << QByteArray("does not fit its values");
        QTest::newRow("bitshuffle short") << "bitshuffle-lz4-whole-uint32"
                                          << QByteArray::fromHex("00000000000000000000002000000000")
                                          << QByteArray("it holds 0 bytes where 10560 belong");
        QTest::newRow("zstd") << "zstd-uint16" << ones << QByteArray("Zstandard data is damaged");
    }
    void damagedChunksAreErrors()
    {
        QFETCH(QString, dataset);
        QFETCH(QByteArray, front);
        QFETCH(QByteArray, words);
        const QString path = pathOf("damaged.h5");
        QFile::remove(path);
        QVERIFY(QFile::copy(golden("filters.h5"), path));
        QFile file(path);
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(file.open(QFile::ReadWrite));
        QVERIFY(file.seek(chunkAt(path, dataset, {2, 0, 0, 0}).offset));
        file.write(front);
        file.close();
        const auto scan = emdFormat().openDiffraction(toPath(path), dataset.toStdString(), {});
        QVERIFY(scan);
        QVERIFY((*scan)->pattern({1, 1})); // other chunks are whole
        for (int again = 0; again < 2; ++again) {
            const auto pattern = (*scan)->pattern({3, 2});
            QVERIFY(!pattern);
            QVERIFY(pattern.error().code == ErrorCode::FormatInvalid);
            const std::string& message = pattern.error().message;
            QVERIFY2(message.find(words.toStdString()) != std::string::npos, message.c_str());
            QVERIFY2(message.find("The chunk at (2, 0, 0, 0) of '/" + dataset.toStdString() + "'") == 0,
                     message.c_str());
            QVERIFY(message.find(path.toStdString()) != std::string::npos);
        }
    }

    void everyDamageIsAnErrorOrAValue_data()
    {
        QTest::addColumn<QString>("dataset");
        for (const QString& dataset : datasetsOf(golden("filters.h5")))
            if (dataset.contains("16") || dataset.contains("whole"))
                QTest::newRow(qPrintable(dataset)) << dataset;
    }
    void everyDamageIsAnErrorOrAValue()
    {
        QFETCH(QString, dataset);
        const QString path = pathOf("flipped.h5");
        QFile::remove(path);
        QVERIFY(QFile::copy(golden("filters.h5"), path));
        const StoredChunk chunk = chunkAt(path, dataset, {0, 0, 0, 0});
        QFile file(path);
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(file.open(QFile::ReadWrite | QFile::Unbuffered));
        QVERIFY(file.seek(chunk.offset));
        const QByteArray whole = file.read(chunk.size);
        const qint64 step = std::max<qint64>(1, chunk.size / 200);
        int refused = 0, tried = 0;
        for (qint64 i = 0; i < chunk.size; i += i < 20 ? 1 : step, ++tried) {
            file.seek(chunk.offset + i);
            file.write(QByteArray(1, static_cast<char>(whole[i] ^ 0x55)));
            const auto scan = emdFormat().openDiffraction(toPath(path), dataset.toStdString(), ScanShape{4, 5});
            QVERIFY(scan);
            if (const auto pattern = (*scan)->pattern({0, 0}); !pattern) {
                QVERIFY(pattern.error().code == ErrorCode::FormatInvalid);
                ++refused;
            }
            file.seek(chunk.offset + i);
            file.write(whole.mid(i, 1));
        }
        QVERIFY(tried > 20);
        if (dataset.contains("fletcher32") || dataset.startsWith("deflate"))
            QCOMPARE(refused, tried); // these carry checksums
    }

    void chunksThatClaimTooMuchAllocateNothing()
    {
        // 1 GiB chunks in a file of some kilobytes: refused by what is stored, before memory is asked for.
        const QString path = pathOf("claims.h5");
        makeHdf5(path, [](hid_t file) {
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk[3] = {32, 4096, 4096};
            H5Pset_chunk(creation, 3, chunk);
            H5Pset_deflate(creation, 1);
            addDataset<std::uint16_t>(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, {32, 4096, 4096}, {}, creation);
            const hid_t data = H5Dopen2(file, "/d", H5P_DEFAULT);
            const hsize_t origin[3] = {0, 0, 0};
            const QByteArray bytes(100, 'x');
            H5Dwrite_chunk(data, H5P_DEFAULT, 0, origin, 100, bytes.constData());
            H5Dclose(data);
            H5Pclose(creation);
        });
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", ScanShape{8, 4});
        QVERIFY(scan);
        std::vector<std::byte> out(2);
        const auto before = peakResidentMemory();
        const auto read = (*scan)->readWindow({0, 0, 1, 1}, {0, 0, 1, 1}, out);
        QVERIFY(!read);
        QVERIFY(read.error().code == ErrorCode::FormatInvalid);
        QVERIFY2(read.error().message.find("100 bytes are too few for the 1073741824") != std::string::npos,
                 read.error().message.c_str());
        QVERIFY(peakResidentMemory() < before + (64u << 20));
    }

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

    void truncatedFilesNameBothSizes()
    {
        const QString path = chunkedFile(pathOf("cut.h5"), {4, 4, 32, 32}, {1, 1, 32, 32}, [](hid_t creation) {
            H5Pset_deflate(creation, 1);
        });
        QFile file(path);
        const qint64 whole = file.size();
        QVERIFY(file.resize(whole - 1000));
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY(!scan);
        QVERIFY(scan.error().code == ErrorCode::FileTruncated);
        QCOMPARE(scan.error().arguments,
                 (std::vector<std::string>{std::to_string(whole), std::to_string(whole - 1000)}));
    }

    void externalLinksAreReadFromTheirFile()
    {
        const std::vector<hsize_t> shape = {2, 2, 4, 4};
        makeHdf5(pathOf("linked.h5"), [&](hid_t file) {
            addDataset(file, "/pad", H5T_STD_U8LE, H5T_NATIVE_UINT8, {1000}, counting<std::uint8_t>({1000}, 255));
            addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, counting<std::uint16_t>(shape, 99));
        });
        const QString path = pathOf("linking.h5");
        makeHdf5(path, [](hid_t file) {
            H5Lcreate_external("linked.h5", "/d", file, "d", H5P_DEFAULT, H5P_DEFAULT);
            H5Lcreate_external("gone.h5", "/d", file, "gone", H5P_DEFAULT, H5P_DEFAULT);
        });
        const auto scan = emdFormat().openDiffraction(toPath(path), "/d", {});
        QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
        QCOMPARE((*(*scan)->pattern({1, 1}))[15], 63.0f);
        const auto gone = emdFormat().openDiffraction(toPath(path), "/gone", {});
        QVERIFY(!gone);
        QVERIFY(gone.error().code == ErrorCode::DatasetMissing);
        QVERIFY2(gone.error().message.find("'gone.h5'") != std::string::npos, gone.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(TestHdf5Bad)
#include "tst_hdf5_bad.moc"
