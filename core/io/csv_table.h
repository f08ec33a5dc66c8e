// SPDX-License-Identifier: GPL-3.0-or-later
// A rectangle of numbers in plain text, as spreadsheets and EDS programs export maps.
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace dispersa {

struct CsvTable {
    int rows = 0;
    int columns = 0;
    std::vector<double> values = {}; ///< row-major; NaN where a field is empty or says that there is none
};

/// Fields separated by commas, semicolons, tabs or blanks (what the first row of numbers uses); decimal point or,
/// unless commas separate, decimal comma; lines of text before the first row and lines starting with #, % or // are
/// skipped. Errors: FormatInvalid with the line (ragged rows, text among numbers, no numbers at all), FormatUnsupported
/// (UTF-16).
Result<CsvTable> parseCsvTable(const std::filesystem::path& path, std::string_view text);

/// True if the first line that is neither empty nor a comment holds two numbers or more: for names that promise
/// nothing, such as .txt. `head` is the start of the text, in which a line may be cut.
bool startsWithNumbers(std::string_view head);

} // namespace dispersa
