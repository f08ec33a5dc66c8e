// SPDX-License-Identifier: GPL-3.0-or-later
// Baselines against NumPy, SciPy and scikit-learn, and the leak of a random split.
#include "core/assess/baselines.h"
#include "core/assess/metrics.h"
#include "core/base/random.h"
#include "tests/core/assess/blurred_noise.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

MapPtr mapOf(const Golden& golden, const char* name)
{
    const auto shape = golden.shape(name);
    ElementMap map = emptyMap("HAADF", MapUnit::Arbitrary, {shape[0], shape[1]});
    map.values = golden.values<float>(name);
    return std::make_shared<const ElementMap>(std::move(map));
}

TrainingPixels trainingPixels(const Golden& golden)
{
    TrainingPixels training;
    training.haadf = {mapOf(golden, "haadf0"), mapOf(golden, "haadf1")};
    training.scan = golden.values<std::size_t>("scan");
    const auto places = golden.values<int>("place");
    for (std::size_t i = 0; i < training.scan.size(); ++i)
        training.place.push_back({places[2 * i], places[2 * i + 1]});
    training.values = {std::vector<float>(training.scan.size(), noData), golden.values<float>("values")};
    return training;
}

Region regionOf(const Golden& golden, const char* name)
{
    const auto r = golden.values<int>(name);
    return {r[0], r[1], r[2], r[3]};
}

/// r of the nearest neighbours at the pixels where `isTraining` is false and `isScored` true.
template<class IsTraining, class IsScored>
double neighboursR(const ElementMap& map, IsTraining isTraining, IsScored isScored)
{
    TrainingPixels training;
    training.haadf = {nullptr};
    training.values.resize(1);
    ElementMap scored = map;
    for (int y = 0; y < map.shape.height; ++y)
        for (int x = 0; x < map.shape.width; ++x) {
            if (isTraining(y, x)) {
                training.scan.push_back(0);
                training.place.push_back({y, x});
                training.values[0].push_back(map.at(y, x));
            }
            if (!isScored(y, x))
                scored.at(y, x) = noData;
        }
    const ElementMap guess =
        baselineMap(BaselineKind::NearestNeighbours, training, 0, {wholeRegion(map.shape), 0, nullptr});
    return *pearson(scored.values, guess.values).value;
}

} // namespace

