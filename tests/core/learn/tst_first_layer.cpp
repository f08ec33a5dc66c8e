// SPDX-License-Identifier: GPL-3.0-or-later
// The first layer in one pass against LibTorch's own operations.
#include "core/learn/first_layer_p.h"

#include <QtTest>

#include <ATen/Functions.h>

using namespace dispersa;

class TestFirstLayer : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void equalsTorch_data()
    {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::newRow("even") << 32 << 12 << 16;
        QTest::newRow("a row and a column outside of every window") << 32 << 9 << 13;
        QTest::newRow("96 channels") << 96 << 8 << 7;
        QTest::newRow("one window") << 64 << 4 << 4;
    }
    void equalsTorch()
    {
        QFETCH(int, channels);
        QFETCH(int, height);
        QFETCH(int, width);
        const Layer layer = unusualLayer(channels);
        const torch::NoGradGuard noGrad;
        const torch::Tensor patterns = at::randn({3, 1, height, width});
        const torch::Tensor expected =
            at::max_pool2d(
                at::batch_norm(at::conv2d(patterns.to(at::kDouble), layer.convolution->weight.to(at::kDouble),
                                          layer.convolution->bias.to(at::kDouble)),
                               layer.norm->weight.to(at::kDouble), layer.norm->bias.to(at::kDouble),
                               layer.norm->running_mean.to(at::kDouble), layer.norm->running_var.to(at::kDouble), false,
                               0, layer.norm->options.eps(), false),
                2)
                .relu();
        QVERIFY(canEvaluateFirstLayer(patterns, *layer.convolution));
        const torch::Tensor single = evaluatedFirstLayer(patterns, *layer.convolution, *layer.norm, at::kFloat);
        QCOMPARE(single.scalar_type(), at::kFloat);
        QVERIFY(single.sizes() == expected.sizes());
        QVERIFY(single.is_contiguous(at::MemoryFormat::ChannelsLast));
        // Ten terms of up to 30: rounded to 24 bits each.
        const double largest = (single.to(at::kDouble) - expected).abs().max().item<double>();
        QVERIFY2(largest < 3e-5, qPrintable(QString::number(largest)));
        QVERIFY((single == 0).any().item<bool>() && (single > 0).any().item<bool>()); // ReLU both closed and open

        // bfloat16 is the same, rounded once at the end.
        const torch::Tensor half = evaluatedFirstLayer(patterns, *layer.convolution, *layer.norm, at::kBFloat16);
        QVERIFY(torch::equal(half, single.to(at::kBFloat16)));
    }

    void patternsOfAnyStrides()
    {
        const Layer layer = unusualLayer(32);
        const torch::NoGradGuard noGrad;
        const torch::Tensor patterns = at::randn({2, 1, 10, 14}),
                            turned = patterns.transpose(2, 3).contiguous().transpose(2, 3);
        QVERIFY(!turned.is_contiguous());
        QVERIFY(torch::equal(evaluatedFirstLayer(turned, *layer.convolution, *layer.norm, at::kFloat),
                             evaluatedFirstLayer(patterns, *layer.convolution, *layer.norm, at::kFloat)));
    }

    /// Each pattern's result is its own, whatever is beside it and on however many threads.
    void patternsDoNotMeet()
    {
        const Layer layer = unusualLayer(32);
        const torch::NoGradGuard noGrad;
        const torch::Tensor patterns = at::randn({5, 1, 11, 9});
        const torch::Tensor all = evaluatedFirstLayer(patterns, *layer.convolution, *layer.norm, at::kFloat);
        for (int i = 0; i < 5; ++i)
            QVERIFY(
                torch::equal(evaluatedFirstLayer(patterns.narrow(0, i, 1), *layer.convolution, *layer.norm, at::kFloat),
                             all.narrow(0, i, 1)));
    }

    void saysWhatItCannot()
    {
        const torch::Tensor patterns = at::randn({2, 1, 10, 10});
        QVERIFY(canEvaluateFirstLayer(patterns, *torch::nn::Conv2d(1, 32, 3)));
        QVERIFY(!canEvaluateFirstLayer(patterns, *torch::nn::Conv2d(1, 24, 3)));
        QVERIFY(!canEvaluateFirstLayer(patterns, *torch::nn::Conv2d(1, 32, 5)));
        QVERIFY(!canEvaluateFirstLayer(patterns.to(at::kDouble), *torch::nn::Conv2d(1, 32, 3)));
    }

  private:
    struct Layer {
        torch::nn::Conv2d convolution;
        torch::nn::BatchNorm2d norm;
    };

    /// Scales of both signs: where one is negative, the maximum after BatchNorm is the minimum before it.
    static Layer unusualLayer(int channels)
    {
        torch::manual_seed(6);
        Layer layer{torch::nn::Conv2d(1, channels, 3),
                    torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(channels).eps(1e-3))};
        const torch::NoGradGuard noGrad;
        layer.norm->weight.normal_();
        layer.norm->bias.normal_();
        layer.norm->running_mean.normal_();
        layer.norm->running_var.uniform_(0.5, 2);
        return layer;
    }
};

QTEST_APPLESS_MAIN(TestFirstLayer)
#include "tst_first_layer.moc"
