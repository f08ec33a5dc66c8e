// SPDX-License-Identifier: GPL-3.0-or-later
// Hot and dead pixels among beams, rings and Bragg spots; saturation.
#include "core/prepare/bad_pixels.h"
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/prepared_patterns.h"
#include "core/prepare/saturation.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace dispersa;

namespace {

constexpr PatternShape shape{64, 64};

std::size_t place(int y, int x)
{
    return std::size_t(y * shape.width + x);
}

/// Patterns with a beam of about `radius`, a halo, one Bragg spot that some have, and counting noise.
std::vector<std::uint16_t> patterns(int count, double radius, double halo)
{
    std::mt19937 random(11);
    std::vector<std::uint16_t> values;
    for (int i = 0; i < count; ++i)
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const double r = std::hypot(y - 31.4, x - 32.2);
                double mean = 3000 / (1 + std::exp((r - radius) / 0.4)) + halo * std::exp(-r / 12);
                if (i % 5 == 0)
                    mean += 500 * std::exp(-(std::pow(y - 12, 2) + std::pow(x - 47, 2)) / 2);
                values.push_back(std::uint16_t(std::poisson_distribution<int>(mean)(random)));
            }
    return values;
}

std::vector<float> asFloats(const std::vector<std::uint16_t>& values) { return {values.begin(), values.end()}; }

} // namespace

