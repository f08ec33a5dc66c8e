// SPDX-License-Identifier: GPL-3.0-or-later
// Splits: fractions, repeatability, the guard around held-out blocks, empty parts.
#include "core/base/random.h"
#include "core/learn/split.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace dispersa;

namespace {

using Sets = std::vector<std::vector<PixelSet>>;

SplitScan wholeScan(int height, int width)
{
    return {{3, 2, height, width}, std::vector<std::uint8_t>(std::size_t(height) * width, 1)};
}

std::int64_t count(const Sets& sets, PixelSet wanted)
{
    std::int64_t n = 0;
    for (const auto& set : sets)
        n += std::count(set.begin(), set.end(), wanted);
    return n;
}

/// Smallest Chebyshev distance between a pixel of one set and one of another, within one scan.
int distance(const std::vector<PixelSet>& set, int width, PixelSet a, PixelSet b)
{
    int smallest = 1 << 20;
    for (std::size_t i = 0; i < set.size(); ++i)
        for (std::size_t j = 0; set[i] == a && j < set.size(); ++j)
            if (set[j] == b)
                smallest = std::min(smallest, std::max(std::abs(int(i) / width - int(j) / width),
                                                       std::abs(int(i) % width - int(j) % width)));
    return smallest;
}

/// As wide as two 7 x 7 kernels reach.
constexpr int guard_px = 6;

SplitOptions blocks(double test, double validation, std::uint64_t seed = 42)
{
    SplitOptions options;
    options.kind = SplitKind::Blocks;
    options.testFraction = test;
    options.validationFraction = validation;
    options.seed = seed;
    return options;
}

} // namespace

