// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles of probe neighbourhoods: against NumPy and SciPy, at the borders of scan and crop, and what counting makes.
#include "core/base/random.h"
#include "core/prepare/profile_features.h"
#include "tests/support/golden.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>

using namespace dispersa;

namespace {

using Kind = ProfileFeature::Kind;
constexpr std::size_t rings = ringCount;
constexpr int rows = 9, cols = 8;

double hashed(std::size_t index, std::uint64_t salt)
{
    return double((index + salt * 1000003) * 2654435761u % (std::uint64_t(1) << 32)) / 4294967296.0;
}

/// The ring sums of make_profile_features_golden.py, as those of a region that does not begin at the scan's corner.
RingSums goldenSums()
{
    const std::size_t patterns = rows * cols, missing = 4 * cols + 3;
    RingSums sums{.region = {5, 7, rows, cols}};
    for (std::size_t i = 0; i < patterns * rings; ++i) {
        const auto ring = double(i % rings);
        const auto weight = float(3 + 5 * hashed(i, 1));
        double mean = 40 * std::exp(-ring / 12) * (0.7 + 0.6 * hashed(i, 2));
        if (i % rings == 6)
            mean -= 40 * std::exp(-0.5);
        const bool there = i / rings != missing;
        sums.weight.push_back(there ? weight : 0);
        sums.sum.push_back(there ? float(mean * double(weight)) : 0);
        sums.square.push_back(
            there ? float(double(weight) * (mean * mean + (1.2 + 0.8 * hashed(i, 3)) * std::abs(mean) + 0.5)) : 0);
        for (std::size_t s = 0; s < sectorCount; ++s) {
            const std::size_t at = i * sectorCount + s;
            const bool seen = there && !(i % rings == 7 && s >= 2 && s < 9);
            const float share = seen ? float(0.2 + hashed(at, 4)) : 0;
            sums.sectorWeight.push_back(share);
            sums.sectorSum.push_back(float(double(share) * (mean * (0.5 + 1.5 * hashed(at, 5)))));
        }
    }
    return sums;
}

/// A beam, halos whose height tells the position, and corners that all patterns share.
ScanPtr numberedScan(ScanShape shape, std::int64_t available = -1)
{
    std::vector<float> values;
    for (int i = 0; i < shape.count(); ++i)
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x) {
                const double r = std::hypot(y - 15.5, x - 15.5);
                values.push_back(float(r > 16 ? 3 : 3 + 800 * std::exp(-r * r / 2) + (5 + i % 7 + i * i / 40) * std::exp(-r / 9)));
            }
    auto scan = std::make_shared<MemoryScan>(shape, PatternShape{32, 32}, values);
    if (available >= 0)
        scan->stopAfter(available);
    return scan;
}

const std::vector<ProfileFeature> meanAndTrimmed = {{Kind::Mean, 5, 8, 20}, {Kind::Trimmed, 3, 10, 30}};

/// Knuth's way: numbers of uniform factors until their product falls below e^-mean.
double poisson(double mean, Random& random)
{
    const double least = std::exp(-mean);
    int events = 0;
    for (double product = random.uniform(); product > least; product *= random.uniform())
        ++events;
    return events;
}

std::vector<float> rowsOf(const PatternSource& source, const std::vector<std::int64_t>& indices)
{
    std::vector<float> out(indices.size() * std::size_t(source.patternShape().count()));
    return source.gather(indices, out) ? out : std::vector<float>();
}

} // namespace

