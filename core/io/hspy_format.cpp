// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hspy_format.h"

#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_tree_p.h"
#include "core/io/stated_axes_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // the dialect is all HDF5

StatedAxis axisOf(hid_t file, const std::string& group)
{
    StatedAxis axis{{objectText(file, group, "name"), objectText(file, group, "units")}};
    if (axis.named.name == "<undefined>" || axis.named.name == "_None_")
        axis.named.name.clear();
    const auto scale = objectNumber(file, group, "scale");
    if (scale && std::isfinite(*scale) && *scale != 0)
        axis.scale = std::abs(*scale);
    else // an axis of listed values: its step may change along it
        axis.named.unit.clear();
    if (const auto navigate = objectNumber(file, group, "navigate"))
        axis.navigate = *navigate != 0;
    return axis;
}

std::vector<StatedAxis> axesOf(hid_t file, const std::string& experiment, std::size_t rank)
{
    std::vector<StatedAxis> axes;
    for (std::size_t i = 0; i < rank; ++i) {
        const std::string name = "axis-" + std::to_string(i);
        std::string group = joined(experiment, name);
        if (!isGroup(file, group)) // older files number them as "axis_0" or "_axis-0"
            group = joined(experiment, "_" + name);
        axes.push_back(isGroup(file, group) ? axisOf(file, group) : StatedAxis{});
    }
    return axes;
}

/// What a map shows: the title where it starts with an element or a detector, else the only element of the sample.
std::optional<std::string> quantityOf(hid_t file, const std::string& experiment)
{
    const std::string title = objectText(file, experiment + "/metadata/General", "title");
    const std::string first = title.substr(0, title.find_first_of("-_ :("));
    if (isElementSymbol(first) || first == "HAADF" || first == "BF" || first == "DF")
        return first;
    const std::string sample = experiment + "/metadata/Sample";
    std::vector<std::string> elements;
    for (const char* name : {"elements", "_list_elements", "_tuple_elements"})
        if (elements.empty() && isGroup(file, sample)) {
            elements = textsDataset(file, joined(sample, name));
            if (elements.empty())
                elements = objectTexts(file, sample, name);
        }
    return elements.size() == 1 && isElementSymbol(elements.front()) ? std::optional(elements.front()) : std::nullopt;
}

class HspyFormat final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"hspy", "HyperSpy", {"hspy", "hdf5", "h5"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = Tells::Always;
            made.tellsCalibration = Tells::Sometimes;
            made.note = "reciprocal units are read as q = 1/d unless the unit says 2 pi/d; zspy is not read";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        if (!probe.hdf5 || !probe.hdf5->has("Experiments"))
            return false;
        const auto mark = probe.hdf5->attributes.find("file_format");
        return mark == probe.hdf5->attributes.end() ? probe.extension() == "hspy" : mark->second == "HyperSpy";
    }

  protected:
    FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        FileContents contents;
        std::vector<std::string> ids;
        for (const std::string& title : childNames(file, "/Experiments"))
            if (std::string id = "/Experiments/" + title + "/data"; isDataset(file, id))
                ids.push_back(std::move(id));
        addDatasets(
            file, path, ids,
            [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
                FileItem& item = found.item;
                const std::string experiment = parentOf(item.id);
                const std::string microscope = experiment + "/metadata/Acquisition_instrument/TEM";
                describeByAxes(item, axesOf(file, experiment, item.shape.size()),
                               objectNumber(file, microscope, "beam_energy"), path, warnings);
                item.isGuess = false; // a signal is what it says
                if (item.kind == ItemKind::Map && !item.calibration.qPixel_invA && item.axes.front().name != "det_y")
                    item.quantity = quantityOf(file, experiment);
                const auto angle = objectNumber(file, microscope, "convergence_angle");
                if (item.kind == ItemKind::Diffraction && angle && std::isfinite(*angle) && *angle > 0)
                    item.calibration.convergence_mrad = angle;
                return true;
            },
            contents);
        return contents;
    }
};

} // namespace

const Format& hspyFormat()
{
    static const HspyFormat format;
    return format;
}

} // namespace dispersa
