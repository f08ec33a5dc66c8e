// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keyboard in ImageView, MapView and PatternView.
#include "widgets/map_link.h"
#include "widgets/map_view.h"
#include "widgets/pattern_view.h"

#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

MapPtr ramp(int height, int width)
{
    auto map = std::make_shared<ElementMap>(emptyMap("O", MapUnit::Fraction, {height, width}));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            map->at(y, x) = float(y * width + x);
    map->scanStep_nm = 1.0;
    return map;
}

QPoint at(const ImageView& view, double y, double x)
{
    return view.toWidget({y, x}).toPoint();
}

void drag(ImageView& view, QPoint from, QPoint to, bool release = true)
{
    QTest::mousePress(&view, Qt::LeftButton, {}, from);
    QTest::mouseMove(&view, (from + to) / 2);
    QTest::mouseMove(&view, to);
    if (release)
        QTest::mouseRelease(&view, Qt::LeftButton, {}, to);
}

void wheel(ImageView& view, QPointF position, int steps)
{
    QWheelEvent event(position, view.mapToGlobal(position), {}, {0, 120 * steps}, Qt::NoButton, {}, Qt::NoScrollPhase,
                      false);
    QCoreApplication::sendEvent(&view, &event);
}

} // namespace

class ImageViewTest : public QObject {
    Q_OBJECT

    std::unique_ptr<MapView> m_view;

  private Q_SLOTS:
    void init()
    {
        m_view = std::make_unique<MapView>();
        m_view->resize(400, 440);
        m_view->setMap(ramp(40, 30));
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }

