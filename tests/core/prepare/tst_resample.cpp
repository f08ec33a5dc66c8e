// SPDX-License-Identifier: GPL-3.0-or-later
// Sub-pixel shifts and the ellipse: counts conserved, places right, nothing resampled twice.
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/resample.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace dispersa;

namespace {

std::vector<float> resampled(const std::vector<float>& in, PatternShape shape, ImagePoint from, ImagePoint to,
                             const Ellipse& ellipse = {})
{
    std::vector<float> out(in.size(), -1.0f);
    resamplePattern(in, shape, from, to, ellipse, out);
    return out;
}

double sum(const std::vector<float>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

ImagePoint centroid(const std::vector<float>& values, PatternShape shape)
{
    double y = 0;
    double x = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        y += double(values[i]) * double(i / std::size_t(shape.width));
        x += double(values[i]) * double(i % std::size_t(shape.width));
    }
    return {y / sum(values), x / sum(values)};
}

/// A Gaussian spot.
std::vector<float> spot(PatternShape shape, ImagePoint centre, double sigma)
{
    std::vector<float> values;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            values.push_back(float(
                1000 * std::exp(-(std::pow(y - centre.y, 2) + std::pow(x - centre.x, 2)) / (2 * sigma * sigma))));
    return values;
}

} // namespace

