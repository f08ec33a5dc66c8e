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

/// none: patterns stay where they are. com: shifted by whole pixels, so that counts stay as measured. subpixel: shifted
/// by fractions of a pixel.
enum class CentreKind { None, CentreOfMass, SubPixel };
/// How the direct beam wanders over the scan: found in each pattern alone, or a surface fitted through all of them. Rows:
/// a parabola, and each scan row lies off it by an amount of its own, as the flyback or the descan's drift leaves it.
enum class DescanModel { None, Constant, Plane, Parabola, Rows };
enum class BadPixels { Keep, Repair };
enum class Scaling { Linear, SquareRoot, Log };

/// Preparation of each pattern, in this order: bad pixels are repaired; the pattern is centred and its ellipse made
/// round, in one resampling; beam mask; bin; scaling. A default one leaves counts as they are.
struct DiffractionOptions {
    CentreKind centre = CentreKind::None; ///< brings the direct beam to pixel (height/2, width/2)
    double beamMask_px = 0;               ///< radius of the zeroed direct beam in unbinned detector pixels; 0 none
    int bin = 1;                          ///< bin x bin pixels are summed; 1..16
    Scaling scaling = Scaling::Linear;    ///< linear: / (65536 bin^2); sqrt, log: by the training 99.9 % quantile
    BadPixels badPixels = BadPixels::Keep; ///< hot and dead pixels, found from the scan itself
    double badPixel_sigmas = 10;   ///< how far a hot or dead pixel stands apart from its neighbours; 3..1000
    DescanModel descan = DescanModel::None; ///< where a centred pattern's beam is taken from; unused with centre none
    double ellipseRatio = 1;       ///< long to short axis of what should be circles; 1..2
    double ellipseAngle_deg = 0;   ///< of the long axis, from the detector's +x (right) towards +y (down); -180..180
    double beamMaskEdge_px = 0;    ///< width of the mask's cosine edge outside its radius; 0: a hard mask
    bool operator==(const DiffractionOptions&) const = default;
    Result<void> check() const;

    bool repairsPixels() const { return badPixels == BadPixels::Repair; }
    bool fitsDescan() const { return centre != CentreKind::None && descan != DescanModel::None; }
    bool correctsEllipse() const { return ellipseRatio != 1; }
    /// True if pixels are interpolated, which leaves counts that are not whole.
    bool resamples() const { return centre == CentreKind::SubPixel || correctsEllipse(); }
    bool masksBeam() const { return beamMask_px > 0 || beamMaskEdge_px > 0; }
};

/// Words of the study file: "none", "mean", "gaussian", "median", "bilateral"; "none", "com", "subpixel"; "none", "constant",
/// "plane", "parabola", "rows"; "keep", "repair"; "linear", "sqrt", "log".
const char* mapFilterName(MapFilterKind kind);
const char* centreName(CentreKind kind);
const char* descanName(DescanModel model);
const char* badPixelsName(BadPixels badPixels);
const char* scalingName(Scaling scaling);

} // namespace dispersa
