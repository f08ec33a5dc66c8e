// SPDX-License-Identifier: GPL-3.0-or-later
// Map filters against OpenCV's and SciPy's results, and what happens around pixels without data.
#include "core/prepare/map_filter.h"
#include "core/prepare/masked_filters.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

ElementMap goldenMap(const Golden& golden, const std::string& name)
{
    const std::vector<int> shape = golden.shape(name.c_str());
    ElementMap map = emptyMap("Ge", MapUnit::Fraction, {shape.at(0), shape.at(1)});
    map.values = golden.values<float>(name.c_str());
    return map;
}

MapFilterOptions options(MapFilterKind kind, int size, double sigmaColor = 75, double sigmaSpace = 75)
{
    return {kind, size, sigmaColor, sigmaSpace};
}

/// Largest difference; infinite if one has data where the other has none.
double largestDifference(const ElementMap& a, const ElementMap& b)
{
    if (a.shape != b.shape || a.values.size() != b.values.size())
        return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        if (std::isnan(a.values[i]) && std::isnan(b.values[i]))
            continue;
        const double difference = std::abs(double(a.values[i]) - double(b.values[i]));
        largest = std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(largest, difference);
    }
    return largest;
}

} // namespace

class TestMapFilter : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalsPython_data()
    {
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("output");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("size");
        QTest::addColumn<double>("sigmaColor");
        QTest::addColumn<double>("sigmaSpace");
        const auto add = [](const char* input, const char* output, MapFilterKind kind, int size, double color = 75,
                            double space = 75) {
            QTest::newRow(output) << input << output << int(kind) << size << color << space;
        };
        for (const std::string group : {"whole", "small", "row", "masked"}) {
            const std::string input = group == "whole" ? "input" : group + "_input";
            add(input.c_str(), (group + "_mean").c_str(), MapFilterKind::Mean, 7);
            add(input.c_str(), (group + "_gaussian").c_str(), MapFilterKind::Gaussian, 7);
            add(input.c_str(), (group + "_median").c_str(), MapFilterKind::Median, 7);
            add(input.c_str(), (group + "_bilateral").c_str(), MapFilterKind::Bilateral, 9);
        }
        add("input", "whole_bilateral_narrow", MapFilterKind::Bilateral, 9, 0.1, 3);
        add("input", "whole_mean_3", MapFilterKind::Mean, 3);
        add("input", "whole_gaussian_11", MapFilterKind::Gaussian, 11);
        add("input", "whole_median_3", MapFilterKind::Median, 3);
        add("masked_input", "masked_bilateral_narrow", MapFilterKind::Bilateral, 9, 0.1, 3);
    }

    void equalsPython()
    {
        QFETCH(QString, input);
        QFETCH(QString, output);
        QFETCH(int, kind);
        QFETCH(int, size);
        QFETCH(double, sigmaColor);
        QFETCH(double, sigmaSpace);
        const Golden golden("core/prepare/filter_golden.json");
        const auto result = filtered(goldenMap(golden, input.toStdString()),
                                     options(MapFilterKind(kind), size, sigmaColor, sigmaSpace));
        QVERIFY(result);
        // Values near 0.3 in float32: one unit in the last place is 3e-8.
        QVERIFY2(largestDifference(*result, goldenMap(golden, output.toStdString())) < 1e-6, "differs from Python");
    }

    void masksChangeNothingWhereNothingIsMasked()
    {
        // One pixel without data in a far corner takes the masked path; the rest must not notice.
        const Golden golden("core/prepare/filter_golden.json");
        const ElementMap whole = goldenMap(golden, "input");
        for (const auto& chosen :
             {options(MapFilterKind::Mean, 7), options(MapFilterKind::Gaussian, 7), options(MapFilterKind::Median, 7),
              options(MapFilterKind::Bilateral, 9), options(MapFilterKind::Bilateral, 9, 0.1, 3)}) {
            ElementMap holed = whole;
            holed.at(22, 16) = noData;
            const auto expected = filtered(whole, chosen);
            const auto result = filtered(holed, chosen);
            QVERIFY(expected && result);
            for (int y = 0; y < 17; ++y)
                for (int x = 0; x < 11; ++x) // OpenCV's bilateral interpolates the exponential from a table
                    QVERIFY(std::abs(double(result->at(y, x)) - double(expected->at(y, x))) <
                            (chosen.kind == MapFilterKind::Bilateral ? 1e-5 : 1e-6));
        }
    }

    void ownBilateralEqualsOpenCv()
    {
        const Golden golden("core/prepare/filter_golden.json");
        const ElementMap whole = goldenMap(golden, "input");
        QVERIFY(largestDifference(maskedBilateral(whole, 9, 75, 75), goldenMap(golden, "whole_bilateral")) < 1e-5);
        QVERIFY(largestDifference(maskedBilateral(whole, 9, 0.1, 3), goldenMap(golden, "whole_bilateral_narrow")) <
                1e-5);
        QVERIFY(largestDifference(maskedBilateral(whole, 1, 0.1, 3),
                                  *filtered(whole, options(MapFilterKind::Bilateral, 1, 0.1, 3))) < 1e-5);
    }

    void noDataStaysNoDataAndSpoilsNothing()
    {
        ElementMap map = emptyMap("O", MapUnit::Fraction, {9, 9});
        std::fill(map.values.begin(), map.values.end(), 0.5f);
        map.at(4, 4) = noData;
        map.at(2, 7) = std::numeric_limits<float>::infinity();
        map.at(0, 0) = -std::numeric_limits<float>::infinity();
        for (const MapFilterKind kind :
             {MapFilterKind::Mean, MapFilterKind::Gaussian, MapFilterKind::Median, MapFilterKind::Bilateral}) {
            const auto result = filtered(map, options(kind, 7));
            QVERIFY(result);
            for (int y = 0; y < 9; ++y)
                for (int x = 0; x < 9; ++x) {
                    if (ElementMap::isData(map.at(y, x)))
                        QVERIFY(std::abs(result->at(y, x) - 0.5f) < 1e-6f);
                    else
                        QVERIFY(std::isnan(result->at(y, x)));
                }
        }
    }

    void allMaskedAndEmpty()
    {
        for (const MapFilterKind kind :
             {MapFilterKind::Mean, MapFilterKind::Gaussian, MapFilterKind::Median, MapFilterKind::Bilateral}) {
            const auto masked = filtered(emptyMap("O", MapUnit::Fraction, {4, 5}), options(kind, 7));
            QVERIFY(masked);
            for (const float value : masked->values)
                QVERIFY(std::isnan(value));
            QVERIFY(filtered(emptyMap("O", MapUnit::Fraction, {0, 0}), options(kind, 7)));
        }
    }

    void medianOfEvenCountIsTheMiddleOfTwo()
    {
        ElementMap map = emptyMap("O", MapUnit::Fraction, {3, 3});
        map.at(1, 1) = 0.2f;
        map.at(0, 1) = 0.6f;
        const auto result = filtered(map, options(MapFilterKind::Median, 3));
        QVERIFY(result);
        // The border is replicated, so (0, 1) sees itself twice but (1, 1) sees each once.
        QCOMPARE(result->at(1, 1), 0.4f);
        QCOMPARE(result->at(0, 1), 0.6f);
    }

    void keepsWhatTheMapIs()
    {
        ElementMap map = emptyMap("HAADF", MapUnit::Arbitrary, {8, 8});
        std::fill(map.values.begin(), map.values.end(), 3.0f);
        map.scanStep_nm = 1.05;
        map.source = "a.mrc";
        for (const bool hole : {false, true}) {
            if (hole)
                map.at(0, 0) = noData;
            const auto result = filtered(map, options(MapFilterKind::Mean, 3));
            QVERIFY(result);
            QCOMPARE(result->quantity, map.quantity);
            QVERIFY(result->unit == map.unit && result->scanStep_nm == map.scanStep_nm && result->source == map.source);
        }
        const auto untouched = filtered(map, options(MapFilterKind::None, 4));
        QVERIFY(untouched && largestDifference(*untouched, map) == 0);
    }

    void refusesBadOptions_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("size");
        QTest::addColumn<double>("sigma");
        QTest::newRow("even") << int(MapFilterKind::Mean) << 6 << 75.0;
        QTest::newRow("zero") << int(MapFilterKind::Median) << 0 << 75.0;
        QTest::newRow("negative") << int(MapFilterKind::Gaussian) << -7 << 75.0;
        QTest::newRow("huge") << int(MapFilterKind::Mean) << 101 << 75.0;
        QTest::newRow("sigma 0") << int(MapFilterKind::Bilateral) << 9 << 0.0;
        QTest::newRow("sigma NaN") << int(MapFilterKind::Bilateral) << 9 << double(noData);
    }

    void refusesBadOptions()
    {
        QFETCH(int, kind);
        QFETCH(int, size);
        QFETCH(double, sigma);
        ElementMap map = emptyMap("O", MapUnit::Fraction, {4, 4});
        const auto result = filtered(map, options(MapFilterKind(kind), size, sigma, sigma));
        QVERIFY(!result);
        QCOMPARE(int(result.error().code), int(ErrorCode::StudyInvalid));
    }

    void refusesAMapThatContradictsItself()
    {
        ElementMap map = emptyMap("O", MapUnit::Fraction, {4, 4});
        map.values.pop_back();
        const auto result = filtered(map, options(MapFilterKind::Mean, 3));
        QVERIFY(!result);
        QCOMPARE(int(result.error().code), int(ErrorCode::InvalidArgument));
    }
};

QTEST_APPLESS_MAIN(TestMapFilter)
#include "tst_map_filter.moc"
