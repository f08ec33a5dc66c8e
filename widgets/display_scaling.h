// SPDX-License-Identifier: GPL-3.0-or-later
// From values to the 0..1 of a colour map: scaling, automatic range by percentiles, and round tick values.
#pragma once

#include "core/data/element_map.h"

#include <QString>

#include <span>
#include <vector>

namespace dispersa {

/// The words of the patterns' Scaling menu.
enum class DisplayScaling { Linear, Log, SquareRoot };

/// Linear: (v-l)/(h-l). Log: log(v/l)/log(h/l) for 0 < l. Square root: the same of square roots, 0 <= l. Clipped to
/// 0..1.
double scaledPosition(double value, const ValueRange& range, DisplayScaling scaling);
/// The value at `position` 0..1: the inverse of scaledPosition.
double valueAtPosition(double position, const ValueRange& range, DisplayScaling scaling);
/// A range that `scaling` can show: low < high, low > 0 for Log (at most six decades), low >= 0 for square root.
ValueRange usableRange(ValueRange range, DisplayScaling scaling);

/// Percentiles (0..100, linear interpolation as numpy) of the finite values; of the positive ones for Log. {0, 1} when
/// there is no value. Large inputs are sampled evenly (at most a million values).
ValueRange percentileRange(std::span<const float> values, double lowPercent = 0.1, double highPercent = 99.9,
                           DisplayScaling scaling = DisplayScaling::Linear);
/// The range made symmetric about zero: for differences.
ValueRange symmetricRange(const ValueRange& range);

/// Round values (1, 2, 5 x 10^n) inside [low, high], about `count` of them; powers of ten (and 2, 5) for Log.
std::vector<double> niceTicks(double low, double high, int count, DisplayScaling scaling = DisplayScaling::Linear);
/// The largest 1, 2 or 5 x 10^n that is not above `limit` (> 0): length of a scale bar.
double niceLength(double limit);
/// Text for a tick, short ("0.25", "1e-05", "20000").
QString tickText(double value);
/// "0.43", "−3.8": a fixed number of decimals and a true minus sign.
QString numberText(double value, int decimals);
/// Text of ticks of one axis: equal number of decimals.
std::vector<QString> tickTexts(const std::vector<double>& ticks);

} // namespace dispersa
