// SPDX-License-Identifier: GPL-3.0-or-later
// From stored counts to the network's input, with random changes on the way.
#include "core/learn/augmentation_p.h"
#include "core/learn/network_input_p.h"

#include <QtTest>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <torch/cuda.h>

#include <cmath>
#include <set>

using namespace dispersa;

namespace {

constexpr int edge = 16;

/// One bright pixel at (y, x) in each of `n` patterns.
at::Tensor spots(int n, int y, int x)
{
    at::Tensor counts = at::zeros({n, 1, edge, edge}, at::kFloat);
    counts.select(2, y).select(2, x).fill_(100);
    return counts;
}

/// Where the pixel went in each pattern, as (y - edge / 2, x - edge / 2); sums stay.
std::vector<std::pair<double, double>> centres(const at::Tensor& counts)
{
    std::vector<std::pair<double, double>> found;
    const at::Tensor c = counts.contiguous();
    for (int i = 0; i < int(c.size(0)); ++i) {
        double sum = 0, y = 0, x = 0;
        for (int row = 0; row < edge; ++row)
            for (int column = 0; column < edge; ++column) {
                const double value = c.data_ptr<float>()[(i * edge + row) * edge + column];
                sum += value, y += value * row, x += value * column;
            }
        found.emplace_back(y / sum - edge / 2, x / sum - edge / 2);
    }
    return found;
}

at::Tensor augmented(const AugmentOptions& options, const at::Tensor& counts, std::uint64_t seed = 5)
{
    Augmenter augmenter(options);
    augmenter.seed(seed, counts.device());
    return augmenter(counts.clone());
}

} // namespace

