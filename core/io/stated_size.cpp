// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/stated_size.h"

#include "core/data/electron_wavelength.h"
#include "core/io/physical_units.h"

#include <cmath>
#include <numbers>
#include <sstream>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

std::string shortText(double value)
{
    std::ostringstream text;
    text.precision(5);
    text << value;
    return text.str();
}

bool isSize(const StatedSize& stated)
{
    return std::isfinite(stated.value) && stated.value > 0 && !isUncalibrated(stated.unit);
}

Warning implausible(const std::string& what, double value, const std::string& unit, const std::string& key,
                    const fs::path& path)
{
    return {"size_implausible",
            "The " + what + " of '" + path.string() + "' would be " + shortText(value) + " " + unit +
                ", which no microscope has; it is taken as unknown. Set " + key + " in the study's calibration.",
            path};
}

void checkQConvention(double qPixel_invA, std::int64_t patternEdge_px, double energy_kV, const fs::path& path,
                      std::vector<Warning>& warnings)
{
    const double edge_mrad =
        1e3 * static_cast<double>(patternEdge_px) / 2 * qPixel_invA * electronWavelength_A(1e3 * energy_kV);
    if (edge_mrad <= largestEdge_mrad)
        return;
    warnings.push_back({"q_convention",
                        "The Q pixel " + shortText(qPixel_invA) + " 1/A puts the edge of the pattern at " +
                            shortText(edge_mrad) + " mrad (" + shortText(energy_kV) +
                            " kV), too far for q = 1/d. It looks like Q = 2 pi/d; then q is " +
                            shortText(qPixel_invA / (2 * std::numbers::pi)) +
                            " 1/A per pixel. Set q_pixel_invA in the study's calibration to say which holds.",
                        path});
}

} // namespace

void setScanStep(Calibration& calibration, const StatedSize& stated, const fs::path& path,
                 std::vector<Warning>& warnings)
{
    if (!isSize(stated))
        return;
    const auto unit = lengthIn_nm(stated.unit);
    if (!unit) {
        warnings.push_back({"scan_unit",
                            "The probe step is given in '" + stated.unit +
                                "', which is not a length. Set scan_step_nm in the study's calibration.",
                            path});
        return;
    }
    const double step_nm = stated.value * *unit;
    if (step_nm < 1e-4 || step_nm > 1e6)
        warnings.push_back(implausible("probe step", step_nm, "nm", "scan_step_nm", path));
    else
        calibration.scanStep_nm = step_nm;
}

void setQPixel(Calibration& calibration, const StatedSize& stated, std::int64_t patternEdge_px,
               std::optional<double> energy_kV, const fs::path& path, std::vector<Warning>& warnings)
{
    if (!isSize(stated))
        return;
    const double statedEnergy_kV = energy_kV.value_or(0);
    const bool isKnown = statedEnergy_kV > 1 && statedEnergy_kV < 5000; // false of NaN too
    double q_invA = 0;
    if (const auto unit = reciprocalIn_invA(stated.unit)) {
        q_invA = stated.value * unit->factor;
        if (unit->twoPi)
            warnings.push_back({"q_two_pi",
                                "The Q pixel is given in '" + stated.unit +
                                    "', which means Q = 2 pi/d; it was read as " + shortText(q_invA) +
                                    " 1/A per pixel with q = 1/d.",
                                path});
    } else if (const auto angle = angleIn_mrad(stated.unit); angle && isKnown) {
        q_invA = 1e-3 * stated.value * *angle / electronWavelength_A(1e3 * statedEnergy_kV);
    } else {
        warnings.push_back({"q_unit",
                            "The Q pixel is given in '" + stated.unit +
                                "', which cannot be converted to 1/A without the electron energy. Set "
                                "q_pixel_invA in the study's calibration.",
                            path});
        return;
    }
    if (q_invA < 1e-6 || q_invA > 10) {
        warnings.push_back(implausible("Q pixel", q_invA, "1/A", "q_pixel_invA", path));
        return;
    }
    calibration.qPixel_invA = q_invA;
    checkQConvention(q_invA, patternEdge_px, isKnown ? statedEnergy_kV : assumedEnergy_kV, path, warnings);
}

} // namespace dispersa
