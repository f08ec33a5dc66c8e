// SPDX-License-Identifier: GPL-3.0-or-later
// A scan seen through the count steps: the values of prepareCounts(), in the type that the options say.
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/prepared_scan.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <random>

using namespace dispersa;

namespace {

constexpr ScanShape grid{3, 5};
constexpr PatternShape detector{12, 10};

template<class T>
std::shared_ptr<MemoryScan> scanOf(T largest)
{
    std::mt19937 random(11);
    std::vector<T> values(std::size_t(grid.count() * detector.count()));
    for (T& value : values)
        value = T(random() % 50);
    for (std::int64_t i = 0; i < grid.count(); ++i) // a beam off the middle
        for (const int offset : {33, 34, 43, 44})
            values[std::size_t(i * detector.count() + offset)] = largest;
    auto scan = std::make_shared<MemoryScan>(grid, detector, values);
    scan->setCalibration({0.02, 1.5, 1.0});
    return scan;
}

DiffractionOptions steps(CentreKind centre, double mask, int bin)
{
    return {centre, mask, bin, Scaling::SquareRoot};
}

} // namespace

class TestPreparedScan : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void valuesAreThoseOfTheCountSteps_data()
    {
        QTest::addColumn<int>("centre");
        QTest::addColumn<double>("mask");
        QTest::addColumn<int>("bin");
        QTest::newRow("centre") << 1 << 0.0 << 1;
        QTest::newRow("mask") << 0 << 2.0 << 1;
        QTest::newRow("bin") << 0 << 0.0 << 3;
        QTest::newRow("all") << 1 << 2.0 << 2;
    }
    void valuesAreThoseOfTheCountSteps()
    {
        QFETCH(int, centre);
        QFETCH(double, mask);
        QFETCH(int, bin);
        const auto raw = scanOf<std::uint16_t>(65535);
        const DiffractionOptions options = steps(CentreKind(centre), mask, bin);
        const auto prepared = preparedScan(raw, options, wholeRegion(grid));
        QVERIFY(prepared);
        const PatternShape shape = preparedShape(detector, bin);
        QCOMPARE((*prepared)->patternShape(), shape);
        QVERIFY((*prepared)->calibration().qPixel_invA == 0.02 * bin);
        QVERIFY((*prepared)->calibration().scanStep_nm == 1.5);
        const auto plan = makePreparationPlan(*raw, wholeRegion(grid), options, {}, {});
        QVERIFY(plan);
        // A block that is neither the whole scan nor one row.
        const Region block{1, 1, 2, 3};
        std::vector<float> values(std::size_t(block.count() * shape.count()));
        QVERIFY((*prepared)->read(block, values));
        std::vector<float> expected(std::size_t(shape.count()));
        for (int i = 0; i < block.count(); ++i) {
            const ScanPoint point{block.y + i / block.width, block.x + i % block.width};
            prepareCounts(*raw->pattern(point), point, *plan, expected);
            const std::vector<float> got(values.begin() + i * shape.count(), values.begin() + (i + 1) * shape.count());
            QCOMPARE(got, expected);
        }
    }

    void theTypeFollowsTheOptions_data()
    {
        QTest::addColumn<int>("raw");
        QTest::addColumn<int>("bin");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* name, ElementType raw, int bin, ElementType expected) {
            QTest::newRow(name) << int(raw) << bin << int(expected);
        };
        row("bytes stay bytes", ElementType::UInt8, 1, ElementType::UInt8);
        row("binned bytes", ElementType::UInt8, 16, ElementType::UInt16);
        row("words stay words", ElementType::UInt16, 1, ElementType::UInt16);
        row("binned words", ElementType::UInt16, 2, ElementType::UInt32);
        row("most binned words", ElementType::UInt16, 16, ElementType::UInt32);
        row("long words do not fit a float's whole numbers", ElementType::UInt32, 1, ElementType::Float32);
        row("signed", ElementType::Int16, 1, ElementType::Float32);
        row("float", ElementType::Float32, 1, ElementType::Float32);
        row("double", ElementType::Float64, 2, ElementType::Float32);
    }
    void theTypeFollowsTheOptions()
    {
        QFETCH(int, raw);
        QFETCH(int, bin);
        QFETCH(int, expected);
        QCOMPARE(int(preparedType(ElementType(raw), steps(CentreKind::CentreOfMass, 0, bin))), expected);
    }

    void theLargestBinOfFullPixelsIsExact()
    {
        const std::vector<std::uint16_t> full(std::size_t(16 * 16), 65535);
        const auto raw = std::make_shared<MemoryScan>(ScanShape{1, 1}, PatternShape{16, 16}, full);
        const auto prepared = preparedScan(raw, steps(CentreKind::None, 0, 16), {0, 0, 1, 1});
        QVERIFY(prepared);
        QVERIFY((*prepared)->elementType() == ElementType::UInt32);
        std::uint32_t value = 0;
        QVERIFY((*prepared)->readRaw({0, 0, 1, 1}, std::as_writable_bytes(std::span(&value, 1))));
        QCOMPARE(value, 65535u * 256u);
    }

    void nothingToDoIsTheScanItself()
    {
        const auto raw = scanOf<std::uint16_t>(100);
        const auto same = preparedScan(raw, steps(CentreKind::None, 0, 1), wholeRegion(grid));
        QVERIFY(same);
        QVERIFY(same->get() == raw.get());
    }

    void patternsThatDoNotExistStayZero()
    {
        const auto raw = scanOf<std::uint16_t>(100);
        raw->stopAfter(7);
        const auto prepared = preparedScan(raw, steps(CentreKind::CentreOfMass, 0, 1), wholeRegion(grid));
        QVERIFY(prepared);
        QCOMPARE((*prepared)->availablePatterns(), std::int64_t(7));
        QVERIFY(!(*prepared)->isAvailable({1, 3}));
        const auto pattern = (*prepared)->pattern({1, 3});
        QVERIFY(pattern);
        QVERIFY(std::all_of(pattern->begin(), pattern->end(), [](float v) { return v == 0; }));
    }

    void whatCannotBeDoneSaysWhy()
    {
        const auto raw = scanOf<std::uint16_t>(100);
        const auto code = [&](const DiffractionOptions& options, Region region) {
            const auto prepared = preparedScan(raw, options, region);
            return prepared ? ErrorCode::Internal : prepared.error().code;
        };
        QVERIFY(code(steps(CentreKind::None, 0, 11), wholeRegion(grid)) == ErrorCode::PatternTooSmall);
        QVERIFY(code(steps(CentreKind::None, 0, 17), wholeRegion(grid)) == ErrorCode::StudyInvalid);
        QVERIFY(code(steps(CentreKind::None, 3, 1), {0, 0, 9, 9}) == ErrorCode::InvalidArgument);
        raw->breakAtRow(1);
        const auto broken = preparedScan(raw, steps(CentreKind::None, 0, 2), wholeRegion(grid));
        QVERIFY(broken);
        const auto read = (*broken)->pattern({2, 0});
        QVERIFY(!read);
        QVERIFY(read.error().code == ErrorCode::FileUnreadable);
    }
};

QTEST_APPLESS_MAIN(TestPreparedScan)
#include "tst_prepared_scan.moc"
