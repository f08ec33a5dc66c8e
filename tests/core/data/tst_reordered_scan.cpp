// SPDX-License-Identifier: GPL-3.0-or-later
// Frames put on the scan grid in another order: flyback frames, serpentine rows, transposed and flipped grids, swapped axes.
#include <QTest>

#include "core/data/reordered_scan.h"
#include "tests/support/memory_scan.h"

#include <atomic>
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

/// Decodes tiles as a whole, or a row of frames at a time; counts those reads.
class TiledScan final : public MemoryScan {
  public:
    using MemoryScan::MemoryScan;
    ScanShape readGrain() const override { return m_grain; }
    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override
    {
        ++m_reads;
        return MemoryScan::readWindow(block, window, out);
    }
    ScanShape m_grain = {1, 1};
    mutable std::atomic<int> m_reads = 0;
};

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
    void swappedAxesAreWalkedOverOnce();
    void grainsFollowTheFrames();
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

void TestReorderedScan::swappedAxesAreWalkedOverOnce()
{
    // 12 x 9 "frames", which are the detector's pixels, of 40 x 60 positions.
    const PatternShape positions{40, 60};
    std::vector<std::uint16_t> values(std::size_t(12 * 9 * positions.count()));
    std::iota(values.begin(), values.end(), std::uint16_t(0));
    const auto base = std::make_shared<TiledScan>(ScanShape{12, 9}, positions, values);
    ScanOrder order;
    order.swapAxes = true;
    const ScanPtr scan = *inOrder(base, {}, order);
    QCOMPARE(scan->readGrain(), (ScanShape{40, 60})); // all of it fits
    const auto check = [&](int y, int x, std::span<const float> pattern) {
        for (int pixel = 0; pixel < 108; ++pixel)
            if (pattern[std::size_t(pixel)] != float(std::uint16_t(pixel * 2400 + y * 60 + x)))
                return false;
        return true;
    };
    // Positions here and there, as a coarse picture reads them, and then blocks.
    for (int y = 0; y < 40; y += 8)
        for (int x = 0; x < 60; x += 8)
            QVERIFY(check(y, x, *scan->pattern({y, x})));
    std::vector<float> block(7 * 5 * 108);
    QVERIFY(scan->read({30, 50, 7, 5}, block));
    for (int i = 0; i < 35; ++i)
        QVERIFY(check(30 + i / 5, 50 + i % 5, std::span<const float>(block).subspan(std::size_t(i) * 108, 108)));
    QCOMPARE(base->m_reads.load(), 12); // one walk: each row of "frames" once
}

void TestReorderedScan::grainsFollowTheFrames()
{
    const auto frames = std::make_shared<TiledScan>(ScanShape{24, 36}, PatternShape{1, 1}, std::vector<std::uint16_t>(864));
    frames->m_grain = {4, 6};
    const auto grainOf = [&](auto change, ScanPtr base = {}, std::optional<ScanShape> shape = {}) {
        ScanOrder order;
        change(order);
        return (*inOrder(base ? base : frames, shape, order))->readGrain();
    };
    QCOMPARE(grainOf([](ScanOrder& o) { o.flipY = true; }), (ScanShape{4, 6}));
    QCOMPARE(grainOf([](ScanOrder& o) { o.flipX = o.flipY = true; }), (ScanShape{4, 6}));
    QCOMPARE(grainOf([](ScanOrder& o) { o.transpose = true; }), (ScanShape{6, 4}));
    QCOMPARE(grainOf([](ScanOrder& o) { o.serpentine = true; }), (ScanShape{4, 6})); // parts of two
    // Rows that begin elsewhere in each row of frames: nothing is together.
    QCOMPARE(grainOf([](ScanOrder&) {}, {}, ScanShape{32, 27}), (ScanShape{1, 1}));
    const auto stack = std::make_shared<TiledScan>(ScanShape{1, 864}, PatternShape{1, 1}, std::vector<std::uint16_t>(864));
    stack->m_grain = {1, 10};
    QCOMPARE(grainOf([](ScanOrder& o) { o.skipPerRow = 1; }, stack, ScanShape{20, 40}), (ScanShape{1, 10}));
    QCOMPARE(grainOf([](ScanOrder& o) { o.transpose = true; }, stack, ScanShape{20, 40}), (ScanShape{10, 1}));
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
