// SPDX-License-Identifier: GPL-3.0-or-later
// Opens what a study's scan names: patterns lazily, maps read, compared in shape.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/study.h"

#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// A scan of a study with its files opened. Immutable once made; share as shared_ptr<const OpenedScan>.
struct OpenedScan {
    StudyScan entry;
    ScanPtr diffraction = {};          ///< null if the study names none
    std::vector<MapPtr> maps = {};     ///< in the study's order; composition as fraction
    Calibration calibration = {};      ///< of the files, overridden by the study's
    std::vector<Warning> warnings = {};
    /// What keeps this scan from being trained on or compared, e.g. grids that differ; empty if nothing.
    std::optional<Error> obstacle = {};

    ScanShape shape() const;           ///< of the patterns, else of the first map
    MapPtr map(const std::string& quantity) const; ///< null if there is none
};
using OpenedScanPtr = std::shared_ptr<const OpenedScan>;

/// What tells the patterns of `scan` from all others, in any study: how the study names them, and the file's fingerprint.
/// Empty if the file cannot be read.
std::string patternIdentity(const OpenedScan& scan);

/// Opens one scan. Missing or damaged files are errors; grids that differ become `obstacle` (ShapeMismatch naming both).
Result<OpenedScanPtr> openScan(const StudyScan& scan, const Calibration& studyCalibration);

/// A study from a folder or from files: first scan trains, others predict, recipe and targets as given. A stack whose grid
/// nothing tells is listed but ignored until a person gives it.
struct NewStudyOptions {
    std::vector<std::string> train = {};   ///< names; empty: the first scan
    std::vector<std::string> predict = {}; ///< names; empty: all others. A scan named in neither list is ignored
    std::optional<Region> crop = {};
    std::string recipe = "paper";
    std::vector<std::string> targets = {}; ///< empty: every element all training scans have a map of, but Au
};
struct NewStudy {
    Study study;
    std::vector<Warning> warnings = {};
};
/// Errors: FileNotFound, DatasetMissing, InvalidArgument (a name that is no scan), UnknownRecipe.
Result<NewStudy> studyFromFolder(const std::filesystem::path& folder, const NewStudyOptions& options);
/// Scans found among `files`, all with role predict but the first of an empty study, ready to be added to a study.
Result<NewStudy> studyFromFiles(const std::vector<std::filesystem::path>& files, const NewStudyOptions& options);

} // namespace dispersa
