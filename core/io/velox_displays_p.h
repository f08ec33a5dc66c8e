// SPDX-License-Identifier: GPL-3.0-or-later
// What Velox shows: which image is the map of which element, made by which technique, smoothed how.
#pragma once

#include "core/io/velox_json_p.h"

#include <map>
#include <vector>

namespace dispersa::velox {

enum class Technique { Unknown, Stem, Eds, Eels };

/// How a display names an image.
struct Display {
    std::string label; ///< "O", "HAADF", ...
    Technique technique = Technique::Unknown;
    std::int64_t frame = 0; ///< the one it shows
};

/// Version of the format by /Version; 0 if it does not tell, nullopt if that is no Velox file. The lock must be held.
std::optional<int> versionOf(hid_t file);

/// Displays by the path of the image's group, of any version: from 11 on /Displays, before /Presentation/Displays.
std::map<std::string, Display> displaysOf(hid_t file);

/// What the quantification was set to.
struct Quantification {
    std::vector<std::string> elements;           ///< that the user selected
    std::map<std::string, std::string> families; ///< "K", "L" or "M" by element, where set
};
Quantification quantificationOf(hid_t file);

/// A filter that smoothed the maps of a technique before they were saved, as "Mean, 3 px".
std::map<Technique, std::string> mapFilters(hid_t file);

} // namespace dispersa::velox