class TestSplit : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// First numbers of xoshiro256** seeded by splitmix64(42), from make_random_golden.py.
    void randomNumbersAreTheReferenceOnes()
    {
        Random random(42);
        const std::array<std::uint64_t, 3> expected = {0x15780b2e0c2ec716u, 0x6104d9866d113a7eu, 0xae17533239e499a1u};
        for (std::uint64_t value : expected)
            QCOMPARE(random.next(), value);
    }

    void randomFractions()
    {
        SplitOptions options;
        options.validationFraction = 0.1;
        SplitScan holes = wholeScan(10, 10);
        for (int i = 0; i < 10; ++i)
            holes.usable[std::size_t(i * 10)] = 0;
        const Sets sets = splitPixels({wholeScan(70, 45), holes}, options, guard_px).value();
        const double usable = 3150 + 90;
        QCOMPARE(count(sets, PixelSet::Test), std::llround(0.2 * usable));
        QCOMPARE(count(sets, PixelSet::Validation), std::llround(0.1 * usable));
        QCOMPARE(count(sets, PixelSet::Unused), 10);
        QCOMPARE(count(sets, PixelSet::Guard), 0);
        QCOMPARE(sets[1][0], PixelSet::Unused);
        // Both scans give to every part: the pool is shuffled over all of them.
        for (const auto& set : sets)
            for (PixelSet part : {PixelSet::Train, PixelSet::Validation, PixelSet::Test})
                QVERIFY(std::count(set.begin(), set.end(), part) > 0);
    }

    void theSameSeedRepeats()
    {
        SplitOptions options;
        const std::vector<SplitScan> scans = {wholeScan(20, 15)};
        QVERIFY(splitPixels(scans, options, guard_px).value() == splitPixels(scans, options, guard_px).value());
        SplitOptions other = options;
        other.seed = 43;
        QVERIFY(splitPixels(scans, options, guard_px).value() != splitPixels(scans, other, guard_px).value());
    }

    /// Test pixels of a 5 x 4 scan with seed 42, worked out by make_random_golden.py with its own generator and
    /// shuffle.
    void goldenPixels()
    {
        SplitOptions options;
        const std::vector<PixelSet> set = splitPixels({wholeScan(5, 4)}, options, guard_px).value()[0];
        std::vector<int> test;
        for (std::size_t i = 0; i < set.size(); ++i)
            if (set[i] == PixelSet::Test)
                test.push_back(int(i));
        QCOMPARE(test, (std::vector<int>{3, 7, 8, 13}));
    }

    void guardSeparates_data()
    {
        QTest::addColumn<SplitOptions>("options");
        QTest::addColumn<int>("guard");
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            QTest::addRow("test only, seed %d", int(seed)) << blocks(0.2, 0, seed) << guard_px;
            QTest::addRow("test and validation, seed %d", int(seed)) << blocks(0.15, 0.15, seed) << guard_px;
            SplitOptions narrow = blocks(0.25, 0.1, seed);
            narrow.block_px = 7;
            QTest::addRow("small blocks, seed %d", int(seed)) << narrow << 2;
            SplitOptions calibrated = blocks(0.15, 0.1, seed);
            calibrated.calibrationFraction = 0.1;
            calibrated.block_px = 9;
            QTest::addRow("calibration too, seed %d", int(seed)) << calibrated << 3;
        }
    }

    void guardSeparates()
    {
        QFETCH(SplitOptions, options);
        QFETCH(int, guard);
        const Sets sets = splitPixels({wholeScan(70, 45), wholeScan(40, 44)}, options, guard).value();
        const std::array<int, 2> widths = {45, 44};
        constexpr std::array parts = {PixelSet::Train, PixelSet::Validation, PixelSet::Calibration, PixelSet::Test};
        for (std::size_t s = 0; s < sets.size(); ++s)
            for (std::size_t a = 0; a < parts.size(); ++a)
                for (std::size_t b = a + 1; b < parts.size(); ++b)
                    QVERIFY(distance(sets[s], widths[s], parts[a], parts[b]) > guard);
        const double usable = 3150 + 1760, block = double(options.block_px) * options.block_px;
        QVERIFY(std::abs(double(count(sets, PixelSet::Test)) - options.testFraction * usable) <= block);
        QCOMPARE(count(sets, PixelSet::Calibration) > 0, options.calibrationFraction > 0);
        QVERIFY(count(sets, PixelSet::Guard) > 0);
        QCOMPARE(count(sets, PixelSet::Unused), 0);
    }

    /// Guards that leave enough do not move the blocks; wide ones would leave a twentieth of this crop to train on, and
    /// leave a quarter or more where the blocks lie together.
    void blocksLieTogetherWhereGuardsAreWide()
    {
        double least = 1;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const std::vector<SplitScan> scans = {wholeScan(88, 45)};
            const Sets none = splitPixels(scans, blocks(0.2, 0, seed), 0).value();
            const Sets narrow = splitPixels(scans, blocks(0.2, 0, seed), 2).value();
            const Sets wide = splitPixels(scans, blocks(0.2, 0, seed), 20).value();
            const auto is = [](const Sets& sets, std::size_t i, PixelSet set) { return sets[0][i] == set; };
            for (std::size_t i = 0; i < none[0].size(); ++i)
                QCOMPARE(is(narrow, i, PixelSet::Test), is(none, i, PixelSet::Test));
            QVERIFY(distance(wide[0], 45, PixelSet::Train, PixelSet::Test) > 20);
            QVERIFY(std::abs(double(count(wide, PixelSet::Test)) - 0.2 * 88 * 45) <= 225);
            least = std::min(least, double(count(wide, PixelSet::Train)) / (88 * 45));
            QVERIFY(splitPixels(scans, blocks(0.2, 0, seed), 20).value() == wide);
        }
        QVERIFY2(least > 0.25, qPrintable(QString::number(least)));
    }

    /// Parts that need room of their own lie as far from each other as they can.
    void everyPartHasPixelsWhereGuardsAreWide()
    {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            SplitOptions options = blocks(0.1, 0.1, seed);
            options.calibrationFraction = 0.1;
            const Sets sets = splitPixels({wholeScan(88, 45), wholeScan(88, 45)}, options, 20).value();
            for (const PixelSet part : {PixelSet::Train, PixelSet::Test, PixelSet::Validation, PixelSet::Calibration})
                QVERIFY(count(sets, part) > 0);
            QVERIFY(count(sets, PixelSet::Train) > 2 * 88 * 45 / 10);
        }
    }

    /// Blocks of one pixel are many; together or not, they take no longer than it takes to sort them.
    void manySmallBlocks()
    {
        SplitOptions options = blocks(0.2, 0.1);
        options.block_px = 1;
        const Sets sets = splitPixels({wholeScan(512, 512)}, options, 20).value();
        QVERIFY(count(sets, PixelSet::Train) > 512 * 512 / 3);
    }

    /// Each scan in turn, or none.
    void oneScanIsLeftOut()
    {
        SplitOptions options;
        options.kind = SplitKind::LeaveOneOut;
        const std::vector<SplitScan> scans = {wholeScan(10, 10), wholeScan(12, 10), wholeScan(9, 9)};
        for (std::size_t left = 0; left < scans.size(); ++left) {
            const Sets sets = splitPixels(scans, options, guard_px, left).value();
            for (std::size_t s = 0; s < scans.size(); ++s)
                QCOMPARE(std::count(sets[s].begin(), sets[s].end(), s == left ? PixelSet::Test : PixelSet::Train),
                         scans[s].crop.count());
        }
        const Sets all = splitPixels(scans, options, guard_px).value();
        QCOMPARE(count(all, PixelSet::Train), 100 + 120 + 81);
    }

    /// 7 x 7 kernels share counts up to a distance of 6; a probe of 3.06 nm (1 mrad at 200 kV) covers 3 steps of 1.053 nm.
    void theGuardIsAsWideAsWhatIsShared()
    {
        QCOMPARE(guardByRule(3, 0, 0), 6);
        QCOMPARE(guardByRule(3, 5, 3), 19);
        Calibration calibration;
        QCOMPARE(probeOverlap_px(calibration), 0);
        calibration.convergence_mrad = 1;
        calibration.scanStep_nm = 1.053;
        QCOMPARE(probeOverlap_px(calibration), 3);
    }

    void lastScanTests()
    {
        SplitOptions options;
        options.kind = SplitKind::Scans;
        Sets sets = splitPixels({wholeScan(40, 40), wholeScan(10, 10)}, options, guard_px).value();
        QCOMPARE(std::count(sets[0].begin(), sets[0].end(), PixelSet::Train), 1600);
        QCOMPARE(std::count(sets[1].begin(), sets[1].end(), PixelSet::Test), 100);

        options.validationFraction = 0.2;
        sets = splitPixels({wholeScan(40, 40), wholeScan(10, 10)}, options, guard_px).value();
        QCOMPARE(std::count(sets[1].begin(), sets[1].end(), PixelSet::Test), 100);
        QVERIFY(count(sets, PixelSet::Validation) > 0);
        QVERIFY(distance(sets[0], 40, PixelSet::Train, PixelSet::Validation) > guard_px);
    }

    void badInput_data()
    {
        QTest::addColumn<int>("scans");
        QTest::addColumn<int>("edge");
        QTest::addColumn<SplitOptions>("options");
        QTest::addColumn<int>("code");
        const int nothing = int(ErrorCode::NothingToTrain), argument = int(ErrorCode::InvalidArgument);
        SplitOptions scans;
        scans.kind = SplitKind::Scans;
        SplitOptions fraction;
        QTest::newRow("no scan") << 0 << 10 << fraction << nothing;
        QTest::newRow("one scan by scans") << 1 << 10 << scans << nothing;
        QTest::newRow("one pixel") << 1 << 1 << fraction << nothing;
        QTest::newRow("one block") << 1 << 15 << blocks(0.2, 0) << nothing;
        SplitOptions narrow = blocks(0.2, 0.2);
        narrow.block_px = 5;
        QTest::newRow("guard eats everything") << 1 << 10 << narrow << nothing;
        fraction.testFraction = 0;
        QTest::newRow("test fraction 0") << 1 << 10 << fraction << argument;
        fraction.testFraction = 0.6;
        fraction.validationFraction = 0.4;
        QTest::newRow("nothing left") << 1 << 10 << fraction << argument;
        fraction.validationFraction = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("NaN") << 1 << 10 << fraction << argument;
    }

    void badInput()
    {
        QFETCH(int, scans);
        QFETCH(int, edge);
        QFETCH(SplitOptions, options);
        const auto sets = splitPixels(std::vector(std::size_t(scans), wholeScan(edge, edge)), options, guard_px);
        QVERIFY(!sets);
        QTEST(int(sets.error().code), "code");
        QVERIFY(!sets.error().message.empty());
    }

    void maskMustFitTheCrop()
    {
        SplitScan scan = wholeScan(10, 10);
        scan.usable.pop_back();
        const auto sets = splitPixels({scan}, SplitOptions{}, guard_px);
        QVERIFY(!sets && sets.error().code == ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestSplit)
#include "tst_split.moc"