class TestBaselines : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalNumPyAndScikitLearn_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("inside");
        for (const char* kind : {"same_position", "nearest_neighbours", "depth_profile", "haadf"}) {
            QTest::addRow("%s of a training scan", kind) << QString(kind) << true;
            QTest::addRow("%s of a new scan", kind) << QString(kind) << false;
        }
    }

    void equalNumPyAndScikitLearn()
    {
        QFETCH(QString, kind);
        QFETCH(bool, inside);
        const Golden golden("core/assess/baselines_golden.json");
        const TrainingPixels training = trainingPixels(golden);
        BaselinePlace place;
        place.region = regionOf(golden, inside ? "inside" : "elsewhere");
        place.haadf = inside ? training.haadf[0] : mapOf(golden, "new_haadf");
        if (inside)
            place.trainingScan = 0;
        const QByteArray name = (inside ? "inside_" : "elsewhere_") + kind.toLatin1();
        const auto expected = golden.values(name.constData());
        const ElementMap map = baselineMap(*baselineNamed(kind.toStdString()), training, 1, place);
        QCOMPARE(map.shape, place.region.shape());
        QCOMPARE(map.values.size(), expected.size());
        int data = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(std::isfinite(map.values[i]), std::isfinite(expected[i]));
            // The map is float32.
            QVERIFY2(!std::isfinite(expected[i]) || std::abs(double(map.values[i]) - expected[i]) < 1e-7,
                     qPrintable(QString::number(i)));
            data += std::isfinite(expected[i]);
        }
        QVERIFY(data > 30);
    }

    void trainingMeanIsOneNumber()
    {
        const Golden golden("core/assess/baselines_golden.json");
        const ElementMap map =
            baselineMap(BaselineKind::TrainingMean, trainingPixels(golden), 1, {{100, 200, 3, 4}, {}, nullptr});
        QCOMPARE(map.values.size(), std::size_t(12));
        for (const float value : map.values)
            QCOMPARE(value, static_cast<float>(golden.number("mean")));
    }

    void sayNothingWithoutData()
    {
        const Golden golden("core/assess/baselines_golden.json");
        const TrainingPixels training = trainingPixels(golden);
        TrainingPixels none;
        none.values.resize(1);
        const BaselinePlace place{{0, 0, 4, 5}, {}, nullptr};
        const auto empty = [](const ElementMap& map) {
            return map.values.size() == 20 &&
                   std::none_of(map.values.begin(), map.values.end(), [](float v) { return std::isfinite(v); });
        };
        for (const auto kind : {BaselineKind::TrainingMean, BaselineKind::SamePosition, BaselineKind::NearestNeighbours,
                                BaselineKind::DepthProfile, BaselineKind::Haadf}) {
            QVERIFY(empty(baselineMap(kind, none, 0, place)));
            QVERIFY(empty(baselineMap(kind, training, 0, place))); // a target without data
        }
        QVERIFY(empty(baselineMap(BaselineKind::Haadf, training, 1, place))); // a scan without HAADF
        QVERIFY(empty(baselineMap(BaselineKind::RidgeRadial, training, 1, place)));
    }

    void neighboursOfATrainingScanAreItsOwn()
    {
        TrainingPixels training;
        training.haadf = {nullptr, nullptr};
        training.scan = {0, 1, 1};
        training.place = {{0, 0}, {0, 1}, {9, 9}};
        training.values = {{1, 3, 7}};
        const auto at = [&](std::optional<std::size_t> scan, int y, int x) {
            return baselineMap(BaselineKind::NearestNeighbours, training, 0, {{y, x, 1, 1}, scan, nullptr}).values[0];
        };
        QCOMPARE(at(0, 0, 1), 1.0f);
        QCOMPARE(at(1, 0, 1), 3.0f);
        QCOMPARE(at({}, 0, 0), 1.0f);
        // A training scan none of whose pixels were trained on is as good as a new one.
        training.scan = {1, 1, 1};
        QCOMPARE(at(0, 0, 1), 3.0f);
    }

    void randomSplitLeaksAndBlocksDoNot()
    {
        const ElementMap map = blurredNoise({110, 45}, 3);
        Random random(8);
        std::vector<bool> held(map.values.size());
        for (std::size_t i = 0; i < held.size(); ++i)
            held[i] = random.uniform() < 0.2;
        const auto isHeld = [&](int y, int x) { return held[std::size_t(y) * 45 + std::size_t(x)]; };
        const double leak = neighboursR(
            map, [&](int y, int x) { return !isHeld(y, x); }, isHeld);
        // scikit-learn over 40 draws of the noise: 0.976, sd 0.002 (make_baselines_golden.py draws one).
        QVERIFY2(std::abs(leak - 0.976) < 0.008, qPrintable(QString::number(leak)));

        // Squares of 15 px every 30 px are held out, 6 px around them are neither trained on nor scored.
        const auto from = [](int p) { return std::max(0, std::abs(p % 30 - 22) - 7); }; // distance from a held-out band
        const double honest = neighboursR(
            map, [&](int y, int x) { return std::max(from(y), from(x)) > 6; },
            [&](int y, int x) { return from(y) == 0 && from(x) == 0; });
        // Nothing in common but chance: about 35 independent values give r an sd of 0.17.
        QVERIFY2(std::abs(honest) < 0.5, qPrintable(QString::number(honest)));
    }

    void namesAreTheirOwnInverse()
    {
        for (int i = 0; i < 6; ++i)
            QVERIFY(baselineNamed(baselineName(BaselineKind(i))) == BaselineKind(i));
        QVERIFY(!baselineNamed("mean"));
    }

    void neighboursAreFastWhereverAsked()
    {
        TrainingPixels training;
        training.haadf = {nullptr};
        training.values.resize(1);
        for (int y = 0; y < 200; ++y)
            for (int x = 0; x < 150; ++x) {
                training.scan.push_back(0);
                training.place.push_back({y, x});
                training.values[0].push_back(static_cast<float>(y + x));
            }
        QElapsedTimer timer;
        timer.start();
        baselineMap(BaselineKind::NearestNeighbours, training, 0, {{-1000, 700, 200, 150}, {}, nullptr}); // far away
        baselineMap(BaselineKind::NearestNeighbours, training, 0, {{50, 50, 200, 150}, {}, nullptr});
        // 50 ms; a tree that does not bound distances in both directions took 9 s.
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
        qInfo() << "2 x 30,000 questions to 30,000 pixels:" << timer.elapsed() << "ms";
    }
};

QTEST_APPLESS_MAIN(TestBaselines)
#include "tst_baselines.moc"
