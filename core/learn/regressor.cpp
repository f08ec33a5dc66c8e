// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/regressor_p.h"

#include "core/base/random.h"
#include "core/learn/network_fitting_p.h"
#include "core/learn/polar_regressor_p.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/ops/linalg_cholesky.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dispersa {
namespace {

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
    Dense(Standardiser standard, Layers layers, bool softmax)
        : m_standard(std::move(standard)), m_layers(std::move(layers)), m_softmax(softmax)
    {
    }
    static torch::Tensor forward(const torch::Tensor& x, const Layers& layers, bool softmax, const HiddenChange& change)
    {
        const torch::Tensor first = change(at::relu(at::addmm(layers[1], x, layers[0].t())), 1);
        const torch::Tensor second = change(at::relu(at::addmm(layers[3], first, layers[2].t())), 1);
        const torch::Tensor out = at::addmm(layers[5], second, layers[4].t());
        return softmax ? at::softmax(out, 1) : out;
    }
    static RegressorPtr fit(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                            const std::stop_token& stop)
    {
        Standardiser standard = Standardiser::of(points.features);
        const torch::Tensor x = standard(points.features);
        const at::Generator generator = at::detail::createCPUGenerator(seed);
        const std::int64_t sizes[] = {x.size(1), denseWidth, denseWidth, points.targets.size(1)};
        Layers layers;
        for (int l = 0; l < 3; ++l)
            addFreshLayer(layers, {sizes[l + 1], sizes[l]}, generator);
        const FittedNetwork network{[&](const torch::Tensor& input, const Layers& own, const HiddenChange& dropped) {
            return forward(input, own, points.composition, dropped);
        }};
        if (!fitLayers(layers, network, x, points, options, generator, stop))
            return nullptr;
        return std::make_shared<Dense>(std::move(standard), std::move(layers), points.composition);
    }
    torch::Tensor predict(const torch::Tensor& features) const override
    {
        return forward(m_standard(features), m_layers, m_softmax, unchangedHidden);
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
    Layers m_layers;
    bool m_softmax;
};

} // namespace

torch::Tensor deviations(const torch::Tensor& rows, double least)
{
    const torch::Tensor deviation = rows.to(at::kDouble).std(0, false);
    return at::where(deviation < least, at::ones_like(deviation), deviation).to(at::kFloat);
}

Standardiser Standardiser::of(const torch::Tensor& rows)
{
    // Profiles are logarithms: changes of less than a ten-thousandth are those of no count at all.
    constexpr double leastDeviation = 1e-4;
    return {rows.to(at::kDouble).mean(0).to(at::kFloat), deviations(rows, leastDeviation)};
}

const torch::Tensor& named(const NetworkState& state, const std::string& name)
{
    return std::find_if(state.begin(), state.end(), [&name](const auto& item) { return item.first == name; })->second;
}

RegressorPtr fitRegressor(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                          const std::stop_token& stop)
{
    if (options.isNetwork()) {
        RegressionPoints few = points;
        if (const std::int64_t count = points.features.size(0); count > mostNetworkPoints) {
            const torch::Tensor kept = drawn(count, mostNetworkPoints, seed);
            few.features = points.features.index_select(0, kept);
            few.targets = points.targets.index_select(0, kept);
        }
        return options.kind == RegressorKind::Polar ? fitPolar(few, options, seed, stop)
                                                    : Dense::fit(few, options, seed, stop);
    }
    const torch::NoGradGuard noGrad;
    if (stop.stop_requested())
        return nullptr;
    return options.kind == RegressorKind::Ridge ? Ridge::fit(points, options) : Kernel::fit(points, options, seed);
}

RegressorPtr regressorFrom(const RegressorOptions& options, bool composition, const NetworkState& state)
{
    if (options.kind == RegressorKind::Polar)
        return polarFrom(options, composition, state);
    Standardiser standard{named(state, "mean"), named(state, "scale")};
    const TargetScale scale{options.logarithm, composition};
    switch (options.kind) {
    case RegressorKind::Ridge:
        return std::make_shared<Ridge>(std::move(standard), named(state, "weight"), named(state, "bias"), scale);
    case RegressorKind::Kernel:
        return std::make_shared<Kernel>(std::move(standard), named(state, "points"), named(state, "weights"),
                                        named(state, "bias"), named(state, "gamma"), scale);
    case RegressorKind::Mlp:
    case RegressorKind::Polar:
        break;
    }
    Layers layers;
    for (const char* name : Dense::names)
        layers.push_back(named(state, name));
    return std::make_shared<Dense>(std::move(standard), std::move(layers), composition);
}

} // namespace dispersa
