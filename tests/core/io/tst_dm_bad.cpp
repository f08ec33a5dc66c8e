// SPDX-License-Identifier: GPL-3.0-or-later
// DM3 and DM4 files that are wrong: images that are no numbers, hostile tags, damaged bytes, files that end early.
#include "core/io/dm_format.h"
#include "core/io/dm_images.h"
#include "core/io/dm_tags.h"
#include "core/io/format.h"
#include "tests/core/io/detector_fixtures.h"
#include "tests/core/io/dm_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;
using dispersa::test::counting;
using dispersa::test::DmFixture;
using dispersa::test::hasWarning;
using dispersa::test::scan4d;
namespace fs = std::filesystem;

class TestDmBad : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path write(const std::string& name, const std::string& bytes) const
    {
        return DmFixture::write(fs::path(m_folder.path().toStdString()) / name, bytes);
    }

  private Q_SLOTS:
    void scanRefusesAnotherGrid();
    void skipsWhatIsNoNumber_data();
    void skipsWhatIsNoNumber();
    void hostileFiles_data();
    void hostileFiles();
    void damagedBytesNeverCrash();
    void everyLengthOfATruncatedFileIsSaid();
};

void TestDmBad::scanRefusesAnotherGrid()
{
    const DmFixture dm;
    const auto path = write("4d.dm4", dm.document({dm.image(scan4d(dm, false))}));
    QVERIFY(openDiffraction(path, "", ScanShape{2, 3}));
    QCOMPARE(openDiffraction(path, "", ScanShape{3, 2}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(openDiffraction(path, "7").error().code, ErrorCode::DatasetMissing);
}

void TestDmBad::skipsWhatIsNoNumber_data()
{
    QTest::addColumn<int>("dataType");
    QTest::addColumn<QString>("said");
    QTest::newRow("complex") << 3 << "complex";
    QTest::newRow("complex, double") << 13 << "complex";
    QTest::newRow("packed complex") << 5 << "Fourier";
    QTest::newRow("RGB") << 23 << "RGB";
    QTest::newRow("unknown") << 77 << "type 77";
}

void TestDmBad::skipsWhatIsNoNumber()
{
    QFETCH(int, dataType);
    QFETCH(QString, said);
    const DmFixture dm;
    DmFixture::Image other{{3, 2}, dataType, 7, std::string(48, 'x')};
    other.elementSize = 8;
    const auto path = write("a.dm4", dm.document({dm.image(other), dm.image({{3, 2}, 10, 4, counting(dm, 6)})}));
    const auto info = inspectFile(path); // the image is skipped, not the file
    QVERIFY(info);
    QCOMPARE(info->items.size(), std::size_t(1));
    QVERIFY(hasWarning(info->warnings, "dm_image_skipped"));
    QVERIFY2(QString::fromStdString(info->warnings.at(0).message).contains(said), info->warnings.at(0).message.c_str());
    const auto alone = write("b.dm4", dm.document({dm.image(other)}));
    for (const Error& error : {inspectFile(alone).error(), readMap(alone).error(), openDiffraction(alone).error()}) {
        QCOMPARE(error.code, ErrorCode::FormatUnsupported);
        QVERIFY(QString::fromStdString(error.message).contains(said));
    }
}

void TestDmBad::hostileFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("said");
    const auto row = [](const char* name, const std::string& bytes, ErrorCode code, const char* said) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << code << QString(said);
    };
    for (const bool dm4 : {false, true}) {
        const DmFixture dm{dm4};
        const std::string version = dm4 ? "DM4: " : "DM3: ";
        const auto named = [&](const char* name) { return version + name; };
        const std::string pixels = counting(dm, 6);
        row(named("another kind of file").c_str(), std::string(200, 'x'), ErrorCode::FormatInvalid, "not a DM3 or DM4");
        row(named("no image").c_str(), dm.file({dm.flag("InImageMode", true)}), ErrorCode::DatasetMissing, "only tags");
        row(named("more tags than bytes").c_str(),
            dm.file({dm.tag(20, "ImageList", std::string("\1\0", 2) + dm.integer(4000000000))}),
            ErrorCode::FormatInvalid, "announces 4000000000 tags");
        row(named("an array longer than the file").c_str(), dm.file({dm.array("Data", 7, 4000000000, "12345678")}),
            ErrorCode::FormatInvalid, "4000000000 elements of 8 bytes");
        row(named("a name longer than the file").c_str(),
            dm.file({std::string("\x15\xff\xff", 3) + std::string(60, 'x')}), ErrorCode::FormatInvalid, "65535 bytes");
        row(named("a structure of too many fields").c_str(), dm.file({dm.data("S", {15, 0, 4000000000}, "")}),
            ErrorCode::FormatInvalid, "4000000000 fields");
        row(named("an unknown type").c_str(), dm.file({dm.data("T", {99}, "12345678")}), ErrorCode::FormatInvalid,
            "the type 99");
        row(named("an unknown tag").c_str(), dm.file({dm.flag("A", true), dm.tag(9, "B", "x")}),
            ErrorCode::FormatInvalid, "the kind 9");
        std::string deep = dm.group("g", {});
        for (int i = 0; i < 5000; ++i)
            deep = dm.group("g", {deep});
        row(named("nested without end").c_str(), dm.file({deep}), ErrorCode::FormatInvalid, "more than 64 deep");
        std::vector<std::uint64_t> arrays(4000, 20);
        row(named("arrays of arrays without end").c_str(), dm.file({dm.data("A", arrays, "")}),
            ErrorCode::FormatInvalid, "elements of the type 20");
        row(named("an array of arrays that overflows").c_str(),
            dm.file({dm.data("A", {20, 20, 7, 4000000000, 4000000000}, "12345678")}), ErrorCode::FormatInvalid,
            "4000000000 elements");
        row(named("sizes that overflow").c_str(),
            dm.document({dm.image({{0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff}, 10, 4, pixels})}),
            ErrorCode::FormatInvalid, "its data has 6");
        row(named("a size of zero").c_str(), dm.document({dm.image({{0, 2}, 10, 4, pixels})}), ErrorCode::FormatInvalid,
            "impossible size");
        row(named("a size beyond 2^31").c_str(), dm.document({dm.image({{0xffffffff, 1}, 10, 4, pixels})}),
            ErrorCode::FormatInvalid, "impossible size");
        row(named("no size").c_str(), dm.document({dm.image({{}, 10, 4, pixels})}), ErrorCode::FormatInvalid,
            "states no size");
        row(named("five axes").c_str(), dm.document({dm.image({{1, 1, 1, 2, 3}, 10, 4, pixels})}),
            ErrorCode::FormatUnsupported, "5 axes");
        row(named("more pixels than values").c_str(), dm.document({dm.image({{3, 3}, 10, 4, pixels})}),
            ErrorCode::FormatInvalid, "3 x 3 values, its data has 6");
        row(named("values of another size").c_str(), dm.document({dm.image({{3, 2}, 7, 4, pixels})}),
            ErrorCode::FormatInvalid, "its values have 2 bytes");
        const std::string whole = dm.document({dm.image({{3, 2}, 10, 4, pixels})});
        row(named("cut off").c_str(), whole.substr(0, whole.size() - 200), ErrorCode::FileTruncated, "truncated");
    }
}

