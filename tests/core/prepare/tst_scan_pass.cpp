// SPDX-License-Identifier: GPL-3.0-or-later
// Everything one pass computes against plain loops: detector modes, sums, statistics, windows, mapped or read.
#include "core/data/reordered_scan.h"
#include "core/io/mapped_scan.h"
#include "core/prepare/scan_pass.h"
#include "tests/core/prepare/watched_scan.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>

using namespace dispersa;

namespace {

/// What the request's detectors should give, by plain loops.
struct Expected {
    double sum = 0, max = -std::numeric_limits<double>::infinity(), y = 0, x = 0;
};
template<class T>
Expected expectedOf(const T* pattern, PatternShape shape, const Shape& detector, ImagePoint origin)
{
    Expected e;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            const auto value = double(pattern[y * shape.width + x]);
            if (!contains(detector, {y, x}) || !std::isfinite(value))
                continue;
            e.sum += value;
            e.max = std::max(e.max, value);
            e.y += value * y;
            e.x += value * x;
        }
    e.y = e.y / e.sum - origin.y;
    e.x = e.x / e.sum - origin.x;
    return e;
}

template<class T>
void compareModes(const DiffractionScan& scan, const std::vector<T>& values)
{
    const PatternShape shape = scan.patternShape();
    const ScanShape grid = scan.scanShape();
    const ImagePoint origin{3.5, 7.25};
    for (const Shape& detector :
         {circleShape({9, 11}, 4.3), annulusShape({8, 8}, 2, 7), rectangleShape({-3, -3}, {500, 500}),
          pointShape({2, 3}), polygonShape({{1, 1}, {15, 3}, {7, 14}}), rectangleShape({4, 0}, {6, 1})}) {
        PassRequest request;
        for (const DetectorMode mode : {DetectorMode::Integrating, DetectorMode::Maximum, DetectorMode::CentreOfMass})
            request.detectors.push_back({detector, mode, origin});
        const auto result = runScanPass(scan, request, {}, {});
        QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
        QCOMPARE(result->patternsRead, grid.count());
        const auto& maps = result->detectors;
        QCOMPARE(maps[0].size(), std::size_t(1));
        QCOMPARE(maps[2].size(), std::size_t(3));
        QCOMPARE(maps[2][0].quantity, std::string("CoM y"));
        QVERIFY(maps[2][0].unit == MapUnit::Pixels);
        for (int i = 0; i < int(grid.count()); ++i) {
            const auto e =
                expectedOf(values.data() + std::size_t(i) * std::size_t(shape.count()), shape, detector, origin);
            const auto at = std::size_t(i);
            // Whole numbers are exact as float; the centre is a quotient: float has seven digits.
            QCOMPARE(maps[0][0].values[at], float(e.sum));
            QCOMPARE(maps[1][0].values[at], float(e.max));
            if (!(e.sum > 0)) {
                QVERIFY(std::isnan(maps[2][0].values[at]));
                continue;
            }
            QVERIFY(std::abs(double(maps[2][0].values[at]) - e.y) < 1e-5);
            QVERIFY(std::abs(double(maps[2][1].values[at]) - e.x) < 1e-5);
            QVERIFY(std::abs(double(maps[2][2].values[at]) - std::hypot(e.y, e.x)) < 1e-5);
        }
    }
}

} // namespace

