// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/regressor_p.h"

#include "core/base/random.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/ops/linalg_cholesky.h>
#include <torch/nn/functional/activation.h>
#include <torch/optim/adamw.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace dispersa {
namespace {

const torch::Tensor& named(const NetworkState& state, const char* name)
{
    return std::find_if(state.begin(), state.end(), [name](const auto& item) { return item.first == name; })->second;
}

/// Standard deviation of each column; 1 where it is below `least`: what hardly changes in the training points must not be
/// blown up to be as large as the rest.
torch::Tensor deviations(const torch::Tensor& rows, double least)
{
    const torch::Tensor deviation = rows.to(at::kDouble).std(0, false);
    return at::where(deviation < least, at::ones_like(deviation), deviation).to(at::kFloat);
}

/// Features to mean 0 and deviation 1 over the training points.
struct Standardiser {
    /// Profiles are logarithms: changes of less than a ten-thousandth are those of no count at all.
    static constexpr double leastDeviation = 1e-4;
    torch::Tensor mean, scale;
    static Standardiser of(const torch::Tensor& features)
    {
        return {features.to(at::kDouble).mean(0).to(at::kFloat), deviations(features, leastDeviation)};
    }
    torch::Tensor operator()(const torch::Tensor& features) const { return (features - mean) / scale; }
};

/// `count` of 0..total-1 in ascending order, evenly by seed.
torch::Tensor drawn(std::int64_t total, std::int64_t count, std::uint64_t seed)
{
    std::vector<std::int64_t> indices(static_cast<std::size_t>(total));
    std::iota(indices.begin(), indices.end(), std::int64_t(0));
    if (total > count) {
        Random(seed).shuffle(std::span(indices));
        indices.resize(std::size_t(count));
        std::sort(indices.begin(), indices.end());
    }
    return torch::tensor(indices, at::kLong);
}

/// (K + penalty) X = targets, for a symmetric positive K; in double, since K may be nearly singular.
torch::Tensor solved(torch::Tensor matrix, double penalty, const torch::Tensor& targets)
{
    matrix.diagonal().add_(penalty);
    return at::cholesky_solve(targets, at::linalg_cholesky(matrix));
}

/// Targets as a linear regression sees them, and back.
struct TargetScale {
    static constexpr double floor = 0.03; ///< about the noise of a filtered EDS map: below it a fraction says nothing
    bool logarithm = false;
    bool composition = false;
    torch::Tensor forth(const torch::Tensor& targets) const
    {
        const torch::Tensor wide = targets.to(at::kDouble);
        return logarithm ? (wide.clamp_min(0) + floor).log() : wide;
    }
    torch::Tensor back(const torch::Tensor& scaled) const
    {
        if (!logarithm)
            return scaled;
        const torch::Tensor targets = (scaled.exp() - floor).clamp_min(0);
        return composition ? targets / targets.sum(1, true).clamp_min(1e-6) : targets;
    }
};

class Ridge : public Regressor {
  public:
    Ridge(Standardiser standard, torch::Tensor weight, torch::Tensor bias, TargetScale scale)
        : m_standard(std::move(standard)), m_weight(std::move(weight)), m_bias(std::move(bias)), m_scale(scale)
    {
    }
    static RegressorPtr fit(const RegressionPoints& points, const RegressorOptions& options)
    {
        Standardiser standard = Standardiser::of(points.features);
        const TargetScale scale{options.logarithm, points.composition};
        const torch::Tensor x = standard(points.features).to(at::kDouble), y = scale.forth(points.targets);
        const torch::Tensor bias = y.mean(0);
        const torch::Tensor weight =
            solved(x.t().mm(x), options.penalty * double(x.size(0)), x.t().mm(y - bias));
        return std::make_shared<Ridge>(std::move(standard), weight.to(at::kFloat), bias.to(at::kFloat), scale);
    }
    torch::Tensor predict(const torch::Tensor& features) const override
    {
        return m_scale.back(at::addmm(m_bias, m_standard(features), m_weight));
    }
    NetworkState state() const override
    {
        return {{"mean", m_standard.mean}, {"scale", m_standard.scale}, {"weight", m_weight}, {"bias", m_bias}};
    }

