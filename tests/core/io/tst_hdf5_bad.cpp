// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 files that are wrong: none at all, cut, damaged in metadata or chunks, with filters or files that are missing.
#include "core/base/os_file.h"
#include "core/io/emd_format.h"
#include "tests/core/io/hdf5_test_support.h"

#include <QFile>
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

    void refusesBadFiles_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("missing") << QByteArray("missing") << ErrorCode::FileNotFound << QByteArray("no file");
        QTest::newRow("empty") << QByteArray("empty") << ErrorCode::FormatInvalid << QByteArray("is not an HDF5 file");
        QTest::newRow("text") << QByteArray("text") << ErrorCode::FormatInvalid << QByteArray("is not an HDF5 file");
        QTest::newRow("folder") << QByteArray("folder") << ErrorCode::FileUnreadable
                                << QByteArray("not a regular file");
        QTest::newRow("cut in the data") << QByteArray("cut") << ErrorCode::FileTruncated
                                         << QByteArray("the file has 1000");
        QTest::newRow("cut in the header") << QByteArray("head") << ErrorCode::FormatInvalid << QByteArray("damaged");
    }
    void refusesBadFiles()
    {
        QFETCH(QByteArray, kind);
        QFETCH(ErrorCode, code);
        QFETCH(QByteArray, words);
        const QString path = kind == "folder" ? m_folder.path() : pathOf("bad-" + kind + ".h5");
        if (kind == "cut" || kind == "head") {
            chunkedFile(path, {2, 3, 64, 64}, {1, 1, 64, 64}, [](hid_t) {});
            QFile file(path);
            QVERIFY(file.resize(kind == "cut" ? 1000 : 12));
        } else if (kind == "empty" || kind == "text") {
            QFile file(path);
            QVERIFY(file.open(QFile::WriteOnly));
            file.write(kind == "text" ? QByteArray(5000, 'x') : QByteArray());
        }
        const auto check = [&](const Error& error) {
            QVERIFY2(error.code == code, error.message.c_str());
            QVERIFY2(error.message.find(words.toStdString()) != std::string::npos, error.message.c_str());
            QVERIFY(error.message.find(path.toStdString()) != std::string::npos);
        };
        const auto info = emdFormat().inspect(toPath(path));
        QVERIFY(!info);
        check(info.error());
        const auto scan = emdFormat().openDiffraction(toPath(path), {}, {});
        QVERIFY(!scan);
        check(scan.error());
        const auto statistics = emdFormat().statistics(toPath(path), "/d", {}, {});
        QVERIFY(!statistics);
        check(statistics.error());
    }

    void survivesFlippedBytes()
    {
        // Every third byte of a small file, nearly all of it metadata, damaged in turn: an error or a value, never a
        // crash or an absurd allocation.
        const QString whole = pathOf("flip.h5");
        const std::vector<hsize_t> shape = {2, 2, 3, 3};
        makeHdf5(whole, [&](hid_t file) {
            addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, counting<std::uint16_t>(shape, 99));
        });
        QFile original(whole);
        QVERIFY(original.open(QFile::ReadOnly));
        const QByteArray bytes = original.readAll();
        const QString path = pathOf("flipped.h5");
        int opened = 0;
        for (qsizetype i = 0; i < bytes.size(); i += 3) {
            QByteArray damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x7f);
            QFile file(path);
            QVERIFY(file.open(QFile::WriteOnly | QFile::Truncate));
            file.write(damaged);
            file.close();
            if (const auto scan = emdFormat().openDiffraction(toPath(path), {}, {}); scan && (*scan)->pattern({0, 0}))
                ++opened;
        }
        QVERIFY(opened > 0); // most bytes of such a file are padding or data
        QVERIFY(opened < bytes.size() / 3);
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
        QTest::newRow("bitshuffle block")
            << "bitshuffle-lz4-whole-uint32" << QByteArray::fromHex("00000000000029400000000300000000")
            << QByteArray("does not fit its values");
        QTest::newRow("bitshuffle short")
            << "bitshuffle-lz4-whole-uint32" << QByteArray::fromHex("00000000000000000000002000000000")
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

    void truncatedFilesNameBothSizes()
    {
        const QString path = chunkedFile(pathOf("cut.h5"), {4, 4, 32, 32}, {1, 1, 32, 32},
                                         [](hid_t creation) { H5Pset_deflate(creation, 1); });
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
