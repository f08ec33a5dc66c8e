// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles of probe neighbourhoods: against NumPy and SciPy, at the borders of scan and crop, band by band.
#include "core/prepare/profile_features.h"
#include "tests/support/golden.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <cmath>
#include <numeric>

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
    RingSums sums{.region = {5, 7, rows, cols}, .sectors = true};
    for (std::size_t i = 0; i < patterns * rings; ++i) {
        const auto ring = double(i % rings);
        const auto weight = float(3 + 5 * hashed(i, 1));
        double mean = 40 * std::exp(-ring / 12) * (0.7 + 0.6 * hashed(i, 2));
        if (i % rings == 6)
            mean -= 40 * std::exp(-0.5);
        const bool there = i / rings != missing;
        sums.weight.push_back(there ? weight : 0);
        sums.sum.push_back(there ? float(mean * double(weight)) : 0);
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
ScanPtr numberedScan(ScanShape shape, std::int64_t available = -1, double dose = 1)
{
    std::vector<float> values;
    for (int i = 0; i < shape.count(); ++i)
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x) {
                const double r = std::hypot(y - 15.5, x - 15.5);
                values.push_back(float(r > 16 ? 3 : 3 + dose * (800 * std::exp(-r * r / 2) + (5 + i % 7 + i * i / 40) * std::exp(-r / 9))));
            }
    auto scan = std::make_shared<MemoryScan>(shape, PatternShape{32, 32}, values);
    if (available >= 0)
        scan->stopAfter(available);
    return scan;
}

