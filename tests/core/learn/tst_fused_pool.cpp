// SPDX-License-Identifier: GPL-3.0-or-later
// Fused BatchNorm, pooling and ReLU against LibTorch's own operations, forward and backward.
#include "core/learn/fused_pool_p.h"

#include <QtTest>

#include <ATen/Functions.h>

using namespace dispersa;

namespace {

torch::Tensor randomBatch(std::vector<std::int64_t> shape, at::ScalarType type)
{
    torch::manual_seed(3);
    return (at::randn(shape) * 2 + 1).to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

double difference(const torch::Tensor& a, const torch::Tensor& b)
{
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

/// A BatchNorm whose weights have both signs and are not special.
torch::nn::BatchNorm2d unusualNorm(std::int64_t channels)
{
    torch::nn::BatchNorm2d norm(torch::nn::BatchNorm2dOptions(channels).eps(1e-3).momentum(0.1));
    const torch::NoGradGuard noGrad;
    torch::manual_seed(4);
    norm->weight.normal_();
    norm->bias.normal_();
    return norm;
}

} // namespace

class TestFusedPool : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void poolingEqualsTorch_data() { shapes(); }
    void poolingEqualsTorch()
    {
        const torch::Tensor x = batch().requires_grad_();
        const torch::Tensor reference = x.detach().to(at::kFloat).requires_grad_();
        const torch::Tensor out = poolRelu(x), expected = at::max_pool2d(at::relu(reference), 2);
        QCOMPARE(out.scalar_type(), x.scalar_type());
        QVERIFY(difference(out, expected) == 0); // only choices, no arithmetic
        // Gradients that bf16 holds exactly.
        const torch::Tensor gradient = at::arange(out.numel()).remainder(97).to(at::kFloat).view(out.sizes()) - 40;
        out.backward(gradient.to(out.scalar_type()));
        expected.backward(gradient);
        QVERIFY(difference(x.grad(), reference.grad()) == 0);
    }

    void batchNormEqualsTorch_data() { shapes(); }
    void batchNormEqualsTorch()
    {
        QFETCH(int, channels);
        QFETCH(bool, bf16);
        const torch::Tensor leaf = batch().requires_grad_();
        const torch::Tensor reference = leaf.detach().to(at::kFloat).requires_grad_();
        const torch::Tensor x = leaf.clone(); // the fast way overwrites it
        torch::nn::BatchNorm2d ours = unusualNorm(channels), theirs = unusualNorm(channels);
        const torch::Tensor out = batchNormPoolRelu(x, *ours);
        const torch::Tensor expected = at::max_pool2d(at::relu(theirs(reference)), 2);
        // bf16 keeps 8 bits: results up to 8 are off by up to 2^-6, gradients alike. fp32: sums in another order.
        const double tolerance = bf16 ? 0.04 : 2e-5;
        QVERIFY2(difference(out, expected) < tolerance, qPrintable(QString::number(difference(out, expected))));
        const torch::Tensor gradient = at::arange(out.numel()).remainder(7).to(at::kFloat).view(out.sizes()) / 4 - 0.5;
        out.backward(gradient.to(out.scalar_type()));
        expected.backward(gradient);
        const double input = difference(leaf.grad(), reference.grad());
        QVERIFY2(input < tolerance, qPrintable(QString::number(input)));
        const auto relative = [](const torch::Tensor& a, const torch::Tensor& b) {
            return difference(a, b) / b.abs().max().item<double>();
        };
        QVERIFY(relative(ours->weight.grad(), theirs->weight.grad()) < tolerance);
        QVERIFY(relative(ours->bias.grad(), theirs->bias.grad()) < tolerance);
        QVERIFY(difference(ours->running_mean, theirs->running_mean) < tolerance);
        QVERIFY(difference(ours->running_var, theirs->running_var) < tolerance);
        QCOMPARE(ours->num_batches_tracked.item<int>(), 1);

        ours->eval();
        theirs->eval();
        const torch::NoGradGuard noGrad;
        const torch::Tensor evaluated = batchNormPoolRelu(leaf, *ours);
        QVERIFY(difference(evaluated, at::max_pool2d(at::relu(theirs(reference)), 2)) < tolerance);
    }

    /// Patterns divided by 65536 are tiny beside the convolution's bias: the variance must survive.
    void smallVarianceFarFromZero()
    {
        torch::manual_seed(5);
        const torch::Tensor x = (at::randn({4, 32, 16, 16}) * 1e-3 + 5).contiguous(at::MemoryFormat::ChannelsLast);
        torch::nn::BatchNorm2d norm = unusualNorm(32);
        batchNormPoolRelu(x, *norm);
        const torch::Tensor exact = x.to(at::kDouble).var({0, 2, 3}, true) * 0.1 + 0.9;
        QVERIFY(difference(norm->running_var, exact) < 1e-7);
    }

  private:
    static void shapes()
    {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::addColumn<bool>("bf16");
        for (bool bf16 : {false, true}) {
            const char* type = bf16 ? "bf16" : "fp32";
            QTest::addRow("even, %s", type) << 32 << 8 << 12 << bf16;
            QTest::addRow("odd height, %s", type) << 64 << 9 << 6 << bf16;
            QTest::addRow("odd width, %s", type) << 32 << 6 << 11 << bf16;
            QTest::addRow("odd both, %s", type) << 96 << 7 << 5 << bf16;
            QTest::addRow("one window, %s", type) << 32 << 2 << 2 << bf16;
            QTest::addRow("channels that do not fit, %s", type) << 24 << 6 << 6 << bf16;
        }
    }

    static torch::Tensor batch()
    {
        QFETCH(int, channels);
        QFETCH(int, height);
        QFETCH(int, width);
        QFETCH(bool, bf16);
        return randomBatch({3, channels, height, width}, bf16 ? at::kBFloat16 : at::kFloat);
    }
};

QTEST_APPLESS_MAIN(TestFusedPool)
#include "tst_fused_pool.moc"
