// SPDX-License-Identifier: GPL-3.0-or-later
// What predicts a target map of a scan without a network: the bars that a network has to clear.
#pragma once

#include "core/data/element_map.h"
#include "core/data/geometry.h"

#include <optional>
#include <string_view>
#include <vector>

namespace dispersa {

/// TrainingMean: one number. SamePosition: the training maps' values at the same place. NearestNeighbours: the 4
/// nearest training pixels. DepthProfile: the training mean of the same row. Haadf: a parabola in the scan's HAADF.
/// RidgeRadial: a linear model of the radial profile of the patterns, which is made elsewhere.
enum class BaselineKind { TrainingMean, SamePosition, NearestNeighbours, DepthProfile, Haadf, RidgeRadial };

/// "training_mean", "same_position", "nearest_neighbours", "depth_profile", "haadf", "ridge_radial".
const char* baselineName(BaselineKind kind);
std::optional<BaselineKind> baselineNamed(std::string_view name);

/// The pixels a network was trained on, pooled over the training scans.
struct TrainingPixels {
    std::vector<MapPtr> haadf = {};     ///< per training scan: its HAADF over the full scan, null where it has none
    std::vector<std::size_t> scan = {}; ///< per pixel: index of its training scan, < haadf.size()
    std::vector<ScanPoint> place = {};  ///< per pixel: coordinates of the full scan
    /// [target][pixel], in any unit; NaN where the target has no data there
    std::vector<std::vector<float>> values = {};
};

/// Where a baseline predicts.
struct BaselinePlace {
    Region region = {}; ///< in coordinates of the full scan; may lie beyond the training scans
    std::optional<std::size_t> trainingScan = {}; ///< the index of the scan when it is one of the training scans
    MapPtr haadf = {};                            ///< HAADF of the full scan; null when there is none
};

/// Predicts target `target` over place.region; a map of that shape, NaN where the baseline has nothing to say. Its
/// quantity and unit are left to the caller.
///  - TrainingMean: mean of the training pixels.
///  - SamePosition: mean over the training scans of the value at the same (y, x).
///  - NearestNeighbours: inverse-distance mean of the 4 nearest training pixels; those of the same scan alone where it
///  has
///    any (after a random split this is the leak), otherwise of all training scans laid over each other. Distances in
///    pixels; a training pixel at the very place counts alone; ties at the fourth place share it.
///  - DepthProfile: mean of the row's training pixels; rows without any are interpolated, constant beyond the ends.
///  - Haadf: least-squares polynomial of degree 2 in (HAADF - median) / interquartile range, both over the full scan;
///  not
///    extrapolated beyond the HAADF of the training pixels. Needs place.haadf.
///  - RidgeRadial: always without data.
ElementMap baselineMap(BaselineKind kind, const TrainingPixels& training, std::size_t target,
                       const BaselinePlace& place);

} // namespace dispersa
