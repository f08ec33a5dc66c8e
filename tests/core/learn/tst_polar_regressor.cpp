// SPDX-License-Identifier: GPL-3.0-or-later
// The polar network: as in PyTorch, the same whatever way a pattern is turned, repeatable, and what it learns.
#include "core/learn/model_description_p.h"
#include "core/learn/polar_regressor_p.h"
#include "tests/core/learn/network_formulas.h"

#include <QtTest>

#include <ATen/CPUGeneratorImpl.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

using namespace dispersa;

namespace {

constexpr std::int64_t channels = 2, rings = 17, targets = 3;

ProfileOptions twoChannels()
{
    constexpr auto kind = ProfileFeature::Kind::Polar;
    return {{{.kind = kind, .neighbourhood = 3, .firstRing = 4, .lastRing = 20},
             {.kind = kind, .neighbourhood = 5, .firstRing = 4, .lastRing = 20}},
            {{.kind = RegressorKind::Polar,
              .features = {0, 1},
              .penalty = 0.01,
              .dropout = 0.1,
              .noise = 0.1,
              .mixing = 0.5,
              .epochs = 4,
              .learningRate = 5e-3}}};
}

/// Weights of make_polar_golden.py, in its order.
NetworkState formulaState()
{
    NetworkState state;
    std::uint32_t salt = 201; // 200 makes the input
    const auto add = [&](const std::string& name, at::IntArrayRef shape, double scale, double offset = 0) {
        state.emplace_back(name, formulas::noiseTensor(shape, salt++, scale, offset));
    };
    add("mean", {channels * rings}, 0.5);
    add("scale", {channels * rings}, 0.5, 1.0);
    std::int64_t depth = channels;
    for (std::size_t c = 0; c < polarChannels.size(); ++c) {
        const std::string number = std::to_string(c + 1);
        const std::int64_t width = polarChannels[c];
        add("conv" + number + ".weight", {width, depth, 3, 2}, 1 / std::sqrt(double(depth * 9)));
        add("conv" + number + ".bias", {width}, 0.1);
        add("norm" + number + ".weight", {width}, 0.5, 1.0);
        add("norm" + number + ".bias", {width}, 0.3);
        depth = width;
    }
    const std::int64_t inputs = polarDenseInputs(channels, rings);
    add("dense1.weight", {denseWidth, inputs}, 1 / std::sqrt(double(inputs)));
    add("dense1.bias", {denseWidth}, 0.1);
    add("dense2.weight", {denseWidth, denseWidth}, 1 / std::sqrt(double(denseWidth)));
    add("dense2.bias", {denseWidth}, 0.1);
    add("output.weight", {targets, denseWidth}, 1 / std::sqrt(double(denseWidth)));
    add("output.bias", {targets}, 0.1);
    return state;
}

/// Rings whose level and whose unevenness over the sectors say the composition, each in its own direction.
RegressionPoints madeUp(std::int64_t count, std::uint64_t seed)
{
    const at::Generator generator = at::detail::createCPUGenerator(seed);
    torch::Tensor fractions = at::rand({count, targets}, generator) + 0.05;
    fractions = fractions / fractions.sum(1, true);
    const torch::Tensor ring = at::arange(rings).to(at::kFloat).reshape({1, 1, rings, 1});
    const torch::Tensor sector = at::arange(sectorCount).to(at::kFloat).reshape({1, 1, 1, sectorCount});
    const torch::Tensor turn = at::rand({count, 1, 1, 1}, generator) * 6.2832;
    const auto share = [&](int target) { return fractions.select(1, target).reshape({count, 1, 1, 1}); };
    torch::Tensor rows = share(0) * (-(ring - 5).square() / 8).exp() +
                         share(1) * (-(ring - 12).square() / 8).exp() * (1 + (sector * 1.0472 + turn).cos());
    rows = rows.expand({count, channels, rings, sectorCount}) +
           0.05 * at::randn({count, channels, rings, sectorCount}, generator);
    return {rows.reshape({count, -1}).contiguous(), fractions, true};
}

torch::Tensor image(const torch::Tensor& features)
{
    return features.reshape({features.size(0), channels, rings, sectorCount});
}

double furthest(const torch::Tensor& a, const torch::Tensor& b)
{
    return (a - b).abs().max().item<double>();
}

RegressorPtr fitted(std::uint64_t seed, std::int64_t count = 600)
{
    return fitRegressor(madeUp(count, 7), twoChannels().regressors.front(), seed, {});
}

std::vector<safetensors::Entry> entriesOf(const NetworkState& state)
{
    std::vector<safetensors::Entry> entries;
    for (const auto& [name, tensor] : state)
        entries.push_back({regressorPrefix(0, 0) + name, "F32", tensor.sizes().vec()});
    return entries;
}

} // namespace