  private:
    Standardiser m_standard;
    torch::Tensor m_weight, m_bias;
    TargetScale m_scale;
};

class Kernel : public Regressor {
  public:
    Kernel(Standardiser standard, torch::Tensor points, torch::Tensor weights, torch::Tensor bias, torch::Tensor gamma,
           TargetScale scale)
        : m_standard(std::move(standard)), m_points(std::move(points)), m_weights(std::move(weights)),
          m_bias(std::move(bias)), m_gamma(std::move(gamma)), m_scale(scale)
    {
    }
    static RegressorPtr fit(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed)
    {
        Standardiser standard = Standardiser::of(points.features);
        const torch::Tensor kept = drawn(points.features.size(0), mostKernelPoints, seed);
        const torch::Tensor x = standard(points.features.index_select(0, kept));
        const TargetScale scale{options.logarithm, points.composition};
        const torch::Tensor y = scale.forth(points.targets.index_select(0, kept));
        // The median heuristic, over pairs drawn by seed.
        const std::int64_t pairs = 4000;
        Random random(seed ^ 0x5eedu);
        std::vector<std::int64_t> a(pairs), b(pairs);
        for (std::size_t i = 0; i < std::size_t(pairs); ++i) {
            a[i] = std::int64_t(random.below(std::uint64_t(x.size(0))));
            b[i] = std::int64_t(random.below(std::uint64_t(x.size(0))));
        }
        const torch::Tensor squares =
            (x.index_select(0, torch::tensor(a)) - x.index_select(0, torch::tensor(b))).square().sum(1);
        const double typical = std::max(1e-12, squares.median().item<double>());
        const torch::Tensor gamma = torch::tensor(1 / (2 * typical * options.width * options.width), at::kFloat);
        const torch::Tensor bias = y.mean(0);
        const torch::Tensor weights = solved(kernel(x, x, gamma).to(at::kDouble), options.penalty * double(x.size(0)), y - bias);
        return std::make_shared<Kernel>(std::move(standard), x, weights.to(at::kFloat), bias.to(at::kFloat),
                                        gamma, scale);
    }
    torch::Tensor predict(const torch::Tensor& features) const override
    {
        // In blocks: the kernel of a whole scan would be as large as its patterns.
        constexpr std::int64_t block = 2048;
        const torch::Tensor standard = m_standard(features);
        std::vector<torch::Tensor> parts;
        for (std::int64_t first = 0; first < std::max<std::int64_t>(1, standard.size(0)); first += block)
            parts.push_back(at::addmm(
                m_bias, kernel(standard.slice(0, first, std::min(standard.size(0), first + block)), m_points, m_gamma),
                m_weights));
        return m_scale.back(at::cat(parts));
    }
    NetworkState state() const override
    {
        return {{"mean", m_standard.mean}, {"scale", m_standard.scale}, {"points", m_points},
                {"weights", m_weights},    {"bias", m_bias},            {"gamma", m_gamma}};
    }

  private:
    static torch::Tensor kernel(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& gamma)
    {
        const torch::Tensor squares = at::addmm(a.square().sum(1, true) + b.square().sum(1), a, b.t(), 1, -2);
        return squares.clamp_min_(0).mul_(-gamma).exp_();
    }
    Standardiser m_standard;
    torch::Tensor m_points, m_weights, m_bias, m_gamma;
    TargetScale m_scale;
};

/// Two hidden layers of 64.
class Dense : public Regressor {
  public:
    static constexpr std::array names = {"layer1.weight", "layer1.bias", "layer2.weight",
                                         "layer2.bias",   "output.weight", "output.bias"};
    Dense(Standardiser standard, std::vector<torch::Tensor> layers, bool softmax)
        : m_standard(std::move(standard)), m_layers(std::move(layers)), m_softmax(softmax)
    {
    }
    /// `change` may change what leaves a hidden layer.
    template<class Change>
    static torch::Tensor forward(const torch::Tensor& x, const std::vector<torch::Tensor>& layers, bool softmax,
                                 const Change& change)
    {
        const torch::Tensor first = change(at::relu(at::addmm(layers[1], x, layers[0].t())));
        const torch::Tensor second = change(at::relu(at::addmm(layers[3], first, layers[2].t())));
        const torch::Tensor out = at::addmm(layers[5], second, layers[4].t());
        return softmax ? at::softmax(out, 1) : out;
    }
    static RegressorPtr fit(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                            const std::stop_token& stop);

    torch::Tensor predict(const torch::Tensor& features) const override
    {
        return forward(m_standard(features), m_layers, m_softmax, [](torch::Tensor hidden) { return hidden; });
    }
    NetworkState state() const override
    {
        NetworkState state = {{"mean", m_standard.mean}, {"scale", m_standard.scale}};
        for (std::size_t i = 0; i < names.size(); ++i)
            state.emplace_back(names[i], m_layers[i]);
        return state;
    }

  private:
    Standardiser m_standard;
    std::vector<torch::Tensor> m_layers;
    bool m_softmax;
};

/// Keras' and PyTorch's usual start: kernels uniform in +-sqrt(1 / inputs). The last bias begins at the mean composition.
std::vector<torch::Tensor> freshLayers(std::int64_t features, const torch::Tensor& mean, bool softmax,
                                       const at::Generator& generator)
{
    std::vector<torch::Tensor> layers;
    const std::int64_t sizes[] = {features, denseWidth, denseWidth, mean.size(0)};
    for (int l = 0; l < 3; ++l) {
        const double bound = 1 / std::sqrt(double(sizes[l]));
        layers.push_back(at::empty({sizes[l + 1], sizes[l]}).uniform_(-bound, bound, generator));
        layers.push_back(at::empty({sizes[l + 1]}).uniform_(-bound, bound, generator));
    }
    layers.back() = softmax ? mean.clamp_min(1e-4).log() : mean.clone();
    for (torch::Tensor& layer : layers)
        layer.set_requires_grad(true);
    return layers;
}

/// One cycle: up along a cosine in the first 30 % of the steps, down to almost nothing in the rest (Smith 2018).
double oneCycle(double highest, std::int64_t step, std::int64_t steps)
{
    const double rise = 0.3 * double(steps), first = highest / 25, last = first / 1e4;
    const auto cosine = [](double from, double to, double share) {
        return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * share));
    };
    return double(step) < rise ? cosine(first, highest, double(step) / rise)
                               : cosine(highest, last, (double(step) - rise) / (double(steps) - rise));
}

