// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual images and combined patterns against plain loops, for every number type.
#include "core/prepare/virtual_detector.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace dispersa;

namespace {

constexpr ScanShape grid{5, 7};
constexpr PatternShape detector{12, 9};

/// The same whole numbers 0..99 in every type.
std::vector<double> numbers()
{
    std::mt19937 random(3);
    std::vector<double> values(std::size_t(grid.count() * detector.count()));
    for (double& value : values)
        value = double(random() % 100);
    return values;
}

std::shared_ptr<MemoryScan> scanOfType(ElementType type)
{
    const std::vector<double> values = numbers();
    const auto make = [&]<class T>(T) {
        return std::make_shared<MemoryScan>(grid, detector, std::vector<T>(values.begin(), values.end()));
    };
    switch (type) {
    case ElementType::Int8:
        return make(std::int8_t());
    case ElementType::UInt8:
        return make(std::uint8_t());
    case ElementType::Int16:
        return make(std::int16_t());
    case ElementType::UInt16:
        return make(std::uint16_t());
    case ElementType::Int32:
        return make(std::int32_t());
    case ElementType::UInt32:
        return make(std::uint32_t());
    case ElementType::Int64:
        return make(std::int64_t());
    case ElementType::UInt64:
        return make(std::uint64_t());
    case ElementType::Float32:
        return make(float());
    case ElementType::Float64:
        return make(double());
    case ElementType::Float16:
        break;
    }
    // Whole numbers below 2048 as float16: the exponent of the leading bit, the rest below it.
    std::vector<std::uint16_t> halves;
    for (const double value : values) {
        const auto whole = unsigned(value);
        if (whole == 0) {
            halves.push_back(0);
            continue;
        }
        const int exponent = std::ilogb(value);
        halves.push_back(std::uint16_t((unsigned(exponent + 15) << 10) | ((whole << (10 - exponent)) & 0x3ffu)));
    }
    return std::make_shared<MemoryScan>(grid, detector, ElementType::Float16, std::as_bytes(std::span(halves)));
}

double numberAt(int y, int x, int dy, int dx)
{
    static const std::vector<double> values = numbers();
    return values[std::size_t(((y * grid.width + x) * detector.height + dy) * detector.width + dx)];
}

void addTypes()
{
    QTest::addColumn<int>("type");
    for (int type = 0; type <= int(ElementType::Float64); ++type)
        QTest::newRow(elementTypeName(ElementType(type))) << type;
}

} // namespace

