// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/nexus_format.h"

#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_tree_p.h"
#include "core/io/stated_axes_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // the dialect is all HDF5

/// Name of the signal of an NXdata group; "" if it has none.
std::string signalOf(hid_t file, const std::string& group)
{
    if (const std::string name = objectText(file, group, "signal");
        !name.empty() && isDataset(file, joined(group, name)))
        return name;
    for (const std::string& name : childNames(file, group)) // old style: signal=1 on the dataset
        if (isDataset(file, joined(group, name)) && objectNumber(file, joined(group, name), "signal") == 1.0)
            return name;
    return {};
}

/// Parts of "y:x" or "y,x", also within brackets.
std::vector<std::string> split(const std::string& text)
{
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == ':' || c == ',')
            parts.emplace_back();
        else if (c != '[' && c != ']' && c != ' ')
            parts.back() += c;
    }
    return parts;
}

/// Names of the axes in array order; "." or "" where there is none.
std::vector<std::string> axisNames(hid_t file, const std::string& group, const std::string& signal, std::size_t rank)
{
    std::vector<std::string> names = objectTexts(file, group, "axes");
    if (names.empty())
        names = objectTexts(file, joined(group, signal), "axes");
    if (names.size() == 1 && rank > 1)
        names = split(names.front());
    if (names.empty()) // oldest style: axis=1, 2, ... on the axes
        for (const std::string& name : childNames(file, group))
            if (const auto axis = objectNumber(file, joined(group, name), "axis");
                axis && *axis >= 1 && *axis <= static_cast<double>(rank)) {
                names.resize(rank);
                names[static_cast<std::size_t>(*axis) - 1] = name;
            }
    names.resize(rank);
    return names;
}

StatedAxis axisOf(hid_t file, const std::string& group, const std::string& name)
{
    StatedAxis axis;
    if (name.empty() || name == ".")
        return axis;
    axis.named.name = name;
    const std::string path = joined(group, name);
    if (!isDataset(file, path))
        return axis;
    const auto ends = leadingNumbers(file, path, 2);
    if (ends.size() == 2 && std::isfinite(ends[1] - ends[0]) && ends[1] != ends[0]) {
        axis.scale = std::abs(ends[1] - ends[0]);
        axis.named.unit = objectText(file, path, "units");
    }
    return axis;
}

/// The group that the `default` attributes lead to from the root on.
std::string defaultGroup(hid_t file)
{
    std::string group = "/";
    for (int depth = 0; depth < 10; ++depth) {
        const std::string next = objectText(file, group, "default");
        if (next.empty() || !isGroup(file, joined(group, next)))
            break;
        group = joined(group, next);
    }
    return group;
}

class NexusFormat final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"nexus", "NeXus", {"nxs", "nx", "nexus", "h5", "hdf5"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = Tells::Always;
            made.tellsCalibration = Tells::Sometimes;
            made.note = "the signals of NXdata groups; the first two axes of four are the scan's";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        if (!probe.hdf5)
            return false;
        // A root's mark alone does not make data: without a signal the file is read as any other.
        return holds(probe.path, [](hid_t file) {
            const auto names = childNames(file, "/");
            return std::any_of(names.begin(), names.end(),
                               [&](const std::string& name) {
                                   return isGroup(file, "/" + name) &&
                                          objectText(file, "/" + name, "NX_class") == "NXentry";
                               }) &&
                   !signalPaths(file).empty();
        });
    }

  protected:
    FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        FileContents contents;
        const std::string main = defaultGroup(file);
        addDatasets(
            file, path, signalPaths(file),
            [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
                FileItem& item = found.item;
                const std::string group = parentOf(item.id);
                std::vector<StatedAxis> axes;
                for (const std::string& name : axisNames(file, group, nameOf(item.id), item.shape.size()))
                    axes.push_back(axisOf(file, group, name));
                const std::string interpretation = objectText(file, group, "interpretation");
                if (item.shape.size() == 3 && interpretation == "spectrum")
                    axes[0].navigate = axes[1].navigate = true, axes[2].navigate = false;
                describeByAxes(item, axes, std::nullopt, path, warnings);
                if (interpretation == "image")
                    item.isGuess = false;
                found.isMain = group == main;
                return true;
            },
            contents);
        putMainFirst(contents);
        return contents;
    }

  private:
    static std::vector<std::string> signalPaths(hid_t file)
    {
        std::vector<std::string> paths;
        for (const std::string& group : groupPaths(file))
            if (objectText(file, group, "NX_class") == "NXdata")
                if (const std::string signal = signalOf(file, group); !signal.empty())
                    paths.push_back(joined(group, signal));
        return paths;
    }
};

} // namespace

const Format& nexusFormat()
{
    static const NexusFormat format;
    return format;
}

} // namespace dispersa
