// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/emd_calibration_p.h"

#include "core/io/hdf5_tree_p.h"
#include "core/io/physical_units.h"

#include <cmath>
#include <numbers>

namespace dispersa::hdf5 {
namespace {

/// The Calibration that holds for a group: its own, else that of the nearest group above. py4DSTEM 0.13 puts it beside
/// the data, later versions into a metadata bundle.
std::optional<std::string> calibrationGroup(hid_t file, std::string group)
{
    for (;;) {
        for (const char* place : {"metadatabundle/calibration", "_metadata/calibration", "calibration"})
            if (const std::string candidate = joined(group, place); isGroup(file, candidate))
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

} // namespace

std::optional<StatedSize> sizeOfDim(hid_t file, const std::string& path)
{
    const auto ends = leadingNumbers(file, path, 2);
    if (ends.size() != 2 || !(std::abs(ends[1] - ends[0]) > 0) || !std::isfinite(ends[1] - ends[0]))
        return std::nullopt;
    const std::string unit = objectText(file, path, "units");
    if (isUncalibrated(unit))
        return std::nullopt;
    return StatedSize{std::abs(ends[1] - ends[0]), unit};
}

Calibration scanCalibration(hid_t file, const std::string& group, std::int64_t patternEdge_px,
                            const std::filesystem::path& path, std::vector<Warning>& warnings)
{
    Calibration result;
    std::optional<StatedSize> q, r;
    if (const auto calibration = calibrationGroup(file, group)) {
        q = statedByCalibration(file, *calibration, "Q");
        r = statedByCalibration(file, *calibration, "R");
        const auto convergence = numberDataset(file, *calibration + "/convergence_mrad");
        if (convergence && std::isfinite(*convergence) && *convergence > 0)
            result.convergence_mrad = convergence;
        result.qrRotation_deg = statedRotation_deg(numberDataset(file, *calibration + "/QR_rotation_degrees"),
                                                   numberDataset(file, *calibration + "/QR_rotation"),
                                                   numberDataset(file, *calibration + "/QR_flip"), path, warnings);
    }
    if (!q)
        q = sizeOfDim(file, joined(group, "dim2"));
    if (!r)
        r = sizeOfDim(file, joined(group, "dim0"));
    if (r)
        setScanStep(result, *r, path, warnings);
    if (q)
        setQPixel(result, *q, patternEdge_px, std::nullopt, path, warnings);
    return result;
}

std::optional<double> statedRotation_deg(std::optional<double> degrees, std::optional<double> radians,
                                         std::optional<double> flip, const std::filesystem::path& path,
                                         std::vector<Warning>& warnings)
{
    if (!degrees && radians)
        degrees = *radians * 180 / std::numbers::pi;
    if (!degrees || !std::isfinite(*degrees))
        return std::nullopt;
    if (flip.value_or(0) != 0) {
        warnings.push_back({"axes_flipped",
                            "'" + path.filename().string() +
                                "' says that scan and diffraction axes are exchanged (QR_flip) beside being rotated; its "
                                "rotation is left out. Transpose the scan and give the rotation by hand to use it.",
                            path});
        return std::nullopt;
    }
    return std::abs(*degrees) <= 360 ? *degrees : std::remainder(*degrees, 360.0);
}

std::optional<double> mapStep_nm(hid_t file, const std::string& group)
{
    const auto stated = sizeOfDim(file, joined(group, "dim0"));
    const auto unit = stated ? lengthIn_nm(stated->unit) : std::nullopt;
    return unit ? std::optional(stated->value * *unit) : std::nullopt;
}

} // namespace dispersa::hdf5
