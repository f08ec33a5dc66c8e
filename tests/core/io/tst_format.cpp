// SPDX-License-Identifier: GPL-3.0-or-later
// The registry: which format a file is, and what is said about files that are none.
#include "core/io/format.h"
#include "tests/core/io/mrc_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <set>

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
    QCOMPARE(names.back(), std::string("mrc")); // the one with the weakest signature is asked last
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

QTEST_APPLESS_MAIN(TestFormat)
#include "tst_format.moc"
