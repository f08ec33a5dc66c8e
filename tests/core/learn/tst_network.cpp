// SPDX-License-Identifier: GPL-3.0-or-later
// The network: initial weights, and agreement with Python's PyTorch in prediction and training.
#include "core/learn/network_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/torch_compat.h"
#include "core/learn/trainer.h"
#include "tests/core/learn/network_formulas.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <ATen/Functions.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace dispersa;

namespace {

nlohmann::json golden()
{
    std::ifstream file(DISPERSA_SOURCE_DIR "/tests/core/learn/network_golden.json");
    return nlohmann::json::parse(file);
}

double largestDifference(const std::vector<float>& ours, const std::vector<double>& theirs)
{
    double largest = ours.size() == theirs.size() ? 0 : 1e9;
    for (std::size_t i = 0; i < ours.size() && i < theirs.size(); ++i)
        largest = std::max(largest, std::abs(double(ours[i]) - theirs[i]));
    return largest;
}

std::vector<double> flat(const nlohmann::json& rows)
{
    std::vector<double> values;
    for (const auto& row : rows)
        for (const auto& value : row)
            values.push_back(value.get<double>());
    return values;
}

PredictOptions onCpu()
{
    PredictOptions options;
    options.device = DeviceChoice::Cpu;
    return options;
}

} // namespace

