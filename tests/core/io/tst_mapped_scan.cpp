// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns read straight from a file's bytes: gaps, foreign byte order, swapped axes, files that end early, hostile sizes.
#include <QTemporaryDir>
#include <QTest>

#include "core/io/mapped_scan.h"

#include <fstream>

using namespace dispersa;

class TestMappedScan : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void framesWithHeaders();
    void foreignByteOrder();
    void swappedAxes();
    void windows();
    void endsEarly_data();
    void endsEarly();
    void fewerRecordedThanRoom();
    void impossible_data();
    void impossible();

  private:
    std::shared_ptr<const MappedFile> fileOf(const std::vector<std::uint8_t>& bytes)
    {
        const std::filesystem::path path = m_folder.filePath("frames.bin").toStdString();
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return *MappedFile::open(path);
    }
    QTemporaryDir m_folder;
};

static std::vector<std::uint8_t> counting(std::size_t count)
{
    std::vector<std::uint8_t> bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::uint8_t>(i);
    return bytes;
}

void TestMappedScan::framesWithHeaders()
{
    // Five bytes of file header, frames of 2 x 2 with three bytes before each.
    const auto scan = mappedScan(fileOf(counting(5 + 6 * 7)),
                                 FrameLayout::frames(5 + 3, 7, {2, 3}, {2, 2}, ElementType::UInt8), {"f"});
    QVERIFY(scan);
    QCOMPARE(*(*scan)->pattern({0, 0}), (std::vector<float>{8, 9, 10, 11}));
    QCOMPARE(*(*scan)->pattern({1, 2}), (std::vector<float>{43, 44, 45, 46}));
    std::vector<float> block(8);
    QVERIFY((*scan)->read({0, 1, 2, 1}, block));
    QCOMPARE(block, (std::vector<float>{15, 16, 17, 18, 36, 37, 38, 39}));
}

void TestMappedScan::foreignByteOrder()
{
    for (const auto& [type, size, expected] :
         {std::tuple{ElementType::UInt16, 2, 0x0203}, std::tuple{ElementType::UInt32, 4, 0x04050607}}) {
        const auto scan =
            mappedScan(fileOf(counting(8)),
                       FrameLayout::frames(0, static_cast<std::uint64_t>(size), {1, 2}, {1, 1}, type, true), {"f"});
        QVERIFY(scan);
        QCOMPARE((*scan)->pattern({0, 1})->front(), static_cast<float>(expected));
    }
}

void TestMappedScan::swappedAxes()
{
    // [det_y 2, det_x 2, scan_y 1, scan_x 3]
    FrameLayout layout;
    layout.scan = {1, 3};
    layout.pattern = {2, 2};
    layout.type = ElementType::UInt8;
    layout.scanRowStride = 3;
    layout.scanColumnStride = 1;
    layout.rowStride = 6;
    layout.columnStride = 3;
    const auto scan = mappedScan(fileOf(counting(12)), layout, {"f"});
    QVERIFY(scan);
    QCOMPARE(*(*scan)->pattern({0, 2}), (std::vector<float>{2, 5, 8, 11}));
    QCOMPARE(mappedScan(fileOf(counting(11)), layout, {"f"}).error().code, ErrorCode::FileTruncated);
}

void TestMappedScan::windows()
{
    const auto scan = *mappedScan(fileOf(counting(24)), FrameLayout::frames(0, 12, {1, 2}, {3, 4}, ElementType::UInt8),
                                  {"f"});
    std::vector<std::byte> raw(8);
    QVERIFY(scan->readWindow({0, 0, 1, 2}, {1, 2, 2, 2}, raw));
    const std::vector<int> expected{6, 7, 10, 11, 18, 19, 22, 23};
    for (std::size_t i = 0; i < raw.size(); ++i)
        QCOMPARE(static_cast<int>(raw[i]), expected[i]);
    QCOMPARE(scan->readWindow({0, 0, 1, 2}, {1, 3, 2, 2}, raw).error().code, ErrorCode::InvalidArgument);
}

void TestMappedScan::endsEarly_data()
{
    QTest::addColumn<int>("bytes");
    QTest::addColumn<int>("available");
    QTest::newRow("one byte short") << 23 << 5;
    QTest::newRow("in the first row") << 9 << 2;
    QTest::newRow("one pattern") << 4 << 1;
    QTest::newRow("whole") << 24 << 6;
    QTest::newRow("longer") << 99 << 6;
}

void TestMappedScan::endsEarly()
{
    QFETCH(int, bytes);
    QFETCH(int, available);
    const auto scan = *mappedScan(fileOf(counting(static_cast<std::size_t>(bytes))),
                                  FrameLayout::frames(0, 4, {2, 3}, {2, 2}, ElementType::UInt8), {"f"});
    QCOMPARE(scan->availablePatterns(), available);
    QCOMPARE(*scan->pattern({0, 0}), (std::vector<float>{0, 1, 2, 3}));
    if (available < 6) {
        QVERIFY(!scan->isAvailable({1, 2}));
        QCOMPARE(*scan->pattern({1, 2}), (std::vector<float>(4, 0.0f)));
    }
}

void TestMappedScan::fewerRecordedThanRoom()
{
    MappedScanInfo info{"f"};
    info.available = 2;
    const auto scan =
        *mappedScan(fileOf(counting(24)), FrameLayout::frames(0, 4, {2, 3}, {2, 2}, ElementType::UInt8), info);
    QCOMPARE(scan->availablePatterns(), 2);
    QCOMPARE(*scan->pattern({0, 2}), (std::vector<float>(4, 0.0f)));
}

void TestMappedScan::impossible_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("patternRows");
    QTest::addColumn<quint64>("first");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("no pattern fits") << 2 << 9 << quint64(0) << ErrorCode::FileTruncated;
    QTest::newRow("starts behind the end") << 2 << 2 << quint64(1) * 4096 << ErrorCode::FileTruncated;
    QTest::newRow("negative") << -2 << 2 << quint64(0) << ErrorCode::FormatInvalid;
    QTest::newRow("empty pattern") << 2 << 0 << quint64(0) << ErrorCode::FormatInvalid;
    QTest::newRow("products overflow") << 0x7fffffff << 0x7fffffff << ~quint64(0) << ErrorCode::FormatInvalid;
}

void TestMappedScan::impossible()
{
    QFETCH(int, rows);
    QFETCH(int, patternRows);
    QFETCH(quint64, first);
    QFETCH(ErrorCode, code);
    const auto layout = FrameLayout::frames(first, static_cast<std::uint64_t>(patternRows) * 4, {rows, 3},
                                            {patternRows, 4}, ElementType::UInt8);
    QCOMPARE(mappedScan(fileOf(counting(24)), layout, {"f"}).error().code, code);
}

QTEST_APPLESS_MAIN(TestMappedScan)
#include "tst_mapped_scan.moc"