class TestProfileFeatures : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void profilesAsSciPy_data()
    {
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<int>("neighbourhood");
        for (const int neighbourhood : {1, 5, 11})
            for (const Kind kind : {Kind::Mean, Kind::Trimmed, Kind::Variance})
                QTest::addRow("%s%d", profileFeatureName(kind), neighbourhood) << kind << neighbourhood;
    }

    void profilesAsSciPy()
    {
        QFETCH(Kind, kind);
        QFETCH(int, neighbourhood);
        const auto expected =
            Golden("core/prepare/profile_features_golden.json").values(QTest::currentDataTag()); // rings 4 to 8
        const RingSums sums = goldenSums();
        const auto profiles = profilesOf(sums, sums.region, {{kind, neighbourhood, 4, 8}});
        QCOMPARE(profiles.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            // Logarithms of means of floats; a variance is what is left of numbers a hundred times as large, and weighs
            // down to 0.02 of them.
            const double tolerance = kind == Kind::Variance ? 2e-4 : 2e-6;
            QVERIFY2(std::abs(double(profiles[i]) - expected[i]) < tolerance * std::max(1.0, std::abs(expected[i])),
                     qPrintable(QString("%1: %2, not %3").arg(i).arg(double(profiles[i])).arg(expected[i])));
        }
    }

    void trimmedMeansAsNumPy()
    {
        const auto expected = Golden("core/prepare/profile_features_golden.json").values("trimmed");
        const auto means = trimmedMeans(goldenSums());
        QCOMPARE(means.size(), std::size_t(rows * cols) * rings);
        for (std::size_t p = 0; p < rows * cols; p += 7)
            for (std::size_t k = 5; k < 9; ++k)
                QVERIFY(std::abs(double(means[p * rings + k]) - expected[p / 7 * 4 + k - 5]) < 1e-5);
    }

    void aBraggSpotDoesNotCount()
    {
        RingSums sums = goldenSums();
        const std::vector<ProfileFeature> features = {{Kind::Trimmed, 1, 12, 12}, {Kind::Mean, 1, 12, 12}};
        const Region middle{9, 12, 1, 1};
        const auto before = profilesOf(sums, middle, features);
        // Three sectors of 3 x 3 positions a hundred times as bright: all that is cut off.
        for (int y = 3; y < 6; ++y)
            for (int x = 4; x < 7; ++x) {
                const std::size_t ring = std::size_t(y * cols + x) * rings + 12;
                for (std::size_t s : {1u, 2u, 7u}) {
                    sums.sum[ring] += 99 * sums.sectorSum[ring * sectorCount + s];
                    sums.sectorSum[ring * sectorCount + s] *= 100;
                }
            }
        const auto after = profilesOf(sums, middle, features);
        QVERIFY(after[1] > before[1] + 2); // the mean of all is e^2 times as large and more
        QVERIFY(after[0] >= before[0] && after[0] < before[0] + 0.3f); // others take the cut places: the nine lowest are left
    }

    void severalFeaturesStandBesideEachOther()
    {
        const RingSums sums = goldenSums();
        const std::vector<ProfileFeature> all = {{Kind::Variance, 3, 5, 9}, {Kind::Mean, 1, 4, 6}, {Kind::Trimmed, 5, 8, 8}};
        const Region part{7, 9, 3, 4};
        const auto together = profilesOf(sums, part, all);
        QCOMPARE(together.size(), std::size_t(12 * 9));
        std::size_t first = 0;
        for (const ProfileFeature& feature : all) {
            const auto alone = profilesOf(sums, sums.region, {feature});
            const auto values = std::size_t(feature.values());
            for (std::size_t p = 0; p < 12; ++p)
                for (std::size_t k = 0; k < values; ++k)
                    // Position (p / 4, p % 4) of the part, which begins two rows and two columns into the region.
                    QCOMPARE(together[p * 9 + first + k], alone[((p / 4 + 2) * cols + p % 4 + 2) * values + k]);
            first += values;
        }
    }

    void countingNoiseAsNumPy()
    {
        const auto expected = Golden("core/prepare/profile_features_golden.json").values("noise");
        const CountingNoise noise = countingNoise(goldenSums());
        QVERIFY(std::abs(noise.gain - expected[0]) < 1e-4 * expected[0]); // of squares in float
        QVERIFY(std::abs(noise.readout - expected[1]) < 1e-3);
    }

    void countingNoiseFindsTheGainOfTheDetector()
    {
        // Poisson electrons of 3 counts each, 5 counts of readout noise, an offset of 20; the mean falls outwards.
        const ScanShape shape{6, 6};
        std::vector<float> values;
        Random random(5);
        for (int i = 0; i < shape.count(); ++i)
            for (int y = 0; y < 128; ++y)
                for (int x = 0; x < 128; ++x) {
                    const double r = std::hypot(y - 63.5, x - 63.5);
                    const double mean = r < 4 ? 3000 : r < 66 ? 2 + 12 * std::exp(-(r - 44) / 10) : 0;
                    // No noise is looked for inside, where so many would take long to draw.
                    const double electrons = r < 40 ? mean : poisson(mean, random);
                    values.push_back(float(20 + 3 * electrons + 5 * random.normal()));
                }
        const MemoryScan scan(shape, {128, 128}, values);
        const auto sums = ringSums(scan, wholeRegion(shape), {}, false, {}, {});
        QVERIFY(sums);
        const CountingNoise noise = countingNoise(*sums);
        // 36 patterns x 350 pixels tell a ring's variance to 2 %, fourteen rings the slope to 2 %; that the mean falls across
        // a ring adds 4 %. The readout's 25 is what is left of variances of 60 to 130.
        QVERIFY2(std::abs(noise.gain - 3) < 0.25, qPrintable(QString::number(noise.gain)));
        QVERIFY2(std::abs(noise.readout - 25) < 5, qPrintable(QString::number(noise.readout)));
    }

    void variancesAreThoseBeyondCounting()
    {
        // Two kinds of positions: rings of even counts, and rings half of whose pixels have 20 % more.
        RingSums sums{.region = {0, 0, 1, 2}};
        for (std::size_t p = 0; p < 2; ++p)
            for (std::size_t k = 0; k < rings; ++k) {
                const double mean = 100 - double(k), noise = 2 * mean + 7; // gain 2, readout 7
                const double spread = p == 1 && k == 10 ? 0.01 * mean * mean : 0;
                sums.weight.push_back(200);
                sums.sum.push_back(float(200 * mean));
                sums.square.push_back(float(200 * (mean * mean + noise + spread)));
            }
        const auto variances = profilesOf(sums, sums.region, {{Kind::Variance, 1, 9, 11}});
        const double even = std::log(0.02), uneven = std::log(0.01 + 0.02);
        for (std::size_t i = 0; i < 6; ++i) // squares of 1e4 in float
            QVERIFY2(std::abs(double(variances[i]) - (i == 4 ? uneven : even)) < 1e-3,
                     qPrintable(QString::number(double(variances[i]))));
    }

    void aCropSeesItsNeighbours()
    {
        const ScanPtr scan = numberedScan({9, 8});
        const auto whole = ProfileFeatures::create({{scan, {0, 0, 9, 8}}}, {}, meanAndTrimmed, {}, {});
        const auto crop = ProfileFeatures::create({{scan, {3, 2, 2, 5}}}, {}, meanAndTrimmed, {}, {});
        QVERIFY(whole && crop);
        QCOMPARE((*crop)->count(), std::int64_t(10));
        QCOMPARE((*crop)->patternShape(), (PatternShape{1, 13 + 21}));
        std::vector<std::int64_t> there, here;
        for (std::int64_t i = 0; i < 10; ++i) {
            here.push_back(i);
            there.push_back((3 + i / 5) * 8 + 2 + i % 5);
        }
        const auto inWhole = rowsOf(**whole, there), inCrop = rowsOf(**crop, here);
        QVERIFY(!inCrop.empty() && inWhole.size() == inCrop.size());
        for (std::size_t i = 0; i < inCrop.size(); ++i) // box sums of other terms: rounding of the last digit
            QVERIFY2(std::abs(inWhole[i] - inCrop[i]) < 1e-6f, qPrintable(QString::number(i)));
        // Without the neighbours it would be something else.
        const auto sums = ringSums(*scan, {3, 2, 2, 5}, {}, true, {}, {});
        QVERIFY(std::abs(profilesOf(*sums, {3, 2, 2, 5}, meanAndTrimmed)[0] - inCrop[0]) > 0.01f);
    }

    void selectionsFollowEachOther()
    {
        const ScanPtr first = numberedScan({3, 4}), second = numberedScan({4, 3});
        const auto both = ProfileFeatures::create({{first, {0, 0, 3, 4}}, {second, {1, 0, 2, 3}}}, {}, meanAndTrimmed, {}, {});
        const auto alone = ProfileFeatures::create({{second, {1, 0, 2, 3}}}, {}, meanAndTrimmed, {}, {});
        QVERIFY(both && alone);
        QCOMPARE((*both)->count(), std::int64_t(18));
        QCOMPARE((*both)->reports().size(), std::size_t(2));
        QCOMPARE(rowsOf(**both, {17, 12, 12}), rowsOf(**alone, {5, 0, 0}));
        QVERIFY(rowsOf(**both, {0}) != rowsOf(**both, {12}));
    }

    void positionsWithoutPatternsAreLeftOut()
    {
        // Five of twelve patterns: neighbourhoods are of those that there are; one without any is zeros.
        const ScanPtr scan = numberedScan({3, 4}, 5);
        const std::vector<ProfileFeature> features = {{Kind::Mean, 1, 10, 20}, {Kind::Mean, 3, 10, 20}};
        const auto profiles = ProfileFeatures::create({{scan, {0, 0, 3, 4}}}, {}, features, {}, {});
        QVERIFY(profiles);
        const auto values = rowsOf(**profiles, {3, 5, 9, 11});
        const auto near = [&](std::size_t row, std::size_t feature) { return values[row * 22 + feature * 11]; };
        QVERIFY(near(0, 0) != 0 && near(0, 1) != 0);
        QVERIFY(near(1, 0) == 0 && near(1, 1) != 0); // (1, 1) lies beside the fifth pattern
        QVERIFY(near(2, 0) == 0 && near(2, 1) != 0);
        QVERIFY(near(3, 0) == 0 && near(3, 1) == 0);
    }

    void errors()
    {
        const ScanPtr scan = numberedScan({2, 3});
        const auto outside = ProfileFeatures::create({{scan, {0, 0, 2, 3}}, {scan, {1, 1, 2, 2}}}, {}, meanAndTrimmed, {}, {});
        QVERIFY(!outside);
        QCOMPARE(outside.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(outside.error().arguments, (std::vector<std::string>{toText(Region{1, 1, 2, 2}), "2 x 3"}));
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = ProfileFeatures::create({{scan, {0, 0, 2, 3}}}, {}, meanAndTrimmed, {}, stop.get_token());
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
        const auto profiles = ProfileFeatures::create({{scan, {0, 0, 2, 3}}}, {}, meanAndTrimmed, {}, {});
        QVERIFY(profiles);
        std::vector<float> out(34);
        for (const std::int64_t index : {std::int64_t(-1), std::int64_t(6)}) {
            const auto done = (*profiles)->gather(std::vector{index}, out);
            QVERIFY(!done && done.error().code == ErrorCode::InvalidArgument);
            QCOMPARE(done.error().arguments, (std::vector<std::string>{std::to_string(index), "6"}));
        }
        const std::vector<std::int64_t> two = {0, 1};
        const auto small = (*profiles)->gather(two, out);
        QVERIFY(!small && small.error().code == ErrorCode::InvalidArgument);
        QVERIFY((*profiles)->gather({}, {}));
    }

    void contextIsWhatIsLookedAt()
    {
        QCOMPARE((ProfileOptions{{{Kind::Mean, 1, 4, 44}}, {}}.contextRadius_px()), 0);
        QCOMPARE((ProfileOptions{{{Kind::Mean, 11, 4, 44}}, {}}.contextRadius_px()), 5);
        QCOMPARE((ProfileOptions{{{Kind::Trimmed, 11, 4, 44}, {Kind::Variance, 13, 4, 44}}, {}}.contextRadius_px()), 6);
        QCOMPARE((ProfileOptions{meanAndTrimmed, {}}.values()), 34);
    }
};

QTEST_APPLESS_MAIN(TestProfileFeatures)
#include "tst_profile_features.moc"