class TestNetwork : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initialWeightsAreGlorotUniform()
    {
        Network network(NetworkOptions{});
        network->initialise(42);
        int kernels = 0;
        for (const auto& item : network->named_parameters()) {
            const QString name = QString::fromStdString(item.key());
            const torch::Tensor& w = item.value();
            if (name.startsWith("bn1"))
                continue;
            if (name.endsWith("bias")) {
                QVERIFY2(w.abs().max().item<float>() == 0, qPrintable(name));
                continue;
            }
            ++kernels;
            const double area = w.dim() == 4 ? 9 : 1;
            const double limit = std::sqrt(6 / (area * double(w.size(0) + w.size(1))));
            const double n = double(w.numel());
            const double largest = w.abs().max().item<double>();
            QVERIFY2(largest <= limit, qPrintable(name));
            // The largest of n uniform numbers lies within 10 / n of the limit but for a chance of e^-10.
            QVERIFY2(largest > limit * (1 - 10 / n), qPrintable(name));
            // Mean and variance of a uniform distribution, within five standard errors.
            const double variance = limit * limit / 3;
            QVERIFY2(std::abs(w.mean().item<double>()) < 5 * std::sqrt(variance / n), qPrintable(name));
            const double spread = variance * std::sqrt(0.8 / n);
            QVERIFY2(std::abs(w.square().mean().item<double>() - variance) < 5 * spread, qPrintable(name));
        }
        QCOMPARE(kernels, 9);
    }

    void batchNormStartsAsKerasDoes()
    {
        NetworkOptions options;
        Network network(options);
        network->initialise(1);
        QCOMPARE(network->bn1->options.eps(), 1e-3);
        QCOMPARE(network->bn1->options.momentum().value(), 0.01); // Keras: 0.99 of the old average is kept
        QVERIFY((network->bn1->weight == 1).all().item<bool>() && (network->bn1->bias == 0).all().item<bool>());
        QVERIFY((network->bn1->running_mean == 0).all().item<bool>());
        QVERIFY((network->bn1->running_var == 1).all().item<bool>());
    }

    void theSeedDecides()
    {
        NetworkOptions options;
        options.patternHeight = options.patternWidth = 94;
        Network a(options), b(options), c(options);
        a->initialise(5);
        b->initialise(5);
        c->initialise(6);
        QVERIFY(a->conv5->weight.equal(b->conv5->weight));
        QVERIFY(!a->conv5->weight.equal(c->conv5->weight));
    }

    void predictsAsPyTorch_data()
    {
        QTest::addColumn<QString>("activation");
        QTest::newRow("softmax") << "softmax";
        QTest::newRow("relu") << "relu";
    }

    void predictsAsPyTorch()
    {
        QFETCH(QString, activation);
        ModelDescription description;
        description.network.patternHeight = 160;
        description.network.patternWidth = 128;
        description.network.activation = activation == "relu" ? OutputActivation::ReLU : OutputActivation::Softmax;
        description.targets = {"O", "Si", "Ge", "Sb", "Te"};
        const ModelPtr model = makeModel(description, formulas::state(description.network));
        const synthetic::Patterns source({160, 128}, formulas::patterns(3, {160, 128}));
        const auto outputs = predictPatterns(*model, source, {}, onCpu(), {}, {});
        QVERIFY(outputs);
        const double difference = largestDifference(outputs->outputs, flat(golden()["forward"][activation.toStdString()]));
        QVERIFY2(difference < 1e-5, qPrintable(QString::number(difference)));
    }

    /// Loss, BatchNorm averages and outputs over four Adam steps without dropout equal those of PyTorch's own training
    /// from the same initial weights. Adam divides by the gradient's size, so rounding grows. It grows most in the bias
    /// before BatchNorm, whose true gradient is zero: Adam turns its rounding into steps of the learning rate, 1e-4,
    /// which the running mean follows. The variance does not see that bias.
    void trainsAsPyTorch()
    {
        const PatternShape shape = {96, 128};
        TrainingSet set;
        set.patterns = std::make_shared<const synthetic::Patterns>(shape, formulas::patterns(6, shape));
        set.targets = formulas::noise(18, 60, 0.3, 0.35);
        set.train = set.validation = {0, 1, 2, 3, 4, 5};
        ModelDescription description = synthetic::ringDescription(shape);
        description.network.dropout = 0;
        TrainOptions options;
        options.epochs = 4;
        options.learningRate = 1e-4;
        options.seed = 7;
        options.device = DeviceChoice::Cpu;
        options.precision = PrecisionChoice::Float32;
        const auto outcome = trainNetwork(set, description, options, {}, {}, {});
        QVERIFY(outcome);
        const nlohmann::json expected = golden()["training"];
        for (std::size_t i = 0; i < 4; ++i) {
            const double loss = expected["loss"][i], valLoss = expected["val_loss"][i];
            QVERIFY2(std::abs(outcome->history[i].loss - loss) < 1e-4, qPrintable(QString::number(loss)));
            QVERIFY2(std::abs(*outcome->history[i].valLoss - valLoss) < 1e-4, qPrintable(QString::number(valLoss)));
        }
        const auto& network = dynamic_cast<const TrainedModel&>(*outcome->model).network();
        const auto values = [](const torch::Tensor& t) {
            return std::vector<float>(t.data_ptr<float>(), t.data_ptr<float>() + t.numel());
        };
        const double mean = largestDifference(values(network->bn1->running_mean), expected["running_mean"]);
        QVERIFY2(mean < 1e-4, qPrintable(QString::number(mean)));
        const double variance = largestDifference(values(network->bn1->running_var), expected["running_var"]);
        QVERIFY2(variance < 1e-5, qPrintable(QString::number(variance)));
        const auto outputs = predictPatterns(*outcome->model, *set.patterns, {}, onCpu(), {}, {});
        const double difference = largestDifference(outputs.value().outputs, flat(expected["outputs"]));
        QVERIFY2(difference < 5e-4, qPrintable(QString::number(difference)));
    }

    /// Weights that bfloat16 cannot tell apart: the first layer tells them apart in evaluation.
    void evaluationDoesNotRoundTheFirstLayer()
    {
        Network network(NetworkOptions{.patternHeight = 128, .patternWidth = 128, .outputs = 3});
        network->initialise(1);
        network->eval();
        const torch::NoGradGuard noGrad;
        const torch::Tensor patterns = at::rand({2, 1, 128, 128});
        torch::Tensor& weights = network->conv1->weight;
        weights.copy_(weights.to(torch::kBFloat16));
        const torch::Tensor beside = weights * (1 + 1.0 / 1024);
        QVERIFY(torch::equal(beside.to(torch::kBFloat16), weights.to(torch::kBFloat16)));
        const auto trunk = [&] {
            const torch_compat::AutocastBFloat16 autocast(at::kCPU, true);
            return network->trunk(patterns);
        };
        const torch::Tensor before = trunk();
        QCOMPARE(before.scalar_type(), torch::kBFloat16); // the other layers do round
        QVERIFY(torch::equal(trunk(), before));
        weights.copy_(beside);
        QVERIFY(!torch::equal(trunk(), before));
    }
};

QTEST_APPLESS_MAIN(TestNetwork)
#include "tst_network.moc"
