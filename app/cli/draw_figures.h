// SPDX-License-Identifier: GPL-3.0-or-later
// Figures and report of a run, for the command line.
#pragma once

#include "app/cli/terminal.h"

#include <filesystem>

namespace dispersa::cli {

/// Figures need Qt, which this program does without: the application beside it draws them. A line says what became of it.
void drawFigures(const std::filesystem::path& folder, Terminal& terminal);

} // namespace dispersa::cli
