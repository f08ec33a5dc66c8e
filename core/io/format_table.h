// SPDX-License-Identifier: GPL-3.0-or-later
// What the registry says about the formats, as text: the table of the documentation and of `dispersa-cli formats`, the
// lists of the file dialogs and of the help texts.
#pragma once

#include "core/io/format.h"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace dispersa {

/// Format x feature: format, files, 4D-STEM, maps, spectra, writes, scan grid, calibration, side files, note. The first row
/// is the heading; then one per format in the order they are tried.
using FormatRow = std::array<std::string, 10>;
std::vector<FormatRow> formatRows();

/// The rows as Markdown with a heading, or as aligned plain text.
std::string formatsAsMarkdown();
std::string formatsAsText();

/// "MRC 2014 (.mrc .mrcs), TIFF (.tif .tiff)": formats for which `wanted` holds.
std::string formatList(const std::function<bool(const FormatTraits&)>& wanted);

/// Name and patterns of one entry in a file dialog: "MRC 2014", {"*.mrc", "*.mrcs"}. The first entry is all of them
/// together, named `all`. Formats without extensions are left out.
struct FileFilter {
    std::string title;
    std::vector<std::string> patterns;
};
std::vector<FileFilter> fileFilters(const std::string& all, const std::function<bool(const FormatTraits&)>& wanted);

} // namespace dispersa
