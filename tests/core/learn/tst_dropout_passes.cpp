// SPDX-License-Identifier: GPL-3.0-or-later
// Predictions with dropout: their spread is what the layers written out by hand, and what theory says.
#include "core/base/random.h"
#include "core/learn/dropout_passes_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/trainer.h"
#include "tests/core/learn/network_formulas.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace dispersa;

namespace {

constexpr PatternShape shape = {94, 94};
constexpr int count = 7;

ModelDescription described(double dropout, OutputActivation activation = OutputActivation::Softmax)
{
    ModelDescription description = synthetic::ringDescription(shape);
    description.network.dropout = dropout;
    description.network.activation = activation;
    return description;
}

PredictOptions withPasses(int passes, int batch = 64)
{
    PredictOptions options;
    options.batchSize = batch;
    options.device = DeviceChoice::Cpu;
    options.threads = 1;
    options.dropoutPasses = passes;
    return options;
}

/// Row-major matrix and a layer of it, in double and without torch.
struct Matrix {
    explicit Matrix(const torch::Tensor& tensor) : columns(std::size_t(tensor.size(1)))
    {
        const torch::Tensor flat = tensor.contiguous();
        values.assign(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
    }
    std::vector<double> times(const std::vector<double>& x, const torch::Tensor& bias) const
    {
        std::vector<double> y(values.size() / columns);
        for (std::size_t r = 0; r < y.size(); ++r) {
            y[r] = bias[std::int64_t(r)].item<float>();
            for (std::size_t c = 0; c < columns; ++c)
                y[r] += values[r * columns + c] * x[c];
        }
        return y;
    }
    std::vector<double> values;
    std::size_t columns;
};

/// The dense layers and the softmax.
std::vector<double> denseByHand(const Network& network, std::vector<double> x)
{
    for (const auto& layer : {network->fc1, network->fc2, network->fc3}) {
        x = Matrix(layer->weight).times(x, layer->bias);
        for (double& value : x)
            value = std::max(value, 0.0);
    }
    x = Matrix(network->output->weight).times(x, network->output->bias);
    double sum = 0;
    for (double& value : x)
        sum += value = std::exp(value);
    for (double& value : x)
        value /= sum;
    return x;
}

/// A network whose outputs are the sum of its features, times 1, 2 and 3: what dropout does to them can be calculated.
Network summing(const NetworkOptions& options, double each)
{
    Network network(options);
    applyState(formulas::state(options), network);
    const torch::NoGradGuard noGrad;
    for (const auto& layer : {network->fc1, network->fc2, network->fc3, network->output}) {
        layer->weight.zero_();
        layer->bias.zero_();
    }
    network->fc1->weight[0].fill_(each);
    network->fc2->weight[0][0] = 1;
    network->fc3->weight[0][0] = 1;
    for (int target = 0; target < 3; ++target)
        network->output->weight[target][0] = target + 1;
    network->eval();
    return network;
}

} // namespace

class TestDropoutPasses : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        m_patterns = std::make_shared<const synthetic::Patterns>(shape, formulas::patterns(count, shape));
        m_model = makeModel(described(0.5), formulas::state(described(0.5).network));
    }

    void sigmaIsThatOfTheLayersByHand()
    {
        constexpr int passes = 6;
        PredictOptions options = withPasses(passes);
        options.seed = 5;
        const auto prediction = predictPatterns(*m_model, *m_patterns, {}, options, {}, {});
        QVERIFY2(prediction, prediction ? "" : prediction.error().message.c_str());
        QCOMPARE(prediction->sigma.size(), std::size_t(count * 3));
        Network network = dynamic_cast<const TrainedModel&>(*m_model).network();
        const torch::NoGradGuard noGrad;
        torch::Tensor patterns = at::empty({count, 1, shape.height, shape.width});
        std::vector<std::int64_t> all(count);
        std::iota(all.begin(), all.end(), std::int64_t(0));
        QVERIFY(m_patterns->gather(all, {patterns.data_ptr<float>(), std::size_t(patterns.numel())}));
        const torch::Tensor features = network->trunk(patterns);
        const torch::Tensor masks = dropoutMasks(network, passes, Random(5).next(), c10::Device(c10::kCPU));
        for (std::int64_t p = 0; p < count; ++p) {
            std::vector<double> sum(3), squares(3);
            for (std::int64_t pass = 0; pass < passes; ++pass) {
                std::vector<double> x;
                for (std::int64_t f = 0; f < features.size(1); ++f)
                    x.push_back(double(features[p][f].item<float>()) * masks[pass][f].item<float>());
                const std::vector<double> y = denseByHand(network, x);
                for (std::size_t t = 0; t < 3; ++t)
                    sum[t] += y[t], squares[t] += y[t] * y[t];
            }
            for (std::size_t t = 0; t < 3; ++t) {
                const double sigma = std::sqrt(squares[t] / passes - std::pow(sum[t] / passes, 2));
                const double ours = prediction->sigma[std::size_t(p) * 3 + t];
                QVERIFY(sigma > 1e-4);
                QVERIFY2(std::abs(ours - sigma) < 2e-3 * sigma, // float against double, through a difference of squares
                         qPrintable(QString("%1 instead of %2").arg(ours).arg(sigma)));
            }
        }
    }

    void masksKeepTheMean()
    {
        Network network(described(0.2).network);
        const torch::Tensor masks = dropoutMasks(network, 200, 3, c10::Device(c10::kCPU));
        QCOMPARE(masks.sizes().vec(), (std::vector<std::int64_t>{200, 512}));
        QVERIFY(((masks == 0) | ((masks - 1.25).abs() < 1e-6)).all().item<bool>());
        // 102400 draws: the mean of 0 and 1.25 has a standard error of 0.0016.
        QVERIFY(std::abs(masks.mean().item<double>() - 1) < 0.008);
        QVERIFY(!masks.equal(dropoutMasks(network, 200, 4, c10::Device(c10::kCPU))));
        QVERIFY(masks.equal(dropoutMasks(network, 200, 3, c10::Device(c10::kCPU))));
    }

    void sigmaIsWhatTheoryGives_data()
    {
        QTest::addColumn<double>("dropout");
        for (const double dropout : {0.1, 0.5, 0.8})
            QTest::addRow("dropout %.1f", dropout) << dropout;
    }

    /// A sum of features f_i, each kept with probability 1 - p and then divided by it, has the variance p / (1 - p) times
    /// the sum of f_i^2. The standard deviation of 200 draws is within 5 % of it, once sigma; the masks are those of a seed.
    void sigmaIsWhatTheoryGives()
    {
        QFETCH(double, dropout);
        const ModelDescription description = described(dropout, OutputActivation::ReLU);
        const Network network = summing(description.network, 0.01);
        const TrainedModel model(description, {network});
        const auto prediction = predictPatterns(model, *m_patterns, {}, withPasses(200), {}, {});
        QVERIFY(prediction);
        torch::Tensor patterns = at::empty({count, 1, shape.height, shape.width});
        std::vector<std::int64_t> all(count);
        std::iota(all.begin(), all.end(), std::int64_t(0));
        QVERIFY(m_patterns->gather(all, {patterns.data_ptr<float>(), std::size_t(patterns.numel())}));
        const torch::NoGradGuard noGrad;
        const torch::Tensor features = Network(network)->trunk(patterns);
        for (std::int64_t p = 0; p < count; ++p)
            for (int t = 0; t < 3; ++t) {
                const double scale = 0.01 * (t + 1);
                const double sum = scale * features[p].sum().item<double>();
                const double sigma =
                    scale * std::sqrt(dropout / (1 - dropout) * features[p].square().sum().item<double>());
                const std::size_t at = std::size_t(p) * 3 + std::size_t(t);
                QVERIFY(std::abs(prediction->outputs[at] - sum) < 1e-4 * sum); // dropout is off in it
                QVERIFY2(std::abs(prediction->sigma[at] / sigma - 1) < 0.2,
                         qPrintable(QString("%1 instead of %2").arg(prediction->sigma[at]).arg(sigma)));
            }
    }

    void outputsAreThoseWithoutPasses()
    {
        const auto without = predictPatterns(*m_model, *m_patterns, {}, withPasses(0), {}, {});
        const auto with = predictPatterns(*m_model, *m_patterns, {}, withPasses(3), {}, {});
        QVERIFY(without && with);
        QVERIFY(without->sigma.empty());
        QVERIFY(with->outputs == without->outputs);
    }

    void repeatsWhateverElseIsPredicted()
    {
        const auto whole = predictPatterns(*m_model, *m_patterns, {}, withPasses(5), {}, {});
        const auto again = predictPatterns(*m_model, *m_patterns, {}, withPasses(5), {}, {});
        QVERIFY(whole && again);
        QVERIFY(whole->sigma == again->sigma);
        const std::vector<std::int64_t> some = {6, 2, 2, 0, 5};
        const auto parts = predictPatterns(*m_model, *m_patterns, some, withPasses(5, 2), {}, {});
        QVERIFY(parts);
        for (std::size_t i = 0; i < some.size(); ++i)
            for (std::size_t t = 0; t < 3; ++t) {
                const double expected = whole->sigma[std::size_t(some[i]) * 3 + t];
                // Products of another size may be summed in another order.
                QVERIFY(std::abs(parts->sigma[i * 3 + t] - expected) < 1e-4 * expected + 1e-7);
            }
        PredictOptions other = withPasses(5);
        other.seed = 43;
        QVERIFY(predictPatterns(*m_model, *m_patterns, {}, other, {}, {})->sigma != whole->sigma);
    }

    void refusesWhatWouldSayNothing()
    {
        const ModelPtr without = makeModel(described(0), formulas::state(described(0).network));
        for (const auto& [model, passes] : {std::pair(without, 10), std::pair(m_model, 1), std::pair(m_model, -1)}) {
            const auto prediction = predictPatterns(*model, *m_patterns, {}, withPasses(passes), {}, {});
            QVERIFY(!prediction);
            QCOMPARE(prediction.error().code, ErrorCode::InvalidArgument);
        }
        QVERIFY(predictPatterns(*without, *m_patterns, {}, withPasses(0), {}, {}));
        ModelDescription regressions;
        regressions.profile = ProfileOptions();
        QVERIFY(!checkDropoutPasses(regressions, 10));
    }

  private:
    PatternSourcePtr m_patterns;
    ModelPtr m_model;
};

QTEST_APPLESS_MAIN(TestDropoutPasses)
#include "tst_dropout_passes.moc"