const ProfileOptions meanAndTrimmed{{{Kind::Mean, 5, 8, 20}, {Kind::Trimmed, 3, 10, 30}}, {}};

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
            for (const Kind kind : {Kind::Mean, Kind::Trimmed})
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
            // Logarithms of means of floats.
            QVERIFY2(std::abs(double(profiles[i]) - expected[i]) < 2e-6 * std::max(1.0, std::abs(expected[i])),
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
        const std::vector<ProfileFeature> all = {{Kind::Trimmed, 3, 5, 9}, {Kind::Mean, 1, 4, 6}, {Kind::Trimmed, 5, 8, 8}};
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
        const Region region{3, 2, 2, 5};
        const auto plan = makeRingPlan(*scan, region, {}, {}, {});
        QVERIFY(plan);
        RingSums sums{.region = {region.y, region.x, 0, region.width}, .sectors = true};
        ProgressCounter counter({}, "prepare", region.count());
        SaturationCounter saturation;
        QVERIFY(addRows(sums, region.height, *scan, *plan, counter, saturation, {}));
        QVERIFY(std::abs(profilesOf(sums, region, meanAndTrimmed.features)[0] - inCrop[0]) > 0.01f);
    }

    /// Of few bytes, so that each band is one row, and of as many as hold the scan.
    void bandsHaveNoSeams()
    {
        const ScanPtr scan = numberedScan({23, 8});
        const ProfileOptions features{{{Kind::Mean, 5, 8, 20}, {Kind::Trimmed, 3, 10, 30}, {Kind::Polar, 5, 20, 22}}, {}};
        const Region region{1, 0, 21, 7};
        const auto atOnce = ProfileFeatures::create({{scan, region}}, {}, features, {}, {});
        std::vector<std::int64_t> all(std::size_t(region.count()));
        std::iota(all.begin(), all.end(), std::int64_t(0));
        for (const std::size_t bytes : {std::size_t(1), std::size_t(700) << 10}) {
            std::vector<std::int64_t> done;
            const auto inBands = ProfileFeatures::create({{scan, region}}, {}, features,
                                                         [&](const Progress& p) { done.push_back(p.done); }, {}, bytes);
            QVERIFY(atOnce && inBands);
            const auto expected = rowsOf(**atOnce, all), found = rowsOf(**inBands, all);
            QCOMPARE(found.size(), std::size_t(21 * 7 * (13 + 21 + 36)));
            for (std::size_t i = 0; i < found.size(); ++i) // box sums of other terms
                QVERIFY2(std::abs(found[i] - expected[i]) < 1e-6f, qPrintable(QString::number(i)));
            QCOMPARE(done.back(), std::int64_t(23 * 8)); // each pattern once: rows that two bands need are kept
        }
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

    /// Less dose and another gain: everything but the offset times 0.6.
    void theDoseDoesNotMatterWhereItIsKnown()
    {
        const ScanPtr full = numberedScan({6, 5}), less = numberedScan({6, 5}, -1, 0.6);
        ProfileOptions profile = meanAndTrimmed;
        const auto difference = [&] {
            const auto a = ProfileFeatures::create({{full, {0, 0, 6, 5}}}, {}, profile, {}, {});
            const auto b = ProfileFeatures::create({{less, {0, 0, 6, 5}}}, {}, profile, {}, {});
            float least = 1e9f, most = -1e9f;
            for (std::int64_t i = 0; a && b && i < 30; ++i)
                for (std::size_t v = 0; v < 34; ++v) {
                    if (rowsOf(**a, {i})[v] == 0) // so narrow a ring has no pixel
                        continue;
                    const float d = rowsOf(**a, {i})[v] - rowsOf(**b, {i})[v];
                    least = std::min(least, d);
                    most = std::max(most, d);
                }
            return std::pair(least, most);
        };
        const auto [leastBefore, mostBefore] = difference();
        QVERIFY2(std::abs(leastBefore + std::log(0.6f)) < 1e-4f && std::abs(mostBefore + std::log(0.6f)) < 1e-4f,
                 qPrintable(QString("%1 to %2").arg(double(leastBefore)).arg(double(mostBefore))));
        profile.dose = DoseScale::IfKnown;
        const auto [least, most] = difference();
        QVERIFY(std::abs(least) < 1e-4f && std::abs(most) < 1e-4f); // of floats that are differences of others
        const auto known = ProfileFeatures::create({{full, {0, 0, 6, 5}}, {less, {0, 0, 6, 5}}}, {}, profile, {}, {});
        QVERIFY(known);
        QCOMPARE((*known)->profile().dose, DoseScale::Known);
        const auto& reports = (*known)->reports();
        QVERIFY(reports[0].levels && reports[1].levels);
        QVERIFY(std::abs(reports[1].levels->dose_counts / reports[0].levels->dose_counts - 0.6) < 1e-5);
        const double mean = (reports[0].levels->dose_counts + reports[1].levels->dose_counts) / 2;
        QVERIFY((*known)->profile().dose_counts && std::abs(*(*known)->profile().dose_counts - mean) < 1e-6 * mean);
    }

    /// The direct beam of one scan is at the detector's ceiling: then counts stay as they are in all of a training; a model
    /// that knows its own dose takes the scan to have that.
    void aDoseThatCannotBeTold()
    {
        const auto scanOf = [](int brightest) {
            std::vector<std::uint16_t> values;
            for (int i = 0; i < 12; ++i)
                for (int y = 0; y < 32; ++y)
                    for (int x = 0; x < 32; ++x) {
                        const double r = std::hypot(y - 15.5, x - 15.5);
                        values.push_back(std::uint16_t(r > 16 ? 3 : std::min(double(brightest), 3 + 20000 * std::exp(-r * r / 8)) + 40 * std::exp(-r / 9)));
                    }
            for (std::uint16_t& value : values)
                value = std::min<std::uint16_t>(value, std::uint16_t(brightest));
            return std::make_shared<MemoryScan>(ScanShape{3, 4}, PatternShape{32, 32}, values);
        };
        const ScanPtr good = scanOf(65535), saturated = scanOf(255);
        ProfileOptions profile = meanAndTrimmed;
        const auto made = [&](const std::vector<PatternSelection>& selections) {
            return ProfileFeatures::create(selections, {}, profile, {}, {}).value();
        };
        const Region all{0, 0, 3, 4};
        const auto plain = rowsOf(*made({{saturated, all}}), {0});
        profile.dose = DoseScale::IfKnown;
        const auto both = made({{good, all}, {saturated, all}});
        QCOMPARE(both->profile().dose, DoseScale::None);
        QVERIFY(!both->profile().dose_counts);
        QCOMPARE(rowsOf(*both, {12}), plain);
        QVERIFY(!both->reports()[1].levels->knowsDose() && both->reports()[0].levels->knowsDose());
        profile.dose = DoseScale::Known;
        profile.dose_counts = referenceDose_counts / 2;
        const auto twice = rowsOf(*made({{saturated, all}}), {0});
        for (std::size_t v = 0; v < plain.size(); ++v)
            if (plain[v] != 0) // a ring that has pixels
                QVERIFY2(std::abs(twice[v] - plain[v] - std::log(2.0f)) < 1e-5f, qPrintable(QString::number(double(twice[v] - plain[v]))));
    }

    void positionsWithoutPatternsAreLeftOut()
    {
        // Five of twelve patterns: neighbourhoods are of those that there are; one without any is zeros.
        const ScanPtr scan = numberedScan({3, 4}, 5);
        const ProfileOptions features{{{Kind::Mean, 1, 10, 20}, {Kind::Mean, 3, 10, 20}}, {}};
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
        QCOMPARE((ProfileOptions{{{Kind::Trimmed, 11, 4, 44}, {Kind::Mean, 13, 4, 44}}, {}}.contextRadius_px()), 6);
        QCOMPARE(meanAndTrimmed.values(), 34);
    }
};

QTEST_APPLESS_MAIN(TestProfileFeatures)
#include "tst_profile_features.moc"
