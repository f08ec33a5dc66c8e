// SPDX-License-Identifier: GPL-3.0-or-later
// Colour maps, display scaling, ticks, scale bars, point density.
// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QTest>

#include "widgets/color_map.h"
#include "widgets/palette.h"
#include "widgets/point_density.h"
#include "widgets/scale_bar.h"
#include "widgets/shape_handles.h"

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {
constexpr float noData = std::numeric_limits<float>::quiet_NaN();
} // namespace

class ColorScalingTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void endColours_data()
    {
        QTest::addColumn<int>("map");
        QTest::addColumn<QRgb>("low");
        QTest::addColumn<QRgb>("high");
        // Published end colours of matplotlib's maps.
        QTest::newRow("viridis") << int(ColorMap::Viridis) << qRgb(68, 1, 84) << qRgb(253, 231, 37);
        QTest::newRow("inferno") << int(ColorMap::Inferno) << qRgb(0, 0, 4) << qRgb(252, 255, 164);
        QTest::newRow("grey") << int(ColorMap::Grey) << qRgb(0, 0, 0) << qRgb(255, 255, 255);
    }
    void endColours()
    {
        QFETCH(int, map);
        QFETCH(QRgb, low);
        QFETCH(QRgb, high);
        QCOMPARE(colorOf(-5, {0, 1}, ColorMap(map)), low);
        QCOMPARE(colorOf(0, {0, 1}, ColorMap(map)), low);
        QCOMPARE(colorOf(1, {0, 1}, ColorMap(map)), high);
        QCOMPARE(colorOf(7, {0, 1}, ColorMap(map)), high);
    }

    void divergingIsBlueWhiteRed()
    {
        const QColor low = QColor::fromRgb(colorOf(-1, {-1, 1}, ColorMap::BlueWhiteRed));
        const QColor zero = QColor::fromRgb(colorOf(0, {-1, 1}, ColorMap::BlueWhiteRed));
        const QColor high = QColor::fromRgb(colorOf(1, {-1, 1}, ColorMap::BlueWhiteRed));
        QVERIFY(low.blue() > 2 * low.red());
        QVERIFY(high.red() > 2 * high.blue());
        QVERIFY(zero.red() > 240 && zero.green() > 240 && zero.blue() > 240);
    }

    void lightnessRisesMonotonically()
    {
        for (const ColorMap map : {ColorMap::Viridis, ColorMap::Inferno, ColorMap::Grey}) {
            double before = -1;
            for (const QRgb rgb : colorTable(map)) {
                const double luminance = 0.2126 * qRed(rgb) + 0.7152 * qGreen(rgb) + 0.0722 * qBlue(rgb);
                // Rounding to 8 bits costs about one level.
                QVERIFY(luminance > before - 1.2);
                before = luminance;
            }
        }
    }

    void noDataIsTransparentInImages()
    {
        const std::vector<float> values = {0, noData, 1, std::numeric_limits<float>::infinity()};
        const QImage image = colorImage(values, 2, 2, {0, 1}, ColorMap::Viridis);
        QCOMPARE(image.size(), QSize(2, 2));
        QCOMPARE(qAlpha(image.pixel(1, 0)), 0);
        QCOMPARE(qAlpha(image.pixel(1, 1)), 0);
        QCOMPARE(image.pixel(0, 0), qRgb(68, 1, 84));
        QCOMPARE(image.pixel(0, 1), qRgb(253, 231, 37));
        QVERIFY(colorImage(values, 3, 2, {0, 1}, ColorMap::Viridis).isNull());
    }

    void hatchCoversWhatIsMaskedAlone()
    {
        const std::vector<std::uint8_t> mask = {1, 0, 0, 1};
        const QImage image = hatchImage(mask, 2, 2, {40, 40}, 8);
        QCOMPARE(image.size(), QSize(40, 40));
        const auto drawn = [&image](QRect part, int least = 1) { // pixels that are at least so opaque
            int n = 0;
            for (int y = part.top(); y <= part.bottom(); ++y)
                for (int x = part.left(); x <= part.right(); ++x)
                    n += qAlpha(image.pixel(x, y)) >= least;
            return n;
        };
        QCOMPARE(drawn({0, 0, 20, 20}), 400); // not even the smallest pixel is missed
        QCOMPARE(drawn({20, 20, 20, 20}), 400);
        QCOMPARE(drawn({20, 0, 20, 20}) + drawn({0, 20, 20, 20}), 0);
        const int stripes = drawn({0, 0, 20, 20}, 128);
        QVERIFY(stripes > 80 && stripes < 320); // what lies below stays visible
        // The stripes fall: one pixel right and one down is the same stripe, one right and one up is not, somewhere.
        bool rises = true;
        for (int i = 2; i < 17; ++i) {
            QCOMPARE(image.pixel(i, 2), image.pixel(i + 1, 3));
            rises = rises && image.pixel(i, 3) == image.pixel(i + 1, 2);
        }
        QVERIFY(!rises);
        // A part of the mask: its first pixel fills the picture.
        const QImage part = hatchImage(mask, 2, 2, {20, 20}, 8, {0, 0, 1, 1});
        int alpha = 0;
        for (int i = 0; i < 20; ++i)
            alpha += qAlpha(part.pixel(i, 19)) > 0;
        QCOMPARE(alpha, 20);
        QVERIFY(hatchImage(mask, 3, 2, {40, 40}, 8).isNull());
    }

    void scalingsInvert()
    {
        for (const DisplayScaling scaling : {DisplayScaling::Linear, DisplayScaling::Log, DisplayScaling::SquareRoot}) {
            QCOMPARE(scaledPosition(2, {2, 50}, scaling), 0.0);
            QCOMPARE(scaledPosition(50, {2, 50}, scaling), 1.0);
            for (const double position : {0.1, 0.5, 0.9})
                QVERIFY(std::abs(scaledPosition(valueAtPosition(position, {2, 50}, scaling), {2, 50}, scaling) -
                                 position) < 1e-12);
        }
        QVERIFY(std::abs(valueAtPosition(0.5, {1, 100}, DisplayScaling::Log) - 10) < 1e-9);
        QVERIFY(std::abs(valueAtPosition(0.5, {0, 16}, DisplayScaling::SquareRoot) - 4) < 1e-9);
        QVERIFY(usableRange({-3, 100}, DisplayScaling::Log).low > 0);
        const ValueRange constant = usableRange({5, 5}, DisplayScaling::Linear);
        QVERIFY(constant.low < 5 && constant.high > 5);
    }

    void percentilesAsNumpy()
    {
        // numpy.percentile(numpy.arange(101), [0.1, 99.9]) = 0.1, 99.9
        std::vector<float> values;
        for (int i = 0; i <= 100; ++i)
            values.push_back(float(i));
        values.push_back(noData);
        const ValueRange range = percentileRange(values);
        QVERIFY(std::abs(range.low - 0.1) < 1e-6);
        QVERIFY(std::abs(range.high - 99.9) < 1e-4);
        const ValueRange none = percentileRange(std::vector<float>{noData, noData});
        QCOMPARE(none.low, 0.0);
        QCOMPARE(none.high, 1.0);
        const std::vector<float> signedValues = {-1, 0, 10, 100};
        QVERIFY(percentileRange(signedValues, 0, 100, DisplayScaling::Log).low == 10);
    }

    void ticksAreRound()
    {
        const std::vector<double> ticks = niceTicks(0, 1, 5);
        QCOMPARE(ticks.size(), std::size_t(6));
        QVERIFY(std::abs(ticks[1] - 0.2) < 1e-12);
        QCOMPARE(tickTexts(niceTicks(0, 1, 2)), (std::vector<QString>{"0.0", "0.5", "1.0"}));
        QCOMPARE(tickTexts({-0.5, 0, 0.5})[0], QString::fromUtf8("−0.5"));
        QCOMPARE(numberText(-3.84, 1), QString::fromUtf8("−3.8"));
        QCOMPARE(numberText(0.4321, 2), "0.43");
        const std::vector<double> log = niceTicks(1, 10000, 5, DisplayScaling::Log);
        QCOMPARE(log, (std::vector<double>{1, 10, 100, 1000, 10000}));
        QVERIFY(niceTicks(1, 1, 5).empty());
        // A bar of an element map with room for few numbers: one alone tells no scale.
        QCOMPARE(tickTexts(niceTicks(0.05, 0.35, 2)), (std::vector<QString>{"0.1", "0.2", "0.3"}));
        for (int i = 0; i < 200; ++i)
            for (const int count : {1, 2, 3})
                QVERIFY(niceTicks(0.013 * i, 0.013 * i + 0.001 * (i + 1), count).size() >= 2);
    }

    void scaleBarsAre125()
    {
        const ScaleBar bar = scaleBarFor(3.0, 100, "nm"); // at most 33.3 nm
        QCOMPARE(bar.length, 20.0);
        QCOMPARE(bar.text, QString::fromUtf8("20\u00a0nm"));
        QCOMPARE(scaleBarFor(0.01, 60, "nm").text, QString::fromUtf8("5\u00a0µm"));
        QCOMPARE(scaleBarFor(0, 60, "nm").length, 0.0);
    }

    void densityFindsTheCrowd()
    {
        std::vector<float> x(100, 0.5f);
        std::vector<float> y(100, 0.5f);
        x.push_back(0.05f);
        y.push_back(0.9f);
        x.push_back(noData);
        y.push_back(0.1f);
        const std::vector<int> levels = densityLevels(x, y, {0, 1}, 10);
        QCOMPARE(levels[0], 9);
        QCOMPARE(levels[100], 1);
        QCOMPARE(levels[101], -1);
    }

    void handlesMoveShapes()
    {
        const Shape rectangle = rectangleShape({2, 3}, {10, 12});
        QCOMPARE(shapeHandles(rectangle).size(), std::size_t(8));
        QCOMPARE(withHandleMoved(rectangle, 0, {4, 5}), rectangleShape({4, 5}, {10, 12}));
        QCOMPARE(withHandleMoved(rectangle, 5, {0, 20}), rectangleShape({2, 3}, {10, 20}));
        // Turned inside out it stays a rectangle.
        QCOMPARE(withHandleMoved(rectangle, 0, {20, 20}), rectangleShape({10, 12}, {20, 20}));
        QCOMPARE(withHandleMoved(circleShape({5, 5}, 2), 0, {5, 9}).radius, 4.0);
        const Shape annulus = withHandleMoved(annulusShape({0, 0}, 3, 6), 4, {0, 50});
        QVERIFY(annulus.innerRadius < annulus.radius);
    }

    void paletteColoursDiffer()
    {
        for (int i = 0; i < categoryColorCount; ++i)
            for (int j = 0; j < i; ++j)
                QVERIFY(categoryColor(i) != categoryColor(j));
        QCOMPARE(categoryColor(0), categoryColor(categoryColorCount));
    }
};

QTEST_MAIN(ColorScalingTest)
#include "tst_color_scaling.moc"