class TestNetworkInput : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void countsOfBothTypes()
    {
        at::Tensor stored = at::empty({1, 4}, at::kShort);
        const std::uint16_t values[] = {0, 1, 32768, 65535};
        std::memcpy(stored.data_ptr(), values, sizeof values);
        const at::Tensor counts = countsFrom(stored, {2, 2});
        QVERIFY(at::equal(counts, at::tensor({0.f, 1.f, 32768.f, 65535.f}).view({1, 1, 2, 2})));
        const at::Tensor real = at::tensor({0.5f, -1.f, 2.f, 3.f}).view({1, 4});
        QVERIFY(at::equal(countsFrom(real, {2, 2}), real.view({1, 1, 2, 2})));
    }

    void scales()
    {
        const at::Tensor counts = at::tensor({-1.f, 0.f, 3.f, 48.f}).view({1, 1, 2, 2});
        const auto scaled = [&](CountScaling scaling) { return scaledInput(counts.clone(), scaling).flatten(); };
        QVERIFY(at::allclose(scaled({Scaling::Linear, 4}), at::tensor({-.25f, 0.f, .75f, 12.f})));
        QVERIFY(at::allclose(scaled({Scaling::SquareRoot, 12}), at::tensor({0.f, 0.f, .5f, 2.f})));
        QVERIFY(at::allclose(scaled({Scaling::Log, 48}),
                             at::tensor({0.f, 0.f, float(std::log(4.) / std::log(49.)), 1.f})));
        QVERIFY(scaledInput(counts.clone(), {}).is_contiguous(at::MemoryFormat::ChannelsLast));
    }

    void nothingAskedNothingDone()
    {
        const at::Tensor counts = at::rand({3, 1, edge, edge});
        QVERIFY(at::equal(augmented({}, counts), counts));
    }

    void theCentreStays()
    {
        AugmentOptions options;
        options.mirror = options.quarterTurns = true;
        for (const auto& [y, x] : centres(augmented(options, spots(32, edge / 2, edge / 2))))
            QVERIFY(y == 0 && x == 0);
    }

    void mirrorsAndTurnsAreExact()
    {
        AugmentOptions options;
        options.mirror = options.quarterTurns = true;
        std::set<std::pair<double, double>> places;
        const at::Tensor changed = augmented(options, spots(64, edge / 2 + 1, edge / 2 + 3));
        for (const auto& place : centres(changed))
            places.insert(place);
        const std::set<std::pair<double, double>> all = {{1, 3}, {1, -3}, {-1, 3}, {-1, -3},
                                                         {3, 1}, {3, -1}, {-3, 1}, {-3, -1}};
        QVERIFY(places == all);
        QCOMPARE(changed.max().item<float>(), 100.f);
        options.quarterTurns = false;
        for (const auto& [y, x] : centres(augmented(options, spots(64, edge / 2 + 1, edge / 2 + 3))))
            QVERIFY(std::abs(y) == 1 && std::abs(x) == 3);
    }

    void shiftsByWholePixels()
    {
        AugmentOptions options;
        options.shift_px = 2;
        std::set<double> rows;
        const at::Tensor changed = augmented(options, spots(200, edge / 2, edge / 2));
        for (const auto& [y, x] : centres(changed)) {
            QCOMPARE(y, std::round(y));
            QVERIFY(std::abs(y) <= 2 && std::abs(x) <= 2);
            rows.insert(y);
        }
        QCOMPARE(rows.size(), std::size_t(5));
        QCOMPARE(changed.sum().item<float>(), 200 * 100.f);
    }

    void stretches()
    {
        AugmentOptions options;
        options.scale = 0.2;
        double least = 9, most = 0;
        for (const auto& [y, x] : centres(augmented(options, spots(200, edge / 2, edge / 2 + 5)))) {
            least = std::min(least, x);
            most = std::max(most, x);
            QVERIFY(std::abs(y) < 1e-3);
        }
        QVERIFY2(least > 3.7 && least < 4.4 && most > 5.6 && most < 6.3, qPrintable(QString("%1 %2").arg(least).arg(most)));
    }

    void gainAndThinning()
    {
        const at::Tensor counts = at::full({400, 1, 4, 4}, 1000.f);
        AugmentOptions options;
        options.gain = 0.5;
        const at::Tensor gained = augmented(options, counts).view({400, 16});
        QVERIFY(at::equal(gained.amax(1), gained.amin(1))); // one factor per pattern
        QVERIFY(gained.min().item<float>() >= 500 && gained.min().item<float>() < 520);
        QVERIFY(gained.max().item<float>() <= 1500 && gained.max().item<float>() > 1480);

        options = {};
        options.thinning = 0.6;
        const at::Tensor thinned = augmented(options, counts).view({400, 16});
        QVERIFY(at::equal(thinned, thinned.round()));
        const at::Tensor kept = thinned.mean(1) / 1000;
        QVERIFY(kept.min().item<float>() > 0.37 && kept.max().item<float>() <= 1);
        QVERIFY(std::abs(kept.mean().item<double>() - 0.7) < 0.03);
        // Binomial: variance n p (1 - p) within a pattern.
        const at::Tensor expected = 1000 * kept * (1 - kept);
        QVERIFY(std::abs((thinned.var(1) / expected).mean().item<double>() - 1) < 0.1);
    }

    void theSameSeedRepeats()
    {
        AugmentOptions options;
        options.mirror = true;
        options.gain = 0.3;
        options.thinning = 0.3;
        const at::Tensor counts = at::full({8, 1, edge, edge}, 50.f);
        QVERIFY(at::equal(augmented(options, counts, 1), augmented(options, counts, 1)));
        QVERIFY(!at::equal(augmented(options, counts, 1), augmented(options, counts, 2)));
    }

    void aGpuDoesTheSame()
    {
        if (!torch::cuda::is_available())
            QSKIP("no CUDA device");
        at::Tensor stored = at::empty({2, edge * edge}, at::kShort);
        for (int i = 0; i < stored.numel(); ++i)
            stored.data_ptr<std::int16_t>()[i] = std::int16_t(std::uint16_t(i * 127)); // all of uint16
        const at::Tensor counts = countsFrom(stored, {edge, edge});
        QVERIFY(at::equal(countsFrom(stored.to(at::kCUDA), {edge, edge}).cpu(), counts));
        for (const Scaling kind : {Scaling::Linear, Scaling::SquareRoot, Scaling::Log})
            QVERIFY(at::allclose(scaledInput(counts.to(at::kCUDA), {kind, 5e4}).cpu(), scaledInput(counts.clone(), {kind, 5e4})));
        // But for thinning all random numbers come from the CPU.
        AugmentOptions options;
        options.mirror = options.quarterTurns = true;
        options.shift_px = 2;
        options.scale = options.ellipse = 0.05;
        options.gain = 0.2;
        // Neighbours differ by up to 65535, and places are known to some 1e-4 pixels.
        QVERIFY(at::allclose(augmented(options, counts.to(at::kCUDA)).cpu(), augmented(options, counts), 1e-3, 20));
        options = {};
        options.thinning = 0.6;
        const at::Tensor kept = augmented(options, at::full({400, 1, 4, 4}, 1000.f).to(at::kCUDA)).cpu() / 1000;
        QVERIFY(std::abs(kept.mean().item<double>() - 0.7) < 0.03);
    }
};

QTEST_APPLESS_MAIN(TestNetworkInput)
#include "tst_network_input.moc"
