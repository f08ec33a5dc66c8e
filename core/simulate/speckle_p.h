// SPDX-License-Identifier: GPL-3.0-or-later
// Speckle of an amorphous film: grains of intensity the size of the probe's disk, alike at overlapping probe positions.
#pragma once

#include <cstdint>
#include <vector>

namespace dispersa::simulate {

class Speckle {
  public:
    /// `grain_px`: standard deviation of a speckle in detector pixels.
    Speckle(int pixels, double grain_px, std::uint64_t seed);

    /// Factors of mean 1 for one probe position; row `line` of the pattern goes to `out` (pixels values). `Place` holds
    /// what is common to the rows.
    struct Place {
        const float* rows[4]; ///< start of the texture's columns
        int line[4];          ///< first row in the texture
        float weight[4];
    };
    Place place(int scan, int y, int x) const;
    void row(const Place& place, int line, float* out) const;

  private:
    int m_pixels;
    int m_stride;
    std::uint64_t m_seed;
    std::vector<float> m_texture; ///< periodic, unit variance, with its start repeated at the end of each row
};

} // namespace dispersa::simulate
