// SPDX-License-Identifier: GPL-3.0-or-later
// Radius and ellipse of rings that were drawn with both, on a falling background and with Bragg spots in the way.
#include "core/inspect/radial_profile.h"
#include "core/prepare/diffraction_ring.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>
#include <random>

using namespace dispersa;

namespace {

constexpr PatternShape shape{160, 160};
constexpr ImagePoint beam{80, 80};

/// Rings of radius 48 (and 33 %, weaker, 68) along ellipses on an exponential halo, with counting noise.
std::vector<float> rings(double ratio, double angle_deg, int braggSpots, double width = 3)
{
    std::mt19937 random(2);
    const double a = angle_deg * M_PI / 180;
    std::vector<ImagePoint> spots;
    for (int i = 0; i < braggSpots; ++i) {
        const double phi = 0.3 + 0.25 * i;
        spots.push_back({beam.y + 52 * std::sin(phi), beam.x + 52 * std::cos(phi)});
    }
    std::vector<float> pattern;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            const double along = (x - beam.x) * std::cos(a) + (y - beam.y) * std::sin(a);
            const double across = -(x - beam.x) * std::sin(a) + (y - beam.y) * std::cos(a);
            const double r = std::hypot(along / std::sqrt(ratio), across * std::sqrt(ratio));
            double mean = 4000 * std::exp(-r / 22) + 5e5 * std::exp(-r * r / 8);
            mean += 400 * std::exp(-(r - 48) * (r - 48) / (2 * width * width));
            mean += 130 * std::exp(-(r - 68) * (r - 68) / (2 * width * width));
            for (const ImagePoint spot : spots)
                mean += 5000 * std::exp(-(std::pow(y - spot.y, 2) + std::pow(x - spot.x, 2)) / 3);
            pattern.push_back(float(std::poisson_distribution<int>(mean)(random)));
        }
    return pattern;
}

} // namespace

class TestDiffractionRing : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void measuresTheEllipse_data()
    {
        QTest::addColumn<double>("ratio");
        QTest::addColumn<double>("angle");
        QTest::addColumn<int>("spots");
        QTest::addColumn<double>("typed");
        QTest::newRow("round") << 1.0 << 0.0 << 0 << 48.0;
        QTest::newRow("1 %") << 1.01 << 35.0 << 0 << 46.0;
        QTest::newRow("5 %") << 1.05 << -70.0 << 0 << 50.0;
        QTest::newRow("12 %") << 1.12 << 88.0 << 0 << 48.0;
        QTest::newRow("3 % among Bragg spots") << 1.03 << 10.0 << 5 << 48.0;
    }

    void measuresTheEllipse()
    {
        QFETCH(double, ratio);
        QFETCH(double, angle);
        QFETCH(int, spots);
        QFETCH(double, typed);
        const auto found = measureRing(rings(ratio, angle, spots), shape, beam, typed);
        QVERIFY(found);
        qInfo("ratio %.4f (%.4f), angle %.1f (%.1f), residual %.2f px", found->ellipse.ratio, ratio,
              found->ellipse.angle_deg, angle, found->residual_px);
        QVERIFY(std::abs(found->ellipse.ratio - ratio) < (spots > 0 ? 0.006 : 0.002));
        const double off = std::remainder(found->ellipse.angle_deg - angle, 180.0);
        // An error e across the ellipse's direction turns the axis by about e / (ratio - 1) / 2 rad.
        QVERIFY(ratio == 1 || std::abs(off) < (spots > 0 ? 0.006 : 0.001) / (ratio - 1) * 30 + 0.5);
        QVERIFY(std::abs(found->centre.y - beam.y) < 0.15 && std::abs(found->centre.x - beam.x) < 0.15);
        QVERIFY(found->residual_px < 0.3);
    }

    void correctingLeavesACircle()
    {
        const auto pattern = rings(1.06, 25, 0);
        const auto found = measureRing(pattern, shape, beam, 48);
        QVERIFY(found);
        std::vector<float> round(pattern.size());
        resamplePattern(pattern, shape, beam, beam, found->ellipse, round);
        const auto left = measureRing(round, shape, beam, 48);
        QVERIFY(left);
        QVERIFY(left->ellipse.ratio < 1.003);
    }

    void refusesWhatIsNoRing()
    {
        const auto pattern = rings(1.02, 0, 0);
        for (const double radius : {0.0, 3.0, 80.0, 1e9, std::nan(""), -5.0}) {
            const auto found = measureRing(pattern, shape, beam, radius);
            QVERIFY(!found);
            QCOMPARE(int(found.error().code), int(ErrorCode::InvalidArgument));
        }
        const std::vector<float> nothing(pattern.size(), 0.0f);
        QVERIFY(!measureRing(nothing, shape, beam, 40));
    }

    void findsTheRadiusOfTheRing()
    {
        const auto profile = radialProfile(rings(1, 0, 0), shape, beam);
        // On the steep halo the maximum of the sum lies further in; above the background it is where it was drawn.
        for (const double typed : {44.0, 48.0, 54.0}) {
            const auto radius = ringRadius(profile, typed);
            QVERIFY(radius);
            QVERIFY2(std::abs(*radius - 48) < 0.5, qPrintable(QString::number(*radius)));
        }
        QVERIFY(std::abs(ringRadius(profile, 69).value_or(0) - 68) < 0.8);
        QVERIFY(!ringRadius(profile, 0));
        QVERIFY(!ringRadius(profile, 1000));
        QVERIFY(!ringRadius({}, 10));
        std::vector<double> falling;
        for (int r = 0; r < 90; ++r)
            falling.push_back(1000 * std::exp(-r / 20.0));
        QVERIFY(!ringRadius(falling, 40));
    }

    void theMeanPatternIsCentred()
    {
        std::vector<float> values;
        for (int i = 0; i < 6; ++i)
            for (int y = 0; y < 40; ++y)
                for (int x = 0; x < 40; ++x)
                    values.push_back(float(std::exp(-(std::pow(y - 17 - 0.7 * i, 2) + std::pow(x - 22 + 0.4 * i, 2)) / 8)));
        const MemoryScan scan({2, 3}, {40, 40}, values);
        DiffractionOptions options;
        options.beamMask_px = 5; // not in the mean
        options.bin = 2;
        const auto mean = centredMeanPattern(scan, options, {}, {});
        QVERIFY(mean);
        QCOMPARE(mean->size(), std::size_t(1600));
        QCOMPARE(std::max_element(mean->begin(), mean->end()) - mean->begin(), std::ptrdiff_t(20 * 40 + 20));
        QVERIFY((*mean)[20 * 40 + 20] > 0.95f);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(int(centredMeanPattern(scan, options, {}, stop.get_token()).error().code), int(ErrorCode::Cancelled));
    }
};

QTEST_APPLESS_MAIN(TestDiffractionRing)
#include "tst_diffraction_ring.moc"
