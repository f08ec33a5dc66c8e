// SPDX-License-Identifier: GPL-3.0-or-later
// Files through the operating system: maps, atomic writes, fingerprints.
#include "core/base/os_file.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <fstream>
#include <memory>

using namespace dispersa;
namespace fs = std::filesystem;

class TestOsFile : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder->path().toStdString()) / name; }
    std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(file("")), fs::directory_iterator{}); }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void mapsWholeFile();
    void adviceLetsMemoryGo();
    void mappingFails_data();
    void mappingFails();
    void atomicFileAppearsAtCommit();
    void abandonedFileLeavesNothing();
    void oldFileStaysUntilCommit();
    void newFileHasUsualPermissions();
    void writingFails();
    void movedFileIsWrittenOnce();
    void textFileLimit();
    void writableFolder();
    void fingerprintFollowsContent();
    void memoryIsKnown();
};

void TestOsFile::mapsWholeFile()
{
    QVERIFY(writeFileAtomically(file("a"), "hello"));
    const auto mapped = MappedFile::open(file("a"));
    QVERIFY(mapped);
    QCOMPARE((*mapped)->bytes().size(), std::size_t(5));
    QCOMPARE(std::to_integer<char>((*mapped)->bytes()[4]), 'o');
    QVERIFY(writeFileAtomically(file("empty"), ""));
    QVERIFY((*MappedFile::open(file("empty")))->bytes().empty());
}

void TestOsFile::adviceLetsMemoryGo()
{
    const auto mappedMemory = [] { // of files, in this process
        std::ifstream status("/proc/self/status");
        std::int64_t kilobytes = -1;
        for (std::string word; status >> word;)
            if (word == "RssFile:")
                status >> kilobytes;
        return kilobytes * 1024;
    };
    if (mappedMemory() < 0)
        QSKIP("The system does not tell what a process has mapped.");
    constexpr std::size_t size = 32 << 20;
    std::string content(size, 0);
    for (std::size_t i = 0; i < size; ++i)
        content[i] = char(i / 1000 % 251);
    QVERIFY(writeFileAtomically(file("large"), content));
    const auto mapped = MappedFile::open(file("large")).value();
    const auto isWhole = [&] { return std::memcmp(mapped->bytes().data(), content.data(), size) == 0; };
    mapped->willNeed(mapped->bytes());
    QVERIFY(isWhole());
    const std::int64_t before = mappedMemory();
    // All but a few bytes at both ends, whose pages stay.
    mapped->doneWith(mapped->bytes().subspan(100, size - 200));
    const std::int64_t freed = before - mappedMemory();
    QVERIFY2(freed > std::int64_t(size) - (1 << 20), qPrintable(QString::number(freed)));
    QVERIFY(isWhole());
    // Parts smaller than a page, at odd places, and none at all.
    mapped->doneWith(mapped->bytes().subspan(5000, 10));
    mapped->willNeed(mapped->bytes().subspan(size - 3, 3));
    mapped->willNeed({});
    mapped->doneWith({});
    QVERIFY(isWhole());
}

void TestOsFile::mappingFails_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("missing") << "none" << ErrorCode::FileNotFound;
    QTest::newRow("below a file") << "a/b" << ErrorCode::FileNotFound;
    QTest::newRow("folder") << "" << ErrorCode::FileUnreadable;
}

void TestOsFile::mappingFails()
{
    QFETCH(QString, name);
    QFETCH(ErrorCode, code);
    QVERIFY(writeFileAtomically(file("a"), "hello"));
    const fs::path path = file(name.toUtf8().constData());
    const auto mapped = MappedFile::open(path);
    QVERIFY(!mapped);
    QCOMPARE(mapped.error().code, code);
    QCOMPARE(mapped.error().file, path);
    QCOMPARE(readTextFile(path).error().code, code);
    QCOMPARE(fingerprint(path).error().code, code);
}

void TestOsFile::atomicFileAppearsAtCommit()
{
    auto atomic = AtomicFile::create(file("sub/deep/a"));
    QVERIFY(atomic);
    QVERIFY(atomic->write("one "));
    QVERIFY(atomic->write("two"));
    QVERIFY(!fs::exists(file("sub/deep/a")));
    QCOMPARE(atomic->temporary().parent_path(), file("sub/deep"));
    QVERIFY(atomic->commit());
    QCOMPARE(*readTextFile(file("sub/deep/a")), std::string("one two"));
    QVERIFY(!fs::exists(atomic->temporary()) || atomic->temporary().empty());
}

