// SPDX-License-Identifier: GPL-3.0-or-later
// What a Dectris master file says (NXmx as the detector's filewriter lays it out), with the files that it points to.
#pragma once

#include "core/io/format.h"
#include "core/io/stem_metadata_p.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace dispersa::hdf5 {

/// One of the files the frames are in.
struct DectrisPart {
    std::filesystem::path file;
    std::string dataset;
    std::int64_t frames = 0;
};

struct DectrisMaster {
    std::filesystem::path path;
    std::vector<DectrisPart> parts; ///< in the order of their frames
    std::int64_t frames = 0;
    PatternShape pattern = {};
    ElementType type = ElementType::UInt16;
    std::vector<std::int64_t> masked = {};       ///< indices of the pixels that the detector's mask excludes
    std::optional<std::int64_t> saturation = {}; ///< the largest count that is valid
    StemMetadata metadata = {};                  ///< of the side file, if there is one
    Calibration calibration = {};
    std::vector<Warning> warnings = {};
};

/// True if the file has frames where a master file has them. The lock must be held.
bool isDectrisMaster(hid_t file);

/// Reads the master, the heads of its data files and its side file "<base>.h5". Errors: those of opening a file,
/// FileNotFound (naming the data file that is expected), FormatInvalid, FormatUnsupported, ShapeMismatch (parts that
/// differ).
Result<DectrisMaster> readDectrisMaster(const std::filesystem::path& path);

} // namespace dispersa::hdf5
