// SPDX-License-Identifier: GPL-3.0-or-later
// The registry: which format a file is, and what is said about files that are none.
#include "core/io/format.h"
#include "tests/core/io/mrc_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <set>

#include <sys/resource.h>

using namespace dispersa;
namespace fs = std::filesystem;

class TestFormat : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path write(const char* name, const std::string& bytes) const
    {
        const fs::path path = fs::path(m_folder.path().toStdString()) / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }

  private Q_SLOTS:
    void listsFormatsThatSayWhatTheyDo();
    void contentCountsMoreThanName();
    void explainsFilesThatAreNone_data();
    void explainsFilesThatAreNone();
    void mapFormatRefusesDiffraction();
    void memoryThatRunsOutIsAnError();
};

void TestFormat::listsFormatsThatSayWhatTheyDo()
{
    std::vector<std::string> names;
    for (const Format* format : formats()) {
        names.push_back(format->traits().name);
        QVERIFY(!format->traits().title.empty());
        QVERIFY(!format->traits().extensions.empty());
        QVERIFY(format->traits().readsDiffraction || format->traits().readsMaps);
    }
    QCOMPARE(std::set<std::string>(names.begin(), names.end()).size(), names.size());
    const auto place = [&](const char* name) { return std::find(names.begin(), names.end(), name) - names.begin(); };
    for (const char* dialect : {"velox", "emd", "py4dstem", "prismatic", "emd-berkeley", "hspy", "nexus"})
        QVERIFY2(place(dialect) < place("hdf5"), dialect); // which takes any HDF5 file
    QCOMPARE(names.back(), std::string("mrc")); // the one with the weakest signature is asked last
    for (const char* name : {"emd", "tiff", "dm", "blo", "mib", "npy", "empad", "csv"})
        QCOMPARE(std::count(names.begin(), names.end(), name), 1);
}

void TestFormat::contentCountsMoreThanName()
{
    test::MrcFixture mrc;
    mrc.data = std::string(48, '\0');
    for (const char* name : {"a.mrc", "a.tif", "a.h5", "noextension"}) {
        const auto format = formatOf(mrc.write(fs::path(m_folder.path().toStdString()) / name));
        QVERIFY(format);
        QCOMPARE((*format)->traits().name, std::string("mrc"));
    }
    const auto tiff = formatOf(write("really-a-tiff.mrc", std::string("II*\0\x08\0\0\0", 8)));
    QCOMPARE((*tiff)->traits().name, std::string("tiff"));
}

void TestFormat::explainsFilesThatAreNone_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("said");
    QTest::newRow("text") << "notes.txt" << QByteArray("hello") << ErrorCode::FormatUnknown << "none of the formats";
    QTest::newRow("empty") << "empty.h5" << QByteArray() << ErrorCode::FormatInvalid << "empty (0 bytes)";
    for (const char* name : {"x.h5", "x.hdf5", "x.emd", "x.H5"})
        QTest::newRow(name) << name << QByteArray(2000, 'x') << ErrorCode::FormatInvalid << "not an HDF5 file";
    QTest::newRow("text named tif") << "x.tif" << QByteArray("hello") << ErrorCode::FormatUnknown << "x.tif";
}

void TestFormat::explainsFilesThatAreNone()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    QFETCH(QString, said);
    const fs::path path = write(name.toUtf8().constData(), bytes.toStdString());
    for (const Error& error :
         {formatOf(path).error(), inspectFile(path).error(), openDiffraction(path).error(), readMap(path).error()}) {
        QCOMPARE(error.code, code);
        QVERIFY2(QString::fromStdString(error.message).contains(said), error.message.c_str());
        QCOMPARE(error.file, path);
    }
    const fs::path missing = fs::path(m_folder.path().toStdString()) / "missing.mrc";
    QCOMPARE(formatOf(missing).error().code, ErrorCode::FileNotFound);
    QCOMPARE(formatOf(missing.parent_path()).error().code, ErrorCode::FileUnreadable);
}

void TestFormat::mapFormatRefusesDiffraction()
{
    const auto path = write("map.tif", std::string("II*\0\x08\0\0\0", 8));
    const auto scan = openDiffraction(path);
    QCOMPARE(scan.error().code, ErrorCode::FormatUnsupported);
    QVERIFY(QString::fromStdString(scan.error().message).contains("TIFF"));
}

/// No exception of the allocator leaves the core.
void TestFormat::memoryThatRunsOutIsAnError()
{
#ifdef __SANITIZE_ADDRESS__
    QSKIP("The address sanitizer needs more address space than this test leaves.");
#endif
    test::MrcFixture mrc;
    mrc.mode = 6;
    mrc.nx = mrc.mx = mrc.ny = mrc.my = 4096;
    mrc.data = std::string(std::size_t(4096) * 4096 * 2, '\1');
    const fs::path path = mrc.write(fs::path(m_folder.path().toStdString()) / "large.mrc");
    mrc.data.clear();
    mrc.data.shrink_to_fit();
    std::ifstream status("/proc/self/statm");
    std::uint64_t pages = 0;
    status >> pages;
    if (pages == 0)
        QSKIP("This system does not tell how much address space a process uses.");
    rlimit before = {};
    QCOMPARE(getrlimit(RLIMIT_AS, &before), 0);
    // Room to map the file and for no block of its values.
    rlimit tight = before;
    tight.rlim_cur = pages * 4096 + fs::file_size(path) + (std::uint64_t(1) << 20);
    QCOMPARE(setrlimit(RLIMIT_AS, &tight), 0);
    const auto format = formatOf(path);
    const auto statistics = itemStatistics(path, {}, {}, {});
    const auto map = readMap(path);
    QCOMPARE(setrlimit(RLIMIT_AS, &before), 0);
    QVERIFY(format);
    QVERIFY(!statistics && !map);
    QCOMPARE(statistics.error().code, ErrorCode::OutOfMemory);
    QCOMPARE(map.error().code, ErrorCode::OutOfMemory);
    QVERIFY(statistics.error().message.find("large.mrc") != std::string::npos);
    QVERIFY(itemStatistics(path, {}, {}, {}));
    QCOMPARE(itemStatistics(path.parent_path() / "none.mrc", {}, {}, {}).error().code, ErrorCode::FileNotFound);
}

QTEST_APPLESS_MAIN(TestFormat)
#include "tst_format.moc"
