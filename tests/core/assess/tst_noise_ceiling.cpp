// SPDX-License-Identifier: GPL-3.0-or-later
// Noise ceilings against simulated films whose noise-free maps are known.
#include "core/assess/noise_ceiling.h"
#include "core/prepare/map_filter.h"
#include "tests/core/assess/blurred_noise.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();
constexpr ScanShape shape{110, 45};

CeilingFilter filterOf(MapFilterKind kind)
{
    return [kind](const ElementMap& map) {
        MapFilterOptions options;
        options.kind = kind;
        return filtered(map, options).value();
    };
}

/// Smooth atomic fractions of three elements: `share` the mean of the last, weak one. The more often they are smoothed,
/// the less the filter under test changes them.
std::vector<ElementMap> film(double share, std::uint64_t seed, int smoothings = 2)
{
    const CeilingFilter smooth = filterOf(MapFilterKind::Gaussian);
    ElementMap a = blurredNoise(shape, seed);
    ElementMap b = blurredNoise(shape, seed + 1);
    for (int i = 0; i < smoothings; ++i) {
        a = smooth(a);
        b = smooth(b);
    }
    std::vector<ElementMap> maps(3, a);
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const double weak = share * std::max(0.0, 1 + 3 * double(b.values[i]));
        const double main = std::clamp(0.5 + double(a.values[i]), 0.05, 0.9) * (1 - weak);
        maps[0].values[i] = static_cast<float>(main);
        maps[1].values[i] = static_cast<float>(1 - weak - main);
        maps[2].values[i] = static_cast<float>(weak);
    }
    return maps;
}

/// Poisson counts by multiplying uniform numbers (Knuth), the mean below some 50.
float poisson(double mean, Random& random)
{
    const double limit = std::exp(-mean);
    int count = 0;
    for (double product = random.uniform(); product > limit; product *= random.uniform())
        ++count;
    return static_cast<float>(count);
}

MapPtr shared(ElementMap map)
{
    return std::make_shared<const ElementMap>(std::move(map));
}

/// r between the true fractions and the filtered ones, both filtered: what the ceiling claims to know.
struct Truth {
    std::vector<MapPtr> counts;
    std::vector<double> r;
};

Truth measuredFilm(double share, double countsPerPixel, const CeilingFilter& filter, std::uint64_t seed,
                   const std::vector<double>& kFactors)
{
    const auto fractions = film(share, seed);
    Random random(seed + 77);
    std::vector<ElementMap> counts(3, fractions[0]);
    for (std::size_t i = 0; i < fractions[0].values.size(); ++i)
        for (std::size_t e = 0; e < 3; ++e)
            counts[e].values[i] = poisson(countsPerPixel * double(fractions[e].values[i]) / kFactors[e], random);
    Truth truth;
    std::vector<ElementMap> smooth;
    for (const ElementMap& map : counts) {
        truth.counts.push_back(shared(map));
        smooth.push_back(filter(map));
    }
    for (std::size_t e = 0; e < 3; ++e) {
        ElementMap measured = smooth[e];
        for (std::size_t i = 0; i < measured.values.size(); ++i) {
            double sum = 0;
            for (std::size_t k = 0; k < 3; ++k)
                sum += kFactors[k] * double(smooth[k].values[i]);
            measured.values[i] = static_cast<float>(kFactors[e] * double(measured.values[i]) / sum);
        }
        truth.r.push_back(*pearson(filter(fractions[e]).values, measured.values).value);
    }
    return truth;
}

ElementMap noisy(const ElementMap& map, double sd, std::uint64_t seed)
{
    Random random(seed);
    ElementMap result = map;
    for (float& value : result.values)
        value += static_cast<float>(sd * random.normal());
    return result;
}

double sdOf(const ElementMap& map)
{
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (const float value : map.values) {
        if (!ElementMap::isData(value))
            continue;
        n += 1;
        sum += double(value);
        squares += double(value) * double(value);
    }
    return std::sqrt(squares / n - sum / n * (sum / n));
}

} // namespace

