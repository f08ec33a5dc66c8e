// SPDX-License-Identifier: GPL-3.0-or-later
// Conformal intervals hold what they promise, pixel by pixel and where neighbours err alike.
#include "core/assess/conformal.h"
#include "core/base/random.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

/// Errors of normal distribution whose size differs tenfold from pixel to pixel, and is known.
struct Pixels {
    std::vector<float> real;
    std::vector<float> predicted;
    std::vector<float> sigma;
};

Pixels pixels(int count, std::uint64_t seed)
{
    Random random(seed);
    Pixels made;
    for (int i = 0; i < count; ++i) {
        const double sigma = 0.01 + 0.09 * random.uniform();
        made.sigma.push_back(static_cast<float>(sigma));
        made.predicted.push_back(static_cast<float>(random.uniform()));
        made.real.push_back(static_cast<float>(double(made.predicted.back()) + 0.5 * sigma * random.normal()));
    }
    return made;
}

/// Errors of blocks of 50 pixels: a size that all of a block share, and signs and a little scatter of their own.
struct Blocks {
    std::vector<float> real;
    std::vector<float> predicted;
    std::vector<int> block;
};

Blocks blocks(int count, Random& random)
{
    Blocks made;
    for (int b = 0; b < count; ++b) {
        const double shared = std::abs(random.normal());
        const int size = b % 2 ? 50 : 10;
        for (int i = 0; i < size; ++i) {
            made.block.push_back(b);
            made.predicted.push_back(0);
            made.real.push_back(static_cast<float>(shared + 0.1 * random.normal()));
        }
    }
    return made;
}

} // namespace

