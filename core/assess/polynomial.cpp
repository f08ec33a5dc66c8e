// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/polynomial.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace dispersa {

double Polynomial::value(double x) const
{
    const double t = (x - centre) / halfRange;
    double sum = 0;
    for (std::size_t k = coefficients.size(); k-- > 0;)
        sum = sum * t + coefficients[k];
    return sum;
}

double Polynomial::slope(double x) const
{
    const double t = (x - centre) / halfRange;
    double sum = 0;
    for (std::size_t k = coefficients.size(); k-- > 1;)
        sum = sum * t + static_cast<double>(k) * coefficients[k];
    return sum / halfRange;
}

std::optional<Polynomial> fitPolynomial(std::span<const double> x, std::span<const double> y, int degree)
{
    std::vector<double> inputs;
    std::vector<double> rest; // what is left of y as the terms are taken out
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        if (!std::isfinite(x[i]) || !std::isfinite(y[i]))
            continue;
        inputs.push_back(x[i]);
        rest.push_back(y[i]);
    }
    const auto terms = static_cast<std::size_t>(degree) + 1;
    if (degree < 1 || inputs.size() < terms + 1)
        return std::nullopt;
    const auto [low, high] = std::minmax_element(inputs.begin(), inputs.end());
    Polynomial fit;
    fit.centre = (*low + *high) / 2;
    fit.halfRange = (*high - *low) / 2;
    if (!(fit.halfRange > 0) || !std::isfinite(fit.halfRange))
        return std::nullopt;

    // Polynomials orthogonal over these very inputs (Forsythe 1957): p[k+1] = (t - a) p[k] - b p[k-1]. Each coefficient
    // is a projection of its own, so nothing is inverted. `powers` follows the same recurrence.
    const std::size_t n = inputs.size();
    std::vector<double> before(n, 0);
    std::vector<double> now(n, 1);
    std::vector<double> powersBefore(terms, 0);
    std::vector<double> powers(terms, 0);
    powers[0] = 1;
    fit.coefficients.assign(terms, 0);
    double squaresBefore = 1;
    for (std::size_t k = 0; k < terms; ++k) {
        double squares = 0;
        double shift = 0;
        double projection = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double t = (inputs[i] - fit.centre) / fit.halfRange;
            squares += now[i] * now[i];
            shift += t * now[i] * now[i];
            projection += now[i] * rest[i];
        }
        // Too few different inputs leave a polynomial that is zero at all of them, to rounding.
        if (squares <= 1e-24 * static_cast<double>(n))
            return std::nullopt;
        shift /= squares;
        projection /= squares;
        const double b = k == 0 ? 0 : squares / squaresBefore;
        std::vector<double> next(n);
        for (std::size_t i = 0; i < n; ++i) {
            const double t = (inputs[i] - fit.centre) / fit.halfRange;
            rest[i] -= projection * now[i];
            next[i] = (t - shift) * now[i] - b * before[i];
        }
        std::vector<double> powersNext(terms, 0);
        for (std::size_t j = 0; j < terms; ++j) {
            fit.coefficients[j] += projection * powers[j];
            powersNext[j] = (j > 0 ? powers[j - 1] : 0) - shift * powers[j] - b * powersBefore[j];
        }
        before = std::exchange(now, std::move(next));
        powersBefore = std::exchange(powers, std::move(powersNext));
        squaresBefore = squares;
    }
    return fit;
}

} // namespace dispersa