class TestBadPixels : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void soundDetectorsHaveNone_data()
    {
        QTest::addColumn<double>("radius");
        QTest::addColumn<double>("halo");
        QTest::newRow("beam of a pixel") << 0.7 << 20.0;
        QTest::newRow("disc") << 6.0 << 20.0;
        QTest::newRow("sparse") << 6.0 << 0.1;
        QTest::newRow("bright") << 6.0 << 3000.0;
    }

    void soundDetectorsHaveNone()
    {
        QFETCH(double, radius);
        QFETCH(double, halo);
        const auto found = findBadPixels(asFloats(patterns(100, radius, halo)), shape, 10);
        for (const BadPixel& pixel : found)
            qWarning("%d, %d", pixel.pixel / shape.width, pixel.pixel % shape.width);
        QVERIFY(found.empty());
    }

    void findsHotAndDeadPixelsAlone()
    {
        auto values = patterns(100, 5, 200);
        const std::vector<std::size_t> hot = {place(0, 0), place(3, 60), place(20, 11), place(21, 11), place(50, 33)};
        const std::vector<std::size_t> dead = {place(10, 50), place(28, 20), place(31, 32), place(40, 40)};
        for (std::size_t i = 0; i < 100; ++i) {
            for (const std::size_t pixel : hot)
                values[i * 4096 + pixel] = std::uint16_t(values[i * 4096 + pixel] + 150 + (i * 37 + pixel) % 90);
            for (const std::size_t pixel : dead)
                values[i * 4096 + pixel] = 0;
        }
        std::vector<float> sample = asFloats(values);
        for (std::size_t i = 0; i < 100; ++i)
            sample[i * 4096 + place(10, 50)] = std::numeric_limits<float>::quiet_NaN();
        const auto found = findBadPixels(sample, shape, 10);
        std::vector<std::size_t> foundHot;
        std::vector<std::size_t> foundDead;
        for (const BadPixel& pixel : found) {
            (pixel.kind == BadPixelKind::Hot ? foundHot : foundDead).push_back(std::size_t(pixel.pixel));
            QVERIFY(pixel.neighbours.size() >= 3);
            for (const std::int32_t neighbour : pixel.neighbours)
                for (const BadPixel& other : found)
                    QVERIFY(other.pixel != neighbour); // repaired from good ones alone
        }
        QCOMPARE(foundHot, hot);
        QCOMPARE(foundDead, dead);
    }

    void sparksAndFewPatternsAreNoHotPixels()
    {
        auto values = patterns(60, 5, 20);
        for (std::size_t i = 0; i < 60; i += 15)
            values[i * 4096 + place(8, 8)] = 60000; // a spark in four of sixty
        QVERIFY(findBadPixels(asFloats(values), shape, 10).empty());
        values.resize(2 * 4096);
        values[place(9, 9)] = values[4096 + place(9, 9)] = 60000;
        QVERIFY(findBadPixels(asFloats(values), shape, 10).empty());
        QVERIFY(findBadPixels({}, shape, 10).empty());
        QVERIFY(findBadPixels({}, {0, 0}, 10).empty());
    }

    void repairsByTheMedianOfGoodNeighbours()
    {
        std::vector<float> pattern = {1, 2, 3, 4, 900, 6, 7, 8, 9};
        const BadPixel pixel{4, BadPixelKind::Hot, {0, 1, 2, 3, 5, 6, 7, 8}};
        repairPixels(pattern, std::span(&pixel, 1));
        QCOMPARE(pattern[4], 4.0f); // the lower of the two in the middle
        pattern[3] = std::numeric_limits<float>::infinity();
        repairPixels(pattern, std::span(&pixel, 1));
        QCOMPARE(pattern[4], 6.0f);
        const BadPixel lonely{0, BadPixelKind::Dead, {}};
        repairPixels(pattern, std::span(&lonely, 1));
        QCOMPARE(pattern[0], 0.0f);
    }

    void preparingRepairsCountsAndSays()
    {
        auto values = patterns(24, 5, 200);
        for (std::size_t i = 0; i < 24; ++i) {
            values[i * 4096 + place(5, 5)] = 65535;
            values[i * 4096 + place(40, 40)] = 0;
        }
        for (const std::size_t pattern : {0, 7, 9})
            values[pattern * 4096 + place(31, 32)] = 4095;
        const auto scan = std::make_shared<MemoryScan>(ScanShape{4, 6}, shape, values);
        DiffractionOptions options;
        options.badPixels = BadPixels::Repair;
        const auto prepared = PreparedPatterns::create({{scan, {0, 0, 4, 6}}}, options, {}, {}, {});
        QVERIFY(prepared);
        const PreparationReport report = (*prepared)->reports().at(0);
        QCOMPARE(report.hotPixels, 1);
        QCOMPARE(report.deadPixels, 1);
        QCOMPARE(*report.saturation, (Saturation{4095, 3})); // not the hot pixel
        std::vector<float> out(4096);
        const std::vector<std::int64_t> first = {0};
        QVERIFY((*prepared)->gather(first, out));
        for (std::size_t i = 0; i < out.size(); ++i)
            if (i != place(5, 5) && i != place(40, 40))
                QCOMPARE(out[i] * 65536, float(values[i]));
        QVERIFY(out[place(5, 5)] * 65536 < 100);
        QVERIFY(out[place(40, 40)] * 65536 > 20);
    }

    void saturation_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<QVector<int>>("values");
        QTest::addColumn<int>("count");
        const auto row = [](const char* name, ElementType type, const QVector<int>& values, int count) {
            QTest::newRow(name) << int(type) << values << count;
        };
        row("uint16 at its end", ElementType::UInt16, {65535, 3, 65535}, 2);
        row("uint16 of 12 bits", ElementType::UInt16, {4095, 4095, 1, 4095}, 3);
        row("once is chance", ElementType::UInt16, {4095, 4094, 1, 0}, 0);
        row("uint16 below", ElementType::UInt16, {4000, 4000, 4000, 4000}, 0);
        row("uint8", ElementType::UInt8, {255, 1}, 1);
        row("int16", ElementType::Int16, {-5, 32767}, 1);
        row("small numbers", ElementType::UInt16, {7, 7, 7, 7}, 0);
        row("nothing", ElementType::UInt16, {0, 0}, 0);
        row("real numbers", ElementType::Float32, {65535, 65535, 65535}, 0);
    }

    void saturation()
    {
        QFETCH(int, type);
        QFETCH(QVector<int>, values);
        QFETCH(int, count);
        SaturationCounter whole;
        SaturationCounter parts;
        const auto add = [&]<class T>(T) {
            std::vector<T> typed;
            for (const int value : values)
                typed.push_back(T(value));
            whole.add(ElementType(type), std::as_bytes(std::span(typed)));
            for (const T& value : typed) {
                SaturationCounter part;
                part.add(ElementType(type), std::as_bytes(std::span(&value, 1)));
                parts.add(part);
            }
        };
        switch (ElementType(type)) {
        case ElementType::UInt8: add(std::uint8_t()); break;
        case ElementType::Int16: add(std::int16_t()); break;
        case ElementType::Float32: add(float()); break;
        default: add(std::uint16_t());
        }
        const auto found = whole.found(ElementType(type));
        QCOMPARE(found.has_value(), count > 0);
        if (found)
            QCOMPARE(found->values, std::int64_t(count));
        QCOMPARE(parts.found(ElementType(type)), found);
        SaturationCounter asFloat;
        asFloat.add(std::vector<float>(values.begin(), values.end()));
        QCOMPARE(asFloat.found(ElementType(type)), found);
    }
};

QTEST_APPLESS_MAIN(TestBadPixels)
#include "tst_bad_pixels.moc"