class TestVirtualDetector : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void imageIsTheSumOverTheShape_data() { addTypes(); }

    void imageIsTheSumOverTheShape()
    {
        QFETCH(int, type);
        const auto scan = scanOfType(ElementType(type));
        scan->setCalibration({{}, 1.05, {}});
        for (const Shape& shape :
             {circleShape({6, 4}, 3.2), annulusShape({6, 4}, 2, 4), pointShape({3, 8}), rectangleShape({0, 0}, {11, 8}),
              rectangleShape({-5, 6}, {2, 40}), polygonShape({{1, 1}, {10, 2}, {5, 8}})}) {
            const auto image = virtualImage(*scan, shape, {}, {});
            QVERIFY(image);
            QCOMPARE(image->shape, grid);
            QVERIFY(image->unit == MapUnit::Counts);
            QVERIFY(image->scanStep_nm == 1.05);
            for (int y = 0; y < grid.height; ++y)
                for (int x = 0; x < grid.width; ++x) {
                    double expected = 0;
                    for (int dy = 0; dy < detector.height; ++dy)
                        for (int dx = 0; dx < detector.width; ++dx)
                            expected += contains(shape, {dy, dx}) ? numberAt(y, x, dy, dx) : 0;
                    QCOMPARE(double(image->at(y, x)), expected);
                }
        }
    }

    void patternsAreCombined_data() { addTypes(); }

    void patternsAreCombined()
    {
        QFETCH(int, type);
        const auto scan = scanOfType(ElementType(type));
        const std::vector<std::vector<ScanPoint>> selections = {
            {}, {{0, 0}}, {{4, 6}, {1, 2}, {1, 3}, {1, 4}, {3, 0}, {1, 3}}}; // a pixel named twice counts once
        for (const auto& pixels : selections) {
            const auto mean = combinedPattern(*scan, pixels, PatternStatistic::Mean, {}, {});
            const auto sum = combinedPattern(*scan, pixels, PatternStatistic::Sum, {}, {});
            const auto maximum = combinedPattern(*scan, pixels, PatternStatistic::Maximum, {}, {});
            QVERIFY(mean && sum && maximum);
            for (int dy = 0; dy < detector.height; ++dy)
                for (int dx = 0; dx < detector.width; ++dx) {
                    double total = 0;
                    double largest = 0;
                    int count = 0;
                    for (int y = 0; y < grid.height; ++y)
                        for (int x = 0; x < grid.width; ++x) {
                            if (!pixels.empty() &&
                                std::find(pixels.begin(), pixels.end(), ScanPoint{y, x}) == pixels.end())
                                continue;
                            ++count;
                            total += numberAt(y, x, dy, dx);
                            largest = std::max(largest, numberAt(y, x, dy, dx));
                        }
                    const std::size_t i = std::size_t(dy * detector.width + dx);
                    QCOMPARE((*sum)[i], float(total));
                    QCOMPARE((*mean)[i], float(total / count));
                    QCOMPARE((*maximum)[i], float(largest));
                }
        }
    }

    void largeCountsDoNotOverflow()
    {
        // 200 full patterns of 256 x 256 at the largest uint16: 8.6e11 counts in all, 1.3e7 per pixel.
        const ScanShape shape{10, 20};
        const MemoryScan scan(shape, {256, 256}, std::vector<std::uint16_t>(std::size_t(shape.count()) * 65536, 65535));
        const auto image = virtualImage(scan, rectangleShape({0, 0}, {255, 255}), {}, {});
        QVERIFY(image);
        for (const float value : image->values)
            QCOMPARE(value, float(65535.0 * 65536.0));
        const auto sum = combinedPattern(scan, {}, PatternStatistic::Sum, {}, {});
        QVERIFY(sum);
        for (const float value : *sum)
            QCOMPARE(value, float(65535.0 * 200));
    }

    void negativeMaximaAreKept()
    {
        const MemoryScan scan({1, 2}, {1, 2}, std::vector<std::int16_t>{-5, 3, -2, 1});
        const auto maximum = combinedPattern(scan, {}, PatternStatistic::Maximum, {}, {});
        QVERIFY(maximum);
        QCOMPARE(*maximum, (std::vector<float>{-2, 3}));
    }

    void valuesThatAreNoNumbersCountAsZero()
    {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const float infinity = std::numeric_limits<float>::infinity();
        const MemoryScan scan({1, 2}, {1, 3}, std::vector<float>{1, nan, infinity, 4, nan, 6});
        const auto image = virtualImage(scan, rectangleShape({0, 0}, {0, 2}), {}, {});
        QVERIFY(image);
        QCOMPARE(image->values, (std::vector<float>{1, 10}));
        QCOMPARE(*combinedPattern(scan, {}, PatternStatistic::Sum, {}, {}), (std::vector<float>{5, 0, 6}));
        QCOMPARE(*combinedPattern(scan, {}, PatternStatistic::Maximum, {}, {}), (std::vector<float>{4, 0, 6}));
    }

    void patternsThatWereNotTakenAreNoData()
    {
        const auto scan = scanOfType(ElementType::UInt16);
        scan->stopAfter(17);
        const auto image = virtualImage(*scan, circleShape({6, 4}, 3), {}, {});
        QVERIFY(image);
        for (int i = 0; i < int(grid.count()); ++i)
            QCOMPARE(std::isnan(image->values[std::size_t(i)]), i >= 17);
        const auto mean = combinedPattern(*scan, {{2, 2}, {2, 3}, {4, 4}}, PatternStatistic::Mean, {}, {});
        const auto only = combinedPattern(*scan, {{2, 2}}, PatternStatistic::Mean, {}, {});
        QVERIFY(mean && only);
        QCOMPARE(*mean, *only);
        const auto none = combinedPattern(*scan, {{4, 4}}, PatternStatistic::Mean, {}, {});
        QVERIFY(!none);
        QCOMPARE(int(none.error().code), int(ErrorCode::InvalidArgument));
    }

    void refuses()
    {
        const auto scan = scanOfType(ElementType::UInt16);
        for (const Shape& shape : {circleShape({-50, 4}, 3), polygonShape({{1, 1}, {2, 2}}), pointShape({3, 9})}) {
            const auto image = virtualImage(*scan, shape, {}, {});
            QVERIFY(!image);
            QCOMPARE(int(image.error().code), int(ErrorCode::InvalidArgument));
        }
        const auto outside = combinedPattern(*scan, {{0, 0}, {5, 0}}, PatternStatistic::Mean, {}, {});
        QVERIFY(!outside);
        QCOMPARE(int(outside.error().code), int(ErrorCode::InvalidArgument));
        scan->breakAtRow(3);
        const auto broken = virtualImage(*scan, pointShape({3, 3}), {}, {});
        QVERIFY(!broken);
        QCOMPARE(int(broken.error().code), int(ErrorCode::FileUnreadable));
        QVERIFY(combinedPattern(*scan, {{2, 6}}, PatternStatistic::Mean, {}, {}));
    }

    void stopsWhenAskedAndReports()
    {
        const auto scan = scanOfType(ElementType::UInt16);
        std::stop_source stop;
        stop.request_stop();
        const auto image = virtualImage(*scan, pointShape({3, 3}), {}, stop.get_token());
        QVERIFY(!image);
        QCOMPARE(int(image.error().code), int(ErrorCode::Cancelled));
        const auto pattern = combinedPattern(*scan, {}, PatternStatistic::Sum, {}, stop.get_token());
        QVERIFY(!pattern);
        QCOMPARE(int(pattern.error().code), int(ErrorCode::Cancelled));

        Progress last;
        QVERIFY(virtualImage(*scan, pointShape({3, 3}), [&](const Progress& progress) { last = progress; }, {}));
        QCOMPARE(last.done, grid.count());
        QCOMPARE(last.total, grid.count());
    }
};

QTEST_APPLESS_MAIN(TestVirtualDetector)
#include "tst_virtual_detector.moc"