class TestConformal : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void coversAsPromised_data()
    {
        QTest::addColumn<double>("level");
        QTest::addColumn<bool>("withSigma");
        for (const double level : {0.5, 0.8, 0.95}) {
            QTest::addRow("%g", level) << level << false;
            QTest::addRow("%g with sigma", level) << level << true;
        }
    }

    void coversAsPromised()
    {
        QFETCH(double, level);
        QFETCH(bool, withSigma);
        const Pixels calibration = pixels(4000, 1);
        const Pixels other = pixels(20000, 2);
        const std::vector<float> none;
        const auto fit = fitConformal(calibration.real, calibration.predicted, withSigma ? calibration.sigma : none, {},
                                      {level, 0.1});
        QVERIFY(fit);
        const auto check = checkConformal(*fit, other.real, other.predicted, withSigma ? other.sigma : none);
        QCOMPARE(check.n, 20000);
        // 4000 scores: sd of the coverage sqrt(.25 / 4000) = .008.
        QVERIFY2(std::abs(*check.coverage - level) < 0.02, qPrintable(QString::number(*check.coverage)));
        if (level != 0.8)
            return;
        // Normal errors of sd sigma / 2: 1.2816 of them to either side, sigma being 0.055 on average. Without sigma one
        // width covers 0.8 of the mixture over sigma = 0.01..0.1: 0.0719 (SciPy).
        QVERIFY(std::abs(*check.meanWidth / (withSigma ? 1.2816 * 0.055 : 0.0719) - 1) < 0.04); // scores scatter by 2 %
        // It is the quiet pixels that tell the difference.
        const auto quiet = [&](std::size_t i) { return other.sigma[i] < 0.03f; };
        std::vector<float> quietReal = other.real;
        for (std::size_t i = 0; i < quietReal.size(); ++i)
            if (!quiet(i))
                quietReal[i] = noData;
        const auto quietCheck = checkConformal(*fit, quietReal, other.predicted, withSigma ? other.sigma : none);
        QVERIFY(withSigma ? std::abs(*quietCheck.coverage - level) < 0.03 : *quietCheck.coverage > 0.98);
        QCOMPARE(fit->n, 4000);
        QCOMPARE(fit->blocks, 4000);
    }

    void quantileIsTheOrderStatistic()
    {
        // ceil((9 + 1) 0.8) = 8th smallest of 9 scores; at 0.95 the 10th, which there is not.
        const std::vector<float> zero(9, 0);
        const std::vector<float> real = {5, -1, 3, -4, 2, 9, -7, 8, 6};
        QCOMPARE(fitConformal(real, zero, {}, {}, {0.8})->quantile, 8.0);
        QCOMPARE(fitConformal(real, zero, {}, {}, {0.9})->quantile, 9.0);
        QCOMPARE(fitConformal(real, zero, {}, {}, {0.11})->quantile, 2.0);
        QVERIFY(!fitConformal(real, zero, {}, {}, {0.95}));
        // Each pixel a block of its own: the same.
        const std::vector<int> own = {0, 1, 2, 3, 4, 5, 6, 7, 8};
        QCOMPARE(fitConformal(real, zero, {}, own, {0.8})->quantile, 8.0);
        // Two blocks promise up to 2/3: weights 1/3 shared by 8 pixels, 1/3 on the 9, 1/3 at infinity.
        const std::vector<int> two = {0, 0, 0, 0, 0, 1, 0, 0, 0};
        QCOMPARE(fitConformal(real, zero, {}, two, {0.3})->quantile, 8.0);
        QCOMPARE(fitConformal(real, zero, {}, two, {0.6})->quantile, 9.0);
        QVERIFY(!fitConformal(real, zero, {}, two, {0.7}));
    }

    void everyScanCountsTheSame()
    {
        // Scan 0: four blocks with errors 1 to 4; scan 1: one block of two pixels with error 10. By blocks the weights are 1/6
        // each (1/6 at infinity), so that 4 is reached at 4/6; by scans 2.5/6 lie on scan 0 and 2.5/6 on scan 1.
        const std::vector<float> real = {1, 2, 3, 4, 10, -10};
        const std::vector<float> zero(6, 0);
        const std::vector<int> block = {0, 1, 2, 3, 4, 4};
        const std::vector<int> scan = {0, 0, 0, 0, 1, 1};
        const auto quantile = [&](double level, const std::vector<int>& scans) {
            return fitConformal(real, zero, {}, block, {level}, scans)->quantile;
        };
        QCOMPARE(quantile(0.6, {}), 4.0);
        QCOMPARE(quantile(0.6, scan), 10.0);
        QCOMPARE(quantile(0.41, scan), 4.0); // 2.46/6 of 2.5/6
        QCOMPARE(quantile(0.3, scan), 3.0);  // 1.8/6: three blocks of 0.625/6
        QCOMPARE(quantile(0.3, {}), 2.0);
        QVERIFY(!fitConformal(real, zero, {}, block, {0.85}, scan)); // five blocks promise up to 5/6
        // Scans of equally many blocks change nothing.
        const std::vector<int> one(6, 7);
        for (const double level : {0.2, 0.5, 0.8})
            QCOMPARE(quantile(level, one), quantile(level, {}));
        // A scan without data is none.
        std::vector<float> part = real;
        part[4] = part[5] = noData;
        QCOMPARE(fitConformal(part, zero, {}, block, {0.8}, scan)->quantile, 4.0);
        QCOMPARE(fitConformal(part, zero, {}, block, {0.6}, scan)->quantile, 3.0);
    }

    void blocksKeepThePromiseThatPixelsBreak()
    {
        // 15 blocks to calibrate on: what a film of 70 x 45 leaves. Coverage of new blocks, over many films.
        constexpr int films = 2000;
        Random random(3);
        double byPixels = 0;
        double byBlocks = 0;
        int n = 0;
        for (int f = 0; f < films; ++f) {
            const Blocks calibration = blocks(15, random);
            const Blocks other = blocks(1, random);
            const auto pixels = fitConformal(calibration.real, calibration.predicted, {}, {}, {0.9});
            const auto grouped = fitConformal(calibration.real, calibration.predicted, {}, calibration.block, {0.9});
            QVERIFY(pixels && grouped);
            QCOMPARE(grouped->blocks, 15);
            byPixels += *checkConformal(*pixels, other.real, other.predicted, {}).coverage;
            byBlocks += *checkConformal(*grouped, other.real, other.predicted, {}).coverage;
            ++n;
        }
        qInfo() << "promised 0.9, pixels" << byPixels / n << "blocks" << byBlocks / n;
        QVERIFY(byBlocks / n > 0.89); // a guarantee, but for the scatter of 2000 films: 0.007
        QVERIFY(byBlocks / n < 0.96);
        QVERIFY(byPixels / n < 0.89);
    }

    void floorKeepsSmallSigmaFromRuling()
    {
        const std::vector<float> real = {1, 1, 1, 1, 1};
        const std::vector<float> predicted = {0, 0, 0, 0, 0};
        const std::vector<float> sigma = {0, 1, 1, 1, noData};
        const auto fit = fitConformal(real, predicted, sigma, {}, {0.8, 0.25});
        QVERIFY(fit);
        QCOMPARE(fit->n, 4);
        QCOMPARE(fit->sigmaFloor, 0.25);
        QCOMPARE(fit->quantile, 4.0);
        QCOMPARE(fit->halfWidth(0), 1.0);
        QCOMPARE(fit->halfWidth(2), 8.0);
        // Without a floor an error where sigma is 0 cannot be covered, a prediction without error always.
        QVERIFY(!fitConformal(real, predicted, sigma, {}, {0.8, 0}));
        QVERIFY(fitConformal(real, real, std::vector<float>(5, 0), {}, {0.8, 0})->quantile == 0);
    }

    void ignoresNoData()
    {
        const std::vector<float> none(4, noData);
        const std::vector<float> some = {1, 2, noData, 4};
        QVERIFY(!fitConformal(none, some, {}, {}, {0.5}));
        QVERIFY(!fitConformal({}, {}, {}, {}, {0.5}));
        const auto fit = fitConformal(some, std::vector<float>{0, 0, 0, 0}, {}, {}, {0.5});
        QCOMPARE(fit->n, 3);
        QCOMPARE(fit->quantile, 2.0);
        const auto check = checkConformal(*fit, some, none, {});
        QVERIFY(check.n == 0 && !check.coverage && !check.meanWidth);
        QCOMPARE(*checkConformal(*fit, some, std::vector<float>{0, 0, 0, 0}, {}).coverage, 2 / 3.0);
    }
};

QTEST_APPLESS_MAIN(TestConformal)
#include "tst_conformal.moc"
