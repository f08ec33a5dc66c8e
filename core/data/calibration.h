// SPDX-License-Identifier: GPL-3.0-or-later
// Physical sizes of a scan. Reciprocal lengths are q = 1/d everywhere; Q = 2 pi/d is converted where a file is read.
#pragma once

#include <optional>

namespace dispersa {

/// What the files or the study say about sizes; empty where nothing is known.
struct Calibration {
    std::optional<double> qPixel_invA;      ///< size of a detector pixel in 1/A, q = 1/d; > 0
    std::optional<double> scanStep_nm;      ///< distance of neighbouring probe positions in nm; > 0
    std::optional<double> convergence_mrad; ///< probe semi-angle
    /// Turns directions on the detector into directions on the scan, the first axis (y, down) towards the second (x,
    /// right): counter-clockwise on the screen, py4DSTEM's QR_rotation_degrees; -360..360.
    std::optional<double> qrRotation_deg = {};
    bool operator==(const Calibration&) const = default;

    /// Values of `preferred` where it has them, else ours.
    Calibration overriddenBy(const Calibration& preferred) const
    {
        Calibration result = *this;
        if (preferred.qPixel_invA)
            result.qPixel_invA = preferred.qPixel_invA;
        if (preferred.scanStep_nm)
            result.scanStep_nm = preferred.scanStep_nm;
        if (preferred.convergence_mrad)
            result.convergence_mrad = preferred.convergence_mrad;
        if (preferred.qrRotation_deg)
            result.qrRotation_deg = preferred.qrRotation_deg;
        return result;
    }
};

} // namespace dispersa
