// SPDX-License-Identifier: GPL-3.0-or-later
// Finding the direct beam to a fraction of a pixel, and the surface its wandering follows, where both are known.
#include <QtTest> // first: moc cannot parse <compare> at the head of a file

#include "core/prepare/beam_centre.h"
#include "core/prepare/descan_fit.h"
#include "core/prepare/preparation_plan.h"
#include "core/simulate/pattern_model_p.h"
#include "tests/support/memory_scan.h"

#include <cmath>
#include <random>

using namespace dispersa;

namespace {

constexpr double electrons = 3e5;

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// A soft disc on a halo, with counting noise; a third of the electrons is scattered.
std::vector<std::uint16_t> discAndHalo(PatternShape shape, ImagePoint centre, double radius, std::mt19937& random,
                                       ImagePoint bragg = {-100, -100}, double braggPart = 0)
{
    std::vector<double> disc;
    std::vector<double> halo;
    double discSum = 0;
    double haloSum = 0;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            const double r = std::hypot(y - centre.y, x - centre.x);
            const double b = std::hypot(y - bragg.y, x - bragg.x);
            disc.push_back(1 / (1 + std::exp((r - radius) / 0.35)) +
                           braggPart / (1 + std::exp((b - radius) / 0.35)));
            halo.push_back(std::exp(-r / 25) * (1 + 0.4 * std::exp(-(r - 30) * (r - 30) / 40)));
            discSum += disc.back();
            haloSum += halo.back();
        }
    std::vector<std::uint16_t> counts;
    for (std::size_t i = 0; i < disc.size(); ++i)
        counts.push_back(std::uint16_t(std::min(
            65535, std::poisson_distribution<int>(electrons * (0.67 * disc[i] / discSum + 0.33 * halo[i] / haloSum))(
                       random))));
    return counts;
}

/// A scan whose beam follows a parabola; every `braggEvery`-th pattern has Bragg discs brighter than the beam.
struct Drifting {
    static constexpr ScanShape scan{16, 12};
    static constexpr PatternShape shape{96, 96};
    std::vector<std::uint16_t> values;
    std::vector<ImagePoint> truth;

    Drifting(double radius, int braggEvery, double jumps_px = 0)
    {
        std::mt19937 random(3);
        std::mt19937 jumping(4);
        std::normal_distribution<double> jump(0, jumps_px > 0 ? jumps_px : 1);
        for (int y = 0; y < scan.height; ++y) {
            const ImagePoint row = jumps_px > 0 ? ImagePoint{jump(jumping), jump(jumping)} : ImagePoint{};
            for (int x = 0; x < scan.width; ++x) {
                const double v = 2.0 * y / (scan.height - 1) - 1;
                const double u = 2.0 * x / (scan.width - 1) - 1;
                truth.push_back({47.3 + 3.1 * v - 0.6 * u + 0.9 * v * v + row.y,
                                 48.9 - 1.2 * v + 0.4 * u - 0.5 * u * v + row.x});
                const bool bragg = braggEvery > 0 && (y * scan.width + x) % braggEvery == 0;
                const auto pattern =
                    discAndHalo(shape, truth.back(), radius, random,
                                {truth.back().y + 11, truth.back().x - 7}, bragg ? 1.6 : 0);
                values.insert(values.end(), pattern.begin(), pattern.end());
            }
        }
    }

    /// Median distance of the centres that `model` gives from the true ones.
    double errorOf(DescanModel model) const
    {
        const MemoryScan memory(scan, shape, values);
        DiffractionOptions options;
        options.centre = CentreKind::SubPixel;
        options.descan = model;
        const auto plan = makePreparationPlan(memory, wholeRegion(scan), options, {}, {});
        std::vector<double> errors;
        for (std::size_t i = 0; plan && i < truth.size(); ++i) {
            const ScanPoint point{int(i) / scan.width, int(i) % scan.width};
            const ImagePoint found = plan->beamOf(*memory.pattern(point), point);
            errors.push_back(std::hypot(found.y - truth[i].y, found.x - truth[i].x));
        }
        return errors.empty() ? 1e9 : median(errors);
    }
};

} // namespace