RegressorPtr Dense::fit(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                        const std::stop_token& stop)
{
    constexpr std::int64_t batch = 128;
    Standardiser standard = Standardiser::of(points.features);
    const torch::Tensor x = standard(points.features), mean = points.targets.mean(0);
    const torch::Tensor deviation = deviations(points.targets, 1e-6);
    // What ends in a softmax is learned as it is, anything else in units of its deviation from its mean: it may be counts.
    const torch::Tensor y = points.composition ? points.targets : (points.targets - mean) / deviation;
    const torch::Tensor unit = points.composition ? deviation : at::ones_like(deviation);
    const at::Generator generator = at::detail::createCPUGenerator(seed);
    std::vector<torch::Tensor> layers = freshLayers(x.size(1), y.mean(0), points.composition, generator);
    torch::optim::AdamW optimizer(layers,
                                  torch::optim::AdamWOptions(options.learningRate).weight_decay(options.penalty));
    const auto dropped = [&](torch::Tensor hidden) {
        if (options.dropout <= 0)
            return hidden;
        const double kept = 1 - options.dropout;
        return hidden * at::empty_like(hidden).bernoulli_(kept, generator).div_(kept);
    };
    // Few points are seen more often: a cycle of fewer steps learns nothing.
    constexpr std::int64_t fewestSteps = 200;
    const std::int64_t count = x.size(0), perEpoch = (count + batch - 1) / batch;
    const std::int64_t epochs = std::max<std::int64_t>(options.epochs, (fewestSteps + perEpoch - 1) / perEpoch);
    const std::int64_t steps = epochs * perEpoch;
    std::int64_t step = 0;
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
        const torch::Tensor order = at::randperm(count, generator, at::TensorOptions().dtype(at::kLong));
        for (std::int64_t first = 0; first < count; first += batch, ++step) {
            if (stop.stop_requested())
                return nullptr;
            const torch::Tensor chosen = order.slice(0, first, std::min(count, first + batch));
            torch::Tensor input = x.index_select(0, chosen), target = y.index_select(0, chosen);
            if (options.mixing > 0) {
                const torch::Tensor others = at::randint(count, {chosen.size(0)}, generator,
                                                         at::TensorOptions().dtype(at::kLong));
                const torch::Tensor share = at::rand({chosen.size(0), 1}, generator) * options.mixing;
                input = at::lerp(input, x.index_select(0, others), share);
                target = at::lerp(target, y.index_select(0, others), share);
            }
            if (options.noise > 0)
                input = input + options.noise * at::randn(input.sizes(), generator, input.options());
            for (auto& group : optimizer.param_groups())
                static_cast<torch::optim::AdamWOptions&>(group.options())
                    .lr(oneCycle(options.learningRate, step, steps));
            optimizer.zero_grad();
            const torch::Tensor loss =
                ((forward(input, layers, points.composition, dropped) - target) / unit).square().mean();
            loss.backward();
            optimizer.step();
        }
    }
    for (torch::Tensor& layer : layers)
        layer = layer.detach();
    if (!points.composition) { // back to the targets' units
        layers[4] = layers[4] * deviation.unsqueeze(1);
        layers[5] = layers[5] * deviation + mean;
    }
    return std::make_shared<Dense>(std::move(standard), std::move(layers), points.composition);
}

} // namespace

RegressorPtr fitRegressor(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                          const std::stop_token& stop)
{
    if (options.kind == RegressorKind::Mlp)
        return Dense::fit(points, options, seed, stop);
    const torch::NoGradGuard noGrad;
    if (stop.stop_requested())
        return nullptr;
    return options.kind == RegressorKind::Ridge ? Ridge::fit(points, options) : Kernel::fit(points, options, seed);
}

RegressorPtr regressorFrom(const RegressorOptions& options, bool composition, const NetworkState& state)
{
    Standardiser standard{named(state, "mean"), named(state, "scale")};
    const TargetScale scale{options.logarithm, composition};
    switch (options.kind) {
    case RegressorKind::Ridge:
        return std::make_shared<Ridge>(std::move(standard), named(state, "weight"), named(state, "bias"), scale);
    case RegressorKind::Kernel:
        return std::make_shared<Kernel>(std::move(standard), named(state, "points"), named(state, "weights"),
                                        named(state, "bias"), named(state, "gamma"), scale);
    case RegressorKind::Mlp:
        break;
    }
    std::vector<torch::Tensor> layers;
    for (const char* name : Dense::names)
        layers.push_back(named(state, name));
    return std::make_shared<Dense>(std::move(standard), std::move(layers), composition);
}

} // namespace dispersa
