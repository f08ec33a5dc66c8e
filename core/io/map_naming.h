// SPDX-License-Identifier: GPL-3.0-or-later
// What is a map of, in which unit, and which scan does it belong to: from file names and values.
#pragma once

#include "core/base/error.h"
#include "core/data/element_map.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// Quantity and unit a file name tells, e.g. "GST - 0033-Ge-at.mrc" -> {"Ge", atomic}.
struct MapNaming {
    std::string quantity;                ///< element symbol, or detector ("HAADF", "BF", "DF2", "DF4")
    std::optional<std::string> hint = {}; ///< "at", "wt", "net", "cts", ... as written
    std::string stem = {};               ///< the stem without quantity and hint, e.g. "GST - 0033"
    std::string dataset = {};            ///< the map's place in a file of several; filled by the scan folder functions
};

/// Last match of `(^|[-_ ])(El)(line)?[-_ ]?(at|wt|net|cts|counts|int)?%?$` on the stem, case sensitive, checked against
/// the periodic table; HAADF, BF, DF2, DF4 are detectors; ColorMix is nothing. nullopt: the name does
/// not tell.
std::optional<MapNaming> mapNaming(const std::filesystem::path& path);

/// Unit of composition maps of one scan from their name hints and per-pixel sum (near 100: percent, near 1: fraction).
/// Detector images are Arbitrary. `warning` says when the values do not fit any.
struct UnitInference {
    MapUnit unit = MapUnit::Arbitrary;
    std::optional<Warning> warning = {};
};
UnitInference inferCompositionUnit(const std::vector<ElementMap>& elementMaps, const std::vector<std::string>& hints);

/// Converts composition maps of one scan to atomic fractions in place: percent / 100; weight percent by atomic weights
/// over the elements given. Counts and arbitrary stay.
void convertToFraction(std::vector<ElementMap>& elementMaps);

/// Scans of a folder (not recursive, natural order): each diffraction file with the maps whose names share its number
/// or stem ("0033 4DSTEM.h5" with "GST - 0033-Ge-at.mrc"). A flat stack of patterns takes its
/// grid from a map that belongs to it and has as many pixels as the stack has frames.
struct FolderScan {
    std::string name; ///< e.g. "0033"
    std::filesystem::path diffraction;
    std::string dataset = {};
    std::optional<ScanShape> scanShape = {}; ///< from a companion map, for stacks that do not tell their grid
    bool needsShape = false;                 ///< a stack whose grid nothing tells: a person must give it
    std::vector<std::pair<std::filesystem::path, MapNaming>> maps = {};
};
struct FolderScans {
    std::vector<FolderScan> scans = {};
    std::vector<Warning> warnings = {}; ///< maps without a scan, stacks without a grid, unreadable files
};
/// Errors: FileNotFound (no such folder), DatasetMissing (no diffraction file in it).
Result<FolderScans> scansInFolder(const std::filesystem::path& folder);
/// The same for an explicit list of files (drag and drop).
Result<FolderScans> scansOfFiles(const std::vector<std::filesystem::path>& files);

} // namespace dispersa