class TestDescan : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void centresLieWithinATenthOfAPixel_data()
    {
        QTest::addColumn<double>("radius");
        QTest::addColumn<int>("braggEvery");
        QTest::newRow("narrow beam") << 1.5 << 0;
        QTest::newRow("disc") << 5.0 << 0;
        QTest::newRow("wide disc") << 9.0 << 0;
        QTest::newRow("disc, every fourth pattern ruled by a Bragg disc") << 5.0 << 4;
    }

    void centresLieWithinATenthOfAPixel()
    {
        QFETCH(double, radius);
        QFETCH(int, braggEvery);
        const Drifting drifting(radius, braggEvery);
        const MemoryScan scan(Drifting::scan, Drifting::shape, drifting.values);
        DiffractionOptions options;
        options.centre = CentreKind::SubPixel;
        options.descan = DescanModel::Parabola;
        auto plan = makePreparationPlan(scan, wholeRegion(Drifting::scan), options, {}, {});
        QVERIFY(plan);
        QVERIFY(plan->descan);
        PreparationPlan each = *plan;
        each.options.descan = DescanModel::None;
        std::vector<double> alone;
        std::vector<double> fitted;
        std::vector<double> coarse;
        for (std::size_t i = 0; i < drifting.truth.size(); ++i) {
            const ScanPoint point{int(i) / Drifting::scan.width, int(i) % Drifting::scan.width};
            const auto pattern = *scan.pattern(point);
            const ImagePoint truth = drifting.truth[i];
            const auto error = [&](ImagePoint found) { return std::hypot(found.y - truth.y, found.x - truth.x); };
            alone.push_back(error(each.beamOf(pattern, point)));
            fitted.push_back(error(plan->beamOf(pattern, point)));
            coarse.push_back(error(directBeamCentre(pattern, Drifting::shape)));
        }
        const double worst = *std::max_element(fitted.begin(), fitted.end());
        qInfo("median error in px: com %.4f, sub-pixel %.4f, parabola %.4f (largest %.4f), outliers %zu of %zu",
              median(coarse), median(alone), median(fitted), worst, plan->descan->outliers(), fitted.size());
        QVERIFY(median(alone) < 0.1);
        QVERIFY(median(fitted) < 0.05);
        QVERIFY(worst < 0.1); // patterns ruled by Bragg discs, too, are centred by their direct beam
        if (braggEvery > 0)
            QVERIFY(plan->descan->outliers() >= fitted.size() / std::size_t(braggEvery));
    }

    void rowsThatJumpAreFollowed_data()
    {
        QTest::addColumn<double>("jumps");
        QTest::addColumn<int>("braggEvery");
        QTest::newRow("small jumps") << 0.2 << 0;
        QTest::newRow("jumps") << 0.5 << 0;
        QTest::newRow("large jumps") << 1.5 << 0;
        QTest::newRow("jumps, every fourth pattern ruled by a Bragg disc") << 0.5 << 4;
        QTest::newRow("none") << 0.0 << 0;
        QTest::newRow("none, every fourth pattern ruled by a Bragg disc") << 0.0 << 4;
    }

    void rowsThatJumpAreFollowed()
    {
        QFETCH(double, jumps);
        QFETCH(int, braggEvery);
        const Drifting drifting(5, braggEvery, jumps);
        const double parabola = drifting.errorOf(DescanModel::Parabola);
        const double rows = drifting.errorOf(DescanModel::Rows);
        qInfo("median error in px: parabola %.4f, rows %.4f", parabola, rows);
        QVERIFY(rows < 0.05);
        if (jumps > 0)
            QVERIFY(parabola > 0.1);
        else // nothing to follow: no harm done
            QVERIFY(rows < parabola + 0.01);
    }

    void rowOffsetsOfChanceAreSmall()
    {
        // No row jumps, but the beam of each pattern trembles by 0.1 px: the mean of 16 lies 0.025 px off in each
        // coordinate, which following every row would add to the surface.
        std::mt19937 random(8);
        std::normal_distribution<double> noise(0, 0.1);
        std::vector<BeamSample> samples;
        for (int y = 0; y < 100; ++y)
            for (int x = 0; x < 16; ++x)
                samples.push_back({{y, x}, {20 + 0.01 * y + noise(random), 30 - 0.02 * x + noise(random)}});
        // And then some rows do.
        std::vector<BeamSample> jumping = samples;
        for (BeamSample& sample : jumping)
            if (sample.point.y % 9 == 4)
                sample.beam.x += 1;
        const DescanFit calm(DescanModel::Rows, {100, 16}, samples, {});
        const DescanFit rough(DescanModel::Rows, {100, 16}, jumping, {});
        std::vector<double> errors;
        std::vector<double> errorsJumping;
        for (const BeamSample& sample : samples) {
            const ImagePoint truth{20 + 0.01 * sample.point.y, 30 - 0.02 * sample.point.x};
            const ImagePoint found = calm.at(sample.point);
            errors.push_back(std::hypot(found.y - truth.y, found.x - truth.x));
            const ImagePoint followed = rough.at(sample.point);
            if (sample.point.y % 9 == 4)
                errorsJumping.push_back(std::hypot(followed.y - truth.y, followed.x - truth.x - 1));
        }
        qInfo("median error in px: %.4f without jumps, %.4f in rows that jump", median(errors), median(errorsJumping));
        QVERIFY(median(errors) < 0.015);
        QVERIFY(median(errorsJumping) < 0.05);
        QVERIFY(rough.outliers() < 40);
    }

    void centresOfTheExampleStudy_data()
    {
        QTest::addColumn<int>("pixels");
        QTest::newRow("128") << 128;
        QTest::newRow("256") << 256;
    }

    void centresOfTheExampleStudy()
    {
        QFETCH(int, pixels);
        const ScanShape scan{110, 45};
        const simulate::Film film(scan, 1, 6, 4);
        const simulate::PatternModel model(film, pixels, 1);
        const PatternShape shape{pixels, pixels};
        std::vector<BeamSample> samples;
        std::vector<double> alone;
        for (int y = 3; y < scan.height; y += 9)
            for (int x = 2; x < scan.width; x += 6) {
                std::vector<std::uint16_t> counts(std::size_t(shape.count()));
                model.render(4, y, x, counts);
                const std::vector<float> pattern(counts.begin(), counts.end());
                const ImagePoint found = subPixelBeamCentre(pattern, shape, directBeamRadius(pattern, shape));
                const simulate::BeamCentre truth = model.beamCentre(4, y, x);
                alone.push_back(std::hypot(found.y - truth.y, found.x - truth.x));
                samples.push_back({{y, x}, found});
            }
        const auto errorsOf = [&](DescanModel with) {
            const DescanFit fit(with, scan, samples, {});
            std::vector<double> errors;
            for (const BeamSample& sample : samples) {
                const simulate::BeamCentre truth = model.beamCentre(4, sample.point.y, sample.point.x);
                const ImagePoint at = fit.at(sample.point);
                errors.push_back(std::hypot(at.y - truth.y, at.x - truth.x));
            }
            return errors;
        };
        const std::vector<double> fitted = errorsOf(DescanModel::Plane);
        const std::vector<double> rows = errorsOf(DescanModel::Rows);
        qInfo("median error in px: sub-pixel %.4f, plane %.4f, rows %.4f", median(alone), median(fitted), median(rows));
        QVERIFY(median(rows) < median(fitted) + 0.01);
        QVERIFY(median(alone) < 0.1);
        // The simulated beam also trembles from pattern to pattern, which no surface follows: 0.1 px of 256 in each
        // coordinate, 1.1774 x that as the median distance.
        QVERIFY(median(fitted) < 0.1 * pixels / 256 * 1.1774 + 0.03);
    }

    void outliersDoNotBendTheFit_data()
    {
        QTest::addColumn<int>("model");
        QTest::newRow("constant") << int(DescanModel::Constant);
        QTest::newRow("plane") << int(DescanModel::Plane);
        QTest::newRow("parabola") << int(DescanModel::Parabola);
        QTest::newRow("rows") << int(DescanModel::Rows);
    }

    void outliersDoNotBendTheFit()
    {
        QFETCH(int, model);
        const bool slope = DescanModel(model) != DescanModel::Constant;
        const bool curve = slope && DescanModel(model) != DescanModel::Plane;
        const auto truth = [&](ScanPoint p) {
            const double v = (p.y - 9.5) / 9.5;
            const double u = (p.x - 7) / 7.0;
            return ImagePoint{30 + slope * (2 * v - u) + curve * (1.5 * v * v + 0.7 * u * v),
                              40 + slope * (0.5 * v + 3 * u) - curve * u * u};
        };
        std::mt19937 random(5);
        std::normal_distribution<double> noise(0, 0.05);
        std::vector<BeamSample> samples;
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 15; ++x) {
                ImagePoint beam = truth({y, x});
                // A grain: a corner of the scan, more than a quarter of it, sees another spot as its beam.
                if (y > 9 && x > 6)
                    beam = {beam.y + 9, beam.x - 14};
                samples.push_back({{y, x}, {beam.y + noise(random), beam.x + noise(random)}});
            }
        const DescanFit fit(DescanModel(model), {20, 15}, samples, {});
        QCOMPARE(fit.outliers(), std::size_t(80));
        QVERIFY(std::abs(fit.medianResidual_px() - 0.075) < 0.04);
        for (const BeamSample& sample : fit.samples()) {
            const ImagePoint at = fit.at(sample.point);
            const ImagePoint real = truth(sample.point);
            // Inside the corner the surface is continued by what it is outside.
            QVERIFY(std::hypot(at.y - real.y, at.x - real.x) < (sample.outlier ? 0.15 : 0.04));
        }
    }

    void fitsWhatTheSamplesTell()
    {
        std::vector<BeamSample> row;
        for (int x = 0; x < 9; ++x)
            row.push_back({{0, x}, {5.0 + x, 7.0 - 0.5 * x}});
        const DescanFit line(DescanModel::Parabola, {1, 9}, row, {});
        QVERIFY(std::abs(line.at({0, 8}).y - 13) < 1e-6);
        QVERIFY(std::abs(line.at({0, 8}).x - 3) < 1e-6);
        std::vector<BeamSample> diagonal;
        for (int i = 0; i < 9; ++i)
            diagonal.push_back({{i, i}, {5.0 + i, 7.0}});
        const DescanFit along(DescanModel::Plane, {9, 9}, diagonal, {});
        QVERIFY(std::abs(along.at({4, 4}).y - 9) < 1e-6);
        const DescanFit one(DescanModel::Plane, {4, 4}, {{{2, 2}, {3, 4}}}, {});
        QCOMPARE(one.at({0, 0}), (ImagePoint{3, 4}));
        const DescanFit none(DescanModel::Plane, {4, 4}, {}, {8, 9});
        QCOMPARE(none.at({1, 1}), (ImagePoint{8, 9}));
        QCOMPARE(none.outliers(), std::size_t(0));
    }

    void beamsThatAreNoneStayInTheMiddle()
    {
        const PatternShape shape{10, 8};
        std::vector<float> pattern(80, 0.0f);
        QCOMPARE(subPixelBeamCentre(pattern, shape, 2), (ImagePoint{5, 4}));
        QCOMPARE(directBeamRadius(pattern, shape), 1.0);
        std::fill(pattern.begin(), pattern.end(), std::numeric_limits<float>::quiet_NaN());
        QCOMPARE(subPixelBeamCentre(pattern, shape, 2), (ImagePoint{5, 4}));
        pattern[0] = 7; // lonely, in the corner
        const ImagePoint found = subPixelBeamCentre(pattern, shape, 1);
        QVERIFY(std::isfinite(found.y) && std::isfinite(found.x));
    }

    void stoppedScansAndCancelling()
    {
        const Drifting drifting(4, 0);
        MemoryScan scan(Drifting::scan, Drifting::shape, drifting.values);
        scan.stopAfter(20);
        DiffractionOptions options;
        options.centre = CentreKind::SubPixel;
        options.descan = DescanModel::Plane;
        const auto plan = makePreparationPlan(scan, wholeRegion(Drifting::scan), options, {}, {});
        QVERIFY(plan);
        QCOMPARE(plan->descan->samples().size(), std::size_t(20));
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = makePreparationPlan(scan, wholeRegion(Drifting::scan), options, {}, stop.get_token());
        QCOMPARE(int(cancelled.error().code), int(ErrorCode::Cancelled));
        scan.breakAtRow(1);
        const auto broken = makePreparationPlan(scan, wholeRegion(Drifting::scan), options, {}, {});
        QCOMPARE(int(broken.error().code), int(ErrorCode::FileUnreadable));
    }
};

QTEST_APPLESS_MAIN(TestDescan)
#include "tst_descan.moc"
