// SPDX-License-Identifier: GPL-3.0-or-later
// Other programs: where ours lie, and running one. Beside os_file the only caller of the operating system.
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dispersa {

/// Folder of the running executable; empty if the system does not tell.
std::filesystem::path programFolder();

/// Runs a program with our environment, without a shell, its output dropped, and waits. Returns its exit code.
/// Error: FileUnreadable (cannot be started).
Result<int> runProgram(const std::filesystem::path& program, const std::vector<std::string>& arguments);

/// True if a terminal shows what is written to standard error.
bool standardErrorIsTerminal();

} // namespace dispersa
