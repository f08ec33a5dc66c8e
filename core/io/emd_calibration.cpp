// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/emd_calibration_p.h"

#include <cmath>
#include <numbers>
#include <sstream>

namespace dispersa::hdf5 {
namespace {

/// A size and its unit, as a file states them.
struct StatedSize {
    double value = 0;
    std::string unit;
};

std::string shortText(double value)
{
    std::ostringstream text;
    text.precision(5);
    text << value;
    return text.str();
}

/// Units without the signs that programs write differently: "\u00c5^-1", "1/A" and "A^-1" are one.
std::string plainUnit(std::string unit)
{
    for (const std::string angstrom : {"\u00c5", "\u212b", "Ang", "ang"})
        if (const auto at = unit.find(angstrom); at != std::string::npos)
            unit.replace(at, angstrom.size(), "A");
    return unit;
}

std::optional<double> lengthIn_nm(const std::string& unit)
{
    const std::string plain = plainUnit(unit);
    if (plain == "nm")
        return 1.0;
    if (plain == "A")
        return 0.1;
    if (plain == "um" || plain == "\u00b5m" || plain == "\u03bcm")
        return 1e3;
    if (plain == "pm")
        return 1e-3;
    return plain == "m" ? std::optional(1e9) : std::nullopt;
}

std::optional<double> inverseIn_invA(const std::string& unit)
{
    const std::string plain = plainUnit(unit);
    if (plain == "A^-1" || plain == "1/A" || plain == "A-1")
        return 1.0;
    if (plain == "nm^-1" || plain == "1/nm" || plain == "nm-1")
        return 0.1;
    return plain == "1/m" || plain == "m^-1" ? std::optional(1e-10) : std::nullopt;
}

bool isUncalibrated(const std::string& unit)
{
    return unit.empty() || unit == "pixels" || unit == "pixel" || unit == "px" || unit == "unknown" || unit == "none";
}

std::string joined(const std::string& group, const std::string& name)
{
    return group == "/" ? "/" + name : group + "/" + name;
}

std::string parentOf(const std::string& group)
{
    const auto slash = group.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : group.substr(0, slash);
}

/// The Calibration that holds for a group: its own, else that of the nearest group above.
std::optional<std::string> calibrationGroup(hid_t file, std::string group)
{
    for (;;) {
        const std::string candidate = joined(group, "metadatabundle/calibration");
        if (exists(file, candidate))
            return candidate;
        if (group == "/")
            return std::nullopt;
        group = parentOf(group);
    }
}

std::optional<StatedSize> statedByCalibration(hid_t file, const std::string& calibration, const std::string& space)
{
    const auto value = numberDataset(file, calibration + "/" + space + "_pixel_size");
    const auto unit = textDataset(file, calibration + "/" + space + "_pixel_units");
    if (!value || !unit || !std::isfinite(*value) || *value <= 0 || isUncalibrated(*unit))
        return std::nullopt;
    return StatedSize{*value, *unit};
}

std::optional<StatedSize> statedByDim(hid_t file, const std::string& group, int dim)
{
    const std::string path = joined(group, "dim" + std::to_string(dim));
    const auto ends = leadingNumbers(file, path, 2);
    if (ends.size() != 2 || !(std::abs(ends[1] - ends[0]) > 0) || !std::isfinite(ends[1] - ends[0]))
        return std::nullopt;
    const Handle dataset = ownDataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT));
    const auto unit = textAttribute(dataset.get(), "units");
    if (!unit || isUncalibrated(*unit))
        return std::nullopt;
    return StatedSize{std::abs(ends[1] - ends[0]), *unit};
}

void checkQConvention(double qPixel_invA, std::int64_t patternEdge_px, const std::filesystem::path& path,
                      std::vector<Warning>& warnings)
{
    const double edge_mrad = 1e3 * static_cast<double>(patternEdge_px) / 2 * qPixel_invA * wavelength200kV_A;
    if (edge_mrad <= largestEdge_mrad)
        return;
    warnings.push_back({"q_convention",
                        "The Q pixel " + shortText(qPixel_invA) + " 1/A puts the edge of the pattern at " +
                            shortText(edge_mrad) +
                            " mrad (200 kV), too far for q = 1/d. It looks like Q = 2 pi/d; then q is " +
                            shortText(qPixel_invA / (2 * std::numbers::pi)) +
                            " 1/A per pixel. Set q_pixel_invA in the study's calibration to say which holds.",
                        path});
}

} // namespace

Calibration scanCalibration(hid_t file, const std::string& group, std::int64_t patternEdge_px,
                            const std::filesystem::path& path, std::vector<Warning>& warnings)
{
    Calibration result;
    const auto calibration = calibrationGroup(file, group);
    std::optional<StatedSize> q, r;
    if (calibration) {
        q = statedByCalibration(file, *calibration, "Q");
        r = statedByCalibration(file, *calibration, "R");
        const auto convergence = numberDataset(file, *calibration + "/convergence_mrad");
        if (convergence && std::isfinite(*convergence) && *convergence > 0)
            result.convergence_mrad = convergence;
    }
    if (!q)
        q = statedByDim(file, group, 2);
    if (!r)
        r = statedByDim(file, group, 0);
    if (r) {
        if (const auto unit = lengthIn_nm(r->unit))
            result.scanStep_nm = r->value * *unit;
        else
            warnings.push_back({"scan_unit",
                                "The probe step is given in '" + r->unit +
                                    "', which is not a length. Set scan_step_nm in the study's calibration.",
                                path});
    }
    if (q) {
        if (const auto unit = inverseIn_invA(q->unit)) {
            result.qPixel_invA = q->value * *unit;
            checkQConvention(*result.qPixel_invA, patternEdge_px, path, warnings);
        } else {
            warnings.push_back({"q_unit",
                                "The Q pixel is given in '" + q->unit +
                                    "', which cannot be converted to 1/A without the electron energy. Set "
                                    "q_pixel_invA in the study's calibration.",
                                path});
        }
    }
    return result;
}

std::optional<double> mapStep_nm(hid_t file, const std::string& group)
{
    const auto stated = statedByDim(file, group, 0);
    const auto unit = stated ? lengthIn_nm(stated->unit) : std::nullopt;
    return unit ? std::optional(stated->value * *unit) : std::nullopt;
}

} // namespace dispersa::hdf5
