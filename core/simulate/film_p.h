// SPDX-License-Identifier: GPL-3.0-or-later
// The specimen: what a Ge-Sb-Te film is made of at every probe position and time, and what lies crystalline in it.
#pragma once

#include "core/data/geometry.h"

#include <array>
#include <cstdint>
#include <vector>

namespace dispersa::simulate {

inline constexpr std::array<const char*, 5> elements = {"O", "Si", "Ge", "Sb", "Te"};
using Composition = std::array<double, 5>; ///< atomic fractions in the order of `elements`; their sum is 1

/// Orientation of a crystal: rows are the crystal axes' images along detector y, detector x and the beam.
using Rotation = std::array<std::array<double, 3>, 3>;

struct Grain {
    double y = 0; ///< centre on the scan grid in pixels
    double x = 0;
    double radius_px = 1;
    double share = 0.5; ///< of the thickness that is crystalline at its centre
    int firstScan = 0;  ///< scans before it do not have it
    int lastScan = 1 << 30;
    Rotation orientation = {};
};

/// What the beam meets at one probe position.
struct Spot {
    Composition composition = {};
    double thickness_nm = 0;
    int grain = -1;           ///< index into grains(), -1 for none
    double crystallinity = 0; ///< crystalline share of the thickness here
};

/// A layered film seen edge-on: silica on top, Ge-Sb-Te with an oxidised side, a silica-rich band, oxide at the bottom;
/// composition varies smoothly along it. The scans are one area at successive times: it ages slowly and particles
/// appear.
class Film {
  public:
    /// `planted` is the scan that alone has the zone-axis grain.
    Film(ScanShape shape, std::uint64_t seed, int scans, int planted);

    Spot at(int scan, int y, int x) const;
    const std::vector<Grain>& grains() const { return m_grains; }
    const Grain& plantedGrain() const { return m_grains.front(); }
    ScanShape shape() const { return m_shape; }

  private:
    /// A smooth random field of about unit variance whose waves drift with time.
    struct Wave {
        double ky, kx, phase, drift, amplitude;
    };
    using Field = std::vector<Wave>;
    static double value(const Field& field, double y, double x, double time);

    Composition compositionAt(double row, double column, double time) const;

    ScanShape m_shape;
    Field m_roughness, m_oxidation, m_germanium, m_antimony, m_band, m_thickness;
    std::vector<Grain> m_grains;
};

} // namespace dispersa::simulate
