// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to maps and patterns before training, as values. The steps themselves are in core/prepare.
#pragma once

#include "core/base/error.h"

#include <string>

namespace dispersa {

enum class MapFilterKind { None, Mean, Gaussian, Median, Bilateral };

/// Smoothing of the measured maps. Words and defaults of the paper: mean 7x7, Gaussian 7x7, median 7, bilateral 9/75/75.
struct MapFilterOptions {
    MapFilterKind kind = MapFilterKind::Gaussian;
    int size = 7;            ///< kernel width in map pixels, odd, 1..99; the diameter for bilateral (the paper: 9)
    double sigmaColor = 75;  ///< bilateral only, in units of the map's values; > 0
    double sigmaSpace = 75;  ///< bilateral only, in map pixels; > 0
    bool operator==(const MapFilterOptions&) const = default;

    /// Pixels beyond the centre that influence a filtered value.
    int radius() const { return kind == MapFilterKind::None ? 0 : size / 2; }
    Result<void> check() const;
};

enum class CentreKind { None, CentreOfMass };
enum class Scaling { Linear, SquareRoot, Log };

/// Preparation of each pattern, in this order: centre, beam mask, bin, scaling.
struct DiffractionOptions {
    CentreKind centre = CentreKind::None; ///< shift the direct beam to the middle by whole pixels
    double beamMask_px = 0;               ///< radius of the zeroed direct beam in unbinned detector pixels; 0 none
    int bin = 1;                          ///< bin x bin pixels are summed; 1..16
    Scaling scaling = Scaling::Linear;    ///< linear: / (65536 bin^2); sqrt, log: by the training 99.9 % quantile
    bool operator==(const DiffractionOptions&) const = default;
    Result<void> check() const;
};

/// Words of the study file: "none", "mean", "gaussian", "median", "bilateral"; "none", "com"; "linear", "sqrt", "log".
const char* mapFilterName(MapFilterKind kind);
const char* centreName(CentreKind kind);
const char* scalingName(Scaling scaling);

} // namespace dispersa