void TestOsFile::abandonedFileLeavesNothing()
{
    {
        auto atomic = AtomicFile::create(file("a"));
        QVERIFY(atomic);
        QVERIFY(atomic->write("half"));
        QCOMPARE(entries(), 1);
    }
    QCOMPARE(entries(), 0);
}

void TestOsFile::oldFileStaysUntilCommit()
{
    QVERIFY(writeFileAtomically(file("a"), "old"));
    {
        auto atomic = AtomicFile::create(file("a"));
        QVERIFY(atomic->write("new"));
        QCOMPARE(*readTextFile(file("a")), std::string("old"));
    }
    QCOMPARE(*readTextFile(file("a")), std::string("old"));
    QVERIFY(writeFileAtomically(file("a"), "new"));
    QCOMPARE(*readTextFile(file("a")), std::string("new"));
}

void TestOsFile::newFileHasUsualPermissions()
{
    QVERIFY(writeFileAtomically(file("a"), "text"));
    QFile usual(QString::fromStdString(file("usual").string()));
    QVERIFY(usual.open(QFile::WriteOnly));
    QCOMPARE(fs::status(file("a")).permissions(), fs::status(file("usual")).permissions());
}

void TestOsFile::writingFails()
{
    QVERIFY(writeFileAtomically(file("a"), "kept"));
    for (const char* name : {"a/b", "a/b/c"}) {
        const auto written = writeFileAtomically(file(name), "text");
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::WriteFailed);
        QVERIFY(QString::fromStdString(written.error().message).contains(name));
    }
    fs::create_directories(file("folder/inside"));
    QCOMPARE(writeFileAtomically(file("folder"), "text").error().code, ErrorCode::WriteFailed);
    QCOMPARE(*readTextFile(file("a")), std::string("kept"));
    QCOMPARE(entries(), 2); // "a" and "folder", no temporary
}

void TestOsFile::movedFileIsWrittenOnce()
{
    auto first = AtomicFile::create(file("a"));
    QVERIFY(first->write("text"));
    AtomicFile second = std::move(*first);
    QVERIFY(second.commit());
    QCOMPARE(*readTextFile(file("a")), std::string("text"));
    QCOMPARE(entries(), 1);
}

void TestOsFile::textFileLimit()
{
    QVERIFY(writeFileAtomically(file("a"), std::string(100, 'x')));
    QCOMPARE(readTextFile(file("a"), 100)->size(), std::size_t(100));
    const auto text = readTextFile(file("a"), 99);
    QCOMPARE(text.error().code, ErrorCode::FormatInvalid);
    QCOMPARE(text.error().arguments, (std::vector<std::string>{"100", "99"}));
}

void TestOsFile::writableFolder()
{
    QVERIFY(makeWritableFolder(file("x/y")));
    QVERIFY(fs::is_empty(file("x/y")));
    QVERIFY(writeFileAtomically(file("a"), "text"));
    QCOMPARE(makeWritableFolder(file("a")).error().code, ErrorCode::WriteFailed);
    QCOMPARE(makeWritableFolder(file("a/b")).error().code, ErrorCode::WriteFailed);
}

void TestOsFile::fingerprintFollowsContent()
{
    const auto now = fs::file_time_type::clock::now();
    const auto of = [&](const std::string& text) {
        [&] { QVERIFY(writeFileAtomically(file("a"), text)); }();
        fs::last_write_time(file("a"), now); // the time must not be what tells them apart
        return *fingerprint(file("a"));
    };
    const std::string text(3000000, 'x');
    const std::string whole = of(text);
    QCOMPARE(whole.size(), std::size_t(16));
    QCOMPARE(of(text), whole);
    QVERIFY(of(text + "x") != whole);
    std::string changed = text;
    changed[0] = 'y'; // of a large file only samples are read; the first bytes are one
    QVERIFY(of(changed) != whole);
    QVERIFY(of("a") != of("b"));
    const std::string before = of("same");
    fs::last_write_time(file("a"), now + std::chrono::seconds(5));
    QVERIFY(*fingerprint(file("a")) != before);
}

void TestOsFile::memoryIsKnown()
{
    QVERIFY(physicalMemory() > (64u << 20));
    QVERIFY(peakResidentMemory() > (1u << 20));
    QVERIFY(peakResidentMemory() < physicalMemory());
}

QTEST_APPLESS_MAIN(TestOsFile)
#include "tst_os_file.moc"
