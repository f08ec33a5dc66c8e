// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/generic_hdf5_format.h"

#include "core/io/emd_calibration_p.h"
#include "core/io/hdf5_format_p.h"
#include "core/io/hdf5_marks.h"
#include "core/io/hdf5_tree_p.h"

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using namespace hdf5; // the dialect is all HDF5

class GenericHdf5Format final : public Hdf5Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"hdf5", "HDF5", {"h5", "hdf5", "hdf", "he5"}};
            made.readsDiffraction = made.readsMaps = true;
            made.tellsScanShape = made.tellsCalibration = Tells::Sometimes;
            made.note = "any numeric dataset of two and more dimensions is offered; which one is what, you say";
            return made;
        }();
        return traits;
    }

    /// Last of the dialects; takes files too that carry the signature and do not open, to say what is wrong with them.
    bool recognises(const FileProbe& probe) const override { return hasSignature(probe.head) || probe.hdf5; }

  protected:
    FileContents contentsOf(hid_t file, const fs::path& path) const override
    {
        FileContents contents;
        addDatasets(
            file, path, datasetPaths(file),
            [&](FoundItem& found, hid_t, std::vector<Warning>& warnings) {
                FileItem& item = found.item;
                if (item.kind == ItemKind::Diffraction) { // dims as EMD has them are common outside it
                    item.calibration = scanCalibration(file, parentOf(item.id), patternEdge(item), path, warnings);
                    item.axes = scanAxes(item.calibration);
                }
                item.isGuess = item.kind == ItemKind::Map;
                // One row or column is a list.
                return item.shape.size() >= 3 || (item.shape.size() == 2 && item.shape[0] > 1 && item.shape[1] > 1);
            },
            contents);
        return contents;
    }
};

} // namespace

const Format& genericHdf5Format()
{
    static const GenericHdf5Format format;
    return format;
}

} // namespace dispersa
