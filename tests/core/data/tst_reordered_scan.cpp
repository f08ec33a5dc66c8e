// SPDX-License-Identifier: GPL-3.0-or-later
// Frames put on the scan grid in another order: flyback frames, serpentine rows, transposed and flipped grids, swapped axes.
#include <QTest>

#include "core/data/reordered_scan.h"
#include "tests/support/memory_scan.h"

#include <numeric>

using namespace dispersa;

namespace {

using Table = std::vector<std::int64_t>;

/// A scan whose values tell the frame: pixel p of frame k is 10 k + p.
std::shared_ptr<MemoryScan> countingScan(ScanShape shape, PatternShape pattern = {1, 2})
{
    std::vector<std::uint16_t> values;
    for (int frame = 0; frame < shape.count(); ++frame)
        for (int pixel = 0; pixel < pattern.count(); ++pixel)
            values.push_back(static_cast<std::uint16_t>(10 * frame + pixel));
    return std::make_shared<MemoryScan>(shape, pattern, values);
}

Table framesSeen(const DiffractionScan& scan)
{
    const Region whole = wholeRegion(scan.scanShape());
    const auto pixels = static_cast<std::size_t>(scan.patternShape().count());
    std::vector<float> values(static_cast<std::size_t>(whole.count()) * pixels, -1.0f);
    const auto read = scan.read(whole, values);
    if (!read)
        qFatal("%s", read.error().message.c_str());
    Table frames;
    for (int y = 0; y < whole.height; ++y)
        for (int x = 0; x < whole.width; ++x) {
            const float first = values[static_cast<std::size_t>(y * whole.width + x) * pixels];
            frames.push_back(scan.isAvailable({y, x}) ? std::int64_t(first) / 10 : -1);
        }
    return frames;
}

} // namespace

class TestReorderedScan : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tables_data();
    void tables();
    void defaultOrderIsTheScanItself();
    void flatStackGetsItsGrid();
    void aTurnedGridHasNoRotationOfTheFile();
    void missingFramesStayMissing();
    void blocksInsideTheGrid();
    void swappedAxes();
    void badOrders();
};

void TestReorderedScan::tables_data()
{
    QTest::addColumn<ScanOrder>("order");
    QTest::addColumn<Table>("expected"); // for 2 rows of 3, 7 frames in the file
    ScanOrder order;
    QTest::newRow("as it is") << order << Table{0, 1, 2, 3, 4, 5};
    order.skipFirst = 1;
    QTest::newRow("skip the first") << order << Table{1, 2, 3, 4, 5, 6};
    order.skipFirst = 2;
    QTest::newRow("the last frame is missing") << order << Table{2, 3, 4, 5, 6, -1};
    order = {};
    order.skipPerRow = 1;
    QTest::newRow("flyback frames") << order << Table{0, 1, 2, 4, 5, 6};
    order = {};
    order.serpentine = true;
    QTest::newRow("serpentine") << order << Table{0, 1, 2, 5, 4, 3};
    order.flipX = true;
    QTest::newRow("serpentine, columns flipped") << order << Table{2, 1, 0, 3, 4, 5};
    order = {};
    order.flipY = true;
    QTest::newRow("rows flipped") << order << Table{3, 4, 5, 0, 1, 2};
    order = {};
    order.transpose = true;
    QTest::newRow("transposed") << order << Table{0, 3, 1, 4, 2, 5}; // 3 rows of 2
    order.flipY = true;
    QTest::newRow("transposed, then rows flipped") << order << Table{2, 5, 1, 4, 0, 3};
}

void TestReorderedScan::tables()
{
    QFETCH(ScanOrder, order);
    QFETCH(Table, expected);
    QCOMPARE(frameTable({2, 3}, order, 7), expected);
    const auto scan = inOrder(countingScan({1, 7}), ScanShape{2, 3}, order);
    QVERIFY(scan);
    QCOMPARE((*scan)->scanShape(), order.transpose ? (ScanShape{3, 2}) : (ScanShape{2, 3}));
    QCOMPARE(framesSeen(**scan), expected);
}

void TestReorderedScan::defaultOrderIsTheScanItself()
{
    const ScanPtr scan = countingScan({2, 3});
    QCOMPARE(inOrder(scan, {}, {})->get(), scan.get());
    QCOMPARE(inOrder(scan, ScanShape{2, 3}, {})->get(), scan.get());
}

