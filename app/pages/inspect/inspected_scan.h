// SPDX-License-Identifier: GPL-3.0-or-later
// The scan under inspection: its patterns, its crop and every map there is of it, with or without a run.
#pragma once

#include "app/figures/run_values.h"
#include "core/inspect/region_statistics.h"
#include "core/workflow/open_scan.h"
#include "core/workflow/run_result.h"

#include <string>
#include <vector>

namespace dispersa {

class StudyDocument;

struct InspectedScan {
    std::string name;
    OpenedScanPtr opened = {};
    RunResultPtr run = {};                  ///< null: measured maps only
    const ScanResult* result = nullptr;     ///< of `run`; null if it does not hold this scan
    Region crop = {};                       ///< all maps below cover it; coordinates of the full scan
    std::vector<MapPtr> virtualImages = {}; ///< over the crop, made on this page

    ScanPtr diffraction() const { return opened ? opened->diffraction : nullptr; }
    std::optional<double> qPixel_invA() const { return opened ? opened->calibration.qPixel_invA : std::nullopt; }
    std::vector<std::string> quantities() const;
    std::vector<MapStage> stages(const std::string& quantity) const;
    MapPtr map(const std::string& quantity, MapStage stage) const;
    /// For the table of a region: every element and HAADF, real (measured without a run) and predicted.
    std::vector<RegionMaps> regionMaps() const;
};

/// Of the document's current scan and run. The crop is that of the run, else the study's.
InspectedScan inspectedScan(const StudyDocument& document, const std::string& name);

} // namespace dispersa