void TestDmBad::hostileFiles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    QFETCH(QString, said);
    const fs::path path = write("bad.dm4", bytes.toStdString());
    for (const Error& error : {inspectFile(path).error(), readMap(path).error(), openDiffraction(path).error(),
                               dmFormat().statistics(path, "", {}, {}).error()}) {
        QCOMPARE(errorCodeName(error.code), errorCodeName(code));
        QVERIFY2(QString::fromStdString(error.message).contains(said), error.message.c_str());
        QVERIFY(QString::fromStdString(error.message).contains("bad.dm4"));
    }
}

void TestDmBad::damagedBytesNeverCrash()
{
    // Every byte in turn takes values that are large, small, or kinds of tags: whatever is listed lies inside the file.
    const DmFixture dm;
    const std::string good = dm.document({dm.image(scan4d(dm, true))});
    int refused = 0;
    int listed = 0;
    for (const char byte : {'\xff', '\x00', '\x7f', '\x14', '\x15'})
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = byte;
            const auto tags = readDmTags("damaged.dm4", std::as_bytes(std::span(bad)));
            refused += tags ? 0 : 1;
            if (!tags)
                continue;
            for (const DmImage& image : dmImages("damaged.dm4", *tags).images) {
                ++listed;
                const auto bytes = static_cast<std::uint64_t>(image.count()) * elementSize(image.type);
                QVERIFY(image.offset <= bad.size() && bytes <= bad.size() - image.offset);
            }
        }
    QVERIFY(refused > 100);
    QVERIFY(listed > 100);
}

void TestDmBad::everyLengthOfATruncatedFileIsSaid()
{
    for (const bool dm4 : {false, true}) {
        const DmFixture dm{dm4};
        const std::string good = dm.document({dm.image({{3, 2}, 10, 4, counting(dm, 6)})});
        for (std::size_t length = 30; length < good.size(); ++length) {
            const auto info = inspectFile(write("short.dm4", good.substr(0, length)));
            QVERIFY(!info);
            QCOMPARE(errorCodeName(info.error().code), "file_truncated");
            QVERIFY(QString::fromStdString(info.error().message).contains(QString::number(length)));
        }
    }
}

QTEST_APPLESS_MAIN(TestDmBad)
#include "tst_dm_bad.moc"