    /// In a column of maps those of tall scans are narrow: the bar's text stands beside the map then.
    void narrowMapsHaveAScaleBar_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<bool>("inside");
        QTest::addColumn<bool>("beside");
        QTest::newRow("wide enough for the text") << 90 << true << false;
        QTest::newRow("too narrow for the text") << 45 << true << true;
        QTest::newRow("too narrow for a bar") << 10 << false << false;
    }
    void narrowMapsHaveAScaleBar()
    {
        QFETCH(int, width);
        QFETCH(bool, inside);
        QFETCH(bool, beside);
        MapView view;
        view.resize(160, 130);
        view.setColorBarVisible(false);
        view.setMap(ramp(110, width));
        view.setScaleBarVisible(false);
        const QImage without = view.grab().toImage();
        view.setScaleBarVisible(true);
        const QImage with = view.grab().toImage();
        const double right = view.toWidget({0, double(width)}).x();
        bool changedInside = false, changedBeside = false;
        for (int y = 0; y < with.height(); ++y)
            for (int x = 0; x < with.width(); ++x)
                if (with.pixel(x, y) != without.pixel(x, y))
                    (x <= right ? changedInside : changedBeside) = true;
        QCOMPARE(changedInside, inside);
        QCOMPARE(changedBeside, beside);
    }

    void cleanup() { m_view.reset(); }

    void pixelCentresAndAspect()
    {
        const QRectF rect = m_view->imageRect();
        QVERIFY(std::abs(rect.width() / 30 - rect.height() / 40) < 1e-9);
        const ImagePoint back = m_view->toImage(m_view->toWidget({7, 11}));
        QVERIFY(std::abs(back.y - 7) < 1e-9 && std::abs(back.x - 11) < 1e-9);
        QVERIFY(m_view->toWidget({0, 0}).y() < m_view->toWidget({39, 0}).y()); // row 0 on top
        QVERIFY(m_view->canvasRect().adjusted(-1, -1, 1, 1).contains(rect));
        m_view->setPixelSize(2.0, 1.0, "nm");
        const QRectF tall = m_view->imageRect();
        QVERIFY(std::abs(tall.height() / 40 - 2 * tall.width() / 30) < 1e-9);
    }

    void hatchedPixels()
    {
        const QImage plain = m_view->grab().toImage();
        auto mask = std::make_shared<std::vector<std::uint8_t>>(40 * 30, std::uint8_t(0));
        for (int y = 20; y < 40; ++y)
            for (int x = 0; x < 30; ++x)
                (*mask)[std::size_t(y * 30 + x)] = 1;
        m_view->setHatched(mask);
        const auto changed = [&](double y0, double y1) {
            const QImage now = m_view->grab().toImage();
            const QRect rows(m_view->toWidget({y0 + 0.5, 1}).toPoint(), m_view->toWidget({y1 - 1.5, 28}).toPoint());
            int n = 0;
            for (int y = rows.top(); y <= rows.bottom(); ++y)
                for (int x = rows.left(); x <= rows.right(); ++x)
                    n += now.pixel(x, y) != plain.pixel(x, y);
            return n / double(rows.width() * rows.height());
        };
        QCOMPARE(changed(0, 20), 0.0);
        const double share = changed(20, 40);
        QVERIFY2(share > 0.9, qPrintable(QString::number(share)));
        // The figure has it too.
        const QImage figure = m_view->toFigure().toImage(100);
        m_view->setHatched(nullptr);
        QCOMPARE(m_view->grab().toImage(), plain);
        QVERIFY(m_view->toFigure().toImage(100) != figure);
        // A mask of another image is none; an image of another size has none.
        m_view->setHatched(std::make_shared<std::vector<std::uint8_t>>(7, std::uint8_t(1)));
        QVERIFY(!m_view->hatched());
        m_view->setHatched(mask);
        m_view->setMap(ramp(41, 30));
        QVERIFY(!m_view->hatched());
    }

    void cursorReadout()
    {
        QSignalSpy moved(m_view.get(), &ImageView::cursorMoved);
        QSignalSpy left(m_view.get(), &ImageView::cursorLeft);
        QTest::mouseMove(m_view.get(), at(*m_view, 12, 5));
        QCOMPARE(moved.count(), 1);
        QCOMPARE(moved[0][0].toInt(), 12);
        QCOMPARE(moved[0][1].toInt(), 5);
        QCOMPARE(moved[0][2].toDouble(), 12.0 * 30 + 5);
        QTest::mouseMove(m_view.get(), QPoint(1, 1));
        QCOMPARE(left.count(), 1);
    }

    void markerByMouseAndKeys()
    {
        m_view->setMarker(ScanPoint{5, 5});
        QSignalSpy moved(m_view.get(), &ImageView::markerMoved);
        drag(*m_view, at(*m_view, 8, 8), at(*m_view, 20, 10));
        QCOMPARE(*m_view->marker(), (ScanPoint{20, 10}));
        QVERIFY(moved.count() >= 2);
        QTest::keyClick(m_view.get(), Qt::Key_Right);
        QCOMPARE(*m_view->marker(), (ScanPoint{20, 11}));
        QTest::keyClick(m_view.get(), Qt::Key_Up, Qt::ShiftModifier);
        QCOMPARE(*m_view->marker(), (ScanPoint{10, 11}));
        QTest::keyClick(m_view.get(), Qt::Key_Up, Qt::ShiftModifier);
        QTest::keyClick(m_view.get(), Qt::Key_Up, Qt::ShiftModifier);
        QCOMPARE(*m_view->marker(), (ScanPoint{0, 11})); // stays on the map
        drag(*m_view, at(*m_view, 8, 8), at(*m_view, 30, 20), false);
        QTest::keyClick(m_view.get(), Qt::Key_Escape);
        QCOMPARE(*m_view->marker(), (ScanPoint{0, 11}));
    }

    void wheelZoomsAboutCursorAndDoubleClickFits()
    {
        const QPointF place = m_view->toWidget({30, 22});
        wheel(*m_view, place, 5);
        QVERIFY(m_view->viewWindow().zoom > 2.5);
        const QPointF after = m_view->toWidget({30, 22});
        QVERIFY(std::hypot(after.x() - place.x(), after.y() - place.y()) < 25); // within the limits of panning
        const ImagePoint centre = m_view->viewWindow().centre;
        QTest::mousePress(m_view.get(), Qt::MiddleButton, {}, at(*m_view, 30, 22));
        QTest::mouseMove(m_view.get(), at(*m_view, 30, 22) + QPoint(40, 30));
        QTest::mouseRelease(m_view.get(), Qt::MiddleButton, {}, at(*m_view, 30, 22));
        QVERIFY(m_view->viewWindow().centre.x < centre.x);
        QVERIFY(m_view->viewWindow().centre.y < centre.y);
        QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, m_view->rect().center());
        QCOMPARE(m_view->viewWindow().zoom, 1.0);
        QTest::keyClick(m_view.get(), Qt::Key_Plus);
        QVERIFY(m_view->viewWindow().zoom > 1);
        QTest::keyClick(m_view.get(), Qt::Key_0);
        QCOMPARE(m_view->viewWindow().zoom, 1.0);
    }

    void spaceDragPans()
    {
        m_view->setMarker(ScanPoint{5, 5});
        m_view->zoomBy(3);
        const ImagePoint centre = m_view->viewWindow().centre;
        QTest::keyPress(m_view.get(), Qt::Key_Space);
        drag(*m_view, QPoint(200, 200), QPoint(150, 160));
        QTest::keyRelease(m_view.get(), Qt::Key_Space);
        QVERIFY(m_view->viewWindow().centre.x > centre.x);
        QCOMPARE(*m_view->marker(), (ScanPoint{5, 5}));
    }

    void shapeMovesAndEscapeBringsItBack()
    {
        const Shape circle = circleShape({20, 15}, 5);
        m_view->setShapes({{circle, Qt::red, "grain", true}});
        QSignalSpy changed(m_view.get(), &ImageView::shapeChanged);
        QSignalSpy edited(m_view.get(), &ImageView::shapeEdited);
        drag(*m_view, at(*m_view, 20, 15), at(*m_view, 26, 12));
        QVERIFY(changed.count() >= 1);
        QCOMPARE(edited.count(), 1);
        Shape now = m_view->shapes()[0].shape;
        QVERIFY(std::abs(now.centre.y - 26) < 0.3 && std::abs(now.centre.x - 12) < 0.3);
        QCOMPARE(now.radius, 5.0);
        drag(*m_view, at(*m_view, now.centre.y, now.centre.x + 5), at(*m_view, now.centre.y, now.centre.x + 8));
        QCOMPARE(edited.count(), 2);
        QVERIFY(std::abs(m_view->shapes()[0].shape.radius - 8) < 0.3);
        now = m_view->shapes()[0].shape;
        drag(*m_view, at(*m_view, now.centre.y, now.centre.x), at(*m_view, 5, 25), false);
        QVERIFY(!(m_view->shapes()[0].shape == now));
        QTest::keyClick(m_view.get(), Qt::Key_Escape);
        QCOMPARE(m_view->shapes()[0].shape, now);
        QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, at(*m_view, 5, 25));
        QCOMPARE(edited.count(), 2);
        QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ShiftModifier); // still selected
        QCOMPARE(m_view->shapes()[0].shape.centre.y, std::min(now.centre.y + 10, 39.0));
        QCOMPARE(edited.count(), 3);
    }

    void lockedShapesStay()
    {
        m_view->setShapes({{circleShape({20, 15}, 5), Qt::red, {}, false}});
        QSignalSpy clicked(m_view.get(), &ImageView::clicked);
        drag(*m_view, at(*m_view, 20, 15), at(*m_view, 26, 12));
        QCOMPARE(m_view->shapes()[0].shape, circleShape({20, 15}, 5));
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, at(*m_view, 20, 15));
        QCOMPARE(clicked.count(), 1);
    }

    void drawsShapes()
    {
        QSignalSpy drawn(m_view.get(), &ImageView::shapeDrawn);
        QSignalSpy cancelled(m_view.get(), &ImageView::drawingCancelled);
        m_view->startDrawing(ShapeKind::Rectangle, Qt::yellow);
        drag(*m_view, at(*m_view, 4, 4), at(*m_view, 14, 20));
        QCOMPARE(drawn.count(), 1);
        const auto rectangle = drawn[0][0].value<Shape>();
        QCOMPARE(rectangle.kind, ShapeKind::Rectangle);
        QVERIFY(std::abs(rectangle.opposite.x - 20) < 0.3);
        QVERIFY(!m_view->isDrawing());

        m_view->startDrawing(ShapeKind::Polygon, Qt::yellow);
        for (const QPoint& corner : {at(*m_view, 5, 5), at(*m_view, 5, 20)})
            QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, corner);
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, at(*m_view, 20, 12));
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QCOMPARE(drawn.count(), 2);
        QCOMPARE(drawn[1][0].value<Shape>().vertices.size(), std::size_t(3));

        m_view->startDrawing(ShapeKind::Circle, Qt::yellow);
        QTest::mousePress(m_view.get(), Qt::LeftButton, {}, at(*m_view, 10, 10));
        QTest::mouseMove(m_view.get(), at(*m_view, 10, 20));
        QTest::keyClick(m_view.get(), Qt::Key_Escape);
        QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, at(*m_view, 10, 20));
        QCOMPARE(drawn.count(), 2);
        QCOMPARE(cancelled.count(), 1);
    }

    void cropSnapsToPixels()
    {
        m_view->setCrop(Region{10, 5, 20, 15});
        m_view->setCropEditable(true);
        QSignalSpy changed(m_view.get(), &MapView::cropChanged);
        QSignalSpy edited(m_view.get(), &MapView::cropEdited);
        // Lower right corner handle, from the edge of the last pixel.
        drag(*m_view, at(*m_view, 29.5, 19.5), at(*m_view, 33.7, 24.2));
        QVERIFY(changed.count() >= 1);
        QCOMPARE(edited.count(), 1);
        QCOMPARE(*m_view->crop(), (Region{10, 5, 24, 20}));
        // The body moves without changing its size and stops at the border.
        drag(*m_view, at(*m_view, 20, 15), at(*m_view, 39, 15));
        QCOMPARE(*m_view->crop(), (Region{16, 5, 24, 20}));
        // Escape while dragging.
        drag(*m_view, at(*m_view, 25, 15), at(*m_view, 15, 15), false);
        QVERIFY(m_view->crop()->y != 16);
        QTest::keyClick(m_view.get(), Qt::Key_Escape);
        QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, at(*m_view, 15, 15));
        QCOMPARE(*m_view->crop(), (Region{16, 5, 24, 20}));
        QCOMPARE(edited.count(), 2);
        QTest::keyClick(m_view.get(), Qt::Key_Up);
        QCOMPARE(*m_view->crop(), (Region{15, 5, 24, 20}));
        QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(*m_view->crop(), (Region{15, 5, 25, 20}));
        // Never outside the map, never empty.
        drag(*m_view, at(*m_view, 14.5, 4.5), at(*m_view, 14.5, 4.5) - QPoint(600, 600));
        QCOMPARE(m_view->crop()->y, 0);
        QCOMPARE(m_view->crop()->x, 0);
    }

    void automaticAndFixedRange()
    {
        QSignalSpy changed(m_view.get(), &ImageView::rangeChanged);
        m_view->setRange(ValueRange{0, 10});
        QCOMPARE(m_view->shownRange().high, 10.0);
        QCOMPARE(changed.count(), 1);
        m_view->setRange(std::nullopt);
        QVERIFY(m_view->shownRange().high > 1190);
        m_view->setZeroCentred(true);
        QCOMPARE(m_view->shownRange().low, -m_view->shownRange().high);
    }

    void noDataIsHatched()
    {
        auto map = std::make_shared<ElementMap>(*ramp(40, 30));
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 30; ++x)
                map->at(y, x) = std::numeric_limits<float>::quiet_NaN();
        m_view->setMap(map);
        const QImage shot = m_view->grab().toImage();
        int plain = 0;
        int striped = 0;
        for (int i = 0; i < 40; ++i) {
            const QRgb colour = shot.pixel(at(*m_view, 10, 5) + QPoint(i, 0));
            plain += colour == noDataColor();
            striped += qGray(colour) < qGray(noDataColor()) - 20;
        }
        QVERIFY(plain > 5);
        QVERIFY(striped > 3);
    }

    void linkedViewsFollow()
    {
        MapView other;
        other.resize(300, 300);
        other.setMap(ramp(40, 30));
        other.setMarker(ScanPoint{1, 1});
        m_view->setMarker(ScanPoint{1, 1});
        MapLink link;
        link.add(m_view.get());
        link.add(&other);
        QSignalSpy moved(&link, &MapLink::markerMoved);
        m_view->zoomBy(2);
        QCOMPARE(other.viewWindow().zoom, 2.0);
        QTest::keyClick(m_view.get(), Qt::Key_Down);
        QCOMPARE(*other.marker(), (ScanPoint{2, 1}));
        QCOMPARE(moved.count(), 1);
        link.remove(&other);
        m_view->fit();
        QCOMPARE(other.viewWindow().zoom, 2.0);
        QCOMPARE(link.count(), 1);
    }

    void patternAxesSayTheirUnit()
    {
        PatternView pattern;
        pattern.setPattern({64, 64}, std::vector<float>(64 * 64, 1.f));
        QCOMPARE(pattern.axisLabel(), QStringLiteral("px"));
        pattern.setQPixel(0.02);
        QCOMPARE(pattern.axisLabel(), QString::fromUtf8("q = 1/d (1/Å)"));
        QVERIFY(std::abs(pattern.reciprocalLength({31.5, 41.5}) - 0.2) < 1e-12);
        pattern.setReciprocalUnit(ReciprocalUnit::Q);
        QCOMPARE(pattern.axisLabel(), QString::fromUtf8("Q = 2π/d (1/Å)"));
        QVERIFY(std::abs(pattern.reciprocalLength({31.5, 41.5}) - 0.2 * 2 * 3.14159265358979) < 1e-9);
        pattern.setBeamCentre(ImagePoint{30, 30});
        QCOMPARE(pattern.reciprocalLength({30, 30}), 0.0);
        const auto image = std::get<ImagePanel>(pattern.toFigure().cells()[0].panel);
        QVERIFY(image.axes.has_value());
        QCOMPARE(image.axes->label, pattern.axisLabel());
    }

    void patternDetectorIsEdited()
    {
        PatternView pattern;
        pattern.resize(420, 400);
        pattern.setPattern({64, 64}, std::vector<float>(64 * 64, 1.f));
        pattern.setDetector(annulusShape({32, 32}, 8, 20));
        pattern.show();
        QVERIFY(QTest::qWaitForWindowExposed(&pattern));
        QSignalSpy edited(&pattern, &PatternView::detectorEdited);
        drag(pattern, at(pattern, 32, 52), at(pattern, 32, 56)); // outer ring's right handle
        QCOMPARE(edited.count(), 1);
        QVERIFY(std::abs(pattern.detector()->radius - 24) < 0.4);
        QCOMPARE(pattern.detector()->innerRadius, 8.0);
    }
};

QTEST_MAIN(ImageViewTest)
#include "tst_image_view.moc"
