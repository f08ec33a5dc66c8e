// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/py4dstem_legacy_format.h"

#include "core/io/emd_calibration_p.h"
#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_tree_p.h"
#include "core/io/physical_units.h"
#include "core/io/py4dstem_tree_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // the dialect is all HDF5

/// A number that one version wrote as an attribute of `group` and another as a dataset in it.
std::optional<double> numberIn(hid_t file, const std::string& group, const std::string& name)
{
    const auto attribute = objectNumber(file, group, name.c_str());
    return attribute ? attribute : numberDataset(file, joined(group, name));
}

std::string textIn(hid_t file, const std::string& group, const std::string& name)
{
    const std::string attribute = objectText(file, group, name.c_str());
    return attribute.empty() ? textDataset(file, joined(group, name)).value_or("") : attribute;
}

/// Groups below `top` that versions put sizes into, the most particular first.
std::vector<std::string> sizeGroups(hid_t file, const std::string& top)
{
    std::vector<std::string> groups;
    const std::string coordinates = top + "/data/coordinates";
    for (const std::string& name : childNames(file, coordinates))
        groups.push_back(joined(coordinates, name));
    groups.push_back(top + "/metadata/calibration");
    for (const std::string& name : childNames(file, top + "/metadata")) {
        groups.push_back(top + "/metadata/" + name + "/calibration");
        groups.push_back(top + "/metadata/" + name + "/microscope");
    }
    groups.push_back(top + "/metadata/microscope");
    groups.push_back("/4D-STEM_data/metadata/calibration"); // py_multislice puts it beside the tree
    std::erase_if(groups, [&](const std::string& group) { return !isGroup(file, group); });
    return groups;
}

/// A pixel size under the names that versions gave it: Q was K before 0.10, "pixel" was "pix".
std::optional<StatedSize> statedSize(hid_t file, const std::vector<std::string>& groups,
                                     std::initializer_list<const char*> spaces)
{
    for (const std::string& group : groups)
        for (const std::string space : spaces)
            for (const char* pixel : {"_pixel_", "_pix_"}) {
                const auto value = numberIn(file, group, space + pixel + "size");
                const std::string unit = textIn(file, group, space + pixel + "units");
                if (value && std::isfinite(*value) && *value > 0 && !isUncalibrated(unit))
                    return StatedSize{*value, unit};
            }
    return std::nullopt;
}

Calibration calibrationOf(hid_t file, const fs::path& path, const std::vector<std::string>& groups,
                          const std::string& cube, std::int64_t edge_px, std::vector<Warning>& warnings)
{
    Calibration result;
    auto step = statedSize(file, groups, {"R"});
    if (!step)
        step = sizeOfDim(file, joined(cube, "dim1"));
    if (step)
        setScanStep(result, *step, path, warnings);
    auto q = statedSize(file, groups, {"Q", "K"});
    if (!q)
        q = sizeOfDim(file, joined(cube, "dim3"));
    std::optional<double> energy_kV;
    for (const std::string& group : groups)
        if (const auto volts = numberIn(file, group, "accelerating_voltage"); volts && !energy_kV)
            energy_kV = *volts > 5000 ? *volts / 1e3 : *volts; // volts or kilovolts, by what microscopes have
    if (q)
        setQPixel(result, *q, edge_px, energy_kV, path, warnings);
    for (const std::string& group : groups)
        if (const auto angle = numberIn(file, group, "convergence_semiangle_mrad");
            angle && std::isfinite(*angle) && *angle > 0 && !result.convergence_mrad)
            result.convergence_mrad = angle;
    for (const std::string& group : groups)
        if (const auto degrees = numberIn(file, group, "QR_rotation_degrees"); degrees && !result.qrRotation_deg)
            result.qrRotation_deg =
                statedRotation_deg(degrees, std::nullopt, numberIn(file, group, "QR_flip"), path, warnings);
    return result;
}

class Py4dstemLegacyFormat final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"py4dstem", "py4DSTEM 0.5 to 0.12", {"h5", "hdf5"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = Tells::Always;
            made.tellsCalibration = Tells::Sometimes;
            made.note = "real-space slices are offered as maps; point lists and counted cubes are not read";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        if (!probe.hdf5 || probe.hdf5->attributes.contains("emd_group_type"))
            return false;
        return probe.hdf5->has("4DSTEM_experiment") ||
               holds(probe.path, [](hid_t file) { return !treeTops(file).empty(); });
    }

  protected:
    FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        FileContents contents;
        for (const std::string& top : treeTops(file)) {
            const auto groups = sizeGroups(file, top);
            const TreeSizes sizes{[&](const std::string& cube, std::int64_t edge_px, std::vector<Warning>& warnings) {
                return calibrationOf(file, path, groups, cube, edge_px, warnings);
            }};
            addTree(file, path, top, sizes, contents);
        }
        return contents;
    }
};

} // namespace

const Format& py4dstemLegacyFormat()
{
    static const Py4dstemLegacyFormat format;
    return format;
}

} // namespace dispersa
