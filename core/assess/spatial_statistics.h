// SPDX-License-Identifier: GPL-3.0-or-later
// How alike neighbouring pixels of a map are, and how many independent values that leaves.
#pragma once

#include "core/data/element_map.h"

#include <optional>
#include <vector>

namespace dispersa {

/// Correlation of a map with itself shifted by (dy, dx), over the pairs of valid pixels, minus the map's mean, divided
/// by its variance: 1 at (0, 0).
struct Autocorrelation {
    ScanShape shape = {}; ///< of the map; |dy| < height, |dx| < width
    std::vector<double> values =
        {}; ///< (2 height - 1) x (2 width - 1), lag (0, 0) in the middle; 0 where there is no pair
    std::vector<double> pairs = {}; ///< pairs of valid pixels at each lag; pixels at (0, 0)
    /// Lags whose distance, rounded, is below this belong to the map's structure, those beyond are chance: the first
    /// distance at which the mean over directions is 0 or less, at most half the map's longer side.
    int reach = 0;

    std::size_t index(int dy, int dx) const;
    double at(int dy, int dx) const { return values[index(dy, dx)]; }
    double pixels() const { return pairs[index(0, 0)]; }
};

/// nullopt: fewer than 2 valid pixels, or all the same.
std::optional<Autocorrelation> autocorrelation(const ElementMap& map);

/// Radius in pixels of the disc whose area is the sum of the correlation over all lags within reach, the "integral
/// range" (Lantuejoul, Geostatistical Simulation, 2002, ch. 4). 0.56 for white noise, 2.8 after a 7x7 Gaussian blur.
double autocorrelationLength(const Autocorrelation& correlation);

/// Independent values whose mean is as uncertain as the map's: n^2 / sum over lags within reach of pairs x correlation;
/// 1..n. About 200 for 110 x 45 pixels after a 7x7 Gaussian blur.
double effectiveSampleSize(const Autocorrelation& correlation);

/// Independent pairs that would leave Pearson's r between the two maps as uncertain as it is: 1 + n^2 / sum of pairs x
/// the product of both correlations (Clifford, Richardson & Hemon 1989, Biometrics 45:123; Dutilleul 1993, Biometrics
/// 49:305), within the shorter reach, over pixels valid in both; 2..n. nullopt: shapes differ, or one has no
/// autocorrelation there.
std::optional<double> effectiveSampleSize(const ElementMap& a, const ElementMap& b);

} // namespace dispersa
