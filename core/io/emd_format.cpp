// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/emd_format.h"

#include "core/io/emd_calibration_p.h"
#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_tree_p.h"

#include <algorithm>
#include <array>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // the dialect is all HDF5

/// Name of the Python class that wrote a group; version 0.13 had another attribute for it.
std::string classOf(hid_t file, const std::string& group)
{
    const std::string name = objectText(file, group, "python_class");
    return name.empty() ? objectText(file, group, "py4dstem_class") : name;
}

bool isPatternClass(const std::string& name)
{
    static constexpr std::array<std::string_view, 4> classes = {"DiffractionSlice", "VirtualDiffraction",
                                                                "DiffractionImage", "Probe"};
    return std::find(classes.begin(), classes.end(), name) != classes.end();
}

/// Roots of version 0.13 carry "root" and a version, and the file no mark of its own.
bool isVersion13(hid_t file)
{
    const auto names = childNames(file, "/");
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return emdGroupType(file, "/" + name) == "root" && objectNumber(file, "/" + name, "version_minor") == 13.0;
    });
}

void describeMap(hid_t file, const fs::path& path, const std::string& group, hid_t dataset, FileItem& item,
                 std::vector<Warning>& warnings)
{
    if (isPatternClass(classOf(file, group))) {
        item.calibration = scanCalibration(file, group, patternEdge(item), path, warnings);
        becomePattern(item);
        return;
    }
    item.quantity = textDataset(file, group + "/metadatabundle/map/quantity");
    if (!item.quantity && isElementSymbol(nameOf(group)))
        item.quantity = nameOf(group);
    if (const auto unit = textAttribute(dataset, "units"))
        item.unit = mapUnitNamed(*unit);
    item.calibration.scanStep_nm = mapStep_nm(file, group);
    item.axes = mapAxes(item.calibration);
}

/// Tables and axes of other programs are 2-D or less: only what an EMD array marks as an image is a map.
bool isArray(hid_t file, const FileItem& item)
{
    const std::string type = emdGroupType(file, parentOf(item.id));
    return nameOf(item.id) == "data" && (type == "array" || type == "1");
}

class EmdFormat final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"emd", "EMD 1.0 / py4DSTEM", {"h5", "hdf5", "emd", "hdf"}};
            made.readsDiffraction = made.readsMaps = made.writesDiffraction = made.writesMaps = true;
            made.tellsScanShape = Tells::Always;
            made.tellsCalibration = Tells::Sometimes;
            made.note = "contiguous data is memory-mapped; py4DSTEM 0.13 and later";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        if (!probe.hdf5)
            return false;
        const auto type = probe.hdf5->attributes.find("emd_group_type");
        return type != probe.hdf5->attributes.end() ? type->second == "file" : holds(probe.path, isVersion13);
    }

  protected:
    FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        FileContents contents;
        if (objectText(file, "/", "emd_group_type") != "file" && !isVersion13(file))
            contents.format = "hdf5";
        std::vector<std::string> ids = datasetPaths(file);
        std::erase_if(ids, [](const std::string& id) {
            return id.find("/metadatabundle/") != std::string::npos || id.find("/_metadata/") != std::string::npos;
        });
        addDatasets(
            file, path, ids,
            [&](FoundItem& found, hid_t dataset, std::vector<Warning>& warnings) {
                FileItem& item = found.item;
                const std::string group = parentOf(item.id);
                if (item.kind == ItemKind::Diffraction) {
                    found.isMain = classOf(file, group) == "DataCube";
                    item.calibration = scanCalibration(file, group, patternEdge(item), path, warnings);
                    item.axes = scanAxes(item.calibration);
                } else if (item.kind == ItemKind::Map) {
                    if (!isArray(file, item))
                        return false;
                    describeMap(file, path, group, dataset, item, warnings);
                }
                return item.shape.size() >= 2;
            },
            contents);
        putMainFirst(contents);
        return contents;
    }
};

} // namespace

const Format& emdFormat()
{
    static const EmdFormat format;
    return format;
}

} // namespace dispersa
