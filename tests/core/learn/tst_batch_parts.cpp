// SPDX-License-Identifier: GPL-3.0-or-later
// A batch divided between threads: what the whole batch would give, whatever the parts.
#include "core/learn/batch_parts_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/torch_compat.h"

#include <QtTest>

#include <ATen/Functions.h>

using namespace dispersa;

namespace {

constexpr int edge = 94;

Network freshNetwork()
{
    NetworkOptions options;
    options.patternHeight = options.patternWidth = edge;
    options.outputs = 5;
    Network network(options);
    network->initialise(7);
    {
        const torch::NoGradGuard noGrad;
        torch::manual_seed(5);
        network->bn1->weight.uniform_(0.5, 1.5);
        network->bn1->bias.uniform_(-0.5, 0.5);
    }
    useChannelsLast(network);
    network->train();
    return network;
}

/// `count` of the patterns as the training gives them to the network: with the strides of channels_last.
torch::Tensor patternsOf(const torch::Tensor& all, std::int64_t first, std::int64_t count)
{
    return all.narrow(0, first, count).contiguous().as_strided({count, 1, edge, edge}, {edge * edge, 1, edge, 1});
}

double apart(const torch::Tensor& a, const torch::Tensor& b)
{
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

} // namespace

class TestBatchParts : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theDivisionKeepsThreadsBusy_data()
    {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("parts");
        QTest::addColumn<int>("each");
        QTest::newRow("one thread") << 1 << 64 << 1 << 1;
        QTest::newRow("two") << 2 << 64 << 2 << 1;
        QTest::newRow("as many as eight patterns each allow") << 8 << 64 << 8 << 1;
        QTest::newRow("two threads for each part") << 16 << 64 << 8 << 2;
        QTest::newRow("six of twelve") << 12 << 64 << 6 << 2;
        QTest::newRow("one of thirteen without work") << 13 << 64 << 6 << 2;
        QTest::newRow("a small batch") << 4 << 16 << 2 << 2;
        QTest::newRow("too small a batch") << 4 << 15 << 1 << 4;
    }
    void theDivisionKeepsThreadsBusy()
    {
        QFETCH(int, threads);
        QFETCH(int, batch);
        const BatchDivision division = BatchDivision::of(threads, batch);
        QTEST(division.parts, "parts");
        QTEST(division.threadsEach, "each");
    }

    void partsLearnWhatTheWholeLearns_data()
    {
        QTest::addColumn<int>("parts");
        QTest::addColumn<int>("patterns");
        QTest::addColumn<bool>("bf16");
        QTest::newRow("two") << 2 << 16 << false;
        QTest::newRow("three of different sizes") << 3 << 17 << false;
        QTest::newRow("bf16") << 2 << 16 << true;
    }

    /// Twice, so that the second batch finds what the first one left.
    void partsLearnWhatTheWholeLearns()
    {
        QFETCH(int, parts);
        QFETCH(int, patterns);
        QFETCH(bool, bf16);
        const Network whole = freshNetwork(), divided = freshNetwork();
        BatchParts batchParts(divided, {parts, 1});
        QVERIFY(patterns >= batchParts.fewest());
        torch::manual_seed(9);
        for (int batch = 0; batch < 2; ++batch) {
            const torch::Tensor x = at::rand({patterns, 1, edge, edge}) * 3, wanted = at::rand({patterns, 5});
            const torch::Tensor dropout =
                whole->drawDropout(patterns, bf16 ? at::kBFloat16 : at::kFloat, at::detail::getDefaultCPUGenerator());
            for (const Network& network : {whole, divided})
                for (torch::Tensor& parameter : network->parameters())
                    parameter.mutable_grad() = torch::Tensor();
            const auto made = [&](Network network, std::int64_t first, std::int64_t count, const BatchPart& part) {
                const torch_compat::AutocastBFloat16 autocast(at::kCPU, bf16);
                return network->forward(patternsOf(x, first, count), dropout.narrow(0, first, count), part);
            };
            const torch::Tensor expected = made(whole, 0, patterns, {});
            (expected - wanted).abs().mean().backward();
            torch::Tensor output = batchParts.forward(
                patterns, [&](Network& network, const BatchPart& part, std::int64_t count) { return made(network, part.first, count, part); });
            output.requires_grad_();
            (output - wanted).abs().mean().backward();
            batchParts.backward(output.grad());

            // Sums in another order; bf16 has 8 bits, and gradients of layers before it have passed five of them.
            QVERIFY2(apart(output, expected) < (bf16 ? 2e-2 : 1e-5), qPrintable(QString::number(apart(output, expected))));
            const auto own = divided->named_parameters(), other = whole->named_parameters();
            for (const auto& item : own) {
                QVERIFY2(item.value().grad().defined(), item.key().c_str());
                const torch::Tensor gradient = other[item.key()].grad();
                // What is added before a BatchNorm changes nothing: its gradient is rounding, of numbers as its layer has.
                const torch::Tensor& scale = item.key() == "conv1.bias" ? other["conv1.weight"].grad() : gradient;
                const double share = apart(item.value().grad(), gradient) / scale.abs().max().item<double>();
                QVERIFY2(share < (bf16 ? 0.1 : 1e-4), qPrintable(QString("%1: %2").arg(item.key().c_str()).arg(share)));
            }
            // The batch is normalised as one: not as it would be in halves.
            QVERIFY(apart(divided->bn1->running_mean, whole->bn1->running_mean) < 1e-6);
            QVERIFY(apart(divided->bn1->running_var, whole->bn1->running_var) < 1e-6);
            QVERIFY(at::equal(divided->bn1->num_batches_tracked, whole->bn1->num_batches_tracked));

            const torch::NoGradGuard noGrad; // all parts see what a step changes
            for (const Network& network : {whole, divided})
                for (torch::Tensor& parameter : network->parameters())
                    parameter.mul_(0.98);
        }
    }

    void theSameAgain()
    {
        std::vector<torch::Tensor> outputs, gradients;
        for (int time = 0; time < 2; ++time) {
            const Network network = freshNetwork();
            BatchParts parts(network, {2, 1});
            torch::manual_seed(9);
            const torch::Tensor x = at::rand({16, 1, edge, edge});
            torch::Tensor output = parts.forward(16, [&](Network& own, const BatchPart& part, std::int64_t count) {
                return own->forward(patternsOf(x, part.first, count), {}, part);
            });
            parts.backward(output.square());
            outputs.push_back(output);
            gradients.push_back(network->conv1->weight.grad().clone());
        }
        QVERIFY(at::equal(outputs[0], outputs[1]));
        QVERIFY(at::equal(gradients[0], gradients[1]));
    }
};

QTEST_APPLESS_MAIN(TestBatchParts)
#include "tst_batch_parts.moc"
