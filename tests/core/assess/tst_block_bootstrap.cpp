// SPDX-License-Identifier: GPL-3.0-or-later
// Bootstrap intervals: how often they hold the truth, and what they say of blocks that cannot tell.
#include "core/assess/block_bootstrap.h"
#include "core/assess/metrics.h"
#include "tests/core/assess/blurred_noise.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

/// y = rho x + sqrt(1 - rho^2) z, with x and z blurred noise: its true r with x is rho.
ElementMap relatedTo(const ElementMap& x, double rho, std::uint64_t seed)
{
    ElementMap y = blurredNoise(x.shape, seed);
    for (std::size_t i = 0; i < y.values.size(); ++i)
        y.values[i] = static_cast<float>(rho * double(x.values[i]) + std::sqrt(1 - rho * rho) * double(y.values[i]));
    return y;
}

} // namespace

class TestBlockBootstrap : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void intervalsHoldTheTruth()
    {
        constexpr int maps = 100;
        int held = 0;
        int heldMae = 0;
        int heldByPixels = 0;
        // |x - y| of normal values of sd s: mean s sqrt(2 / pi); the blurred noise has sd 822 / 4096.
        const double mae = 822 / 4096.0 * std::sqrt(2 - 2 * 0.7) * std::sqrt(2 / std::numbers::pi);
        for (std::uint64_t seed = 0; seed < maps; ++seed) {
            const ElementMap x = blurredNoise({70, 45}, 2 * seed);
            const ElementMap y = relatedTo(x, 0.7, 2 * seed + 1);
            const auto blocks = blockSums(x, y, blockEdge_px(x, y));
            const auto r = pearsonInterval(blocks);
            const auto error = maeInterval(blocks);
            const auto naive = pearsonInterval(blockSums(x, y, 1), {40, 0.95, 1});
            QVERIFY(r && error && naive);
            held += r->low <= 0.7 && 0.7 <= r->high;
            heldMae += error->low <= mae && mae <= error->high;
            heldByPixels += naive->low <= 0.7 && 0.7 <= naive->high;
        }
        qInfo() << "of" << maps << "maps r in" << held << "MAE in" << heldMae << "single pixels" << heldByPixels;
        // 90 % are expected (block_bootstrap.h), give or take 3 %; single pixels pretend to know far more than they do.
        QVERIFY(held >= 0.82 * maps && held <= 0.98 * maps);
        QVERIFY(heldMae >= 0.82 * maps && heldMae <= 0.98 * maps);
        QVERIFY(heldByPixels < 0.6 * maps);
    }

    void blockSumsAddUpToTheScores()
    {
        const ElementMap x = blurredNoise({23, 17}, 5);
        ElementMap y = relatedTo(x, 0.5, 6);
        y.at(3, 4) = y.at(20, 16) = std::numeric_limits<float>::quiet_NaN();
        for (int row = 8; row < 16; ++row)
            for (int column = 8; column < 16; ++column)
                y.at(row, column) = std::numeric_limits<float>::quiet_NaN();
        const auto blocks = blockSums(x, y, 8);
        QCOMPARE(blocks.size(), std::size_t(8)); // 3 x 3 without the middle one
        double n = 0;
        double error = 0;
        for (const BlockSums& block : blocks) {
            n += block.n;
            error += block.absoluteError;
        }
        QCOMPARE(std::int64_t(n), validPairs(x.values, y.values));
        QCOMPARE(error / n, *meanAbsoluteError(x.values, y.values).value);
        // Many copies of one block: every resample is that block, its r and its MAE.
        const std::vector<BlockSums> same(9, blockSums(x, y, 23).front());
        const auto r = pearsonInterval(same);
        QVERIFY(std::abs(r->low - *pearson(x.values, y.values).value) < 1e-6); // one pass of sums against two
        QCOMPARE(r->low, r->high);
        QCOMPARE(r->blocks, 9);
    }

    void repeatWithTheSeed()
    {
        const ElementMap x = blurredNoise({40, 30}, 1);
        const auto blocks = blockSums(x, relatedTo(x, 0.3, 2), 8);
        const auto low = [&](std::uint64_t seed) { return maeInterval(blocks, {100, 0.9, seed})->low; };
        QCOMPARE(low(3), low(3));
        QVERIFY(low(3) != low(4));
        const auto wide = pearsonInterval(blocks, {400, 0.99, 1});
        const auto narrow = pearsonInterval(blocks, {400, 0.5, 1});
        QVERIFY(wide->low < narrow->low && narrow->high < wide->high);
    }

    void sayNothingOfTooLittle()
    {
        const ElementMap x = blurredNoise({40, 30}, 1);
        const ElementMap y = relatedTo(x, 0.3, 2);
        QVERIFY(!pearsonInterval(blockSums(x, y, 20))); // 4 blocks
        QVERIFY(!maeInterval({}));
        QVERIFY(blockSums(x, blurredNoise({30, 40}, 1), 5).empty());
        QVERIFY(blockSums(x, y, 0).empty());
        ElementMap flat = x;
        flat.values.assign(flat.values.size(), 0.1f);
        const auto blocks = blockSums(x, flat, 5);
        QVERIFY(!pearsonInterval(blocks));
        QVERIFY(maeInterval(blocks));
        QCOMPARE(blockEdge_px(flat, flat), 1);
    }

    void blocksAreAsWideAsTheScoreIsCorrelated()
    {
        const ElementMap x = blurredNoise({110, 45}, 1);
        const int edge = blockEdge_px(x, relatedTo(x, 0.7, 2));
        QVERIFY2(edge >= 6 && edge <= 10, qPrintable(QString::number(edge))); // 4 x 2
        // A gradient of the error over the whole map: as wide as 12 blocks allow.
        ElementMap tilted = x;
        for (int y = 0; y < 110; ++y)
            for (int column = 0; column < 45; ++column)
                tilted.at(y, column) += static_cast<float>(y);
        QCOMPARE(blockEdge_px(x, tilted), 20); // sqrt(4950 / 12)
    }
};

QTEST_APPLESS_MAIN(TestBlockBootstrap)
#include "tst_block_bootstrap.moc"