class TestPolarRegressor : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void asInPyTorch()
    {
        std::ifstream file(DISPERSA_SOURCE_DIR "/tests/core/learn/polar_golden.json");
        const nlohmann::json golden = nlohmann::json::parse(file);
        QCOMPARE(polarDenseInputs(channels, rings), golden["inputs"].get<std::int64_t>());
        const RegressorPtr regressor = regressorFrom(twoChannels().regressors.front(), true, formulaState());
        const torch::Tensor rows = formulas::noiseTensor({4, channels * rings * sectorCount}, 200, 2.0);
        const torch::Tensor predicted = regressor->predict(rows);
        for (std::int64_t i = 0; i < predicted.size(0); ++i)
            for (std::int64_t t = 0; t < targets; ++t) {
                const double expected = golden["predicted"][std::size_t(i)][std::size_t(t)].get<double>();
                // Sums of some hundred fp32 products in another order.
                QVERIFY2(std::abs(predicted[i][t].item<double>() - expected) < 2e-6,
                         qPrintable(QString("%1 %2").arg(i).arg(t)));
            }
        // Numbers that the test could not tell from a network that ignores its input would not test anything.
        QVERIFY(furthest(predicted[0], predicted[1]) > 1e-3);
    }

    void turningChangesNothing()
    {
        const RegressorPtr regressor = fitted(3);
        const torch::Tensor rows = madeUp(40, 8).features;
        const torch::Tensor before = regressor->predict(rows);
        for (int step = 1; step < sectorCount; ++step)
            QVERIFY(furthest(regressor->predict(image(rows).roll(step, 3).reshape(rows.sizes())), before) < 1e-5);
        QVERIFY(furthest(regressor->predict(image(rows).flip(3).reshape(rows.sizes())), before) < 1e-5);
        // Sectors in another order, or rings the other way round, are another pattern.
        const torch::Tensor order = torch::tensor({0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}, at::kLong);
        QVERIFY(furthest(regressor->predict(image(rows).index_select(3, order).reshape(rows.sizes())), before) > 1e-3);
        QVERIFY(furthest(regressor->predict(image(rows).flip(2).reshape(rows.sizes())), before) > 1e-2);
    }

    void theSeedGivesTheSameNumbers()
    {
        const torch::Tensor rows = madeUp(40, 8).features;
        const torch::Tensor once = fitted(3)->predict(rows);
        QVERIFY(once.equal(fitted(3)->predict(rows)));
        QVERIFY(!once.equal(fitted(4)->predict(rows)));
    }

    void learnsLevelsAndUnevenness()
    {
        const RegressorPtr regressor = fitted(3, 3000);
        const RegressionPoints unseen = madeUp(500, 9);
        const torch::Tensor predicted = regressor->predict(unseen.features);
        QVERIFY((predicted.sum(1) - 1).abs().max().item<double>() < 1e-5);
        for (std::int64_t t = 0; t < targets; ++t) {
            const torch::Tensor difference = predicted.select(1, t) - unseen.targets.select(1, t);
            const double left =
                difference.square().mean().item<double>() / unseen.targets.select(1, t).var().item<double>();
            QVERIFY2(left < 0.1, qPrintable(QString("target %1: %2 of the variance is left").arg(t).arg(left)));
        }
    }

    void stopsWhenAsked()
    {
        std::stop_source source;
        source.request_stop();
        QVERIFY(!fitRegressor(madeUp(50, 7), twoChannels().regressors.front(), 1, source.get_token()));
    }

    void savedAndLoadedPredictsTheSame()
    {
        const RegressorPtr regressor = fitted(3);
        const NetworkState state = regressor->state();
        std::string wrong;
        QCOMPARE(profileMembers(entriesOf(state), twoChannels(), targets, wrong), std::vector<std::size_t>{1});
        const RegressorPtr loaded = regressorFrom(twoChannels().regressors.front(), true, state);
        const torch::Tensor rows = madeUp(40, 8).features;
        QVERIFY(loaded->predict(rows).equal(regressor->predict(rows)));
    }

    void profilesThatCannotBeReadAreRefused()
    {
        ModelDescription description;
        description.recipe = "polar";
        description.network.outputs = 1;
        description.targets = {"Ge"};
        description.profile = twoChannels();
        QCOMPARE(wrongInDescription(description), std::string());
        const auto wrong = [&description](const std::function<void(ProfileOptions&)>& change) {
            ModelDescription changed = description;
            change(*changed.profile);
            return wrongInDescription(changed);
        };
        QVERIFY(!wrong([](ProfileOptions& p) { p.features[1].lastRing = 21; }).empty()); // channels of different sizes
        QVERIFY(!wrong([](ProfileOptions& p) { p.features[1].kind = ProfileFeature::Kind::Mean; }).empty());
        QVERIFY(!wrong([](ProfileOptions& p) {
                     p.regressors[0].kind = RegressorKind::Mlp;
                 }).empty());                  // would see directions
        QVERIFY(!wrong([](ProfileOptions& p) { // too few to be halved twice
                     for (ProfileFeature& feature : p.features)
                         feature.lastRing = feature.firstRing + fewestPolarRings - 2;
                 })
                     .empty());
    }

    void otherShapesAreRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("kernel") << "conv2.weight";
        QTest::newRow("one scale per channel and ring") << "scale";
        QTest::newRow("hidden layer") << "dense1.weight";
        QTest::newRow("outputs") << "output.bias";
    }

    void otherShapesAreRefused()
    {
        QFETCH(QString, name);
        std::vector<safetensors::Entry> entries = entriesOf(formulaState());
        std::string wrong;
        QVERIFY(!profileMembers(entries, twoChannels(), targets, wrong).empty());
        for (safetensors::Entry& entry : entries)
            if (QString::fromStdString(entry.name).endsWith("." + name))
                entry.shape.back() += 1;
        QVERIFY(profileMembers(entries, twoChannels(), targets, wrong).empty());
        QVERIFY2(wrong.find(name.toStdString()) != std::string::npos, wrong.c_str());
    }
};

QTEST_GUILESS_MAIN(TestPolarRegressor)
#include "tst_polar_regressor.moc"
