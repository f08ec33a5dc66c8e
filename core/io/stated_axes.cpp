// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/stated_axes_p.h"

#include "core/io/hdf5_contents_p.h"
#include "core/io/physical_units.h"
#include "core/io/stated_size.h"

#include <algorithm>
#include <limits>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

AxisRole roleOf(const StatedAxis& axis)
{
    const AxisRole role = axisRole(axis.named);
    return axis.navigate == true && role == AxisRole::Unknown ? AxisRole::Scan : role;
}

bool isEnergy(const StatedAxis& axis)
{
    return axisRole(axis.named) == AxisRole::Energy;
}

/// An axis as the file has it, lengths in nm.
ItemAxis plainAxis(const StatedAxis& axis, const char* fallback)
{
    ItemAxis result{axis.named.name.empty() ? fallback : axis.named.name, axis.scale, axis.named.unit};
    if (isUncalibrated(axis.named.unit))
        return {result.name, 1, axis.named.unit.empty() ? "px" : axis.named.unit};
    if (const auto nm = lengthIn_nm(axis.named.unit))
        return {result.name, axis.scale * *nm, "nm"};
    return result;
}

struct Describer {
    FileItem& item;
    const std::vector<StatedAxis>& axes;
    std::optional<double> energy_kV;
    const fs::path& path;
    std::vector<Warning>& warnings;

    StatedSize size(std::size_t axis) const { return {axes[axis].scale, axes[axis].named.unit}; }
    void stepFrom(std::size_t axis) { setScanStep(item.calibration, size(axis), path, warnings); }
    void qFrom(std::size_t axis)
    {
        setQPixel(item.calibration, size(axis), hdf5::patternEdge(item), energy_kV, path, warnings);
    }

    void describeScan()
    {
        std::vector<NamedAxis> names;
        for (const StatedAxis& axis : axes)
            names.push_back(axis.named);
        auto order = otherOrder(item.id, names, path);
        const bool navigates = std::any_of(axes.begin(), axes.end(), [](const auto& axis) { return axis.navigate; });
        const bool first = axes[0].navigate == true && axes[1].navigate == true && axes[2].navigate == false &&
                           axes[3].navigate == false;
        // Names such as "x" in nm on the detector say less than the file's own word on what is a position.
        if (navigates && first)
            order.reset();
        else if (navigates && !order)
            order = Warning{"axis_order",
                            "'" + item.id +
                                "' does not have two axes of probe positions before two of the detector; "
                                "Dispersa reads its axes as scan_y, scan_x, det_y, det_x.",
                            path};
        if (order) { // sizes in the wrong place would mislead
            warnings.push_back(std::move(*order));
            item.axes = hdf5::scanAxes({});
            return;
        }
        stepFrom(1);
        if (!lengthIn_nm(axes[3].named.unit)) // a detector in real units is no reciprocal space
            qFrom(3);
        item.axes = hdf5::scanAxes(item.calibration);
    }

    void describeStack()
    {
        const auto navigating =
            std::count_if(axes.begin(), axes.end(), [](const auto& a) { return a.navigate == true; });
        if (navigating == 2 || isEnergy(axes[2])) {
            item.kind = ItemKind::Spectrum;
            if (roleOf(axes[1]) == AxisRole::Scan)
                stepFrom(1);
            item.axes = {plainAxis(axes[0], "y"), plainAxis(axes[1], "x"), plainAxis(axes[2], "channel")};
            return;
        }
        if (roleOf(axes[2]) == AxisRole::Detector) {
            if (roleOf(axes[0]) == AxisRole::Scan && lengthIn_nm(axes[0].named.unit))
                stepFrom(0);
            qFrom(2);
            if (item.shape[0] <= std::numeric_limits<int>::max() && navigating == 1)
                item.scanHint = ScanShape{1, static_cast<int>(item.shape[0])};
        } else if (lengthIn_nm(axes[2].named.unit)) {
            stepFrom(2);
        }
        item.axes = hdf5::stackAxes(item.calibration);
    }

    void describeImage()
    {
        const bool mixed = axes[0].navigate && axes[1].navigate && *axes[0].navigate != *axes[1].navigate;
        if (mixed || isEnergy(axes[1])) {
            item.kind = ItemKind::Spectrum;
            item.axes = {plainAxis(axes[0], "x"), plainAxis(axes[1], "channel")};
            return;
        }
        if (roleOf(axes[0]) == AxisRole::Detector && roleOf(axes[1]) == AxisRole::Detector) {
            qFrom(1);
            hdf5::becomePattern(item);
            return;
        }
        if (lengthIn_nm(axes[1].named.unit))
            stepFrom(1);
        item.isGuess = roleOf(axes[0]) == AxisRole::Unknown && roleOf(axes[1]) == AxisRole::Unknown &&
                       axes[0].named.name.empty() && axes[1].named.name.empty();
        item.axes = hdf5::mapAxes(item.calibration);
    }
};

} // namespace

void describeByAxes(FileItem& item, const std::vector<StatedAxis>& axes, std::optional<double> energy_kV,
                    const fs::path& path, std::vector<Warning>& warnings)
{
    if (axes.size() != item.shape.size())
        return;
    Describer describer{item, axes, energy_kV, path, warnings};
    switch (item.shape.size()) {
    case 4:
        describer.describeScan();
        break;
    case 3:
        describer.describeStack();
        break;
    case 2:
        describer.describeImage();
        break;
    case 1:
        item.axes = {plainAxis(axes[0], "channel")};
        break;
    default:
        for (std::size_t i = 0; i < axes.size(); ++i)
            item.axes[i] = plainAxis(axes[i], "axis");
    }
}

} // namespace dispersa
