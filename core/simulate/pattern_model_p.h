// SPDX-License-Identifier: GPL-3.0-or-later
// From a place of the film to a diffraction pattern in electrons: kinematic scattering, speckle, Bragg spots, counting
// noise.
#pragma once

#include "core/data/calibration.h"
#include "core/simulate/film_p.h"
#include "core/simulate/speckle_p.h"

#include <cstdint>
#include <span>
#include <vector>

namespace dispersa::simulate {

inline constexpr double electronsPerPattern = 3e5;
inline constexpr double scanStep_nm = 1.053;
inline constexpr double convergence_mrad = 1.3;

/// Size of a detector pixel: the field of view is that of 256 pixels of 0.0231 1/A, whatever their number.
double qPixel_invA(int pixels);

/// Elastic mean free path of a material in nm at 200 kV, from its scattering factors and atomic volumes.
double meanFreePath_nm(const Composition& composition);

/// Position of the direct beam: the descan is not perfect and drifts over a scan.
struct BeamCentre {
    double y = 0;
    double x = 0;
};

/// Everything that does not depend on the probe position, computed once. Immutable: any thread may call it.
class PatternModel {
  public:
    PatternModel(const Film& film, int pixels, std::uint64_t seed);

    int pixels() const { return m_pixels; }
    BeamCentre beamCentre(int scan, int y, int x) const;
    /// Counts of the pattern at (y, x) of a scan; `out` has pixels^2 values. Depends on the seed and its place alone.
    void render(int scan, int y, int x, std::span<std::uint16_t> out) const;

  private:
    struct BraggSpot {
        double qy, qx;    ///< 1/A
        double intensity; ///< share of what the grain scatters
    };
    struct HotPixel {
        std::size_t index;
        float counts;
    };

    std::vector<BraggSpot> spotsOf(const Grain& grain) const;
    void addHalo(const Spot& spot, double electrons, BeamCentre centre, int scan, int y, int x, float* mean) const;
    void addDisk(double y, double x, double electrons, float* mean) const;

    const Film& m_film;
    int m_pixels;
    std::uint64_t m_seed;
    Speckle m_speckle;
    std::vector<std::vector<float>>
        m_profiles;                  ///< scattered intensity over the radius: one per element, then the oxide
    std::vector<double> m_integrals; ///< of the profiles over all angles, in pixels^2
    std::vector<std::vector<BraggSpot>> m_spots; ///< of each grain
    std::vector<HotPixel> m_hotPixels;
};

} // namespace dispersa::simulate
