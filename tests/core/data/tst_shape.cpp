// SPDX-License-Identifier: GPL-3.0-or-later
// Shapes on maps and patterns: which pixels lie inside.
#include <QTest>

#include "core/data/shape.h"

#include <algorithm>

using namespace dispersa;

class TestShape : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void pixels_data();
    void pixels();
    void maskAndPixelsAgree();
    void rectangleTakesCornersInAnyOrder();
    void annulusTakesRadiiInAnyOrder();
    void translation();
};

/// The mask as rows of text: easier to check by eye than coordinates.
static QString drawing(const Shape& shape, int height, int width)
{
    const auto mask = shapeMask(shape, height, width);
    QString text;
    for (int i = 0; i < height * width; ++i)
        text += QString(i > 0 && i % width == 0 ? "/" : "") + (mask[static_cast<std::size_t>(i)] ? "#" : ".");
    return text;
}

void TestShape::pixels_data()
{
    QTest::addColumn<int>("which");
    QTest::addColumn<QString>("expected");
    QTest::newRow("point") << 0 << "...../..#../...../...../.....";
    QTest::newRow("rectangle with its border") << 1 << "...../.###./.###./...../.....";
    QTest::newRow("circle with its border") << 2 << "..#../.###./#####/.###./..#..";
    QTest::newRow("annulus with both borders") << 3 << "..#../.###./##.##/.###./..#..";
    QTest::newRow("triangle with its border") << 4 << "#..../##.../###../####./#####";
    QTest::newRow("polygon of two points is nothing") << 5 << "...../...../...../...../.....";
    QTest::newRow("concave polygon") << 6 << "#...#/##.##/#####/#####/#####";
    QTest::newRow("outside") << 7 << "...../...../...../...../.....";
}

void TestShape::pixels()
{
    QFETCH(int, which);
    QFETCH(QString, expected);
    const std::vector<Shape> shapes = {pointShape({0.6, 2.4}),
                                       rectangleShape({1, 1}, {2, 3}),
                                       circleShape({2, 2}, 2),
                                       annulusShape({2, 2}, 1, 2),
                                       polygonShape({{0, 0}, {4, 0}, {4, 4}}),
                                       polygonShape({{0, 0}, {4, 4}}),
                                       polygonShape({{0, 0}, {2, 2}, {0, 4}, {4, 4}, {4, 0}}),
                                       circleShape({50, 50}, 3)};
    QCOMPARE(drawing(shapes[static_cast<std::size_t>(which)], 5, 5), expected);
}

void TestShape::maskAndPixelsAgree()
{
    const Shape circle = circleShape({3.3, 4.7}, 2.6);
    const auto mask = shapeMask(circle, 8, 9);
    std::vector<std::uint8_t> fromPixels(72, 0);
    for (const ScanPoint p : shapePixels(circle, 8, 9))
        fromPixels[static_cast<std::size_t>(p.y * 9 + p.x)] = 1;
    QCOMPARE(fromPixels, mask);
    const auto pixels = shapePixels(circle, 8, 9);
    QVERIFY(std::is_sorted(pixels.begin(), pixels.end()));
    QVERIFY(pixels.size() > 15);
}

void TestShape::rectangleTakesCornersInAnyOrder()
{
    QVERIFY(rectangleShape({3, 1}, {1, 4}) == rectangleShape({1, 4}, {3, 1}));
    QCOMPARE(shapePixels(rectangleShape({3, 1}, {1, 4}), 9, 9).size(), std::size_t(12));
}

void TestShape::annulusTakesRadiiInAnyOrder()
{
    QVERIFY(annulusShape({2, 2}, 5, 1) == annulusShape({2, 2}, 1, 5));
    QVERIFY(circleShape({2, 2}, -3) == circleShape({2, 2}, 3));
}

void TestShape::translation()
{
    for (const Shape& shape : {pointShape({2, 3}), rectangleShape({1, 1}, {3, 4}), circleShape({3, 3}, 2),
                               polygonShape({{0, 0}, {5, 0}, {5, 5}})}) {
        auto moved = shapePixels(translated(shape, 2, -1), 20, 20);
        std::vector<ScanPoint> expected;
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 20; ++x)
                if (contains(shape, {y - 2, x + 1}))
                    expected.push_back({y, x});
        QVERIFY(moved == expected);
        QVERIFY(!moved.empty());
    }
}

QTEST_APPLESS_MAIN(TestShape)
#include "tst_shape.moc"
