// SPDX-License-Identifier: GPL-3.0-or-later
// How the direct beam wanders over a scan: a surface, and offsets of rows, fitted to its position in many patterns.
#pragma once

#include "core/data/geometry.h"
#include "core/data/preparation.h"
#include "core/data/shape.h"

#include <cstddef>
#include <vector>

namespace dispersa {

/// Direct beam of one pattern.
struct BeamSample {
    ScanPoint point;
    ImagePoint beam;
    double residual_px = 0; ///< distance from the fit
    bool outlier = false;   ///< without weight in the fit
};

/// Centre of every pattern of a scan.
class DescanFit {
  public:
    /// Robust fit of `model` (not None) to `samples`, which may be up to nearly half wrong: a start that minimises the
    /// median residual over random subsets (least median of squares, Rousseeuw 1984; seeded), then least squares
    /// re-weighted by Tukey's biweight of the distance. What the samples cannot tell (a slope along a single row) is
    /// left out. Rows: on the parabola each scan row gets the robust mean of its samples' distance, taken towards 0 as far
    /// as it may be chance; a row of fewer than three samples has none, and jumps of more than 2 px are believed only
    /// where most rows make them. Without samples, at() is `fallback`.
    DescanFit(DescanModel model, ScanShape scan, std::vector<BeamSample> samples, ImagePoint fallback);

    ImagePoint at(ScanPoint point) const;
    const std::vector<BeamSample>& samples() const { return m_samples; }
    double medianResidual_px() const { return m_medianResidual_px; }
    std::size_t outliers() const;

  private:
    std::vector<double> terms(ScanPoint point) const;

    ScanShape m_scan;
    std::vector<int> m_powers; ///< of each term: 10 * power of y + power of x
    std::vector<double> m_y;   ///< coefficients
    std::vector<double> m_x;
    std::vector<ImagePoint> m_rowOffsets; ///< of each scan row; empty for other models
    std::vector<BeamSample> m_samples;
    double m_medianResidual_px = 0;
};

} // namespace dispersa
