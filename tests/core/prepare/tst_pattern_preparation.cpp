// SPDX-License-Identifier: GPL-3.0-or-later
// Centring, beam mask, binning and scaling of one pattern.
#include "core/prepare/pattern_preparation.h"
#include "tests/support/golden.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace dispersa;

namespace {

constexpr PatternShape goldenShape{31, 26};

std::vector<float> prepared(const std::vector<float>& pattern, PatternShape shape, const DiffractionOptions& options,
                            ImagePoint centre = {})
{
    std::vector<float> out(static_cast<std::size_t>(preparedShape(shape, options.bin).count()), -1.0f);
    prepareCounts(pattern, {}, planWithoutScan(shape, options, centre), out);
    return out;
}

/// A disc of counts at `centre`.
std::vector<float> discPattern(PatternShape shape, ImagePoint centre, double radius, float count)
{
    std::vector<float> pattern;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            pattern.push_back(std::hypot(y - centre.y, x - centre.x) <= radius ? count : 1.0f);
    return pattern;
}

} // namespace

class TestPatternPreparation : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalsNumPy_data()
    {
        QTest::addColumn<int>("centre");
        QTest::addColumn<double>("mask");
        QTest::addColumn<int>("bin");
        QTest::newRow("centred") << int(CentreKind::CentreOfMass) << 0.0 << 1;
        QTest::newRow("masked") << int(CentreKind::None) << 4.5 << 1;
        QTest::newRow("binned") << int(CentreKind::None) << 0.0 << 4;
        QTest::newRow("all") << int(CentreKind::CentreOfMass) << 3.7 << 3;
    }

    void equalsNumPy()
    {
        QFETCH(int, centre);
        QFETCH(double, mask);
        QFETCH(int, bin);
        const Golden golden("core/prepare/preparation_golden.json");
        const std::vector<double> place = golden.values("centre");
        const auto out = prepared(golden.values<float>("pattern"), goldenShape,
                                  {CentreKind(centre), mask, bin, Scaling::Linear}, {place[0], place[1]});
        QCOMPARE(out, golden.values<float>(QTest::currentDataTag()));
    }

    void findsTheBeamBesideAHotPixel()
    {
        const Golden golden("core/prepare/preparation_golden.json");
        const ImagePoint found = directBeamCentre(golden.values<float>("pattern"), goldenShape);
        QVERIFY(std::abs(found.y - golden.values("centre")[0]) < 1e-9);
        QVERIFY(std::abs(found.x - golden.values("centre")[1]) < 1e-9);
    }

    void beamCentreOfOddPatterns()
    {
        const PatternShape shape{10, 7};
        std::vector<float> pattern(70, 0.0f);
        QCOMPARE(directBeamCentre(pattern, shape), (ImagePoint{5, 3})); // empty: the middle
        pattern[2 * 7 + 6] = 9;
        QCOMPARE(directBeamCentre(pattern, shape), (ImagePoint{2, 6})); // a beam of one pixel
        std::fill(pattern.begin(), pattern.end(), std::numeric_limits<float>::quiet_NaN());
        QCOMPARE(directBeamCentre(pattern, shape), (ImagePoint{5, 3}));
        pattern = discPattern(shape, {6, 2}, 1.2, 50);
        pattern[0] = std::numeric_limits<float>::infinity();
        const ImagePoint found = directBeamCentre(pattern, shape);
        QVERIFY(std::abs(found.y - 6) < 0.01 && std::abs(found.x - 2) < 0.01);
    }

    void centredPatternsHaveTheBeamInTheMiddle()
    {
        const PatternShape shape{40, 37};
        for (const ImagePoint place : {ImagePoint{8, 30}, ImagePoint{20, 18}, ImagePoint{31.4, 9.7}}) {
            const auto out =
                prepared(discPattern(shape, place, 4, 900), shape, {CentreKind::CentreOfMass, 0, 1, Scaling::Linear});
            const ImagePoint found = directBeamCentre(out, shape);
            // Whole-pixel shifts leave up to half a pixel, and a drawn disc is up to a quarter off its centre.
            QVERIFY(std::abs(found.y - 20) <= 0.75);
            QVERIFY(std::abs(found.x - 18) <= 0.75);
        }
    }

    void shiftsInZeros()
    {
        const PatternShape shape{9, 9};
        const auto out =
            prepared(discPattern(shape, {2, 2}, 1, 100), shape, {CentreKind::CentreOfMass, 0, 1, Scaling::Linear});
        for (int i = 0; i < 9; ++i) {
            QCOMPARE(out[std::size_t(i)], 0.0f);     // two rows came from outside
            QCOMPARE(out[std::size_t(i) * 9], 0.0f); // and two columns
        }
        QCOMPARE(out[4 * 9 + 4], 100.0f);
        QCOMPARE(out[2 * 9 + 2], 1.0f);
    }

    void binningConservesCounts_data()
    {
        QTest::addColumn<int>("bin");
        for (const int bin : {1, 2, 3, 4, 5, 16})
            QTest::addRow("%d", bin) << bin;
    }

    void binningConservesCounts()
    {
        QFETCH(int, bin);
        const PatternShape shape{33, 50};
        std::vector<float> pattern(std::size_t(shape.count()));
        std::iota(pattern.begin(), pattern.end(), 0.0f);
        const PatternShape small = preparedShape(shape, bin);
        QCOMPARE(small, (PatternShape{33 / bin, 50 / bin}));
        const auto out = prepared(pattern, shape, {CentreKind::None, 0, bin, Scaling::Linear});
        double expected = 0; // rows and columns left over are cut at the far edge
        for (int y = 0; y < small.height * bin; ++y)
            for (int x = 0; x < small.width * bin; ++x)
                expected += double(pattern[std::size_t(y * 50 + x)]);
        QCOMPARE(std::accumulate(out.begin(), out.end(), 0.0), expected);
    }

    void maskIncludesItsBorderAndMayLieOutside()
    {
        const PatternShape shape{7, 7};
        const std::vector<float> ones(49, 1.0f);
        const auto cross = prepared(ones, shape, {CentreKind::None, 1, 1, Scaling::Linear}, {3, 3});
        QCOMPARE(std::accumulate(cross.begin(), cross.end(), 0.0f), 44.0f);
        QCOMPARE(cross[3 * 7 + 4], 0.0f);
        QCOMPARE(cross[4 * 7 + 4], 1.0f);
        QCOMPARE(prepared(ones, shape, {CentreKind::None, 3, 1, Scaling::Linear}, {-50, 90}), ones);
        const auto all = prepared(ones, shape, {CentreKind::None, 9999, 1, Scaling::Linear}, {3, 3});
        QCOMPARE(std::accumulate(all.begin(), all.end(), 0.0f), 0.0f);
    }

    void valuesThatAreNoNumbersCountAsZero()
    {
        std::vector<float> pattern(16, 2.0f);
        pattern[5] = std::numeric_limits<float>::quiet_NaN();
        pattern[6] = std::numeric_limits<float>::infinity();
        const auto out = prepared(pattern, {4, 4}, {CentreKind::None, 0, 2, Scaling::Linear});
        QCOMPARE(out, (std::vector<float>{6, 6, 8, 8}));
    }

    void scaling()
    {
        const DiffractionOptions linear{CentreKind::None, 0, 2, Scaling::Linear};
        const DiffractionOptions root{CentreKind::None, 0, 2, Scaling::SquareRoot};
        const DiffractionOptions logarithm{CentreKind::None, 0, 2, Scaling::Log};
        QCOMPARE(scaledCount(65536, linear, 1), 0.25f);
        QCOMPARE(scaledCount(-4, linear, 1), -4.0f / 262144.0f);
        QCOMPARE(scaledCount(25, root, 100), 0.5f);
        QCOMPARE(scaledCount(-3, root, 100), 0.0f);
        QCOMPARE(scaledCount(100, logarithm, 100), 1.0f);
        QCOMPARE(scaledCount(9, logarithm, 99), 0.5f);
        QCOMPARE(scaledCount(-3, logarithm, 99), 0.0f);
    }

    void typicalCentreIsTheMedianOfThoseThatExist()
    {
        const PatternShape shape{16, 16};
        std::vector<float> values;
        for (const double x : {4.0, 5.0, 5.0, 11.0})
            for (const float value : discPattern(shape, {7, x}, 2, 80))
                values.push_back(value);
        MemoryScan scan({2, 3}, shape, values);
        scan.stopAfter(4);
        const auto centre = typicalBeamCentre(scan, {0, 0, 2, 3});
        QVERIFY(centre);
        QCOMPARE(*centre, (ImagePoint{7, 5}));
        const auto nothing = typicalBeamCentre(scan, {1, 1, 1, 2});
        QVERIFY(nothing);
        QCOMPARE(*nothing, (ImagePoint{8, 8}));
        const auto outside = typicalBeamCentre(scan, {1, 0, 2, 3});
        QVERIFY(!outside);
        QCOMPARE(int(outside.error().code), int(ErrorCode::InvalidArgument));
        scan.breakAtRow(0);
        const auto broken = typicalBeamCentre(scan, {0, 0, 2, 3});
        QVERIFY(!broken);
        QCOMPARE(int(broken.error().code), int(ErrorCode::FileUnreadable));
    }
};

QTEST_APPLESS_MAIN(TestPatternPreparation)
#include "tst_pattern_preparation.moc"
