// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/calibration_fit.h"

#include "core/assess/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace dispersa {
namespace {

constexpr int quantileKnots = 101;
constexpr std::size_t fewestPairs = 3;

constexpr std::array<std::pair<CalibrationKind, std::string_view>, 4> names = {{
    {CalibrationKind::Linear, "linear"},
    {CalibrationKind::Quadratic, "quadratic"},
    {CalibrationKind::Isotonic, "isotonic"},
    {CalibrationKind::Quantile, "quantile"},
}};

/// Finite pairs, both sides in the same order.
struct Pairs {
    std::vector<double> predicted;
    std::vector<double> real;
};

Pairs finitePairs(std::span<const float> real, std::span<const float> predicted)
{
    Pairs pairs;
    for (std::size_t i = 0; i < std::min(real.size(), predicted.size()); ++i) {
        if (!std::isfinite(real[i]) || !std::isfinite(predicted[i]))
            continue;
        pairs.predicted.push_back(static_cast<double>(predicted[i]));
        pairs.real.push_back(static_cast<double>(real[i]));
    }
    return pairs;
}

/// Neighbouring inputs that share one value of the curve.
struct Pool {
    double first; ///< smallest input
    double last;  ///< largest input
    double sum;
    double n;
    double mean() const { return sum / n; }
};

/// The pairs by rising input, equal inputs pooled.
std::vector<Pool> pooledByInput(const Pairs& pairs)
{
    std::vector<std::size_t> order(pairs.predicted.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return pairs.predicted[a] < pairs.predicted[b]; });
    std::vector<Pool> pools;
    for (const std::size_t i : order) {
        if (pools.empty() || pools.back().first != pairs.predicted[i])
            pools.push_back({pairs.predicted[i], pairs.predicted[i], 0, 0});
        pools.back().sum += pairs.real[i];
        pools.back().n += 1;
    }
    return pools;
}

KnotCalibration isotonic(const Pairs& pairs)
{
    std::vector<Pool> rising;
    for (const Pool& next : pooledByInput(pairs)) {
        rising.push_back(next);
        while (rising.size() > 1 && rising[rising.size() - 2].mean() >= rising.back().mean()) {
            const Pool violator = rising.back();
            rising.pop_back();
            rising.back().last = violator.last;
            rising.back().sum += violator.sum;
            rising.back().n += violator.n;
        }
    }
    KnotCalibration knots;
    for (const Pool& pool : rising) {
        knots.x.push_back(pool.first);
        knots.y.push_back(pool.mean());
        if (pool.last > pool.first) {
            knots.x.push_back(pool.last);
            knots.y.push_back(pool.mean());
        }
    }
    return knots;
}

KnotCalibration quantileMapping(Pairs pairs)
{
    std::sort(pairs.predicted.begin(), pairs.predicted.end());
    std::sort(pairs.real.begin(), pairs.real.end());
    Pairs knots;
    for (int k = 0; k < quantileKnots; ++k) {
        const double share = k / double(quantileKnots - 1);
        knots.predicted.push_back(quantile(pairs.predicted, share));
        knots.real.push_back(quantile(pairs.real, share));
    }
    KnotCalibration mapping;
    for (const Pool& pool : pooledByInput(knots)) {
        mapping.x.push_back(pool.first);
        mapping.y.push_back(pool.mean());
    }
    return mapping;
}

} // namespace

const char* calibrationName(CalibrationKind kind)
{
    for (const auto& [value, name] : names)
        if (value == kind)
            return name.data();
    return "";
}

std::optional<CalibrationKind> calibrationNamed(std::string_view name)
{
    for (const auto& [value, text] : names)
        if (text == name)
            return value;
    return std::nullopt;
}

double PolynomialCalibration::apply(double y) const
{
    const double inside = std::clamp(y, polynomial.low(), polynomial.high());
    if (inside == y)
        return polynomial.value(y);
    return polynomial.value(inside) + polynomial.slope(inside) * (y - inside);
}

double KnotCalibration::apply(double value) const
{
    if (std::isnan(value) || value <= x.front())
        return std::isnan(value) ? value : y.front();
    const auto above = std::upper_bound(x.begin(), x.end(), value);
    if (above == x.end())
        return y.back();
    const auto i = static_cast<std::size_t>(above - x.begin());
    return y[i - 1] + (value - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]);
}

double CalibrationFit::apply(double y) const
{
    return std::visit([y](const auto& fitted) { return fitted.apply(y); }, curve);
}

std::optional<CalibrationFit> fitCalibration(CalibrationKind kind, std::span<const float> real,
                                             std::span<const float> predicted)
{
    if (kind == CalibrationKind::Linear) {
        const auto linear = fitLinearCorrection(real, predicted);
        return linear ? std::optional(CalibrationFit{kind, *linear}) : std::nullopt;
    }
    Pairs pairs = finitePairs(real, predicted);
    const auto range = std::minmax_element(pairs.predicted.begin(), pairs.predicted.end());
    if (pairs.predicted.size() < fewestPairs || *range.first == *range.second)
        return std::nullopt;
    if (kind == CalibrationKind::Isotonic)
        return CalibrationFit{kind, isotonic(pairs)};
    if (kind == CalibrationKind::Quantile)
        return CalibrationFit{kind, quantileMapping(std::move(pairs))};
    const auto polynomial = fitPolynomial(pairs.predicted, pairs.real, 2);
    return polynomial ? std::optional(CalibrationFit{kind, PolynomialCalibration{*polynomial}}) : std::nullopt;
}

} // namespace dispersa
