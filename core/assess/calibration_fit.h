// SPDX-License-Identifier: GPL-3.0-or-later
// Curves that turn a network's value into the measured one, fitted per target on pixels that neither train nor score.
#pragma once

#include "core/assess/correction.h"
#include "core/assess/polynomial.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dispersa {

/// Linear: the paper's alpha y + beta, which cannot change Pearson's r. Quadratic: least squares, which need not
/// rise. Isotonic: the rising curve of least squares. Quantile: gives the prediction the distribution of the measured
/// values, whichever pixel they came from. The last two never fall, so they keep the order of pixels.
enum class CalibrationKind { Linear, Quadratic, Isotonic, Quantile };

/// "linear", "quadratic", "isotonic", "quantile".
const char* calibrationName(CalibrationKind kind);
std::optional<CalibrationKind> calibrationNamed(std::string_view name);

/// A polynomial over the inputs it was fitted to, its tangent beyond them.
struct PolynomialCalibration {
    Polynomial polynomial = {};
    double apply(double y) const;
};

/// Straight lines between knots, constant beyond the first and the last.
struct KnotCalibration {
    std::vector<double> x = {}; ///< predicted, strictly rising, at least one
    std::vector<double> y = {}; ///< measured, never falling
    double apply(double value) const;
};

/// A fitted curve. Its parameters are plain numbers, to be stored as they are.
struct CalibrationFit {
    using Curve = std::variant<LinearCorrection, PolynomialCalibration, KnotCalibration>;
    CalibrationFit() = default;
    CalibrationFit(LinearCorrection line) : curve(line) {} ///< a line is a curve
    CalibrationFit(CalibrationKind which, Curve fitted) : kind(which), curve(std::move(fitted)) {}

    CalibrationKind kind = CalibrationKind::Linear;
    Curve curve = LinearCorrection{};
    /// In the unit of the target; NaN stays NaN.
    double apply(double y) const;
    /// Null for other kinds.
    const LinearCorrection* linear() const { return std::get_if<LinearCorrection>(&curve); }
};


/// Fits over finite pairs. Isotonic: pool adjacent violators, predictions that are equal pooled first
/// (sklearn.isotonic.IsotonicRegression, out_of_bounds "clip"). Quantile: 101 equidistant quantiles of both, linear
/// interpolation as NumPy's; equal quantiles of the prediction become one knot at the mean of theirs. nullopt: fewer
/// than 3 pairs or a constant prediction; polynomials need as many different predictions as they have coefficients, and
/// a pair more.
std::optional<CalibrationFit> fitCalibration(CalibrationKind kind, std::span<const float> real,
                                             std::span<const float> predicted);

} // namespace dispersa