class TestNoiseCeiling : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void countsFindTheCeiling_data()
    {
        QTest::addColumn<double>("counts");
        QTest::addColumn<double>("share");
        QTest::newRow("many counts") << 40.0 << 0.1;
        QTest::newRow("few counts") << 3.0 << 0.1;
        QTest::newRow("a trace") << 3.0 << 0.01;
    }

    void countsFindTheCeiling()
    {
        QFETCH(double, counts);
        QFETCH(double, share);
        const CeilingFilter filter = filterOf(MapFilterKind::Gaussian);
        const std::vector<double> kFactors = {1.0, 2.0, 0.7};
        constexpr int films = 6;
        double claimed[3] = {};
        double reached[3] = {};
        for (std::uint64_t seed = 0; seed < films; ++seed) {
            const Truth truth = measuredFilm(share, counts, filter, 10 * seed, kFactors);
            const auto ceilings = noiseCeilingsFromCounts(truth.counts, kFactors, filter);
            QCOMPARE(ceilings.size(), std::size_t(3));
            for (std::size_t e = 0; e < 3; ++e) {
                QCOMPARE(std::string(ceilingKindName(ceilings[e].kind)), std::string("counts"));
                claimed[e] += *ceilings[e].r.value / films;
                reached[e] += truth.r[e] / films;
                QCOMPARE(*ceilings[e].reliability.value, *ceilings[e].r.value * *ceilings[e].r.value);
            }
        }
        for (int e = 0; e < 3; ++e) {
            qInfo() << "element" << e << "claimed" << claimed[e] << "reached" << reached[e];
            // Some 100 independent values per film and 6 films: a reliability of 0 scatters by 1/sqrt(600) = 0.04 in
            // r^2.
            QVERIFY(std::abs(claimed[e] * claimed[e] - reached[e] * reached[e]) < 0.05);
        }
        if (share < 0.05)
            QVERIFY(reached[2] < 0.75); // the test has teeth: noise dominates the trace
        if (counts > 10)
            QVERIFY(reached[0] > 0.95);
    }

    void estimateFindsTheCeiling_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("noise"); // sd in units of the truth's sd
        for (const double noise : {0.3, 2.0, 6.0}) {
            QTest::addRow("mean, noise %g", noise) << int(MapFilterKind::Mean) << noise;
            QTest::addRow("gaussian, noise %g", noise) << int(MapFilterKind::Gaussian) << noise;
            QTest::addRow("median, noise %g", noise) << int(MapFilterKind::Median) << noise;
            QTest::addRow("bilateral, noise %g", noise) << int(MapFilterKind::Bilateral) << noise;
        }
    }

    void estimateFindsTheCeiling()
    {
        QFETCH(int, kind);
        QFETCH(double, noise);
        const CeilingFilter filter = filterOf(MapFilterKind(kind));
        constexpr int films = 10;
        double claimed = 0;
        double reached = 0;
        for (std::uint64_t seed = 0; seed < films; ++seed) {
            ElementMap truth = film(0.1, 10 * seed, 6)[0];
            for (int y = 30; y < 40; ++y)
                truth.at(y, 20) = noData;
            const ElementMap measured = noisy(truth, noise * sdOf(truth), seed);
            const NoiseCeiling ceiling = noiseCeilingEstimate(measured, filter);
            QVERIFY2(ceiling.r.value, ceiling.r.reason.c_str());
            QCOMPARE(std::string(ceilingKindName(ceiling.kind)), std::string("estimate"));
            const double r = *pearson(filter(truth).values, filter(measured).values).value;
            claimed += *ceiling.reliability.value / films;
            reached += r * r / films;
        }
        qInfo() << "reliability claimed" << claimed << "reached" << reached;
        // Some 50 independent values per film and 10 films: r scatters by 0.045, its square by less than twice that.
        QVERIFY(std::abs(claimed - reached) < 0.08);
        QVERIFY(noise > 0.5 || std::abs(claimed - reached) < 0.01); // little to scatter where little is noise
        QVERIFY(noise < 5 || reached < 0.6);
    }

    void onlyTheRegionCounts()
    {
        const CeilingFilter filter = filterOf(MapFilterKind::Gaussian);
        ElementMap map = noisy(film(0.1, 1)[0], 0.1, 3);
        NoiseCeilingOptions options;
        options.region = {20, 0, 60, 45};
        const NoiseCeiling before = noiseCeilingEstimate(map, filter, options);
        const Truth truth = measuredFilm(0.1, 10, filter, 4, {1, 1, 1});
        const auto counts = noiseCeilingsFromCounts(truth.counts, {}, filter, options);
        auto changed = truth.counts;
        ElementMap other = *changed[0];
        for (int y = 90; y < 110; ++y) // farther away than the filter reaches
            for (int x = 0; x < 45; ++x)
                map.at(y, x) = other.at(y, x) = 1000;
        changed[0] = shared(other);
        QCOMPARE(*noiseCeilingEstimate(map, filter, options).r.value, *before.r.value);
        QVERIFY(*noiseCeilingEstimate(map, filter).r.value != *before.r.value);
        // The coin is tossed on in the changed rows, so the draws differ: compare with the scatter of 8 halvings.
        const auto after = noiseCeilingsFromCounts(changed, {}, filter, options);
        QVERIFY(std::abs(*after[0].r.value - *counts[0].r.value) < 0.02);
        QVERIFY(noiseCeilingsFromCounts(changed, {}, filter)[0].r.value.value() > 0.99);
    }

    void repeatWithTheSeed()
    {
        const CeilingFilter filter = filterOf(MapFilterKind::Mean);
        const Truth truth = measuredFilm(0.05, 5, filter, 4, {1, 1, 1});
        const auto r = [&](std::uint64_t seed) {
            return *noiseCeilingsFromCounts(truth.counts, {}, filter, {{}, 2, seed})[2].r.value;
        };
        QCOMPARE(r(1), r(1));
        QVERIFY(r(1) != r(2));
    }

    void countsSayWhyThereIsNone()
    {
        const CeilingFilter filter = filterOf(MapFilterKind::Mean);
        const auto reason = [&](const ElementMap& a, const ElementMap& b) {
            return noiseCeilingsFromCounts(std::vector<MapPtr>{shared(a), shared(b)}, {}, filter)[0].r.reason;
        };
        const ElementMap counts = *measuredFilm(0.05, 5, filter, 4, {1, 1, 1}).counts[0];
        ElementMap other = counts;
        QCOMPARE(reason(counts, counts), std::string()); // independent halves of equal maps still differ
        other.values[5] = 0.5f;
        QCOMPARE(reason(counts, other), std::string("not_counts"));
        other.values[5] = -1;
        QCOMPARE(reason(counts, other), std::string("not_counts"));
        other.values.assign(other.values.size(), 0);
        QCOMPARE(reason(counts, other), std::string("constant_map")); // the only element is all of it
        other.values.assign(other.values.size(), noData);
        QCOMPARE(reason(counts, other), std::string("no_pixels"));
        other.shape = {45, 110};
        QCOMPARE(reason(counts, other), std::string("shapes_differ"));
        QVERIFY(noiseCeilingsFromCounts({}, {}, filter).empty());
    }

    void estimateSaysWhyThereIsNone()
    {
        const CeilingFilter filter = filterOf(MapFilterKind::Gaussian);
        const ElementMap truth = film(0.1, 1)[0];
        QCOMPARE(noiseCeilingEstimate(noisy(truth, 0.1, 1), [](const ElementMap& m) { return m; }).r.reason,
                 std::string("no_filter"));
        // Smoothed before it came here, as an instrument's program does: what is left in it cannot be seen.
        QCOMPARE(noiseCeilingEstimate(filterOf(MapFilterKind::Mean)(noisy(truth, 0.3, 1)), filter).r.reason,
                 std::string("noise_not_white"));
        // Structure that the filter removes is no noise either.
        QCOMPARE(noiseCeilingEstimate(noisy(film(0.1, 1, 0)[0], 0.01, 1), filter).r.reason,
                 std::string("noise_not_white"));
        ElementMap map = truth;
        map.values.assign(map.values.size(), 0.1f);
        QCOMPARE(noiseCeilingEstimate(map, filter).reliability.reason, std::string("constant_map"));
        map.values.assign(map.values.size(), noData);
        QCOMPARE(noiseCeilingEstimate(map, filter).r.reason, std::string("no_pixels"));
    }
};

QTEST_APPLESS_MAIN(TestNoiseCeiling)
#include "tst_noise_ceiling.moc"
