// SPDX-License-Identifier: GPL-3.0-or-later
// Least-squares polynomials of one variable that stay well-conditioned whatever the range of their input.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace dispersa {

/// sum over k of coefficients[k] t^k with t = (x - centre) / halfRange, which is -1..1 over the inputs it was fitted
/// to.
struct Polynomial {
    double centre = 0;
    double halfRange = 1;                  ///< > 0
    std::vector<double> coefficients = {}; ///< from the constant up
    double value(double x) const;
    double slope(double x) const;                      ///< derivative by x
    double low() const { return centre - halfRange; }  ///< smallest input fitted
    double high() const { return centre + halfRange; } ///< largest input fitted
};

/// Least squares of y on x over finite pairs, through polynomials orthogonal over the inputs (Forsythe 1957), turned to
/// powers of t at the end; equals numpy.polyfit. nullopt: fewer than degree + 2 pairs, fewer than
/// degree + 1 different inputs. degree >= 1; small, since powers are kept.
std::optional<Polynomial> fitPolynomial(std::span<const double> x, std::span<const double> y, int degree);

} // namespace dispersa
