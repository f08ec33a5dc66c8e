// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/prismatic_format.h"

#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_tree_p.h"
#include "core/io/physical_units.h"
#include "core/io/py4dstem_tree_p.h"
#include "core/io/stated_size.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // the dialect is all HDF5

const std::string top = "/4DSTEM_simulation";
const std::string parameters = top + "/metadata/metadata_0/original/simulation_parameters";

std::optional<StatedSize> sizeOf(hid_t file, const std::string& dim, const char* unit)
{
    const auto ends = leadingNumbers(file, dim, 2);
    return ends.size() == 2 ? std::optional(StatedSize{std::abs(ends[1] - ends[0]), unit}) : std::nullopt;
}

/// Step and Q pixel in angstrom; `n_m` on the dims is a mistake of format 0.5 (0.5 "n_m" is the step of `-rx 0.5`, in
/// A).
Calibration calibrationOf(hid_t file, const fs::path& path, const std::string& group, std::int64_t edge_px,
                          std::vector<Warning>& warnings)
{
    Calibration result;
    if (const auto step = sizeOf(file, joined(group, "dim1"), "A"))
        setScanStep(result, *step, path, warnings);
    const auto energy_kV = objectNumber(file, parameters, "E");
    if (const auto q = sizeOf(file, joined(group, "dim3"), "1/A"))
        setQPixel(result, *q, edge_px, energy_kV, path, warnings);
    const auto semiangle_mrad = objectNumber(file, parameters, "sa");
    if (semiangle_mrad && std::isfinite(*semiangle_mrad) && *semiangle_mrad > 0)
        result.convergence_mrad = semiangle_mrad;
    return result;
}

class PrismaticFormat final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"prismatic", "Prismatic simulation", {"h5", "emd"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Always;
            made.note = "one scan per depth; sizes are read as angstrom, whatever the file calls them";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        return probe.hdf5 && probe.hdf5->has("4DSTEM_simulation");
    }

  protected:
    FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        FileContents contents;
        const TreeSizes sizes{[&](const std::string& group, std::int64_t edge_px, std::vector<Warning>& warnings) {
            // Of the real-space slices the third dim is the detector's angle, not a pixel.
            const bool isCube = group.starts_with(top + "/data/datacubes/");
            Calibration result = calibrationOf(file, path, group, isCube ? edge_px : 0, warnings);
            if (!isCube)
                result.qPixel_invA.reset();
            return result;
        }};
        addTree(file, path, top, sizes, contents);
        const auto isLabelledNm = [&](const FoundItem& found) {
            return lengthIn_nm(objectText(file, joined(parentOf(found.item.id), "dim1"), "units")) == 1.0;
        };
        if (std::any_of(contents.items.begin(), contents.items.end(), isLabelledNm))
            contents.warnings.push_back({"unit_label",
                                         "'" + path.string() +
                                             "' labels its sizes nm, as Prismatic's format 0.5 did by mistake; they "
                                             "were read as the angstrom it computes in.",
                                         path});
        return contents;
    }
};

} // namespace

const Format& prismaticFormat()
{
    static const PrismaticFormat format;
    return format;
}

} // namespace dispersa