void TestReorderedScan::flatStackGetsItsGrid()
{
    const auto scan = *inOrder(countingScan({1, 6}), ScanShape{3, 2}, {});
    QCOMPARE(scan->scanShape(), (ScanShape{3, 2}));
    QCOMPARE(*scan->pattern({2, 1}), (std::vector<float>{50, 51}));
}

void TestReorderedScan::aTurnedGridHasNoRotationOfTheFile()
{
    const auto frames = std::make_shared<MemoryScan>(ScanShape{2, 3}, PatternShape{1, 1}, std::vector<std::uint16_t>(6));
    Calibration calibration;
    calibration.scanStep_nm = 1.5;
    calibration.qrRotation_deg = 30;
    frames->setCalibration(calibration);
    ScanOrder order;
    order.serpentine = true; // the axes stay
    QVERIFY((*inOrder(frames, {}, order))->calibration() == calibration);
    for (bool ScanOrder::* turn : {&ScanOrder::transpose, &ScanOrder::flipY, &ScanOrder::flipX}) {
        order = {};
        order.*turn = true;
        const auto scan = *inOrder(frames, {}, order);
        QVERIFY(!scan->calibration().qrRotation_deg);
        QCOMPARE(*scan->calibration().scanStep_nm, 1.5);
    }
}

void TestReorderedScan::missingFramesStayMissing()
{
    const auto frames = countingScan({1, 6});
    frames->stopAfter(4);
    ScanOrder order;
    order.serpentine = true;
    const auto scan = *inOrder(frames, ScanShape{2, 3}, order);
    QCOMPARE(framesSeen(*scan), (Table{0, 1, 2, -1, -1, 3}));
    QCOMPARE(scan->availablePatterns(), 4);
    QCOMPARE(*scan->pattern({1, 0}), (std::vector<float>{0, 0}));
}

void TestReorderedScan::blocksInsideTheGrid()
{
    ScanOrder order;
    order.skipPerRow = 2;
    const auto scan = *inOrder(countingScan({1, 20}), ScanShape{4, 3}, order);
    std::vector<float> values(8);
    QVERIFY(scan->read({1, 1, 2, 2}, values));
    QCOMPARE(values, (std::vector<float>{60, 61, 70, 71, 110, 111, 120, 121}));
    std::vector<std::byte> raw(3);
    QCOMPARE(scan->readRaw({0, 0, 1, 1}, raw).error().code, ErrorCode::InvalidArgument);
    raw.resize(4);
    QCOMPARE(scan->readRaw({3, 3, 1, 1}, raw).error().code, ErrorCode::InvalidArgument);
}

void TestReorderedScan::swappedAxes()
{
    // The file keeps [det_y 2, det_x 3, scan_y 1, scan_x 2]: its "frame" k is detector pixel k, its "pixel" p a position.
    ScanOrder order;
    order.swapAxes = true;
    const auto scan = *inOrder(countingScan({2, 3}, {1, 2}), {}, order);
    QCOMPARE(scan->scanShape(), (ScanShape{1, 2}));
    QCOMPARE(scan->patternShape(), (PatternShape{2, 3}));
    QCOMPARE(*scan->pattern({0, 1}), (std::vector<float>{1, 11, 21, 31, 41, 51}));
    std::vector<float> values(12);
    QVERIFY(scan->read({0, 0, 1, 2}, values));
    QCOMPARE(values, (std::vector<float>{0, 10, 20, 30, 40, 50, 1, 11, 21, 31, 41, 51}));
}

void TestReorderedScan::badOrders()
{
    ScanOrder order;
    order.skipFirst = -1;
    QCOMPARE(inOrder(countingScan({2, 3}), {}, order).error().code, ErrorCode::StudyInvalid);
    order = {};
    order.skipPerRow = 70000;
    QCOMPARE(inOrder(countingScan({2, 3}), {}, order).error().code, ErrorCode::StudyInvalid);
    QCOMPARE(inOrder(countingScan({2, 3}), ScanShape{0, 3}, {}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(inOrder(countingScan({2, 3}), ScanShape{1 << 20, 1 << 20}, {}).error().code, ErrorCode::ShapeMismatch);
}

QTEST_APPLESS_MAIN(TestReorderedScan)
#include "tst_reordered_scan.moc"
