// SPDX-License-Identifier: GPL-3.0-or-later
// The line that Dispersa writes into a map file, so that the file still tells what it shows after it was renamed.
#pragma once

#include "core/data/element_map.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dispersa {

struct MapLabel {
    std::optional<std::string> quantity = {};
    std::optional<MapUnit> unit = {};
};

/// "Dispersa 0.1.0: O [fraction]"
std::string mapLabelText(const ElementMap& map);

/// The inverse; nullopt when another program wrote the text.
std::optional<MapLabel> parseMapLabel(std::string_view text);

/// From the file name; `element` is what the file's metadata tells and goes before the name. The unit stays empty where
/// only the values can tell (fraction or percent).
MapLabel labelFromName(const std::filesystem::path& path, const std::optional<std::string>& element);

} // namespace dispersa
