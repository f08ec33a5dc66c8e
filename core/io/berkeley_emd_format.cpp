// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/berkeley_emd_format.h"

#include "core/io/axis_roles.h"
#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_tree_p.h"
#include "core/io/stated_axes_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // the dialect is all HDF5

StatedAxis axisOf(hid_t file, const std::string& dim)
{
    StatedAxis axis{{objectText(file, dim, "name"), objectText(file, dim, "units")}};
    if (const auto ends = leadingNumbers(file, dim, 2); ends.size() == 2)
        axis.scale = std::abs(ends[1] - ends[0]);
    return axis;
}

/// Groups of type 1 below the root, at any depth.
std::vector<std::string> emdGroups(hid_t file)
{
    std::vector<std::string> groups = groupPaths(file);
    std::erase_if(groups, [&](const std::string& group) {
        return emdGroupType(file, group) != "1" || !isDataset(file, joined(group, "data"));
    });
    return groups;
}

class BerkeleyEmdFormat final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"emd-berkeley", "Berkeley EMD 0.x", {"emd", "h5", "hdf5"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Sometimes;
            made.note = "the order of the axes is the file's; another one than ours is told, not changed";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        return probe.hdf5 && !probe.hdf5->attributes.contains("emd_group_type") &&
               holds(probe.path, [](hid_t file) { return !emdGroups(file).empty(); });
    }

  protected:
    FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        FileContents contents;
        std::vector<std::string> ids;
        for (const std::string& group : emdGroups(file))
            ids.push_back(joined(group, "data"));
        addDatasets(
            file, path, ids,
            [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
                std::vector<StatedAxis> axes;
                for (std::size_t i = 0; i < found.item.shape.size(); ++i)
                    axes.push_back(axisOf(file, joined(parentOf(found.item.id), "dim" + std::to_string(i + 1))));
                describeByAxes(found.item, axes, std::nullopt, path, warnings);
                if (found.item.kind == ItemKind::Map && isElementSymbol(nameOf(parentOf(found.item.id))))
                    found.item.quantity = nameOf(parentOf(found.item.id));
                return true;
            },
            contents);
        return contents;
    }
};

} // namespace

const Format& berkeleyEmdFormat()
{
    static const BerkeleyEmdFormat format;
    return format;
}

} // namespace dispersa