class TestResample : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void shiftsConserveCountsAndMoveTheCentroid_data()
    {
        QTest::addColumn<double>("dy");
        QTest::addColumn<double>("dx");
        QTest::newRow("whole") << 3.0 << -2.0;
        QTest::newRow("halves") << 0.5 << -0.5;
        QTest::newRow("any") << -2.37 << 4.81;
        QTest::newRow("tiny") << 1e-9 << 0.0;
    }

    void shiftsConserveCountsAndMoveTheCentroid()
    {
        QFETCH(double, dy);
        QFETCH(double, dx);
        const PatternShape shape{40, 47};
        const auto in = spot(shape, {20.3, 21.9}, 1.7);
        for (const Ellipse& ellipse : {Ellipse{}, Ellipse{1.000001, 30}}) { // both ways of computing it
            const auto out = resampled(in, shape, {10, 10}, {10 + dy, 10 + dx}, ellipse);
            QVERIFY(std::abs(sum(out) / sum(in) - 1) < 1e-6);
            const ImagePoint before = centroid(in, shape);
            const ImagePoint after = centroid(out, shape);
            QVERIFY(std::abs(after.y - before.y - dy) < 1e-4);
            QVERIFY(std::abs(after.x - before.x - dx) < 1e-4);
            QVERIFY(*std::min_element(out.begin(), out.end()) >= 0);
        }
    }

    void wholeShiftsCopy()
    {
        std::vector<float> in(12 * 9);
        std::iota(in.begin(), in.end(), 1.0f);
        in[5] = std::numeric_limits<float>::quiet_NaN();
        const auto out = resampled(in, {12, 9}, {4, 4}, {6, 3});
        for (int y = 0; y < 12; ++y)
            for (int x = 0; x < 9; ++x) {
                const bool covered = y >= 2 && x < 8;
                const std::size_t source = std::size_t((y - 2) * 9 + x + 1);
                QCOMPARE(out[std::size_t(y * 9 + x)], covered && source != 5 ? in[source] : 0.0f);
            }
        QCOMPARE(sum(resampled(in, {12, 9}, {0, 0}, {500, -1e30})), 0.0);
        QCOMPARE(sum(resampled(in, {12, 9}, {0, 0}, {std::nan(""), 0})), 0.0);
    }

    void ellipsesBecomeRound_data()
    {
        QTest::addColumn<double>("ratio");
        QTest::addColumn<double>("angle");
        QTest::newRow("2 %") << 1.02 << 20.0;
        QTest::newRow("8 %") << 1.08 << -65.0;
        QTest::newRow("along y") << 1.05 << 90.0;
    }

    void ellipsesBecomeRound()
    {
        QFETCH(double, ratio);
        QFETCH(double, angle);
        const PatternShape shape{121, 121};
        const ImagePoint beam{58.3, 61.7};
        const double a = angle * M_PI / 180;
        // A ring of radius 40, drawn along an ellipse of the same area.
        std::vector<float> ring;
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const double along = (x - beam.x) * std::cos(a) + (y - beam.y) * std::sin(a);
                const double across = -(x - beam.x) * std::sin(a) + (y - beam.y) * std::cos(a);
                const double r = std::hypot(along / std::sqrt(ratio), across * std::sqrt(ratio));
                ring.push_back(float(100 * std::exp(-(r - 40) * (r - 40) / 8)));
            }
        const auto out = resampled(ring, shape, beam, {60, 60}, {ratio, angle});
        QVERIFY(std::abs(sum(out) / sum(ring) - 1) < 1e-6);
        double cosine = 0;
        double sine = 0;
        double weight = 0;
        double radius = 0;
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const double value = double(out[std::size_t(y * 121 + x)]);
                const double r = std::hypot(y - 60, x - 60);
                const double phi = std::atan2(y - 60, x - 60);
                weight += value;
                radius += value * r;
                cosine += value * r * std::cos(2 * phi);
                sine += value * r * std::sin(2 * phi);
            }
        QVERIFY(std::abs(radius / weight - 40.1) < 0.02); // its width of 2 px weighs more outside: + 2 x 2 / 40
        // Half axes differ by four times the amplitude of cos 2 phi in r, which is what is left of 40 (ratio - 1) px.
        QVERIFY2(4 * std::hypot(cosine, sine) / weight < 0.05, qPrintable(QString::number(cosine / weight)));
        const ImagePoint moved =
            resampledPoint({beam.y + 40 * std::sqrt(ratio) * std::sin(a), beam.x + 40 * std::sqrt(ratio) * std::cos(a)},
                           beam, {60, 60}, {ratio, angle});
        QVERIFY(std::abs(std::hypot(moved.y - 60, moved.x - 60) - 40) < 1e-9);
    }

    void preparingResamplesOnce()
    {
        const PatternShape shape{48, 48};
        const auto in = spot(shape, {20.4, 27.7}, 2.5);
        DiffractionOptions options;
        options.centre = CentreKind::SubPixel;
        options.ellipseRatio = 1.03;
        options.ellipseAngle_deg = 12;
        std::vector<float> out(in.size());
        const PreparationPlan plan = planWithoutScan(shape, options, {});
        prepareCounts(in, {}, plan, out);
        const auto once = resampled(in, shape, plan.beamOf(in, {}), {24, 24}, {1.03, 12});
        QCOMPARE(out, once);
        QVERIFY(std::abs(sum(out) / sum(in) - 1) < 1e-5);
        const ImagePoint after = centroid(out, shape);
        QVERIFY(std::abs(after.y - 24) < 0.01 && std::abs(after.x - 24) < 0.01);
    }

    void roundedCentringWithAnEllipseMovesWholePixels()
    {
        const PatternShape shape{48, 48};
        const auto in = spot(shape, {20.4, 27.7}, 2.5);
        DiffractionOptions options;
        options.centre = CentreKind::CentreOfMass;
        options.ellipseRatio = 1.0000001;
        std::vector<float> out(in.size());
        prepareCounts(in, {}, planWithoutScan(shape, options, {}), out);
        const ImagePoint after = centroid(out, shape);
        QVERIFY(std::abs(after.y - 24.4) < 0.01 && std::abs(after.x - 23.7) < 0.01);
    }

    void theMasksEdgeIsSoft()
    {
        const PatternShape shape{31, 31};
        const std::vector<float> ones(31 * 31, 1.0f);
        DiffractionOptions options;
        options.beamMask_px = 4;
        options.beamMaskEdge_px = 6;
        std::vector<float> out(ones.size());
        prepareCounts(ones, {}, planWithoutScan(shape, options, {15, 15}), out);
        const auto at = [&](int x) { return double(out[std::size_t(15 * 31 + x)]); };
        QCOMPARE(at(15), 0.0);
        QCOMPARE(at(19), 0.0);                        // the radius itself
        QVERIFY(std::abs(at(22) - 0.5) < 1e-6);       // half way
        QVERIFY(std::abs(at(20) - 0.0669873) < 1e-6); // (1 - cos 30 deg) / 2
        QCOMPARE(at(25), 1.0);
        QCOMPARE(at(30), 1.0);
        options.beamMaskEdge_px = 0;
        prepareCounts(ones, {}, planWithoutScan(shape, options, {15, 15}), out);
        QCOMPARE(at(19), 0.0);
        QCOMPARE(at(20), 1.0);
    }
};

QTEST_APPLESS_MAIN(TestResample)
#include "tst_resample.moc"
