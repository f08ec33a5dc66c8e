// SPDX-License-Identifier: GPL-3.0-or-later
// Comparing file names as a person would: numbers, stems, natural order.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dispersa {

/// Runs of three or more digits, in order: "GST - 0033-Ge" -> {"0033"}. Shorter runs ("4DSTEM", "DF2") tell nothing.
std::vector<std::string> digitRuns(std::string_view text);
bool hasDigitRun(std::string_view text, const std::string& run);

/// The stem without words that only say "this is the diffraction file": "0033 4DSTEM.h5" -> "0033".
std::string scanStem(const std::filesystem::path& path);

/// True if the stems are equal, or one continues the other after a separator; an empty stem equals nothing.
bool sameStem(std::string_view a, std::string_view b);

/// Natural order: numbers by value ("2" < "10"), the rest without regard to case.
bool naturalLess(std::string_view a, std::string_view b);

} // namespace dispersa