class TestScanPass : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void modesForEveryType()
    {
        const ScanShape grid{3, 5};
        const PatternShape shape{17, 19};
        const auto check = [&]<class T>(T, int most, int least) {
            const auto values = randomValues<T>(std::size_t(grid.count() * shape.count()), most, least);
            for (const bool maps : {false, true}) {
                WatchedScan scan(grid, shape, values);
                scan.m_maps = maps;
                compareModes(scan, values);
                QCOMPARE(scan.m_seen.empty(), !maps);
                QCOMPARE(scan.m_reads.empty(), maps);
            }
        };
        check(std::uint8_t(), 256, 0);
        check(std::int8_t(), 127, -20);
        check(std::uint16_t(), 65536, 0);
        check(std::int16_t(), 32767, -100);
        check(std::uint32_t(), 1 << 20, 0);
        check(std::int32_t(), 1 << 20, -1000);
        check(std::uint64_t(), 1 << 20, 0);
        check(std::int64_t(), 1 << 20, -1000);
        check(float(), 5000, 0);
        check(double(), 5000, 0);
    }

    /// py4DSTEM turns vectors by [[cos, -sin], [sin, cos]] on (first axis, second axis) when QR_flip is not set.
    void centreOfMassAlongTheScan()
    {
        const ScanShape grid{2, 3};
        const PatternShape shape{17, 19};
        const auto values = randomValues<std::uint16_t>(std::size_t(grid.count() * shape.count()), 1000);
        WatchedScan scan(grid, shape, values);
        const Shape detector = circleShape({9, 11}, 4.3);
        for (const double degrees : {90.0, -88.5, 200.0}) {
            PassRequest request;
            request.detectors = {{detector, DetectorMode::CentreOfMass},
                                 {detector, DetectorMode::CentreOfMass, {}, degrees}};
            const auto result = runScanPass(scan, request, {}, {});
            QVERIFY(result);
            const auto& plain = result->detectors[0];
            const auto& turned = result->detectors[1];
            const double angle = degrees * std::numbers::pi / 180;
            for (std::size_t i = 0; i < plain[0].values.size(); ++i) {
                const double y = plain[0].values[i], x = plain[1].values[i];
                // Vectors of some ten pixels in float, which has seven digits.
                QVERIFY(std::abs(turned[0].values[i] - (std::cos(angle) * y - std::sin(angle) * x)) < 1e-5);
                QVERIFY(std::abs(turned[1].values[i] - (std::sin(angle) * y + std::cos(angle) * x)) < 1e-5);
                QCOMPARE(turned[2].values[i], plain[2].values[i]);
            }
        }
    }

    void patternsLargerThanABand()
    {
        // 300 x 301 values are six bands, so runs are cut, and rows lie across their ends.
        const ScanShape grid{2, 3};
        const PatternShape shape{300, 301};
        const auto values = randomValues<std::uint16_t>(std::size_t(grid.count() * shape.count()), 65536);
        WatchedScan scan(grid, shape, values);
        scan.m_maps = true;
        PassRequest request;
        const Shape detector = circleShape({150, 140}, 120);
        request.detectors = {{detector}, {detector, DetectorMode::CentreOfMass}, {detector, DetectorMode::Maximum}};
        request.patterns = {PatternStatistic::Mean, PatternStatistic::Maximum, PatternStatistic::Sum};
        request.statistics = true;
        const auto result = runScanPass(scan, request, {}, {});
        QVERIFY(result);
        const ImagePoint middle{149.5, 150};
        for (std::size_t i = 0; i < 6; ++i) {
            const auto e = expectedOf(values.data() + i * std::size_t(shape.count()), shape, detector, middle);
            QCOMPARE(result->detectors[0][0].values[i], float(e.sum));
            QCOMPARE(result->detectors[2][0].values[i], float(e.max));
            // Centres lie some pixels off the middle; float has seven digits.
            QVERIFY(std::abs(double(result->detectors[1][0].values[i]) - e.y) < 1e-5);
            QVERIFY(std::abs(double(result->detectors[1][1].values[i]) - e.x) < 1e-5);
        }
        for (std::size_t i = 0; i < std::size_t(shape.count()); ++i) {
            double sum = 0, max = 0;
            for (std::size_t p = 0; p < 6; ++p) {
                sum += values[p * std::size_t(shape.count()) + i];
                max = std::max(max, double(values[p * std::size_t(shape.count()) + i]));
            }
            QCOMPARE(result->patterns[0][i], float(sum / 6));
            QCOMPARE(result->patterns[1][i], float(max));
            QCOMPARE(result->patterns[2][i], float(sum));
        }
    }

    void moreFullPatternsThan32BitsHold()
    {
        // 70000 patterns at the largest uint16: 4.6e9 counts per pixel.
        const ScanShape grid{700, 100};
        const WatchedScan scan(grid, {2, 3}, std::vector<std::uint16_t>(std::size_t(grid.count()) * 6, 65535));
        PassRequest request;
        request.patterns = {PatternStatistic::Sum};
        const auto result = runScanPass(scan, request, {}, {});
        QVERIFY(result);
        for (const float value : result->patterns[0])
            QCOMPARE(value, float(70000.0 * 65535.0));
    }

    void statistics()
    {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const float infinity = std::numeric_limits<float>::infinity();
        const WatchedScan scan({1, 3}, {1, 4},
                               std::vector<float>{1, nan, 3, -2, infinity, 5, 6, 7, nan, nan, nan, nan});
        PassRequest request;
        request.statistics = true;
        const auto result = runScanPass(scan, request, {}, {});
        QVERIFY(result && result->statistics);
        const ScanStatistics& s = *result->statistics;
        QCOMPARE(s.min, -2.0);
        QCOMPARE(s.max, 7.0);
        QCOMPARE(s.sum, 20.0);
        QCOMPARE(s.mean, 20.0 / 6);
        QCOMPARE(s.values, 12);
        QCOMPARE(s.notFinite, 6);
        QCOMPARE(s.negative, 1);
        QCOMPARE(s.saturated, 0);
        QCOMPARE(s.patterns, 3);
        QCOMPARE(s.patternSum.values, (std::vector<float>{2, 18, 0}));
        QCOMPARE(s.patternMaximum.at(0, 0), 3.0f);
        QVERIFY(std::isnan(s.patternMaximum.at(0, 2)));
        QCOMPARE(s.patternInvalid.values, (std::vector<float>{2, 1, 4}));
        const WatchedScan empty({1, 1}, {1, 2}, std::vector<float>{nan, nan});
        const auto nothing = runScanPass(empty, request, {}, {});
        QVERIFY(nothing);
        QVERIFY(std::isnan(nothing->statistics->min) && std::isnan(nothing->statistics->mean));
    }

    void saturatedIsWhatLiesAtTheCeiling()
    {
        PassRequest request;
        request.statistics = true;
        const WatchedScan counts({1, 2}, {1, 3}, std::vector<std::uint16_t>{65535, 0, 7, 65535, 65535, 1});
        const auto counted = runScanPass(counts, request, {}, {});
        QVERIFY(counted);
        QCOMPARE(counted->statistics->saturated, 3);
        QCOMPARE(counted->statistics->patternSaturated.values, (std::vector<float>{1, 2}));
        // 255 and 4095 may be ceilings too, but only what nothing lies above is one: here of a detector of 12 bits.
        const WatchedScan bits({1, 3}, {1, 3}, std::vector<std::uint16_t>{4095, 255, 7, 255, 255, 255, 9, 4095, 4095});
        const auto twelve = runScanPass(bits, request, {}, {});
        QVERIFY(twelve);
        QCOMPARE(twelve->statistics->saturated, 3);
        QCOMPARE(twelve->statistics->patternSaturated.values, (std::vector<float>{1, 0, 2}));
        const WatchedScan below({1, 1}, {1, 5}, std::vector<std::int16_t>{4095, 4095, 4096, -3, -32768});
        const auto none = runScanPass(below, request, {}, {});
        QVERIFY(none);
        QCOMPARE(none->statistics->saturated, 0);
        QCOMPARE(none->statistics->negative, 2);
        QCOMPARE(none->statistics->min, -32768.0);
        const WatchedScan real({1, 1}, {1, 4},
                               std::vector<float>{255, 255, 255, -std::numeric_limits<float>::infinity()});
        const auto floating = runScanPass(real, request, {}, {});
        QVERIFY(floating);
        QCOMPARE(floating->statistics->saturated, 0); // real numbers have no ceiling
        QCOMPARE(floating->statistics->negative, 0);
        QCOMPARE(floating->statistics->notFinite, 1);
    }

    void readsNoMoreThanTheWindow()
    {
        const PatternShape shape{40, 40};
        const auto values = randomValues<std::uint16_t>(6 * 1600, 1000);
        const WatchedScan scan({2, 3}, shape, values);
        PassRequest request;
        request.detectors = {{circleShape({10, 20}, 3)}, {rectangleShape({8, 15}, {9, 16})}};
        const auto result = runScanPass(scan, request, {}, {});
        QVERIFY(result);
        QVERIFY(!scan.m_windows.empty());
        for (const Region& window : scan.m_windows)
            QCOMPARE(window, (Region{7, 15, 7, 9}));
        for (std::size_t i = 0; i < 6; ++i)
            QCOMPARE(result->detectors[0][0].values[i],
                     float(expectedOf(values.data() + i * 1600, shape, circleShape({10, 20}, 3), {}).sum));
        request.patterns = {PatternStatistic::Mean}; // needs all of it
        scan.m_windows.clear();
        QVERIFY(runScanPass(scan, request, {}, {}));
        QVERIFY(scan.m_windows.empty());
    }

    void mappedFilesAreNotCopied()
    {
        // A header of one byte makes uint16 values lie odd: those are read, not looked at.
        QTemporaryDir folder;
        const ScanShape grid{4, 5};
        const PatternShape shape{6, 7};
        const auto values = randomValues<std::uint16_t>(std::size_t(grid.count() * shape.count()), 1000);
        for (const std::uint64_t header : {16, 17}) {
            const std::filesystem::path path = folder.filePath("scan.bin").toStdString();
            std::ofstream file(path, std::ios::binary);
            file.write("0123456789abcdefg", std::streamsize(header));
            file.write(reinterpret_cast<const char*>(values.data()), std::streamsize(values.size() * 2));
            file.close();
            const auto layout = FrameLayout::frames(header, 84, grid, shape, ElementType::UInt16);
            const auto scan = mappedScan(*MappedFile::open(path), layout, {path});
            QVERIFY(scan);
            QCOMPARE((*scan)->mappedPattern({2, 3}).empty(), header == 17);
            QVERIFY((*scan)->mappedPattern({4, 0}).empty());
            if (header == 16)
                QCOMPARE(std::memcmp((*scan)->mappedPattern({2, 3}).data(), values.data() + 13 * 42, 84), 0);
            PassRequest request;
            request.detectors = {{circleShape({3, 3}, 2)}};
            const auto result = runScanPass(**scan, request, {}, {});
            QVERIFY(result);
            for (std::size_t i = 0; i < 20; ++i)
                QCOMPARE(result->detectors[0][0].values[i],
                         float(expectedOf(values.data() + i * 42, shape, circleShape({3, 3}, 2), {}).sum));
            // The same through another frame order: column by column.
            std::vector<std::int64_t> frames;
            for (int y = 0; y < 4; ++y)
                for (int x = 0; x < 5; ++x)
                    frames.push_back(x * 4 + y);
            const ReorderedScan reordered(*scan, grid, frames, {});
            const auto moved = runScanPass(reordered, request, {}, {});
            QVERIFY(moved);
            for (int y = 0; y < 4; ++y)
                for (int x = 0; x < 5; ++x)
                    QCOMPARE(moved->detectors[0][0].at(y, x), result->detectors[0][0].values[std::size_t(x * 4 + y)]);
            // Foreign byte order cannot be looked at either.
            auto swapped = layout;
            swapped.swapped = true;
            QVERIFY((*mappedScan(*MappedFile::open(path), swapped, {path}))->mappedPattern({0, 0}).empty());
        }
    }
};

QTEST_APPLESS_MAIN(TestScanPass)
#include "tst_scan_pass.moc"
